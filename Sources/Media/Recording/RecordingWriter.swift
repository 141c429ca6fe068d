import Kernel
import Synchronization

/// The thread that puts recordings on disk, so that no media thread ever waits for one.
///
/// A file holds its samples from the first block on; its header's sizes are set when the track closes, or by
/// `RecordingRepair` after a crash. What fails here ends the recording, never the call.
final class RecordingWriter: @unchecked Sendable {
    enum Job: Sendable {
        case begin(UInt64, RoomID, RecordingSpec)
        /// The next track's path, with the manifest that names it.
        case track(UInt64, String, RecordingManifest)
        case block(UInt64, Int, TrackBuffer.Block)
        case tail(UInt64, Int, [UInt8])
        case finish(UInt64, RecordingManifest)
        case end
    }
    private struct Queue {
        var jobs: [Job] = []
        var blocks = 0
        /// Recordings that lost a block because the disk was too slow.
        var overrun: Set<UInt64> = []
        private var isWoken = false

        /// Whether the writer has to be woken for what is queued.
        mutating func wakes() -> Bool {
            if isWoken || jobs.isEmpty && overrun.isEmpty { return false }
            isWoken = true
            return true
        }
        mutating func take() -> (jobs: [Job], overrun: Set<UInt64>) {
            defer {
                jobs = []
                overrun = []
                isWoken = false
            }
            return (jobs, overrun)
        }
    }
    private final class Recording {
        let room: RoomID
        let spec: RecordingSpec
        var files: [DiskFile] = []
        var manifest: RecordingManifest

        init(room: RoomID, spec: RecordingSpec) {
            self.room = room
            self.spec = spec
            manifest = RecordingManifest(id: spec.id, started: spec.started)
        }
    }

    private static let tooSlow = "the disk is too slow"

    private let limit: Int
    private let sink: @Sendable (MediaEvent) -> Void
    private let broke: @Sendable (RoomID, UInt64) -> Void
    private let queue = Mutex(Queue())
    private let wake: KernelCounter
    // Of the writer's thread alone.
    private var recordings: [UInt64: Recording] = [:]
    private var overrun: Set<UInt64> = []

    /// `broke` is told that a recording ended early, so that nobody goes on sending to it.
    init(
        limit: Int, sink: @escaping @Sendable (MediaEvent) -> Void,
        broke: @escaping @Sendable (RoomID, UInt64) -> Void
    ) throws(SystemError) {
        self.limit = limit
        self.sink = sink
        self.broke = broke
        wake = try KernelCounter(blocking: ())
    }

    /// Queues a job; from any thread. A block beyond the limit is not queued: its recording fails. Blocks alone do
    /// not wake the writer, so that it takes many at once: `nudge` does.
    func submit(_ job: Job) {
        let wakes = queue.withLock { queue in
            if case .block(let token, _, _) = job {
                guard queue.blocks < limit else {
                    queue.overrun.insert(token)
                    return false
                }
                queue.blocks += 1
                queue.jobs.append(job)
                return false
            }
            queue.jobs.append(job)
            return queue.wakes()
        }
        if wakes { wake.add() }
    }
    /// Wakes the writer for the blocks that wait; the media clock calls it every 100 ms.
    func nudge() {
        if queue.withLock({ $0.wakes() }) { wake.add() }
    }

    /// The thread's body; returns after `.end`.
    func run() {
        while true {
            _ = wake.take()
            let jobs: [Job]
            (jobs, overrun) = queue.withLock { $0.take() }
            var isEnding = false
            for job in jobs {
                if case .block = job { queue.withLock { $0.blocks -= 1 } }
                if case .end = job { isEnding = true }
                perform(job)
            }
            for token in overrun.sorted() { fail(token, Self.tooSlow) }
            if isEnding { return }
        }
    }

    private func perform(_ job: Job) {
        switch job {
        case .begin(let token, let room, let spec):
            recordings[token] = Recording(room: room, spec: spec)
            attempt(token) { _ in try DiskFile.makeDirectory(spec.directory) }
        case .track(let token, let path, let manifest):
            attempt(token) { recording in
                let file = try DiskFile(path, .create)
                try file.write(WAVFile.header(.aLaw, samplesPerSecond: 8_000, channels: 1, dataCount: 0))
                recording.files.append(file)
                recording.manifest = manifest
                try manifest.write(recording.spec.manifestPath)
            }
        case .block(let token, let track, let block):
            attempt(token) { try $0.files[track].write(block.bytes, count: block.count) }
        case .tail(let token, let track, let bytes):
            attempt(token) { recording in
                try recording.files[track].write(bytes)
                try Self.close(recording.files[track])
            }
        case .finish(let token, let manifest):
            // A recording with a hole is not finished, it has failed.
            if overrun.contains(token) { return fail(token, Self.tooSlow) }
            attempt(token) { recording in
                let results = try Self.finish(recording, manifest)
                recordings[token] = nil
                sink(.recordingFinished(recording.room, recording: recording.spec.id, results))
            }
        case .end: break
        }
    }
    private func attempt(_ token: UInt64, _ body: (Recording) throws -> Void) {
        guard let recording = recordings[token] else { return }
        do {
            try body(recording)
        } catch {
            fail(token, "\(error)")
        }
    }
    private static func close(_ file: DiskFile) throws {
        try WAVFile.complete(file, format: .aLaw, channels: 1)
        try file.synchronise()
        file.close()
    }
    private static func finish(_ recording: Recording, _ manifest: RecordingManifest) throws -> [TrackResult]
    {
        var manifest = manifest
        var results: [TrackResult] = []
        for (index, file) in recording.files.enumerated() {
            let summary = try TrackSummary(file.path)
            manifest.tracks[index].milliseconds = summary.milliseconds
            manifest.tracks[index].sha256 = summary.sha256
            results.append(
                TrackResult(
                    name: manifest.tracks[index].name, path: file.path, sha256: summary.sha256,
                    milliseconds: summary.milliseconds))
        }
        try manifest.write(recording.spec.manifestPath)
        return results
    }
    /// Leaves what is on disk playable as far as that still goes.
    private func fail(_ token: UInt64, _ reason: String) {
        guard let recording = recordings.removeValue(forKey: token) else { return }
        for file in recording.files { try? Self.close(file) }
        recording.manifest.failure = reason
        try? recording.manifest.write(recording.spec.manifestPath)
        broke(recording.room, token)
        sink(.recordingFailed(recording.room, recording: recording.spec.id, reason: reason))
    }
}

/// Length and digest of a finished track, read from its file.
struct TrackSummary {
    /// Read at once while digesting.
    private static let piece = 65_536

    let milliseconds: Int
    let sha256: String

    init(_ path: String) throws(SystemError) {
        let file = try DiskFile(path, .read)
        milliseconds = try WAVFile.describe(file).map { $0.dataCount / 8 } ?? 0
        var digest = FileDigest()
        var offset = 0
        while true {
            let bytes = try file.read(at: offset, count: Self.piece)
            if bytes.isEmpty { break }
            digest.update(bytes)
            offset += bytes.count
        }
        sha256 = digest.hexadecimal()
    }
}
