import Contracts
import Kernel

/// Who works here (mission P12): how many, how old, how long, for the whole, by site and by team.
struct WorkforceProfile: Encodable, Sendable {
    /// People of a group who share a range of years.
    struct Band: Encodable, Hashable, Sendable {
        /// Whole years, from.
        var from: Int
        /// Up to, but not with; `nil` has no end.
        var to: Int?
        var people: Int
    }
    struct Row: Encodable, Sendable {
        /// Of the site or the team; empty for the whole.
        var key: String
        var names: [String: String]?
        var people: Int
        var partTime: Int
        /// People whose year of birth is known.
        var ageKnown: Int
        /// Years; `nil` when too few have told.
        var averageAge: Double?
        /// People whose first day is known.
        var tenureKnown: Int
        var averageTenure: Double?
        var ages: [Band]?
        var tenures: [Band]?
    }

    /// Fewest people of whom averages and bands are shown: those of one are that person's own.
    static let fewest = 5
    private static let ageLimits = [0, 25, 30, 35, 40]
    private static let tenureLimits = [0, 1, 3, 5]

    /// The day of which it tells.
    var day: CivilDate
    var fewest = Self.fewest
    var total: Row
    var sites: [Row]
    var teams: [Row]

    /// Everybody with a number in the centre, as of a day.
    init(_ centre: Centre, on day: CivilDate) {
        self.day = day
        let people = centre.people
        total = Group(people: people, day).row(showing: [.ages, .tenures])
        sites = Self.rows(
            centre.sites.map { site in
                Group(site.key, site.names, people: people.filter { $0.site == site.key }, day)
            }, of: people, day)
        teams = Self.rows(
            Set(people.compactMap(\.team)).sorted().map { team in
                Group(team, people: people.filter { $0.team == team }, day)
            }, of: people, day)
    }

    /// The groups of a dimension. What is hidden, with those who are in no group, must be as many as what may be shown:
    /// else the whole less what is shown would tell it, and the next smallest group is hidden too.
    private static func rows(_ groups: [Group], of people: [CentrePerson], _ day: CivilDate) -> [Row] {
        let whole = Group(people: people, day)
        func shown(_ count: KeyPath<Group, Int>) -> Set<String> {
            var shown = groups.filter { $0[keyPath: count] >= fewest }.sorted {
                ($0[keyPath: count], $0.key) < ($1[keyPath: count], $1.key)
            }
            var hidden = whole[keyPath: count] - shown.reduce(0) { $0 + $1[keyPath: count] }
            while hidden > 0, hidden < fewest, !shown.isEmpty {
                hidden += shown.removeFirst()[keyPath: count]
            }
            return Set(shown.map(\.key))
        }
        let (ages, tenures) = (shown(\.ages.count), shown(\.tenures.count))
        return groups.map { group in
            var parts: Set<Part> = []
            if ages.contains(group.key) { parts.insert(.ages) }
            if tenures.contains(group.key) { parts.insert(.tenures) }
            return group.row(showing: parts)
        }
    }

    private enum Part { case ages, tenures }

    /// People who are counted together.
    private struct Group {
        let key: String
        let names: [String: String]?
        let people: [CentrePerson]
        let ages: [Span]
        let tenures: [Span]

        init(_ key: String = "", _ names: [String: String]? = nil, people: [CentrePerson], _ day: CivilDate) {
            self.key = key
            self.names = names
            self.people = people
            // Who is known by the year of birth alone counts as born in its middle: over many people the error is none.
            ages = people.compactMap { person in
                person.born.flatMap { CivilDate(year: $0, month: 7, day: 1) }.flatMap {
                    Span(from: $0, to: day)
                }
            }
            tenures = people.compactMap { person in
                person.joined.flatMap(CivilDate.init).flatMap { Span(from: $0, to: day) }
            }
        }

        func row(showing parts: Set<Part>) -> Row {
            let (ages, tenures) = (parts.contains(.ages) ? ages : [], parts.contains(.tenures) ? tenures : [])
            return Row(
                key: key, names: names, people: people.count,
                partTime: people.count { $0.isPartTime == true }, ageKnown: self.ages.count,
                averageAge: average(ages), tenureKnown: self.tenures.count, averageTenure: average(tenures),
                ages: bands(ages, ageLimits), tenures: bands(tenures, tenureLimits))
        }
    }

    private static func average(_ spans: [Span]) -> Double? {
        guard spans.count >= fewest else { return nil }
        return (spans.reduce(0) { $0 + $1.years } / Double(spans.count) * 10).rounded() / 10
    }

    private static func bands(_ spans: [Span], _ limits: [Int]) -> [Band]? {
        guard spans.count >= fewest else { return nil }
        return limits.indices.map { index in
            let next = index + 1 < limits.count ? limits[index + 1] : nil
            let range = limits[index]..<(next ?? .max)
            return Band(from: limits[index], to: next, people: spans.count { range.contains($0.wholeYears) })
        }
    }

    /// The time from one day to a later one.
    private struct Span {
        private static let daysPerYear = 365.25
        let years: Double
        /// Anniversaries that have passed.
        let wholeYears: Int

        init?(from start: CivilDate, to end: CivilDate) {
            guard start <= end else { return nil }
            years = Double(end.dayNumber - start.dayNumber) / Self.daysPerYear
            let (first, last) = (start.components, end.components)
            let isBefore = (last.month, last.day) < (first.month, first.day)
            wholeYears = last.year - first.year - (isBefore ? 1 : 0)
        }
    }
}
