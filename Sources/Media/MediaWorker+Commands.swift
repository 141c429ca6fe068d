import Kernel

// What other threads ask of the worker. A command for a leg or room that is gone comes late and does nothing.
extension MediaWorker {
    /// One thing to do, in the order in which they were submitted.
    enum Command: Sendable {
        case open(MediaLegID, RoomID, DatagramSocket, Timestamp, SecureOpening?)
        case setRemote(MediaLegID, MediaLeg.Remote)
        case describe(MediaLegID, MediaLeg.Remote, ufrag: String, CertificateDigest)
        case connect(RoomID, TalkMatrix)
        case play(MediaLegID, PlayID, [AudioClip], loop: Bool)
        case stopPlaying(MediaLegID)
        case injectDigit(MediaLegID, Character)
        case startRecording(RoomID, RecordingSpec)
        case addTrack(RoomID, MediaLegID, String)
        case pauseRecording(RoomID)
        case resumeRecording(RoomID)
        case markRecording(RoomID, String)
        case stopRecording(RoomID)
        /// The writer gave the recording up.
        case recordingBroke(RoomID, UInt64)
        /// A leg will come into the room.
        case reserve(RoomID, MediaLegID)
        /// The leg is on its way to this worker: commands for it wait.
        case await(MediaLegID)
        /// From one room of this worker to another.
        case enter(MediaLegID, RoomID)
        /// To a room of another worker, which has been told to wait.
        case leave(MediaLegID, RoomID, MediaWorker)
        case arrive(LegInTransit)
        /// The leg that was to come closed before it left.
        case neverComes(MediaLegID, RoomID)
        case close(MediaLegID)
        case stop
    }

    func perform(_ command: Command) {
        if holds(command) { return }
        switch command {
        case .open(let id, let room, let socket, let opened, let secure):
            open(id, room, socket, opened, secure)
        case .describe(let id, let remote, let ufrag, let certificate):
            if let leg = legs[id] { describe(leg, remote, ufrag: ufrag, certificate: certificate) }
        case .setRemote(let id, let remote):
            guard let leg = legs[id], leg.secure == nil else { return }
            leg.take(remote)
            // A new description begins a new wait for packets.
            leg.lastHeard = now
            attend(leg)
        case .connect(let id, let matrix):
            guard let room = rooms[id] else { return }
            room.matrix = matrix
            rewire(room)
        case .play(let id, let play, let clips, let loop):
            guard let leg = legs[id] else { return }
            endPlay(on: leg, .replaced)
            leg.playback = Playback(id: play, clips: clips, loops: loop)
            attend(leg)
        case .stopPlaying(let id):
            guard let leg = legs[id] else { return }
            endPlay(on: leg, .stopped)
            attend(leg)
        case .injectDigit(let id, let key):
            if let pressed = legs[id]?.keys.inject(key, at: now) { sink(.digit(id, pressed)) }
        case .startRecording(let id, let spec): startRecording(id, spec)
        case .addTrack(let id, let leg, let name):
            guard let room = rooms[id], let recording = room.recording, recording.name(leg, name),
                let member = room.leg(leg)
            else { return }
            recording.attach(member, at: now)
        case .pauseRecording(let id): rooms[id]?.recording?.pause(at: now)
        case .resumeRecording(let id): rooms[id]?.recording?.resume(at: now)
        case .markRecording(let id, let name): rooms[id]?.recording?.mark(name, at: now)
        case .stopRecording(let id):
            if let room = rooms[id] { stopRecording(room) }
        case .recordingBroke(let id, let token):
            guard let room = rooms[id], let recording = room.recording, recording.token == token else {
                return
            }
            recording.abandon(room.legs)
            room.recording = nil
        case .reserve(let room, let leg): reserve(room, for: leg)
        case .await(let leg): arriving[leg] = []
        case .enter(let leg, let room): enter(leg, room)
        case .leave(let leg, let room, let target): leave(leg, room, target)
        case .arrive(let transit): arrive(transit)
        case .neverComes(let leg, let room): neverComes(leg, room)
        case .close(let id):
            if let leg = legs[id] { close(leg) }
        case .stop:
            isStopping = true
            for leg in legs.values.sorted(by: { $0.token < $1.token }) { close(leg) }
            endIfStopped()
        }
    }

    private func open(
        _ id: MediaLegID, _ roomID: RoomID, _ socket: DatagramSocket, _ opened: Timestamp,
        _ secure: SecureOpening?
    ) {
        if isStopping {
            socket.close()
            pool.release(socket.port)
            directory.forget(id)
            sink(.closed(id, LegStatistics(opened: opened)))
            return
        }
        let stream = SendStream(
            source: secure?.source ?? UInt32.random(in: 1...UInt32.max),
            sequence: UInt16.random(in: 0...0x7FFF),
            timestamp: UInt32.random(in: 0...UInt32.max))
        let leg = MediaLeg(
            id: id, room: MediaRoom(id: roomID), socket: socket, token: 0, opened: opened, stream: stream,
            secure: secure?.transport(at: now, settings))
        seat(leg, in: roomID)
    }
    func rewire(_ room: MediaRoom) {
        room.rewire()
        for leg in room.legs { attend(leg) }
    }
    func close(_ leg: MediaLeg) {
        sayGoodbye(leg)
        let room = leg.room
        room.recording?.detach(leg, at: now)
        leg.playback = nil
        room.remove(leg)
        rewire(room)
        legs[leg.id] = nil
        freeSlot(leg.token)
        leg.socket.leave(poller)
        leg.socket.close()
        pool.release(leg.socket.port)
        directory.forget(leg.id)
        endIfEmpty(room)
        sink(.closed(leg.id, leg.finalStatistics))
    }
    private func startRecording(_ id: RoomID, _ spec: RecordingSpec) {
        guard let room = rooms[id], room.recording == nil else {
            let reason = rooms[id] == nil ? "the room has no legs" : "the room is already being recorded"
            sink(.recordingFailed(id, recording: spec.id, reason: reason))
            return
        }
        recordingCount += 1
        let recording = RoomRecording(token: recordingCount, room: id, spec: spec, writer: writer, at: now)
        room.recording = recording
        for leg in room.legs { recording.attach(leg, at: now) }
    }
    func stopRecording(_ room: MediaRoom) {
        room.recording?.finish(room.legs, at: now)
        room.recording = nil
    }
}
