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
    @Test func `between the two laws the samples are converted both ways`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair(.pcma, .pcmu)
        let codes = (0..<256).map { UInt8($0) }
        a.peer.send(Packet(8, sequence: 1, timestamp: 0, payload: codes))
        let mu = try #require(b.peer.receive())
        #expect(mu.payloadType == 0)
        #expect(mu.payload == G711Tables.shared.muOfA)
        b.peer.send(Packet(0, sequence: 1, timestamp: 0, payload: codes))
        let aLaw = try #require(a.peer.receive())
        #expect(aLaw.payloadType == 8)
        #expect(aLaw.payload == G711Tables.shared.aOfMu)
    }
    @Test func `contributing sources, extension and padding are taken off`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        let plain = Packet(sequence: 1, timestamp: 0, payload: speech(1)).bytes
        var packet = Array(plain[0..<12])
        packet[0] = 0x80 | 0x20 | 0x10 | 2
        packet += [1, 1, 1, 1, 2, 2, 2, 2] + [0xBE, 0xDE, 0, 1, 9, 9, 9, 9] + speech(1) + [0, 0, 0, 4]
        a.peer.send(packet)
        let heard = try #require(b.peer.receive())
        #expect(heard.payload == speech(1))
    }
    @Test func `packets that lie about their lengths, and other protocols, are counted and dropped`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        let good = Packet(sequence: 1, timestamp: 0, payload: speech(1))
        var junk: [[UInt8]] = [[], [0x80], Array(good.bytes[0..<12]), [UInt8](repeating: 0xFF, count: 1_500)]
        junk.append([0x8F] + good.bytes[1..<40])
        junk.append([0x90] + good.bytes[1..<12] + [0, 0, 0xFF, 0xFF, 1, 2])
        junk.append([0xA0] + good.bytes[1..<12] + [1, 2, 200])
        junk.append([0xA0] + good.bytes[1..<12] + [1, 2, 0])
        junk.append([0x80, 200] + good.bytes[2...])
        junk.append([0x80, 35] + good.bytes[2...])
        for bytes in junk { a.peer.send(bytes) }
        a.peer.send(good)
        #expect(try #require(b.peer.receive()).payload == speech(1))
        stage.service.close(a.id)
        let statistics = try #require(stage.log.closed(a.id))
        #expect(statistics.packetsReceived == 1)
        #expect(statistics.unusable == junk.count)
    }
    @Test func `what comes from another address or port is foreign, counted and never heard`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        let stranger = try Peer()
        let elsewhere = try Peer(address: "127.0.0.2")
        stranger.target = a.peer.target
        elsewhere.target = a.peer.target
        for peer in [stranger, elsewhere] {
            peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(66)))
        }
        a.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(try #require(b.peer.receive()).payload == speech(1))
        stage.service.close(a.id)
        #expect(try #require(stage.log.closed(a.id)).foreign == 2)
    }
    @Test func `behind a translator the first packet settles the far end, once`() throws {
        let stage = try Stage()
        let room = RoomID(1)
        let (id, other) = (MediaLegID(1), try stage.leg(2))
        let (phone, thief, elsewhere) = (try Peer(), try Peer(), try Peer(address: "127.0.0.2"))
        let port = try stage.service.open(id, room: room, at: Stage.zero)
        for peer in [phone, thief, elsewhere] { peer.target = port }
        let described = RemoteMedia(
            address: "10.9.8.7", port: 4_000, codec: .pcma, source: .latchOnce(from: "127.0.0.1"))
        try stage.service.setRemote(id, described)
        stage.service.connect(room, .pair(id, other.id))
        elsewhere.send(Packet(sequence: 1, timestamp: 0, payload: speech(9)))
        phone.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(try #require(other.peer.receive()).payload == speech(1))
        thief.send(Packet(sequence: 2, timestamp: 160, payload: speech(2)))
        other.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(3)))
        #expect(try #require(phone.receive()).payload == speech(3))
        // The same description again, as a session refresh sends it, forgets nothing.
        try stage.service.setRemote(id, described)
        other.peer.send(Packet(sequence: 2, timestamp: 160, payload: speech(4)))
        #expect(try #require(phone.receive()).payload == speech(4))
        #expect(thief.receiveWaiting() == nil)
        stage.service.close(id)
        #expect(try #require(stage.log.closed(id)).foreign == 2)
    }
    @Test func `a new description behind a translator is settled by its own first packet`() throws {
        let stage = try Stage()
        let (id, other) = (MediaLegID(1), try stage.leg(2))
        let (old, new, thief) = (try Peer(), try Peer(), try Peer())
        let port = try stage.service.open(id, room: RoomID(1), at: Stage.zero)
        for peer in [old, new, thief] { peer.target = port }
        stage.service.connect(RoomID(1), .pair(id, other.id))
        for (round, peer) in [old, new].enumerated() {
            try stage.service.setRemote(
                id,
                RemoteMedia(
                    address: "10.9.8.7", port: 4_000 + UInt16(round), codec: .pcma,
                    source: .latchOnce(from: "127.0.0.1")))
            peer.send(Packet(sequence: 1, timestamp: 0, source: UInt32(round), payload: speech(round)))
            #expect(try #require(other.peer.receive()).payload == speech(round))
            thief.send(Packet(sequence: 2, timestamp: 160, payload: speech(9)))
            other.peer.send(Packet(sequence: UInt16(round), timestamp: 0, payload: speech(round)))
            #expect(try #require(peer.receive()).payload == speech(round))
        }
        stage.service.close(id)
        #expect(try #require(stage.log.closed(id)).foreign == 2)
        #expect(thief.receiveWaiting() == nil)
    }
    @Test func `a leg on hold neither hears nor is heard, and is again after`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        var remote = RemoteMedia(address: "127.0.0.1", port: a.peer.port, codec: .pcma, direction: .inactive)
        try stage.service.setRemote(a.id, remote)
        a.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        b.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(2)))
        _ = stage.log.first { if case .heard(b.id) = $0 { true } else { nil } }
        remote.direction = .sendrecv
        try stage.service.setRemote(a.id, remote)
        a.peer.send(Packet(sequence: 2, timestamp: 160, payload: speech(3)))
        b.peer.send(Packet(sequence: 2, timestamp: 160, payload: speech(4)))
        #expect(try #require(b.peer.receive()).payload == speech(3))
        #expect(try #require(a.peer.receive()).payload == speech(4))
    }
    @Test func `a leg on hold is not told to be silent`() throws {
        let stage = try Stage { $0.silentAfter = .milliseconds(500) }
        let a = try stage.leg(1)
        let b = try stage.leg(2)
        a.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        b.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        try stage.service.setRemote(
            a.id, RemoteMedia(address: "127.0.0.1", port: a.peer.port, codec: .pcma, direction: .sendonly))
        #expect(stage.log.first { if case .silent(b.id, _) = $0 { true } else { nil } } == true)
        stage.service.play(a.id, PlayID(1), [AudioClip.silence(milliseconds: 6_000)])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        #expect(!stage.log.all.contains { if case .silent(a.id, _) = $0 { true } else { false } })
    }
    @Test func `with three in the room each hears the sum of the other two`() throws {
        let stage = try Stage()
        let legs = try (1...3).map { try stage.leg(UInt64($0), codec: $0 == 3 ? .pcmu : .pcma) }
        stage.service.connect(RoomID(1), .all(legs.map(\.id)))
        // Steady levels, so that it does not matter which frames meet.
        let levels: [Int16] = [1_000, 2_000, 4_000]
        for number in 1...5 {
            for (index, leg) in legs.enumerated() {
                let isMu = index == 2
                let code = isMu ? MuLaw.encode(levels[index]) : ALaw.encode(levels[index])
                leg.peer.send(
                    Packet(
                        isMu ? 0 : 8, sequence: UInt16(number), timestamp: UInt32(number * 160),
                        payload: [UInt8](repeating: code, count: 160)))
            }
        }
        for (index, leg) in legs.enumerated() {
            let sum = Int(levels.reduce(0, +) - levels[index])
            let loud = leg.peer.receive { packet in
                let sample = index == 2 ? MuLaw.decode(packet.payload[80]) : ALaw.decode(packet.payload[80])
                return abs(Int(sample) - sum) <= sum / 16
            }
            #expect(loud != nil)
        }
    }
    @Test func `a supervisor listens to both and is heard by neither`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        let supervisor = try stage.leg(3)
        var matrix = TalkMatrix.pair(a.id, b.id)
        matrix.connect(a.id, to: supervisor.id)
        matrix.connect(b.id, to: supervisor.id)
        stage.service.connect(RoomID(1), matrix)
        supervisor.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(9)))
        for number in 1...4 {
            a.peer.send(
                Packet(
                    sequence: UInt16(number), timestamp: UInt32(number * 160),
                    payload: [UInt8](repeating: 0xAA, count: 160)))
        }
        #expect(supervisor.peer.receive { $0.payload[0] == 0xAA } != nil)
        #expect(try #require(b.peer.receive()).payload == [UInt8](repeating: 0xAA, count: 160))
        #expect(a.peer.receiveWaiting() == nil)
    }
    @Test func `a leg that falls silent is told once per silence`() throws {
        let stage = try Stage { $0.silentAfter = .milliseconds(30) }
        let (leg, peer) = try stage.leg(1)
        func silences() -> Int {
            stage.log.all.count { if case .silent(leg, _) = $0 { true } else { false } }
        }
        for round in 1...2 {
            peer.send(Packet(sequence: UInt16(round), timestamp: UInt32(round * 160), payload: speech(1)))
            _ = stage.log.first { _ in silences() == round ? true : nil }
        }
        stage.service.play(leg, PlayID(1), [AudioClip.silence(milliseconds: 2_000)])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        #expect(silences() == 2)
        #expect(stage.log.all.count { if case .heard = $0 { true } else { false } } == 1)
    }
}
