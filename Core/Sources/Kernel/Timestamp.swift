/// A point in time: milliseconds since 1970-01-01T00:00:00Z, the resolution of both databases.
///
/// Arithmetic saturates: what would pass the ends of `Int64` stays there, so no stamp from outside can trap.
public struct Timestamp: Hashable, Comparable, Codable, Sendable {
    /// Milliseconds since the Unix epoch, UTC.
    public var milliseconds: Int64

    /// The point `milliseconds` after the Unix epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Later than every time that the product meets; the end of what never ends.
    public static let distantFuture = Timestamp(milliseconds: .max)

    /// Earlier points come first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
    /// The point `b` after `a`.
    public static func + (a: Timestamp, b: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: Saturating.sum(a.milliseconds, b.milliseconds))
    }
    /// The point `b` before `a`.
    public static func - (a: Timestamp, b: TimeSpan) -> Timestamp {
        Timestamp(milliseconds: Saturating.difference(a.milliseconds, b.milliseconds))
    }
    /// The time from `b` to `a`; negative when `a` is earlier.
    public static func - (a: Timestamp, b: Timestamp) -> TimeSpan {
        TimeSpan(milliseconds: Saturating.difference(a.milliseconds, b.milliseconds))
    }

    /// Reads one integer, as JSON and SQL hold it.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    /// Writes one integer, not an object with a field.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

/// A length of time in milliseconds; may be negative when two stamps are subtracted. Arithmetic saturates.
public struct TimeSpan: Hashable, Comparable, Codable, Sendable {
    /// The length in milliseconds.
    public var milliseconds: Int64

    /// A span of `milliseconds`.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// No time at all.
    public static let zero = TimeSpan(milliseconds: 0)
    /// `n` thousandths of a second.
    public static func milliseconds(_ n: Int64) -> TimeSpan { TimeSpan(milliseconds: n) }
    /// `n` seconds.
    public static func seconds(_ n: Int64) -> TimeSpan { .milliseconds(Saturating.product(n, 1_000)) }
    /// `n` minutes.
    public static func minutes(_ n: Int64) -> TimeSpan { .milliseconds(Saturating.product(n, 60_000)) }
    /// `n` hours.
    public static func hours(_ n: Int64) -> TimeSpan { .milliseconds(Saturating.product(n, 3_600_000)) }

    /// Shorter spans come first.
    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.milliseconds < b.milliseconds }
    /// Both together.
    public static func + (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: Saturating.sum(a.milliseconds, b.milliseconds))
    }
    /// `a` less `b`.
    public static func - (a: TimeSpan, b: TimeSpan) -> TimeSpan {
        TimeSpan(milliseconds: Saturating.difference(a.milliseconds, b.milliseconds))
    }
    /// `a`, `n` times over.
    public static func * (a: TimeSpan, n: Int64) -> TimeSpan {
        TimeSpan(milliseconds: Saturating.product(a.milliseconds, n))
    }

    /// Reads one integer, as JSON and SQL hold it.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    /// Writes one integer, not an object with a field.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

/// Integer arithmetic that stays at the ends instead of trapping.
enum Saturating {
    static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (value, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b > 0 ? .max : .min) : value
    }

    static func difference(_ a: Int64, _ b: Int64) -> Int64 {
        let (value, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? (b < 0 ? .max : .min) : value
    }

    static func product(_ a: Int64, _ b: Int64) -> Int64 {
        let (value, overflow) = a.multipliedReportingOverflow(by: b)
        return overflow ? ((a < 0) == (b < 0) ? .max : .min) : value
    }
}
