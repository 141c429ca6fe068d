import Glibc

/// What a side says about a stream that it receives (RFC 3550, 6.4.1).
struct ReceptionReport: Equatable {
    static let size = 24

    var source: UInt32
    /// Of what was expected since the last report, in 256ths.
    var fractionLost: UInt8
    /// Packets in all, of 24 bits with a sign.
    var lost: Int
    /// The highest sequence number, with the count of its turns in the upper half.
    var highest: UInt32
    /// In units of the timestamp.
    var jitter: UInt32
    /// The middle of the clock of the last sender report, and how long ago it came in 65,536ths of a second.
    var lastSenderReport: UInt32
    var sinceSenderReport: UInt32
}

/// One compound packet of RTCP (RFC 3550, 6): what the other side sent and heard.
struct ControlReport: Equatable {
    static let senderReport: UInt8 = 200
    static let receiverReport: UInt8 = 201
    static let description: UInt8 = 202
    /// A header, its source, and as many reports as its five bits count.
    private static let header = 8
    private static let senderInfo = 20

    /// The middle 32 bits of the clock of a sender report.
    var senderClock: UInt32?
    /// What was said about our stream.
    var aboutUs: ReceptionReport?

    /// `nil` for anything that is no compound packet or lies about its lengths.
    static func read(_ buffer: PacketBuffer, length: Int, ownSource: UInt32) -> ControlReport? {
        guard length <= PacketBuffer.capacity else { return nil }
        var report = ControlReport()
        var place = 0
        while place < length {
            guard place + 4 <= length, buffer[place] & 0xC0 == 0x80 else { return nil }
            let end = place + 4 + 4 * Int(buffer.word16(at: place + 2))
            guard end <= length else { return nil }
            let type = buffer[place + 1]
            if type == senderReport || type == receiverReport {
                var start = place + header
                if type == senderReport {
                    guard start + senderInfo <= end else { return nil }
                    report.senderClock = buffer.word32(at: start + 2)
                    start += senderInfo
                }
                for _ in 0..<Int(buffer[place] & 0x1F) {
                    guard start + ReceptionReport.size <= end else { return nil }
                    if buffer.word32(at: start) == ownSource { report.aboutUs = reception(buffer, at: start) }
                    start += ReceptionReport.size
                }
            }
            place = end
        }
        return report
    }
    private static func reception(_ buffer: PacketBuffer, at start: Int) -> ReceptionReport {
        let lost = Int(Int32(bitPattern: buffer.word32(at: start + 4) << 8) >> 8)
        return ReceptionReport(
            source: buffer.word32(at: start), fractionLost: buffer[start + 4], lost: lost,
            highest: buffer.word32(at: start + 8), jitter: buffer.word32(at: start + 12),
            lastSenderReport: buffer.word32(at: start + 16), sinceSenderReport: buffer.word32(at: start + 20))
    }

    /// What this side has sent, for a sender report.
    struct Sent {
        /// Seconds since 1900 in 32.32 bits.
        var clock: UInt64
        /// The stream's timestamp at that moment.
        var timestamp: UInt32
        var packets: Int
        var bytes: Int
    }
    /// Writes a report with the sender's name behind it, as a compound packet must have; returns its length.
    static func write(
        _ buffer: PacketBuffer, source: UInt32, name: String, sent: Sent?, about: ReceptionReport?
    ) -> Int {
        var place = header
        buffer.setWord32(source, at: 4)
        func put(_ word: UInt32) {
            buffer.setWord32(word, at: place)
            place += 4
        }
        if let sent {
            put(UInt32(truncatingIfNeeded: sent.clock >> 32))
            put(UInt32(truncatingIfNeeded: sent.clock))
            put(sent.timestamp)
            put(UInt32(truncatingIfNeeded: sent.packets))
            put(UInt32(truncatingIfNeeded: sent.bytes))
        }
        if let about {
            put(about.source)
            let lost = min(max(about.lost, -0x80_0000), 0x7F_FFFF)
            put(UInt32(about.fractionLost) << 24 | UInt32(truncatingIfNeeded: lost) & 0xFF_FFFF)
            put(about.highest)
            put(about.jitter)
            put(about.lastSenderReport)
            put(about.sinceSenderReport)
        }
        buffer[0] = 0x80 | (about == nil ? 0 : 1)
        buffer[1] = sent == nil ? receiverReport : senderReport
        buffer.setWord16(UInt16(place / 4 - 1), at: 2)
        // One source with one item, CNAME (1), ended by a zero and filled up to a word.
        let begin = place
        let text = Array(name.utf8.prefix(64))
        put(0x8100_0000 | UInt32(description) << 16)
        put(source)
        buffer[place] = 1
        buffer[place + 1] = UInt8(text.count)
        buffer.copy(from: text, start: 0, count: text.count, to: place + 2)
        let end = (place + 2 + text.count) / 4 * 4 + 4
        buffer.fill(at: place + 2 + text.count, count: end - place - 2 - text.count, with: 0)
        buffer.setWord16(UInt16((end - begin) / 4 - 1), at: begin + 2)
        return end
    }
}

/// The clock of reports: it begins with the wall clock and runs with the monotonic one, so that it never jumps.
enum ReportClock {
    /// From 1900, where the clock of RFC 3550 begins, to 1970.
    private static let epoch: Int64 = 2_208_988_800
    private static let offset: Int64 = {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        return Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec) - monotonicNanoseconds()
    }()

    /// Seconds in 32.32 bits at a moment of the monotonic clock.
    static func reading(at now: Int64) -> UInt64 {
        let nanoseconds = now + offset
        let (seconds, rest) = (nanoseconds / 1_000_000_000 + epoch, nanoseconds % 1_000_000_000)
        return UInt64(seconds) << 32 | (UInt64(rest) << 32) / 1_000_000_000
    }
    /// The middle 32 bits: 65,536ths of a second.
    static func middle(at now: Int64) -> UInt32 { UInt32(truncatingIfNeeded: reading(at: now) >> 16) }
}
