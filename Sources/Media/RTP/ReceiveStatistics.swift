/// Loss and jitter of what one leg receives (RFC 3550, A.3 and A.8), over changes of the synchronisation source.
struct ReceiveStatistics {
    /// RTP clock of narrow-band audio.
    static let samplesPerSecond: Int64 = 8_000

    private var source: UInt32 = 0
    private var isRunning = false
    private var base: Int64 = 0
    private var highest: Int64 = 0
    private var received: Int64 = 0
    private var lostBefore: Int64 = 0
    private var transit: Int64 = 0
    /// Sixteen times the jitter in samples, as in A.8's integer form.
    private var scaledJitter: Int64 = 0
    /// What the last report counted.
    private var reported: (expected: Int64, received: Int64) = (0, 0)

    /// Packets expected and not received; late duplicates may make up for others, never below zero.
    var lost: Int { Int(lostBefore + lostNow) }
    private var lostNow: Int64 { isRunning ? max(0, highest - base + 1 - received) : 0 }
    /// Smoothed variation of the transit time, microseconds.
    var jitterMicroseconds: Int { Int((scaledJitter >> 4) * 1_000_000 / Self.samplesPerSecond) }

    /// Counts one packet that arrived at `now` (monotonic nanoseconds). Events keep their timestamp while a key is
    /// held, so only audio counts towards jitter.
    mutating func count(_ header: RTPHeader, isAudio: Bool, at now: Int64) {
        let arrival = now / SendStream.nanosecondsPerSample - Int64(header.timestamp)
        if !isRunning || header.source != source {
            lostBefore += lostNow
            source = header.source
            base = Int64(header.sequence)
            highest = base
            received = 0
            transit = arrival
            reported = (0, 0)
            isRunning = true
        }
        received += 1
        let step = Int16(bitPattern: header.sequence &- UInt16(truncatingIfNeeded: highest))
        if step > 0 { highest += Int64(step) }
        guard isAudio else { return }
        // The 32-bit timestamp wraps: the difference is what counts.
        let change = abs(Int64(Int32(truncatingIfNeeded: arrival - transit)))
        transit = arrival
        scaledJitter += change - (scaledJitter + 8) >> 4
    }

    /// What to tell the far end, and the beginning of the next interval (RFC 3550, A.3); `nil` before the first
    /// packet. The times of the sender's report are not known here.
    mutating func report() -> ReceptionReport? {
        guard isRunning else { return nil }
        let expected = highest - base + 1
        let (expectedNow, receivedNow) = (expected - reported.expected, received - reported.received)
        reported = (expected, received)
        let lostNow = max(0, expectedNow - receivedNow)
        return ReceptionReport(
            source: source, fractionLost: expectedNow > 0 ? UInt8(clamping: lostNow * 256 / expectedNow) : 0,
            lost: Int(expected - received), highest: UInt32(truncatingIfNeeded: highest),
            jitter: UInt32(truncatingIfNeeded: scaledJitter >> 4), lastSenderReport: 0, sinceSenderReport: 0)
    }
}
