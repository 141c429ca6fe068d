/// A day of the week, numbered as in ISO 8601: Monday is 1.
public enum Weekday: Int, Codable, CaseIterable, Hashable, Sendable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday
}

/// A date of the Gregorian calendar, without a zone: a square on the wall calendar.
public struct CivilDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01, negative before.
    public let dayNumber: Int

    /// The earliest and the latest day that a date can be: 0001-01-01 and 9999-12-31.
    static let possibleDayNumbers = -719_162...2_932_896

    /// The date that many days after 1970-01-01, kept within the years 1 to 9999.
    public init(dayNumber: Int) {
        let possible = Self.possibleDayNumbers
        self.dayNumber = min(max(dayNumber, possible.lowerBound), possible.upperBound)
    }

    /// `nil` unless such a day exists in the years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        self.init(dayNumber: Self.daysBefore(year: year) + Self.daysBefore(month: month, of: year) + day - 1)
    }

    /// Reads `2026-10-01`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, text.utf8.count == 10, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    public var components: (year: Int, month: Int, day: Int) {
        // 400 years have 146,097 days; the guess is one or two years too late at most, never too early.
        var year = min(9999, 1970 + dayNumber * 400 / 146_097 + 1)
        while Self.daysBefore(year: year) > dayNumber { year -= 1 }
        var rest = dayNumber - Self.daysBefore(year: year)
        var month = 1
        while rest >= Self.days(inMonth: month, of: year) {
            rest -= Self.days(inMonth: month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }

    /// The day of the week.
    public var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = (dayNumber + 3) % 7
        return Weekday.allCases[index < 0 ? index + 7 : index]
    }

    /// The date `days` later, or earlier when negative.
    public func advanced(by days: Int) -> CivilDate {
        let (sum, overflow) = dayNumber.addingReportingOverflow(days)
        return CivilDate(dayNumber: overflow ? (days > 0 ? .max : .min) : sum)
    }

    /// Earlier dates come first.
    public static func < (a: CivilDate, b: CivilDate) -> Bool { a.dayNumber < b.dayNumber }

    /// Days from 1970-01-01 to the first of January, by the leap-year rule of the Gregorian calendar.
    private static func daysBefore(year: Int) -> Int {
        let past = year - 1
        return past * 365 + past / 4 - past / 100 + past / 400 - 719_162
    }

    private static func daysBefore(month: Int, of year: Int) -> Int {
        (1..<month).reduce(0) { $0 + days(inMonth: $1, of: year) }
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CivilDate: CustomStringConvertible, Codable {
    /// `2026-10-01`
    public var description: String {
        let (year, month, day) = components
        return [padded(year, 4), padded(month, 2), padded(day, 2)].joined(separator: "-")
    }

    /// Reads the text form; throws `dataCorrupted` for a day that does not exist.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let date = CivilDate(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a date"))
        }
        self = date
    }
    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A time on the wall clock, to the minute: 00:00 to 24:00, the end of the day.
public struct LocalTime: Hashable, Comparable, Sendable {
    /// Minutes since midnight, 0 to 1,440.
    public let minutes: Int

    /// `nil` outside 00:00 to 24:00.
    public init?(hour: Int, minute: Int = 0) {
        guard (0...24).contains(hour), (0...59).contains(minute), hour < 24 || minute == 0 else { return nil }
        minutes = hour * 60 + minute
    }

    private init(minutes: Int) { self.minutes = minutes }

    /// Reads `08:30`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count == 5, parts.count == 2, parts[0].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        self.init(hour: hour, minute: minute)
    }

    /// 00:00
    public static let midnight = LocalTime(minutes: 0)
    /// 24:00
    public static let endOfDay = LocalTime(minutes: 1_440)

    /// Earlier times come first.
    public static func < (a: LocalTime, b: LocalTime) -> Bool { a.minutes < b.minutes }
}

extension LocalTime: CustomStringConvertible, Codable {
    /// `08:30`
    public var description: String { padded(minutes / 60, 2) + ":" + padded(minutes % 60, 2) }

    /// Reads the text form; throws `dataCorrupted` for anything else.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let time = LocalTime(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a time of day"))
        }
        self = time
    }
    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// `number` with leading zeros up to `width` characters.
private func padded(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
