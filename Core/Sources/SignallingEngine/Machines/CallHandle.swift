/// The name of one leg at the signalling: minted by the engine for calls that come in, by its user for calls that
/// go out. The top bit keeps the two kinds apart.
public struct CallHandle: Codable, Hashable, Comparable, Sendable {
    /// The 64 bits; the top bit is set for calls that go out.
    public let rawValue: UInt64

    /// A handle from its stored form.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The handle of a call that goes out; `number` must not have been used since the engine began.
    public static func outbound(_ number: UInt64) -> CallHandle {
        CallHandle(rawValue: number | 1 << 63)
    }

    /// The handle of a call that comes in.
    static func inbound(_ number: UInt64) -> CallHandle { CallHandle(rawValue: number & ~(1 << 63)) }

    /// Whether the call goes out.
    public var isOutbound: Bool { rawValue >> 63 == 1 }

    public static func < (a: CallHandle, b: CallHandle) -> Bool { a.rawValue < b.rawValue }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(UInt64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
