import Kernel
import Testing

@testable import Media

struct RelayTests {
    @Test func `two legs hear each other unchanged, under this side's own source and without gaps`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        for number in 0..<50 {
            let packet = Packet(
                sequence: UInt16(truncatingIfNeeded: 65_520 + number), timestamp: UInt32(number * 160),
                payload: speech(number))
            a.peer.send(packet)
            let heard = try #require(b.peer.receive())
            #expect(heard.payload == packet.payload)
            #expect(heard.payloadType == 8)
            #expect(heard.marker == (number == 0))
            #expect(heard.source != packet.source)
            b.peer.send(
                Packet(
                    sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number + 99)))
            #expect(try #require(a.peer.receive()).payload == speech(number + 99))
        }
        stage.service.close(a.id)
        let statistics = try #require(stage.log.closed(a.id))
        #expect(statistics.packetsReceived == 50)
        #expect(statistics.packetsSent == 50)
        #expect(statistics.lost == 0)
        #expect(statistics.bytesReceived == 8_000)
        stage.service.stop()
    }
}
