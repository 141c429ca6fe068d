import Kernel

/// One leg's track while it is recorded, on the worker's thread.
final class RecordedTrack {
    let number: Int
    /// Until the track or the recording ends, which breaks the circle.
    let recording: RoomRecording
    var buffer: TrackBuffer

    init(number: Int, start: Int, recording: RoomRecording) {
        // Coprime with the number of phases: recordings begun one after the other, and their tracks, take turns.
        let phase = recording.token &* 5 &+ UInt64(number) &* 7
        self.number = number
        self.recording = recording
        buffer = TrackBuffer(start: start, phase: phase)
    }
}

/// A room's recording on the worker's thread: keeps the clock and the manifest, hands full blocks to the writer.
final class RoomRecording {
    /// Names the recording towards the writer.
    let token: UInt64
    let spec: RecordingSpec
    private let writer: RecordingWriter
    private let began: Int64
    private(set) var manifest: RecordingManifest
    private(set) var isPaused = false
    private var names: [MediaLegID: String]
    private var open: [RecordedTrack] = []

    init(token: UInt64, room: RoomID, spec: RecordingSpec, writer: RecordingWriter, at now: Int64) {
        self.token = token
        self.spec = spec
        self.writer = writer
        began = now
        names = spec.tracks
        manifest = RecordingManifest(id: spec.id, started: spec.started)
        writer.submit(.begin(token, room, spec))
    }

    /// Samples since the recording began.
    func clock(at now: Int64) -> Int { Int((now - began) / SendStream.nanosecondsPerSample) }

    /// Adds a leg to those that are recorded; false when the name is taken or unfit.
    func name(_ leg: MediaLegID, _ name: String) -> Bool {
        guard RecordingSpec.isPlain(name), names[leg] == nil, !names.values.contains(name),
            names.count < RecordingSpec.trackLimit
        else { return false }
        names[leg] = name
        return true
    }
    /// Begins the leg's track when it is to be recorded and has none.
    func attach(_ leg: MediaLeg, at now: Int64) {
        guard leg.track == nil, let name = names[leg.id],
            !manifest.tracks.contains(where: { $0.name == name })
        else { return }
        // A track that begins within the recording's first packet time belongs to its beginning.
        let clock = clock(at: now)
        let start = clock < MediaWorker.frame ? 0 : clock / 8 * 8
        let track = RecordedTrack(number: manifest.tracks.count, start: start, recording: self)
        let path = spec.trackPath(name)
        manifest.tracks.append(
            .init(
                name: name, file: "\(spec.id).\(name).wav", codec: .pcma, startMilliseconds: start / 8,
                milliseconds: nil, sha256: nil))
        writer.submit(.track(token, path, manifest))
        open.append(track)
        leg.track = track
    }
    /// Ends the track of a leg that goes; the others go on.
    func detach(_ leg: MediaLeg, at now: Int64) {
        guard let track = leg.track else { return }
        leg.track = nil
        open.removeAll { $0 === track }
        advance(track, at: now)
        writer.submit(.tail(token, track.number, track.buffer.drain(to: clock(at: now))))
    }

    /// Puts a packet of one law on the track.
    func put(
        _ track: RecordedTrack, _ buffer: PacketBuffer, _ header: RTPHeader, codec: AudioCodec, at now: Int64
    ) {
        if isPaused { return }
        let clock = clock(at: now)
        advance(track, at: now)
        track.buffer.put(
            buffer, header, translation: codec == .pcma ? nil : G711Tables.shared.aOfMu, clock: clock)
    }
    /// Hands over what the clock has passed; called at least every tick.
    func advance(_ track: RecordedTrack, at now: Int64) {
        let clock = clock(at: now)
        while let block = track.buffer.takeBlock(clock: clock) {
            writer.submit(.block(token, track.number, block))
        }
    }

    func pause(at now: Int64) {
        if isPaused { return }
        isPaused = true
        manifest.pause(at: clock(at: now) / 8)
    }
    func resume(at now: Int64) {
        if !isPaused { return }
        isPaused = false
        manifest.resume(at: clock(at: now) / 8)
    }
    func mark(_ name: String, at now: Int64) { manifest.mark(name, at: clock(at: now) / 8) }

    /// Forgets a recording that the writer gave up.
    func abandon(_ legs: [MediaLeg]) {
        for leg in legs where leg.track?.recording === self { leg.track = nil }
        open = []
    }
    /// Hands the rest of every open track to the writer and ends the recording.
    func finish(_ legs: [MediaLeg], at now: Int64) {
        for leg in legs where leg.track?.recording === self { detach(leg, at: now) }
        manifest.finish(at: clock(at: now) / 8)
        writer.submit(.finish(token, manifest))
    }
}
