import Kernel
import Testing

@testable import Media

struct RecordingTests {
    private func samples(_ path: String) throws -> [UInt8] {
        let file = try DiskFile(path, .read)
        let wav = try #require(try WAVFile.describe(file))
        #expect(wav.format == .aLaw && wav.samplesPerSecond == 8_000 && wav.channels == 1)
        return try file.read(at: wav.dataStart, count: wav.dataCount)
    }
    /// Where the first piece of speech lies.
    private func find(_ piece: [UInt8], in samples: [UInt8]) -> Int? {
        guard samples.count >= piece.count else { return nil }
        return (0...samples.count - piece.count).first { start in
            samples[start] == piece[0] && samples[start..<start + piece.count].elementsEqual(piece)
        }
    }

    @Test func `each leg's words are on its own track, in place by their timestamps, gaps silent`() throws {
        let scratch = try Scratch()
        let stage = try Stage()
        let (a, b) = try stage.pair(.pcma, .pcmu)
        try stage.service.startRecording(
            RoomID(1),
            RecordingSpec(
                directory: scratch.path, id: "call-1", tracks: [a.id: "customer", b.id: "agent"],
                started: Timestamp(milliseconds: 5)))
        // 4 is lost, 6 and 7 change places; the agent speaks mu-law.
        for number in [1, 2, 3, 5, 7, 6, 8] {
            a.peer.send(
                Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number)))
            b.peer.send(
                Packet(0, sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number)))
            _ = b.peer.receive()
            _ = a.peer.receive()
        }
        stage.service.stopRecording(RoomID(1))
        let tracks = try #require(stage.log.finished(RoomID(1)))
        #expect(tracks.map(\.name).sorted() == ["agent", "customer"])
        for track in tracks {
            let table = G711Tables.shared.aOfMu
            func said(_ number: Int) -> [UInt8] {
                track.name == "agent" ? speech(number).map { table[Int($0)] } : speech(number)
            }
            let samples = try samples(track.path)
            #expect(track.milliseconds == samples.count / 8)
            let silence = [UInt8](repeating: 0xD5, count: 160)
            let whole =
                said(2) + said(3) + silence + said(5) + said(6) + said(7) + said(8)
            #expect(find(whole, in: samples) != nil)
            #expect(track.sha256.utf8.count == 64)
            #expect(try TrackSummary(track.path).sha256 == track.sha256)
        }
        let manifest = try RecordingManifest.read(scratch.path + "/call-1.json")
        #expect(manifest.tracks.map(\.sha256).count == 2)
        #expect(manifest.milliseconds != nil)
        #expect(manifest.started.milliseconds == 5)
    }
}
