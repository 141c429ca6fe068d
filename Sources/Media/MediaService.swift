package import Kernel
import Synchronization

/// The media side of calls: legs on UDP sockets, rooms in which they hear each other, prompts, keys, recordings.
///
/// Every call returns at once and may come from any thread, also from inside the event sink: what it asks is done
/// soon after, in order per room, on the media thread that owns the room. A leg or room that is not there (any
/// more) is ignored, since its `closed` is already under way. Only bad arguments and a lack of ports are thrown.
package final class MediaService: Sendable {
    private let settings: MediaSettings
    private let local: MediaEndpoint
    private let pool: PortPool
    private let workers: [MediaWorker]
    private let writers: [RecordingWriter]
    private let directory = LegDirectory()
    private let identity: DTLSIdentity
    private let threads = Mutex<(workers: [WorkerThread], writers: [WorkerThread])>(([], []))

    /// Starts the threads. The sink is called on them: it must not block, and may call this service.
    ///
    /// Throws `invalid` for settings that cannot work, `unavailable` when the system refuses threads or descriptors.
    package init(_ settings: MediaSettings, events sink: @escaping @Sendable (MediaEvent) -> Void)
        throws(Problem)
    {
        guard let local = MediaEndpoint(address: settings.bindAddress, port: 0) else {
            throw Problem(.invalid, "The address to bind for media is not an IP address.")
        }
        self.settings = settings
        self.local = local
        pool = try PortPool(settings.ports)
        identity = try DTLSIdentity()
        var workers: [MediaWorker] = []
        var writers: [RecordingWriter] = []
        do {
            for _ in 0..<max(1, settings.workers) {
                let back = WorkerReference()
                let writer = try RecordingWriter(limit: settings.waitingBlocks, sink: sink) { room, token in
                    back.submit(.recordingBroke(room, token))
                }
                let worker = try MediaWorker(
                    settings: settings, pool: pool, directory: directory, writer: writer, sink: sink)
                back.set(worker)
                workers.append(worker)
                writers.append(writer)
            }
            self.workers = workers
            self.writers = writers
            for worker in workers {
                let thread = try WorkerThread { worker.run() }
                threads.withLock { $0.workers.append(thread) }
            }
            for writer in writers {
                let thread = try WorkerThread { writer.run() }
                threads.withLock { $0.writers.append(thread) }
            }
        } catch {
            throw Problem(.unavailable, "The media threads cannot be started: \(error)", cause: error)
        }
    }
    deinit { stop() }

    /// The address that descriptions name.
    package var advertisedAddress: String { settings.advertisedAddress }
    /// Ports that are free now.
    package var freePorts: Int { pool.free }

    /// Opens a leg in a room, which comes into being with its first leg and goes with its last. Returns the even
    /// UDP port that is bound for it; nothing is received or sent before `setRemote`.
    ///
    /// Throws `conflict` when the leg is open already, `exhausted` when no port or descriptor is left,
    /// `unavailable` when the system refuses the socket.
    package func open(_ leg: MediaLegID, room: RoomID, at now: Timestamp) throws(Problem) -> UInt16 {
        try open(leg, room: room, at: now, secure: nil)
    }
    /// Opens a browser's leg in a room: one UDP port for connectivity checks, DTLS and SRTP. What comes back goes into
    /// the answer to the browser's offer; nobody is let in before `setSecureRemote`. `MediaEvent.transport` tells when
    /// the way is open, lost, and back. A leg that is not up within `MediaSettings.openWithin` closes.
    ///
    /// Throws as `open` does, and `unavailable` when OpenSSL refuses.
    package func openSecure(
        _ leg: MediaLegID, room: RoomID, at now: Timestamp
    ) throws(Problem) -> SecureLegDescription {
        let opening = try SecureOpening(identity)
        let port = try open(leg, room: room, at: now, secure: opening)
        return opening.description(port: port, identity: identity)
    }
    private func open(
        _ leg: MediaLegID, room: RoomID, at now: Timestamp, secure: SecureOpening?
    ) throws(Problem) -> UInt16 {
        let conflict = Problem(.conflict, "The media leg is open already.")
        if directory.holds(leg) { throw conflict }
        let socket = try bind()
        // Where the kernel does not tell, answers leave from the address that it chooses: right where there is one.
        if secure != nil { try? socket.tellLocal() }
        let owner = owner(of: room)
        let isNew = directory.enter(leg, owner: owner) {
            workers[owner].submit(.open(leg, room, socket, now, secure))
        }
        if isNew { return socket.port }
        socket.close()
        pool.release(socket.port)
        throw conflict
    }
    private func owner(of room: RoomID) -> Int { Self.owner(of: room, among: workers.count) }
    /// A port may be taken by another program: each is tried at most once.
    private func bind() throws(Problem) -> DatagramSocket {
        for _ in 0..<pool.count {
            guard let port = pool.take() else { break }
            var endpoint = local
            endpoint.port = port
            do {
                return try DatagramSocket(bind: endpoint)
            } catch {
                pool.release(port)
                if error.isOutOfDescriptors {
                    throw Problem(.exhausted, "No descriptor is left for a media socket.", cause: error)
                }
                if !error.isAddressInUse {
                    throw Problem(.unavailable, "The media socket cannot be bound: \(error)", cause: error)
                }
            }
        }
        throw Problem(
            .exhausted, "All media ports are in use.",
            details: ["first": "\(settings.ports.lowerBound)", "last": "\(settings.ports.upperBound)"])
    }
    /// Neighbouring numbers land on different workers (the multiplier is 2^64 divided by the golden ratio).
    static func owner(of room: RoomID, among workers: Int) -> Int {
        let spread = (room.number &* 0x9E37_79B9_7F4A_7C15) >> 33
        return Int(truncatingIfNeeded: spread % UInt64(workers))
    }

    /// Sets or changes the far end of a plain leg. Throws `invalid` for an address that is none.
    package func setRemote(_ leg: MediaLegID, _ remote: RemoteMedia) throws(Problem) {
        let resolved = try MediaLeg.Remote(remote)
        submit(leg) { .setRemote($0, resolved) }
    }
    /// Sets or changes the far end of a secure leg. Another fingerprint than that of a handshake that is through
    /// closes the leg.
    package func setSecureRemote(_ leg: MediaLegID, _ remote: SecureRemoteMedia) {
        let resolved = MediaLeg.Remote(remote)
        submit(leg) { .describe($0, resolved, ufrag: remote.ufrag, remote.fingerprint) }
    }
    /// Sets who hears whom in the room. One talker is passed on as he sends, more are mixed on this side's clock.
    /// Lines of legs that are not open yet count from when they open.
    package func connect(_ room: RoomID, _ matrix: TalkMatrix) { submit(room, .connect(room, matrix)) }

    /// Takes a leg into another room, with its port, its keys, its stream and its counts: the far end notices nothing.
    /// What plays to it ends as stopped, its track in the old room's recording ends, and the new room's recording
    /// takes it up if it names it. Commands for the leg that follow, and those for the new room, may be given at once.
    /// A room comes into being by this, as by `open`, and goes with its last leg.
    package func move(_ leg: MediaLegID, to room: RoomID) {
        let target = owner(of: room)
        directory.move(leg, to: target) { source in
            workers[target].submit(.reserve(room, leg))
            if source == target {
                workers[target].submit(.enter(leg, room))
            } else {
                workers[target].submit(.await(leg))
                workers[source].submit(.leave(leg, room, workers[target]))
            }
        }
    }

    /// Plays clips one after the other to the leg, in place of what it hears; `playEnded` follows in any case unless
    /// the leg closes before.
    package func play(_ leg: MediaLegID, _ id: PlayID, _ clips: [AudioClip], loop: Bool = false) {
        submit(leg) { .play($0, id, clips, loop: loop) }
    }
    package func stopPlaying(_ leg: MediaLegID) { submit(leg) { .stopPlaying($0) } }

    /// Tells a key that came by signalling (SIP INFO); the same press in the media, within 40 ms, counts once.
    /// Anything but `0` to `9`, `*`, `#`, `A` to `D` is ignored.
    package func injectDigit(_ leg: MediaLegID, _ key: Character) {
        guard TelephoneEventReceiver.keys.contains(key) else { return }
        submit(leg) { .injectDigit($0, key) }
    }

    /// Records what the named legs say, one track each. Ends in `recordingFinished` or `recordingFailed`.
    /// Throws `invalid` for names that are no file names.
    package func startRecording(_ room: RoomID, _ spec: RecordingSpec) throws(Problem) {
        try spec.check()
        submit(room, .startRecording(room, spec))
    }
    /// Records one more leg from now on; its track begins at this moment on the recording's clock.
    package func addTrack(_ room: RoomID, _ leg: MediaLegID, name: String) throws(Problem) {
        guard RecordingSpec.isPlain(name) else {
            throw Problem(.invalid, "The track's name is no file name.")
        }
        submit(room, .addTrack(room, leg, name))
    }
    /// What is said until `resumeRecording` is silence on the tracks, and a pause in the manifest.
    package func pauseRecording(_ room: RoomID) { submit(room, .pauseRecording(room)) }
    package func resumeRecording(_ room: RoomID) { submit(room, .resumeRecording(room)) }
    /// Notes a named moment in the manifest.
    package func markRecording(_ room: RoomID, _ name: String) { submit(room, .markRecording(room, name)) }
    package func stopRecording(_ room: RoomID) { submit(room, .stopRecording(room)) }

    /// Closes a leg; `closed` follows once. Harmless when repeated.
    package func close(_ leg: MediaLegID) {
        directory.remove(leg) { workers[$0].submit(.close(leg)) }
    }

    /// Closes every leg, finishes every recording and ends the threads; returns when that is done. Called from
    /// inside the sink it does not wait. Harmless when repeated.
    package func stop() {
        let ending = threads.withLock { threads in
            defer { threads = ([], []) }
            return threads
        }
        if !ending.workers.isEmpty { directory.alone { for worker in workers { worker.submit(.stop) } } }
        let all = ending.workers + ending.writers
        // A thread that waited for the others here would keep them from ending.
        if all.contains(where: \.isCurrent) { return }
        for thread in all { thread.join() }
    }

    private func submit(_ leg: MediaLegID, _ command: (MediaLegID) -> MediaWorker.Command) {
        directory.with(leg) { workers[$0].submit(command(leg)) }
    }
    private func submit(_ room: RoomID, _ command: MediaWorker.Command) {
        workers[owner(of: room)].submit(command)
    }
}

/// Lets a writer tell its worker, which is made after it.
private final class WorkerReference: Sendable {
    private struct Link: Sendable {
        weak var worker: MediaWorker?
    }
    private let link = Mutex(Link())

    func set(_ worker: MediaWorker) { link.withLock { $0.worker = worker } }
    func submit(_ command: MediaWorker.Command) { link.withLock { $0.worker }?.submit(command) }
}
