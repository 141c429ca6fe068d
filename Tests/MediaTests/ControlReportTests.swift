import Testing

@testable import Media

struct ControlReportTests {
    private let about = ReceptionReport(
        source: 5, fractionLost: 64, lost: -3, highest: 0x0002_0005, jitter: 9, lastSenderReport: 0xAABB_CCDD,
        sinceSenderReport: 0x1_0000)

    @Test(arguments: ["", "a", "ab", "abc", "abcd", String(repeating: "x", count: 200)])
    func `a report is read as it was written, whatever the length of the name`(name: String) throws {
        let buffer = PacketBuffer()
        let sent = ControlReport.Sent(clock: 0x1122_3344_5566_7788, timestamp: 7, packets: 8, bytes: 9)
        let count = ControlReport.write(buffer, source: 4, name: name, sent: sent, about: about)
        #expect(count % 4 == 0)
        let report = try #require(ControlReport.read(buffer, length: count, ownSource: 5))
        #expect(report.senderClock == 0x3344_5566)
        #expect(report.aboutUs == about)
        #expect(try #require(ControlReport.read(buffer, length: count, ownSource: 6)).aboutUs == nil)
    }
    @Test func `whatever a report is cut to or changed into, it is read within its bounds or not at all`() {
        let buffer = PacketBuffer()
        let count = ControlReport.write(buffer, source: 4, name: "n", sent: nil, about: about)
        let good = buffer.prefix(count)
        for cut in 1..<count where cut != 32 {
            #expect(ControlReport.read(buffer, length: cut, ownSource: 5) == nil)
        }
        for place in 0..<count {
            for bit in 0..<8 {
                buffer.copy(from: good)
                buffer[place] ^= 1 << bit
                _ = ControlReport.read(buffer, length: count, ownSource: 5)
            }
        }
    }
    @Test func `losses are told as a part of what was expected since the last report, and in all`() {
        var statistics = ReceiveStatistics()
        let none = statistics.report()
        #expect(none == nil)
        func receive(_ numbers: [Int]) {
            for number in numbers {
                statistics.count(
                    RTPHeader(
                        payloadType: 8, marker: false, sequence: UInt16(truncatingIfNeeded: number),
                        timestamp: UInt32(truncatingIfNeeded: number * 160), source: 3, payloadStart: 12,
                        payloadCount: 160), isAudio: true, at: Int64(number) * 20_000_000)
            }
        }
        receive([65_534, 65_535, 65_536, 65_537])
        let (first, second, third): (ReceptionReport?, ReceptionReport?, ReceptionReport?)
        first = statistics.report()
        receive([65_540, 65_541])
        second = statistics.report()
        third = statistics.report()
        #expect(first?.fractionLost == 0 && first?.lost == 0 && first?.source == 3)
        #expect(first?.highest == 65_537)
        #expect(second?.fractionLost == 128 && second?.lost == 2)
        #expect(third?.fractionLost == 0 && third?.lost == 2)
    }
    @Test func `the clock of reports never jumps and counts in 65,536ths of a second`() {
        let now = monotonicNanoseconds()
        #expect(ReportClock.middle(at: now + 1_000_000_000) &- ReportClock.middle(at: now) == 65_536)
        #expect(ReportClock.reading(at: now + 20_000_000) > ReportClock.reading(at: now))
    }
}
