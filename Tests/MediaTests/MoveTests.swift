import Glibc
import Kernel
import Testing

@testable import Media

struct MoveTests {
    private func stage(_ change: (inout MediaSettings) -> Void = { _ in }) throws -> Stage {
        try Stage {
            $0.workers = 2
            change(&$0)
        }
    }
    /// What goes wrong in a stream of packets: gaps, another source, a timestamp that runs backwards.
    private func faults(_ packets: [Packet]) -> [String] {
        zip(packets, packets.dropFirst()).compactMap { before, after in
            if after.source != before.source { return "another source" }
            if after.sequence != before.sequence &+ 1 { return "\(before.sequence) before \(after.sequence)" }
            return Int32(bitPattern: after.timestamp &- before.timestamp) > 0 ? nil : "the time stood still"
        }
    }

    @Test(arguments: [false, true])
    func `a leg moves to a room of the same or another worker and hears who is there`(apart: Bool) throws {
        let stage = try stage()
        // Of rooms that take turns between two workers the first and the third are on one.
        let all = Stage.roomsApart(3, workers: 2)
        let rooms = [all[0], all[apart ? 1 : 2]]
        let agent = try stage.leg(1, room: rooms[0].number)
        let first = try stage.leg(2, room: rooms[0].number)
        let second = try stage.leg(3, room: rooms[1].number)
        stage.service.connect(rooms[0], .pair(agent.id, first.id))
        first.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        let before = try #require(agent.peer.receive())
        #expect(before.payload == speech(1))
        stage.service.move(agent.id, to: rooms[1])
        stage.service.connect(rooms[1], .pair(agent.id, second.id))
        stage.service.play(agent.id, PlayID(1), [AudioClip(aLaw: speech(9))])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        second.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(2)))
        let packets = [before] + (0..<2).compactMap { _ in agent.peer.receive() }
        #expect(packets.map(\.payload) == [speech(1), speech(9), speech(2)])
        #expect(faults(packets).isEmpty)
        agent.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(3)))
        #expect(try #require(second.peer.receive()).payload == speech(3))
        // Who stayed behind is alone.
        first.peer.send(Packet(sequence: 2, timestamp: 160, payload: speech(4)))
        #expect(first.peer.receiveWaiting() == nil)
        stage.service.close(agent.id)
        let statistics = try #require(stage.log.closed(agent.id))
        #expect(statistics.packetsSent == 3)
        #expect(statistics.packetsReceived == 1)
    }
    @Test
    func `under traffic a hundred moves leave no gap in what the leg sends and lose nothing that it is sent`()
        throws
    {
        let stage = try stage { $0.idle = .silence }
        let rooms = Stage.roomsApart(3, workers: 2)
        let agent = try stage.leg(1, room: rooms[0].number)
        var heard: [Packet] = []
        for round in 0..<100 {
            let room = rooms[(round + 1) % 3]
            agent.peer.send(
                Packet(sequence: UInt16(round), timestamp: UInt32(round * 160), payload: speech(1)))
            stage.service.move(agent.id, to: room)
            for _ in 0..<3 { heard.append(try #require(agent.peer.receive())) }
        }
        #expect(faults(heard).isEmpty)
        stage.service.close(agent.id)
        let statistics = try #require(stage.log.closed(agent.id))
        #expect(statistics.packetsReceived == 100)
        #expect(statistics.lost == 0)
        #expect(statistics.foreign + statistics.unusable + statistics.unsent == 0)
    }
    @Test func `what plays ends as stopped, also when the leg moves on before it has arrived`() throws {
        let stage = try stage()
        let rooms = Stage.roomsApart(4, workers: 2)
        let (leg, _) = try stage.leg(1, room: rooms[0].number)
        for round in 0..<50 as Range<UInt64> {
            stage.service.play(leg, PlayID(round), [AudioClip.silence(milliseconds: 60_000)], loop: true)
            stage.service.move(leg, to: rooms[Int(round + 1) % 4])
        }
        for round in 0..<50 as Range<UInt64> { #expect(stage.log.ended(PlayID(round)) == .stopped) }
    }
    @Test func `commands of one thread keep their order while another moves the leg about`() throws {
        let stage = try stage()
        let rooms = Stage.roomsApart(5, workers: 2)
        let (leg, _) = try stage.leg(1, room: rooms[0].number)
        let service = stage.service
        let mover = try WorkerThread { for round in 0..<2_000 { service.move(leg, to: rooms[round % 5]) } }
        for number in 0..<2_000 as Range<UInt64> { service.play(leg, PlayID(number), []) }
        mover.join()
        service.close(leg)
        #expect(stage.log.closed(leg) != nil)
        let ended = stage.log.all.compactMap {
            if case .playEnded(_, let play, _) = $0 { play.number } else { nil }
        }
        // The last may have been running when the leg closed.
        #expect(ended == Array(0..<UInt64(ended.count)))
        #expect(ended.count >= 1_999)
    }
    @Test func `a leg that is closed on its way closes once, and its rooms end`() throws {
        let scratch = try Scratch()
        let stage = try stage()
        let rooms = Stage.roomsApart(800, workers: 2)
        for number in 0..<200 as Range<UInt64> {
            let (leg, place) = (MediaLegID(number), Int(number) * 4)
            _ = try stage.service.open(leg, room: rooms[place], at: Stage.zero)
            for hop in 1...3 { stage.service.move(leg, to: rooms[place + hop]) }
            if number % 50 == 0 {
                try stage.service.startRecording(
                    rooms[place + 3],
                    RecordingSpec(
                        directory: scratch.path, id: "call-\(number)", tracks: [leg: "agent"],
                        started: Stage.zero))
            }
            stage.service.close(leg)
            stage.service.play(leg, PlayID(number), [])
            stage.service.move(leg, to: rooms[place])
            if number % 50 == 49 { #expect(stage.log.waitForClosed(Int(number) + 1)) }
        }
        for number in [0, 50, 100, 150] { #expect(stage.log.finished(rooms[number * 4 + 3]) != nil) }
        stage.service.stop()
        #expect(stage.log.closedCount == 200)
        #expect(stage.service.freePorts == 100)
    }
    @Test func `a service that is stopped while legs are on their way closes every one`() throws {
        for _ in 0..<20 {
            let stage = try stage()
            let rooms = Stage.roomsApart(6, workers: 2)
            for number in 0..<20 as Range<UInt64> {
                _ = try stage.service.open(MediaLegID(number), room: rooms[0], at: Stage.zero)
            }
            for hop in 1..<6 {
                for number in 0..<20 as Range<UInt64> {
                    stage.service.move(MediaLegID(number), to: rooms[hop])
                }
            }
            stage.service.stop()
            #expect(stage.log.closedCount == 20)
            #expect(stage.service.freePorts == 100)
        }
    }
    @Test
    func `the old room's recording ends the track, and the new one's begins one for the leg that it names`()
        throws
    {
        let scratch = try Scratch()
        let stage = try stage()
        let rooms = Stage.roomsApart(2, workers: 2)
        let agent = try stage.leg(1, room: rooms[0].number)
        let others = try rooms.enumerated().map {
            try stage.leg(UInt64($0.offset + 2), room: $0.element.number)
        }
        for (index, room) in rooms.enumerated() {
            try stage.service.startRecording(
                room,
                RecordingSpec(
                    directory: scratch.path, id: "call-\(index)",
                    tracks: [agent.id: "agent", others[index].id: "customer"], started: Stage.zero))
            if index == 1 { stage.service.move(agent.id, to: room) }
            stage.service.connect(room, .pair(agent.id, others[index].id))
            agent.peer.send(
                Packet(
                    sequence: UInt16(index), timestamp: UInt32(index * 160),
                    payload: [UInt8](repeating: UInt8(index + 0xA1), count: 160)))
            _ = try #require(others[index].peer.receive())
        }
        for (index, room) in rooms.enumerated() {
            stage.service.stopRecording(room)
            let tracks = try #require(stage.log.finished(room))
            let agent = try #require(tracks.first { $0.name == "agent" })
            let samples = try DiskFile.readAll(agent.path, limit: 1 << 20)
            #expect(samples.count { $0 == UInt8(index + 0xA1) } == 160)
            #expect(!samples.contains(UInt8(0xA2 - index)))
        }
    }
    @Test func `a leg that waits alone in a room of its own is sent silence`() throws {
        let stage = try stage { $0.idle = .silence }
        let rooms = Stage.roomsApart(2, workers: 2)
        let agent = try stage.leg(1, room: rooms[0].number)
        stage.service.move(agent.id, to: rooms[1])
        let packets = (0..<5).compactMap { _ in agent.peer.receive() }
        #expect(packets.allSatisfy { $0.payload == [UInt8](repeating: 0xD5, count: 160) })
        #expect(packets.count == 5)
    }
    @Test func `moving to the room where it is, and moving what is not there, changes nothing`() throws {
        let stage = try stage()
        let (a, b) = try stage.pair()
        stage.service.play(a.id, PlayID(1), [AudioClip(aLaw: speech(1))])
        stage.service.move(a.id, to: RoomID(1))
        stage.service.move(MediaLegID(99), to: RoomID(1))
        #expect(stage.log.ended(PlayID(1)) == .finished)
        b.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(2)))
        #expect(a.peer.receive { $0.payload == speech(2) } != nil)
        stage.service.close(a.id)
        stage.service.close(b.id)
        #expect(stage.log.closed(b.id) != nil)
    }
}
