import Kernel
import Testing

@testable import Media

struct PlayTests {
    @Test func `a prompt is exactly its packets long, one after the other, and then ends once`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1)
        // 10.5 frames: the last packet is filled up with silence.
        let clips = [
            AudioClip(aLaw: speech(1, count: 1_000)), AudioClip(aLaw: []),
            AudioClip(aLaw: speech(2, count: 680)),
        ]
        stage.service.play(leg, PlayID(7), clips)
        #expect(stage.log.ended(PlayID(7)) == .finished)
        var samples: [UInt8] = []
        var last: Packet?
        while samples.count < 11 * 160 {
            let packet = try #require(peer.receive())
            #expect(packet.marker == (last == nil))
            if let last {
                #expect(packet.sequence == last.sequence &+ 1)
                #expect(packet.timestamp == last.timestamp &+ 160)
            }
            samples += packet.payload
            last = packet
        }
        #expect(samples == clips[0].samples + clips[2].samples + [UInt8](repeating: 0xD5, count: 80))
        stage.service.close(leg)
        #expect(try #require(stage.log.closed(leg)).packetsSent == 11)
    }
    @Test func `a loop goes on over its end until it is stopped, and a new play replaces the old`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1)
        let clip = AudioClip(aLaw: speech(3, count: 200))
        stage.service.play(leg, PlayID(1), [clip], loop: true)
        var samples: [UInt8] = []
        while samples.count < 1_600 { samples += try #require(peer.receive()).payload }
        #expect(samples == (0..<1_600).map { clip.samples[$0 % 200] })
        stage.service.play(leg, PlayID(2), [clip], loop: true)
        #expect(stage.log.ended(PlayID(1)) == .replaced)
        stage.service.stopPlaying(leg)
        #expect(stage.log.ended(PlayID(2)) == .stopped)
        stage.service.play(leg, PlayID(3), [])
        #expect(stage.log.ended(PlayID(3)) == .finished)
    }
    @Test func `a prompt takes the place of the talker, and afterwards he is heard again in one stream`()
        throws
    {
        let stage = try Stage()
        let (a, b) = try stage.pair(.pcma, .pcmu)
        b.peer.send(Packet(0, sequence: 9, timestamp: 900, payload: [UInt8](repeating: 0xFF, count: 160)))
        let first = try #require(a.peer.receive())
        #expect(first.payload == [UInt8](repeating: 0xD5, count: 160))
        stage.service.play(a.id, PlayID(1), [AudioClip(aLaw: speech(5, count: 320))])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        b.peer.send(Packet(0, sequence: 10, timestamp: 1_060, payload: [UInt8](repeating: 0xFF, count: 160)))
        let packets = try (0..<3).map { _ in try #require(a.peer.receive()) }
        #expect(packets.map(\.sequence) == (1...3).map { first.sequence &+ $0 })
        #expect(packets.map(\.marker) == [true, false, true])
        #expect(Set(packets.map(\.source)) == [first.source])
        #expect(packets[2].timestamp &- packets[1].timestamp >= 160)
    }
    @Test func `with nothing to hear a leg is sent silence in its own codec`() throws {
        let stage = try Stage { $0.idle = .silence }
        let (_, peer) = try stage.leg(1, codec: .pcmu)
        let packet = try #require(peer.receive())
        #expect(packet.payloadType == 0)
        #expect(packet.payload == [UInt8](repeating: 0xFF, count: 160))
        let next = try #require(peer.receive())
        #expect(next.timestamp == packet.timestamp &+ 160)
    }
    @Test func `a leg that only sends to us is sent nothing, and its prompt still ends`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1, direction: .recvonly)
        stage.service.play(leg, PlayID(1), [AudioClip(aLaw: speech(1, count: 480))])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        #expect(peer.receiveWaiting() == nil)
    }
}
