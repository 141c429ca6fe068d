/// A stretch of service on one day, by the wall clock. Where `closes` is not after `opens` it ends on the next day:
/// `22:00` to `06:00` is a night shift, `08:00` to `08:00` is 24 hours. It belongs to the day on which it opens.
public struct OpeningInterval: Codable, Hashable, Sendable {
    /// When service begins, before 24:00.
    public var opens: LocalTime
    /// When service ends; that minute is no longer served.
    public var closes: LocalTime

    /// Service from `opens` to `closes`.
    public init(opens: LocalTime, closes: LocalTime) {
        self.opens = opens
        self.closes = closes
    }

    /// Midnight to midnight.
    public static let wholeDay = OpeningInterval(opens: .midnight, closes: .endOfDay)

    /// Minutes after the midnight of the opening day at which service ends.
    var closingMinute: Int { closes > opens ? closes.minutes : closes.minutes + 1_440 }
}

/// The ordinary week: intervals for each weekday.
public struct WeeklyHours: Hashable, Sendable {
    private var days: [[OpeningInterval]]

    /// Closed on every day.
    public static let closed = WeeklyHours(days: Array(repeating: [], count: 7))
    /// Every day around the clock.
    public static let always = WeeklyHours(days: Array(repeating: [.wholeDay], count: 7))

    private init(days: [[OpeningInterval]]) { self.days = days }

    /// The same `intervals` on each of `weekdays`, closed on the others.
    public init(_ intervals: [OpeningInterval], on weekdays: [Weekday] = Weekday.allCases) {
        self = .closed
        for weekday in weekdays { self[weekday] = intervals }
    }

    /// The intervals that open on `weekday`.
    public subscript(weekday: Weekday) -> [OpeningInterval] {
        get { days[weekday.rawValue - 1] }
        set { days[weekday.rawValue - 1] = newValue }
    }
}

extension WeeklyHours: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    }

    /// Reads an object with the weekdays in English as keys; a missing day is closed.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        days = try CodingKeys.allCases.map {
            try values.decodeIfPresent([OpeningInterval].self, forKey: $0) ?? []
        }
    }

    /// Writes the days that are not closed.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        for (key, intervals) in zip(CodingKeys.allCases, days) where !intervals.isEmpty {
            try values.encode(intervals, forKey: key)
        }
    }
}

/// A date on which the ordinary week does not hold.
public struct DayException: Codable, Hashable, Sendable {
    /// What holds instead.
    public enum Rule: Codable, Hashable, Sendable {
        /// A holiday: no service opens on this date.
        case closed
        /// A working day moved here (调休): the hours of another weekday.
        case hoursOf(Weekday)
        /// Hours of its own.
        case special([OpeningInterval])
    }

    /// The date.
    public var date: CivilDate
    /// What holds on it.
    public var rule: Rule
    /// Why, for people: `国庆节`.
    public var name: String

    /// On `date`, `rule` holds.
    public init(_ date: CivilDate, _ rule: Rule, name: String = "") {
        self.date = date
        self.rule = rule
        self.name = name
    }
}
