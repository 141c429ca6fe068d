/// What one leg sends: one synchronisation source whose sequence and timestamps run on without a break while
/// prompts, silence and relayed talkers take turns.
struct SendStream {
    /// Sequence number, timestamp and marker of one packet to send.
    struct Stamp: Equatable {
        var sequence: UInt16
        var timestamp: UInt32
        var marker: Bool
    }
    /// A talker whose packets are passed on: the leg's token with its own synchronisation source.
    struct Talker: Equatable {
        var token: UInt64
        var source: UInt32
    }
    private struct Relay {
        var talker: Talker
        var sequenceOffset: UInt16
        var timestampOffset: UInt32
        var lastTimestamp: UInt32
    }

    /// One second is 8,000 samples: 125 microseconds each.
    static let nanosecondsPerSample: Int64 = 125_000
    /// A talker whose timestamp leaps by more than this (10 s) has started anew.
    static let timestampLeap: Int32 = 80_000
    /// A talker whose sequence leaps by more than this has started anew (MAX_DROPOUT of RFC 3550, A.1).
    static let sequenceLeap: Int16 = 3_000

    let source: UInt32
    private var sequence: UInt16
    private var timestamp: UInt32
    private var relay: Relay?
    private var isClocked = false
    /// When the last packet went out, in monotonic nanoseconds; `nil` before the first.
    private(set) var lastSent: Int64?

    init(source: UInt32, sequence: UInt16, timestamp: UInt32) {
        self.source = source
        self.sequence = sequence
        self.timestamp = timestamp
    }

    /// The stamp of a packet of `samples` that this side makes itself, one after the other.
    mutating func clocked(samples: Int, newTalkspurt: Bool, at now: Int64) -> Stamp {
        let marker = newTalkspurt || !isClocked
        timestamp &+= isClocked ? UInt32(samples) : elapsed(at: now, atLeast: samples)
        sequence &+= 1
        isClocked = true
        relay = nil
        lastSent = now
        return Stamp(sequence: sequence, timestamp: timestamp, marker: marker)
    }

    /// The stamp of a packet passed on from a talker: gaps and order of his packets are kept.
    mutating func relayed(_ header: RTPHeader, from talker: Talker, samples: Int, at now: Int64) -> Stamp {
        var stamp = Stamp(sequence: 0, timestamp: 0, marker: header.marker)
        if let known = relay, known.talker == talker,
            abs(Int64(Int32(bitPattern: header.timestamp &- known.lastTimestamp)))
                <= Int64(Self.timestampLeap),
            abs(Int32(Int16(bitPattern: header.sequence &+ known.sequenceOffset &- sequence)))
                <= Int32(Self.sequenceLeap)
        {
            relay?.lastTimestamp = header.timestamp
            stamp.sequence = header.sequence &+ known.sequenceOffset
            stamp.timestamp = header.timestamp &+ known.timestampOffset
        } else {
            stamp.marker = true
            stamp.sequence = sequence &+ 1
            stamp.timestamp = timestamp &+ elapsed(at: now, atLeast: samples)
            relay = Relay(
                talker: talker, sequenceOffset: stamp.sequence &- header.sequence,
                timestampOffset: stamp.timestamp &- header.timestamp, lastTimestamp: header.timestamp)
        }
        isClocked = false
        if Int16(bitPattern: stamp.sequence &- sequence) > 0 {
            sequence = stamp.sequence
            timestamp = stamp.timestamp
            lastSent = now
        }
        return stamp
    }

    /// Whoever speaks next begins anew: a token means another leg on another worker.
    mutating func forgetTalker() { relay = nil }

    /// A talker's packet was kept back on purpose: closes the gap, so that the far end does not count it as lost.
    mutating func skipped(_ header: RTPHeader, from talker: Talker) {
        guard let known = relay, known.talker == talker,
            header.sequence &+ known.sequenceOffset == sequence &+ 1
        else { return }
        relay?.sequenceOffset &-= 1
    }

    /// The timestamp that a sample of this moment would have, for reports.
    func timestamp(at now: Int64) -> UInt32 { timestamp &+ elapsed(at: now, atLeast: 0) }

    private func elapsed(at now: Int64, atLeast samples: Int) -> UInt32 {
        guard let lastSent else { return UInt32(samples) }
        return UInt32(truncatingIfNeeded: max(Int64(samples), (now - lastSent) / Self.nanosecondsPerSample))
    }
}
