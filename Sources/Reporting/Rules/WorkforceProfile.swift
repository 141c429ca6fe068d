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

    /// Fewest people of whom an average is shown: that of one person is that person's age.
    static let fewest = 3
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
        total = Self.row("", nil, centre.people, day)
        let people = centre.people
        sites = centre.sites.map { site in
            Self.row(site.key, site.names, people.filter { $0.site == site.key }, day)
        }
        teams = Set(people.compactMap(\.team)).sorted().map { team in
            Self.row(team, nil, people.filter { $0.team == team }, day)
        }
    }

    private static func row(
        _ key: String, _ names: [String: String]?, _ people: [CentrePerson], _ day: CivilDate
    ) -> Row {
        // Who is known by the year of birth alone counts as born in its middle: over many people the error is none.
        let ages = people.compactMap { person in
            person.born.flatMap { CivilDate(year: $0, month: 7, day: 1) }.flatMap { Span(from: $0, to: day) }
        }
        let tenures = people.compactMap { person in
            person.joined.flatMap(CivilDate.init).flatMap { Span(from: $0, to: day) }
        }
        return Row(
            key: key, names: names, people: people.count,
            partTime: people.count { $0.isPartTime == true }, ageKnown: ages.count, averageAge: average(ages),
            tenureKnown: tenures.count, averageTenure: average(tenures),
            ages: bands(ages, ageLimits), tenures: bands(tenures, tenureLimits))
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
