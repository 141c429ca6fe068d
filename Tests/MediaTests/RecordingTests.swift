import Kernel
import Testing

@testable import Media

struct RecordingTests {
    private static let room = RoomID(1)

    private func samples(_ path: String) throws -> [UInt8] {
        let file = try DiskFile(path, .read)
        let wav = try #require(try WAVFile.describe(file))
        #expect(wav.format == .aLaw && wav.samplesPerSecond == 8_000 && wav.channels == 1)
        return try file.read(at: wav.dataStart, count: wav.dataCount)
    }
    /// Where a piece of speech lies.
    private func find(_ piece: [UInt8], in samples: [UInt8]) -> Int? {
        guard samples.count >= piece.count else { return nil }
        return (0...samples.count - piece.count).first { start in
            samples[start] == piece[0] && samples[start..<start + piece.count].elementsEqual(piece)
        }
    }
    private func record(_ stage: Stage, _ scratch: Scratch, _ tracks: [MediaLegID: String]) throws {
        try stage.service.startRecording(
            Self.room,
            RecordingSpec(
                directory: scratch.path, id: "call-1", tracks: tracks, started: Timestamp(milliseconds: 5)))
    }

    @Test func `each leg's words are on its own track, in order, under their digest`() throws {
        let scratch = try Scratch()
        let stage = try Stage()
        let (a, b) = try stage.pair(.pcma, .pcmu)
        try record(stage, scratch, [a.id: "customer", b.id: "agent"])
        // The agent speaks mu-law. Exact places are proved with a clock of their own in `TrackBufferTests`.
        for number in 1...8 {
            a.peer.send(
                Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number)))
            b.peer.send(
                Packet(0, sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number)))
            _ = b.peer.receive()
            _ = a.peer.receive()
        }
        stage.service.stopRecording(Self.room)
        let tracks = try #require(stage.log.finished(Self.room))
        #expect(tracks.map(\.name).sorted() == ["agent", "customer"])
        let table = G711Tables.shared.aOfMu
        for track in tracks {
            func said(_ number: Int) -> [UInt8] {
                track.name == "agent" ? speech(number).map { table[Int($0)] } : speech(number)
            }
            let samples = try samples(track.path)
            #expect(track.milliseconds == samples.count / 8)
            let places = (1...8).map { find(said($0), in: samples) ?? -1 }
            #expect(!places.contains(-1))
            #expect(places == places.sorted())
            var digest = SHA256()
            digest.update(try DiskFile.readAll(track.path, limit: 1 << 20))
            #expect(
                track.sha256 == digest.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
        }
        let manifest = try RecordingManifest.read(scratch.path + "/call-1.json")
        #expect(Set(manifest.tracks.map(\.sha256)) == Set(tracks.map(\.sha256)))
        #expect(manifest.milliseconds != nil)
        #expect(manifest.failure == nil)
        #expect(manifest.started.milliseconds == 5)
    }
    @Test
    func `what is said during a pause is on no track, and the manifest names pause, segments and marks`()
        throws
    {
        let scratch = try Scratch()
        let stage = try Stage()
        let (a, b) = try stage.pair()
        try record(stage, scratch, [a.id: "customer", b.id: "agent"])
        func say(_ number: Int) {
            let payload = [UInt8](repeating: UInt8(number), count: 160)
            a.peer.send(Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: payload))
            _ = b.peer.receive()
        }
        say(1)
        stage.service.pauseRecording(Self.room)
        stage.service.pauseRecording(Self.room)
        say(2)
        stage.service.resumeRecording(Self.room)
        stage.service.markRecording(Self.room, "card number taken")
        say(3)
        stage.service.stopRecording(Self.room)
        let tracks = try #require(stage.log.finished(Self.room))
        let heard = try samples(try #require(tracks.first { $0.name == "customer" }).path)
        #expect(heard.count { $0 == 3 } == 160)
        #expect(!heard.contains(2))
        let manifest = try RecordingManifest.read(scratch.path + "/call-1.json")
        #expect(manifest.pauses.count == 1)
        #expect(manifest.segments.count == 2)
        #expect(manifest.segments[0].endMilliseconds == manifest.pauses[0].startMilliseconds)
        #expect(manifest.segments[1].startMilliseconds == manifest.pauses[0].endMilliseconds)
        #expect(manifest.segments[1].endMilliseconds == manifest.milliseconds)
        #expect(manifest.marks.map(\.name) == ["card number taken"])
    }
    @Test func `a leg that comes later gets a track that begins later, and one that goes leaves his`() throws
    {
        let scratch = try Scratch()
        let stage = try Stage()
        let a = try stage.leg(1)
        try record(stage, scratch, [a.id: "customer", MediaLegID(2): "agent"])
        stage.service.play(a.id, PlayID(1), [AudioClip.silence(milliseconds: 1_200)])
        #expect(stage.log.ended(PlayID(1)) == .finished)
        let b = try stage.leg(2)
        let c = try stage.leg(3)
        try stage.service.addTrack(Self.room, c.id, name: "colleague")
        stage.service.close(b.id)
        stage.service.close(a.id)
        #expect(stage.log.closed(a.id) != nil)
        stage.service.close(c.id)
        let tracks = try #require(stage.log.finished(Self.room))
        #expect(tracks.map(\.name) == ["customer", "agent", "colleague"])
        let manifest = try RecordingManifest.read(scratch.path + "/call-1.json")
        #expect(manifest.tracks[0].startMilliseconds == 0)
        #expect(manifest.tracks[1].startMilliseconds >= 50)
        #expect(manifest.tracks[2].startMilliseconds >= manifest.tracks[1].startMilliseconds)
    }
    @Test func `a disk that refuses ends the recording and not the call`() throws {
        let stage = try Stage()
        let (a, b) = try stage.pair()
        for id in ["one", "two"] {
            try stage.service.startRecording(
                Self.room,
                RecordingSpec(
                    directory: "/dev/null/recordings", id: id, tracks: [a.id: "customer"], started: Stage.zero
                ))
            let failed = stage.log.first {
                if case .recordingFailed(Self.room, id, let reason) = $0 { reason } else { nil }
            }
            #expect(failed?.contains("mkdir") == true)
            a.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
            #expect(try #require(b.peer.receive()).payload == speech(1))
            // The worker has to have heard of it before the room can be recorded again.
            stage.service.play(a.id, PlayID(1), [])
            #expect(stage.log.ended(PlayID(1)) == .finished)
        }
    }
    @Test func `a full disk is told, and what fitted is kept`() throws {
        let log = EventLog()
        let writer = try RecordingWriter(limit: 4, sink: { log.add($0) }, broke: { _, _ in })
        let spec = RecordingSpec(
            directory: "/tmp", id: "full", tracks: [MediaLegID(1): "x"], started: Stage.zero)
        writer.submit(.begin(1, Self.room, spec))
        writer.submit(.track(1, "/dev/full", RecordingManifest(id: "full", started: Stage.zero)))
        writer.submit(.end)
        writer.run()
        #expect(
            log.all.contains {
                if case .recordingFailed(Self.room, "full", let reason) = $0 {
                    reason.contains("space")
                } else {
                    false
                }
            })
    }
    @Test func `a disk that is too slow ends recordings before they fill the memory`() throws {
        let scratch = try Scratch()
        let log = EventLog()
        let writer = try RecordingWriter(limit: 2, sink: { log.add($0) }, broke: { _, _ in })
        let spec = RecordingSpec(
            directory: scratch.path, id: "slow", tracks: [MediaLegID(1): "x"], started: Stage.zero)
        writer.submit(.begin(1, Self.room, spec))
        writer.submit(.track(1, spec.trackPath("x"), RecordingManifest(id: "slow", started: Stage.zero)))
        let block = TrackBuffer.Block(bytes: [UInt8](repeating: 0, count: 800), count: 800)
        for _ in 0..<3 { writer.submit(.block(1, 0, block)) }
        writer.submit(.end)
        writer.run()
        #expect(log.all.count == 1)
        if case .recordingFailed(_, _, let reason)? = log.all.first { #expect(reason.contains("slow")) }
    }
    @Test func `names that lead out of the directory are refused`() throws {
        let stage = try Stage()
        for (id, track) in [("../up", "a"), ("ok", "a/b"), ("", "a"), (".hidden", "a"), ("ok", "")] {
            #expect(throws: Problem.self) {
                try stage.service.startRecording(
                    Self.room,
                    RecordingSpec(
                        directory: "/tmp", id: id, tracks: [MediaLegID(1): track], started: Stage.zero))
            }
        }
    }
    @Test func `a recording cut by a kill is playable after repair, and its manifest has an end`() throws {
        let scratch = try Scratch()
        var manifest = RecordingManifest(id: "cut", started: Stage.zero)
        for (name, count) in [("customer", 12_345), ("agent", 8_000), ("gone", 0)] {
            manifest.tracks.append(
                .init(
                    name: name, file: "cut.\(name).wav", codec: .pcma,
                    startMilliseconds: name == "agent" ? 1_000 : 0,
                    milliseconds: nil, sha256: nil))
            if count == 0 { continue }
            let file = try DiskFile("\(scratch.path)/cut.\(name).wav", .create)
            try file.write(WAVFile.header(.aLaw, samplesPerSecond: 8_000, channels: 1, dataCount: 0))
            try file.write(speech(1, count: count))
        }
        try manifest.write(scratch.path + "/cut.json")
        let repaired = try RecordingRepair.repairAll(in: scratch.path)
        #expect(repaired.map(\.tracks.count) == [2])
        #expect(try samples(scratch.path + "/cut.customer.wav") == speech(1, count: 12_345))
        #expect(try WAVFile.repair(scratch.path + "/cut.customer.wav") == 1_543)
        #expect(try samples(scratch.path + "/cut.customer.wav").count == 12_345)
        let whole = try RecordingManifest.read(scratch.path + "/cut.json")
        #expect(whole.milliseconds == 2_000)
        #expect(whole.tracks[1].milliseconds == 1_000)
        #expect(whole.tracks[2].milliseconds == nil)
        #expect(whole.failure == RecordingRepair.cut)
        #expect(try RecordingRepair.repairAll(in: scratch.path).isEmpty)
        #expect(throws: Problem.self) { try WAVFile.repair(scratch.path + "/cut.json") }
    }
    @Test func `the stereo export has the customer left and the agents right, on one clock`() throws {
        let scratch = try Scratch()
        var manifest = RecordingManifest(id: "call", started: Stage.zero)
        let tracks: [(String, Int, Int16, Int)] = [
            ("customer", 0, 1_000, 20_000), ("agent", 1_000, 2_000, 12_000),
            ("colleague", 1_500, 3_000, 8_000),
        ]
        for (name, start, level, count) in tracks {
            manifest.tracks.append(
                .init(
                    name: name, file: "call.\(name).wav", codec: .pcma, startMilliseconds: start,
                    milliseconds: nil,
                    sha256: nil))
            let file = try DiskFile("\(scratch.path)/call.\(name).wav", .create)
            try file.write(WAVFile.header(.aLaw, samplesPerSecond: 8_000, channels: 1, dataCount: count))
            try file.write([UInt8](repeating: ALaw.encode(level), count: count))
        }
        let path = scratch.path + "/stereo.wav"
        let length = try StereoExport.write(
            manifest, in: scratch.path, customer: "customer", agents: ["agent", "colleague"], to: path)
        #expect(length == 2_500)
        let file = try DiskFile(path, .read)
        let wav = try #require(try WAVFile.describe(file))
        #expect(wav.format == .pcm && wav.channels == 2 && wav.dataCount == 80_000)
        func frame(_ index: Int) throws -> [Int16] {
            let bytes = try file.read(at: wav.dataStart + 4 * index, count: 4)
            return [0, 2].map { Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8) }
        }
        let (one, two, three) = (
            ALaw.decode(ALaw.encode(1_000)), ALaw.decode(ALaw.encode(2_000)), ALaw.decode(ALaw.encode(3_000))
        )
        #expect(try frame(0) == [one, 0])
        #expect(try frame(7_999) == [one, 0])
        #expect(try frame(8_000) == [one, two])
        #expect(try frame(12_000) == [one, two + three])
        #expect(try frame(19_999) == [one, two + three])
    }
}

struct TrackBufferTests {
    private func put(
        _ buffer: inout TrackBuffer, timestamp: UInt32, source: UInt32 = 1, value: UInt8, clock: Int
    ) {
        let packet = PacketBuffer()
        packet.fill(at: 12, count: 160, with: value)
        let header = RTPHeader(
            payloadType: 8, marker: false, sequence: 0, timestamp: timestamp, source: source,
            payloadStart: 12,
            payloadCount: 160)
        buffer.put(packet, header, translation: nil, clock: clock)
    }

    @Test func `blocks leave when the clock has passed them by the reorder window`() {
        var buffer = TrackBuffer(start: 0, phase: 15)
        #expect(buffer.takeBlock(clock: 6_399)?.count == nil)
        put(&buffer, timestamp: 0, value: 1, clock: 4_760)
        #expect(buffer.takeBlock(clock: 6_400)?.bytes[4_600] == 1)
        // The rest of a packet that lies across the border begins the next block.
        put(&buffer, timestamp: 160, value: 2, clock: 6_400)
        put(&buffer, timestamp: 100, value: 3, clock: 6_400)
        let rest = buffer.drain(to: 6_400)
        #expect(buffer.base == 4_800)
        #expect(rest.count == 1_600)
        #expect(rest[0] == 3)
    }
    @Test
    func
        `words lie where their timestamps say: one lost leaves a gap, two that changed places are put right`()
    {
        var buffer = TrackBuffer(start: 0, phase: 15)
        for (arrival, number) in [1, 2, 4, 6, 5, 7].enumerated() {
            put(
                &buffer, timestamp: UInt32(number * 160), value: UInt8(number),
                clock: 160 + arrival * 160 + arrival * 37)
        }
        let all = buffer.drain(to: 1_120)
        let words: [UInt8] = [1, 2, 0xD5, 4, 5, 6, 7]
        #expect(all == words.flatMap { [UInt8](repeating: $0, count: 160) })
    }
    @Test func `the first block's length depends on the phase, so that tracks take turns at the disk`() {
        let counts = (0..<16 as Range<UInt64>).map { phase in
            var buffer = TrackBuffer(start: 0, phase: phase)
            return buffer.takeBlock(clock: 6_400)?.count
        }
        #expect(counts == (1...16).map { $0 * 300 })
    }
    @Test func `a leap of the timestamps and a new source go where the clock is`() {
        var buffer = TrackBuffer(start: 0, phase: 15)
        put(&buffer, timestamp: 0, value: 1, clock: 160)
        put(&buffer, timestamp: 900_000, value: 2, clock: 480)
        put(&buffer, timestamp: 5, source: 2, value: 3, clock: 800)
        let all = buffer.drain(to: 800)
        #expect([0, 159, 160, 320, 479, 480, 640, 799].map { all[$0] } == [1, 1, 0xD5, 2, 2, 0xD5, 3, 3])
    }
    @Test func `what comes too late for its place is put where the clock is, never before what has left`() {
        var buffer = TrackBuffer(start: 0, phase: 15)
        put(&buffer, timestamp: 0, value: 1, clock: 160)
        while buffer.takeBlock(clock: 30_000) != nil {}
        put(&buffer, timestamp: 160, value: 2, clock: 30_000)
        let base = buffer.base
        let rest = buffer.drain(to: 30_000)
        #expect(rest[30_000 - base - 160] == 2)
    }
}
