/// The last second or so of one recorded track: packets are put where their timestamps say, and whole blocks leave
/// it for the disk. Positions are samples on the recording's clock.
struct TrackBuffer {
    /// What is written at once: 600 ms. With the reorder window and the writer's pace a crash costs under a second.
    static let block = 4_800
    /// How late a packet may come and still find its place: 200 ms.
    static let reorder = 1_600
    /// How far a packet may lie before the clock: 200 ms, for bursts and for clocks that run fast.
    static let ahead = 1_600
    private static let capacity = block + reorder + ahead

    private struct Anchor {
        var source: UInt32
        var timestamp: UInt32
        var position: Int
    }
    private var bytes = TrackBuffer.empty()
    /// The position of the first byte; everything before has left.
    private(set) var base: Int
    /// Bytes of the next block; the first is shorter, so that recordings begun together do not meet at the disk.
    private var next: Int
    private var anchor: Anchor?
    /// The end of the last packet by place.
    private var filled = 0

    /// The first block is one to this many parts of a block.
    private static let phases = 16

    /// A track that begins at `start`; `phase` is any number that differs from track to track.
    init(start: Int, phase: UInt64) {
        base = start
        next = Self.block / Self.phases * (1 + Int(phase % UInt64(Self.phases)))
    }

    private static func empty() -> [UInt8] { [UInt8](repeating: ALaw.silence, count: capacity) }

    /// Bytes that leave for the disk; of `bytes` only the first `count` matter.
    struct Block: Sendable {
        var bytes: [UInt8]
        var count: Int
    }
    /// The next block when the clock has passed it by the reorder window, else `nil`; ask again until it is `nil`.
    mutating func takeBlock(clock: Int) -> Block? {
        let count = next
        guard clock >= base + count + Self.reorder else { return nil }
        let full = bytes
        bytes = Self.empty()
        bytes.replaceSubrange(0..<Self.capacity - count, with: full[count...])
        base += count
        next = Self.block
        return Block(bytes: full, count: count)
    }

    /// Puts a packet's samples in place. Blocks that the clock has passed must have been taken before.
    mutating func put(
        _ buffer: PacketBuffer, _ header: RTPHeader, translation: [UInt8]?, clock: Int
    ) {
        let count = min(header.payloadCount, Self.ahead)
        let position = place(header, count: count, clock: clock)
        // The beginning of a packet may have been written already.
        let skip = max(0, base - position)
        guard skip < count, position + count <= base + Self.capacity else { return }
        buffer.copy(
            at: header.payloadStart + skip, count: count - skip, into: &bytes, start: position + skip - base)
        filled = max(filled, position + count)
        guard let translation else { return }
        for index in position + skip - base..<position + count - base {
            bytes[index] = translation[Int(bytes[index])]
        }
    }

    /// Where the packet lies: at the distance that its timestamp says from the first one of its source, or where the
    /// clock is when that is out of all proportion (a new source, a leap, clocks that drifted apart).
    private mutating func place(_ header: RTPHeader, count: Int, clock: Int) -> Int {
        if let anchor, anchor.source == header.source {
            let position = anchor.position + Int(Int32(bitPattern: header.timestamp &- anchor.timestamp))
            if position >= clock - Self.reorder - count, position + count <= clock + Self.ahead {
                self.anchor = Anchor(source: header.source, timestamp: header.timestamp, position: position)
                return position
            }
        }
        // A packet arrives when its last sample has been spoken.
        let position = max(base, clock - count)
        anchor = Anchor(source: header.source, timestamp: header.timestamp, position: position)
        return position
    }

    /// What is left up to `end`, or up to the end of a packet that lies behind it; the buffer is of no use afterwards.
    mutating func drain(to end: Int) -> [UInt8] {
        Array(bytes[0..<max(0, min(max(end, filled) - base, Self.capacity))])
    }
}
