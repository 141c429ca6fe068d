/// A part of a message: where it starts in the message's bytes and how many bytes it has.
///
/// Two UInt16 suffice because a message has at most 65,535 bytes (`SIPMessage.mostBytes`).
public struct ByteSlice: Hashable, Sendable {
    /// The first byte's offset.
    public var start: UInt16
    /// The number of bytes.
    public var count: UInt16

    /// The bytes from `start` up to, not including, `end`; both between 0 and 65,535.
    @inlinable public init(_ start: Int, _ end: Int) {
        self.start = UInt16(truncatingIfNeeded: start)
        count = UInt16(truncatingIfNeeded: end - start)
    }

    /// The slice that is not there.
    public static let none = ByteSlice(0, 0)

    /// The offset behind the last byte.
    @inlinable public var end: Int { Int(start) + Int(count) }
    @inlinable public var range: Range<Int> { Int(start)..<end }
    @inlinable public var isEmpty: Bool { count == 0 }
}
