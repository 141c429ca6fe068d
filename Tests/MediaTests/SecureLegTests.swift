import Kernel
import Testing

@testable import Media

struct SecureLegTests {
    @Test func `a browser and a telephone hear each other, sealed on one side and plain on the other`() throws
    {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2, codec: .pcmu)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        for number in 0..<50 {
            let (sequence, timestamp) = (UInt16(truncatingIfNeeded: 65_520 + number), UInt32(number * 160))
            browser.send(Packet(sequence: sequence, timestamp: timestamp, payload: speech(number)))
            let plain = try #require(phone.peer.receive())
            #expect(plain.payload == speech(number).map { G711Tables.shared.muOfA[Int($0)] })
            phone.peer.send(Packet(0, sequence: sequence, timestamp: timestamp, payload: speech(number)))
            let heard = try #require(browser.receive())
            #expect(heard.payload == speech(number).map { G711Tables.shared.aOfMu[Int($0)] })
            #expect(heard.payloadType == 8)
            #expect(heard.source == browser.ours.source)
        }
        stage.service.close(browser.leg)
        #expect(browser.receiveEnd())
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.packetsReceived == 50)
        #expect(statistics.packetsSent == 50)
        #expect(statistics.bytesReceived == 8_000)
        #expect(statistics.unauthenticated == 0)
        #expect(statistics.lost == 0)
        #expect(stage.log.transports(browser.leg) == [.up])
    }
}
