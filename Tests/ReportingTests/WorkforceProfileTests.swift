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
        ])

        // 22, 26 and 30 years in the middle of the year; half a year, two and ten years.
        #expect(profile.total.averageAge == 26)
        #expect(profile.total.averageTenure == 4.2)
        #expect(profile.total.people == 4 && profile.total.ageKnown == 3)
        #expect(profile.total.ages?.map(\.people) == [1, 1, 1, 0, 0])
        #expect(profile.total.tenures?.map(\.people) == [1, 1, 0, 1])
    }

    @Test func `P12 of fewer than three people there is no average, and who is not born yet does not count`()
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
}
