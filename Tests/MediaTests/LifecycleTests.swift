import Glibc
import Kernel
import Synchronization
import Testing

@testable import Media

struct LifecycleTests {
    @Test func `ports are even, rotate, run out with a reason, and come back`() throws {
        let range = PortBlocks.next()
        let stage = try Stage { $0.ports = range.lowerBound...range.lowerBound + 7 }
        let ports = try (0..<4).map {
            try stage.service.open(MediaLegID($0), room: RoomID($0), at: Stage.zero)
        }
        #expect(ports == (0..<4).map { range.lowerBound + 2 * $0 })
        do {
            _ = try stage.service.open(MediaLegID(9), room: RoomID(9), at: Stage.zero)
            Issue.record("a fifth port was given out")
        } catch {
            #expect(error.code == .exhausted)
        }
        stage.service.close(MediaLegID(2))
        stage.service.close(MediaLegID(0))
        #expect(stage.log.closed(MediaLegID(2)) != nil)
        #expect(stage.log.closed(MediaLegID(0)) != nil)
        // In rotation: the cursor stands behind the last one given out.
        let again = try stage.service.open(MediaLegID(10), room: RoomID(10), at: Stage.zero)
        #expect(again == ports[0])
        #expect(stage.service.freePorts == 1)
    }
    @Test func `a released port is not the next to be given out`() throws {
        let pool = try PortPool(1_001...1_010)
        #expect(pool.count == 5)
        let first = try #require(pool.take())
        #expect(first == 1_002)
        pool.release(first)
        pool.release(first)
        #expect(pool.take() == 1_004)
        #expect(pool.free == 4)
        #expect(throws: Problem.self) { try PortPool(1_001...1_001) }
        #expect(throws: Problem.self) { try PortPool(0...0) }
    }
    @Test func `a port that another program holds is passed over`() throws {
        let range = PortBlocks.next()
        let taken = try DatagramSocket(
            bind: try #require(MediaEndpoint(address: "127.0.0.1", port: range.lowerBound)))
        let stage = try Stage { $0.ports = range }
        #expect(
            try stage.service.open(MediaLegID(1), room: RoomID(1), at: Stage.zero) == range.lowerBound + 2)
        taken.close()
    }
    @Test func `closing twice, late commands and unknown legs are harmless`() throws {
        let stage = try Stage()
        let (leg, peer) = try stage.leg(1)
        #expect(throws: Problem.self) { try stage.service.open(leg, room: RoomID(1), at: Stage.zero) }
        stage.service.close(leg)
        stage.service.close(leg)
        stage.service.play(leg, PlayID(1), [])
        stage.service.stopPlaying(leg)
        stage.service.injectDigit(leg, "1")
        stage.service.close(MediaLegID(99))
        stage.service.stopRecording(RoomID(99))
        stage.service.connect(RoomID(99), .pair(leg, MediaLegID(99)))
        try stage.service.setRemote(leg, RemoteMedia(address: "127.0.0.1", port: peer.port, codec: .pcma))
        #expect(throws: Problem.self) {
            try stage.service.setRemote(leg, RemoteMedia(address: "example.org", port: 9, codec: .pcma))
        }
        stage.service.stop()
        stage.service.stop()
        #expect(stage.log.all.count { if case .closed = $0 { true } else { false } } == 1)
    }
    @Test func `a leg may be closed inside any event, and closed is its last`() throws {
        for name in ["heard", "digit", "play", "silent"] {
            let stage = try Stage { $0.silentAfter = .milliseconds(20) }
            let service = stage.service
            let (a, b) = try stage.pair()
            stage.log.react { event in
                switch (event, name) {
                case (.heard(let leg), "heard"), (.digit(let leg, _), "digit"),
                    (.playEnded(let leg, _, _), "play"),
                    (.silent(let leg, _), "silent"):
                    service.close(leg)
                    service.close(leg)
                    service.play(leg, PlayID(3), [])
                default: break
                }
            }
            service.play(a.id, PlayID(1), [AudioClip.silence(milliseconds: 60)])
            a.peer.send(
                Packet(101, sequence: 1, timestamp: 1, payload: [1, 0x8A, 1, 0x40]))
            for number in 1...20 {
                a.peer.send(
                    Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(1)))
            }
            #expect(stage.log.closed(a.id) != nil, "\(name)")
            service.close(b.id)
            #expect(stage.log.closed(b.id) != nil)
            service.stop()
            let last = stage.log.all.lastIndex { if case .closed(a.id, _) = $0 { true } else { false } }
            let others = stage.log.all.lastIndex { event in
                switch event {
                case .heard(a.id), .digit(a.id, _), .playEnded(a.id, _, _), .silent(a.id, _): true
                default: false
                }
            }
            #expect(try #require(last) > (others ?? -1))
        }
    }
    @Test func `the service may be stopped inside an event`() throws {
        let stage = try Stage()
        let service = stage.service
        let (leg, peer) = try stage.leg(1)
        stage.log.react { event in
            if case .heard = event { service.stop() }
        }
        peer.send(Packet(sequence: 1, timestamp: 1, payload: speech(1)))
        #expect(stage.log.closed(leg) != nil)
    }
    @Test func `a call that ends while it is recorded ends its recording properly`() throws {
        let scratch = try Scratch()
        let stage = try Stage()
        let (a, b) = try stage.pair()
        try stage.service.startRecording(
            RoomID(1),
            RecordingSpec(
                directory: scratch.path, id: "c", tracks: [a.id: "customer", b.id: "agent"],
                started: Stage.zero))
        a.peer.send(Packet(sequence: 1, timestamp: 1, payload: speech(1)))
        #expect(b.peer.receive() != nil)
        stage.service.stop()
        #expect(stage.log.finished(RoomID(1))?.count == 2)
        #expect(stage.service.freePorts == 100)
    }
    @Test func `thousands of calls leave no port and no descriptor behind`() throws {
        let stage = try Stage { $0.workers = 2 }
        let peer = try Peer()
        func burst(_ first: UInt64, _ count: UInt64) throws {
            for number in first..<first + count {
                let leg = MediaLegID(number)
                peer.target = try stage.service.open(leg, room: RoomID(number / 2), at: Stage.zero)
                try stage.service.setRemote(
                    leg, RemoteMedia(address: "127.0.0.1", port: peer.port, codec: .pcma))
                peer.send(Packet(sequence: 1, timestamp: 1, payload: speech(1)))
                if number % 2 == 1 {
                    stage.service.connect(RoomID(number / 2), .pair(leg, MediaLegID(number - 1)))
                    stage.service.close(MediaLegID(number - 1))
                    stage.service.close(leg)
                    // Never more at once than there are ports.
                    if number % 64 == 63 { #expect(stage.log.waitForClosed(Int(number) + 1)) }
                }
            }
        }
        try burst(0, 4_000)
        stage.service.stop()
        #expect(stage.service.freePorts == 100)
        #expect(stage.log.all.count { if case .closed = $0 { true } else { false } } == 4_000)
    }
    @Test func `a stopped service gives every descriptor back`() throws {
        // Other tests open and close descriptors at the same time: the sockets of this one are counted by port.
        let range = PortBlocks.next()
        do {
            let stage = try Stage { $0.ports = range }
            for number in 0..<100 as Range<UInt64> {
                _ = try stage.service.open(MediaLegID(number), room: RoomID(number), at: Stage.zero)
            }
            stage.service.stop()
        }
        for port in stride(from: range.lowerBound, to: range.lowerBound + 200, by: 2) {
            _ = try DatagramSocket(bind: try #require(MediaEndpoint(address: "127.0.0.1", port: port)))
        }
    }
    @Test func `the limit of open files can be raised`() {
        #expect(ProcessLimits.raiseOpenFiles() >= 256)
    }
    @Test func `addresses of both families are read and written, names are not`() {
        for text in ["127.0.0.1", "203.0.113.77", "2001:db8::1", "::1"] {
            #expect(MediaEndpoint(address: text, port: 5)?.address == text)
        }
        #expect(MediaEndpoint(address: "localhost", port: 5) == nil)
        #expect(MediaEndpoint(address: "1.2.3", port: 5) == nil)
    }
}
