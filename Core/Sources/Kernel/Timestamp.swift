/// A point in time: milliseconds since 1970-01-01T00:00:00Z, the resolution of both databases.
public struct Timestamp: Hashable, Comparable, Codable, Sendable {
    /// Milliseconds since the Unix epoch, UTC.
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Later than every time that the product meets; the end of what never ends.
    public static let distantFuture = Timestamp(milliseconds: .max)

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    public static func + (a: Timestamp, b: TimeSpan) -> Timestamp {
        let (sum, overflow) = a.milliseconds.addingReportingOverflow(b.milliseconds)
        return overflow ? .distantFuture : Timestamp(milliseconds: sum)
    }
    public static func - (a: Timestamp, b: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: a.milliseconds - b.milliseconds)
    }
    public static func - (a: Timestamp, b: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: a.milliseconds - b.milliseconds)
    }

    // One integer in JSON and in SQL, not an object with a field.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

/// A length of time in milliseconds; may be negative when two stamps are subtracted.
public struct TimeSpan: Hashable, Comparable, Codable, Sendable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static let zero = TimeSpan(milliseconds: 0)
    public static func milliseconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n) }
    public static func seconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 1_000) }
    public static func minutes(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 60_000) }
    public static func hours(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n * 3_600_000) }

    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }
    public static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: a.milliseconds + b.milliseconds)
    }
    public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: a.milliseconds - b.milliseconds)
    }
    public static func * (a: TimeSpan, n: Int64) -> TimeSpan { TimeSpan(milliseconds: a.milliseconds * n) }

    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}
