import Contracts
import Kernel
import Testing

@testable import Reporting

/// The profile of the workforce (mission P12), by value.
@Suite struct WorkforceProfileTests {
    private static let day = CivilDate("2026-07-01")

    private func profile(_ people: [CentrePerson]) throws -> WorkforceProfile {
        var centre = Centre(tenant: TenantID(1), name: "P", zone: "Asia/Shanghai", version: 1)
        centre.people = people
        return WorkforceProfile(centre, on: try #require(Self.day))
    }

    private func person(_ id: Int, born: Int?, joined: String? = nil, team: String? = nil) -> CentrePerson {
        CentrePerson(
            id: AgentID(id), number: "\(id)", name: "n", roles: ["agent"], team: team, born: born,
            joined: joined)
    }

    @Test func `P12 ages and tenures are averaged and counted in bands`() throws {
        let profile = try profile([
            person(1, born: 2004, joined: "2026-01-01"), person(2, born: 2000, joined: "2024-07-01"),
            person(3, born: 1996, joined: "2016-07-01"), person(4, born: nil),
            person(5, born: 2000, joined: "2024-07-01"), person(6, born: 2000, joined: "2024-07-01"),
        ])

        // 22, 26, 26, 26 and 30 years in the middle of the year; half a year, three times two, and ten years.
        #expect(profile.total.averageAge == 26)
        #expect(profile.total.averageTenure == 3.3)
        #expect(profile.total.people == 6 && profile.total.ageKnown == 5)
        #expect(profile.total.ages?.map(\.people) == [1, 3, 1, 0, 0])
        #expect(profile.total.tenures?.map(\.people) == [1, 3, 0, 1])
    }

    @Test func `P12 of fewer than five people there is no average, and who is not born yet does not count`()
        throws
    {
        let profile = try profile([
            person(1, born: 2000, team: "a"), person(2, born: 1999, team: "a"),
            person(3, born: 2030, joined: "2027-01-01", team: "a"),
        ])

        #expect(profile.teams.map(\.key) == ["a"])
        #expect(profile.teams[0].averageAge == nil && profile.teams[0].ages == nil)
        #expect(profile.teams[0].ageKnown == 2 && profile.teams[0].tenureKnown == 0)
    }

    @Test func `P12 nobody is told by what the whole leaves over`() throws {
        func team(_ key: String, _ numbers: Range<Int>) -> [CentrePerson] {
            numbers.map { person($0, born: 1990 + $0 % 10, team: key) }
        }
        // Two of b are hidden; seven of a would give them away beside the whole, twenty of c do not need to be.
        let profile = try profile(team("a", 100..<107) + team("b", 200..<202) + team("c", 300..<320))
        #expect(profile.teams.map { $0.ages == nil } == [true, true, false])
        // One who is in no team is hidden by the smallest team.
        let loner = try self.profile(team("a", 100..<107) + [person(1, born: 1980)] + team("c", 300..<320))
        #expect(loner.teams.map { $0.averageAge == nil } == [true, false])
        #expect(loner.total.averageAge != nil)
    }
}
