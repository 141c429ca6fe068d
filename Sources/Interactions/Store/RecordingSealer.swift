import Contracts
import Foundation
import Kernel
import Logging
import Storage
import Vault

/// Seals recordings under the key of the customer once they have ended (decision 9).
///
/// Order: sealed files on the disk, then the row that names them, then the open files go, then the row says so. After a
/// crash in between each step is done again; a recording that was erased meanwhile loses both kinds of files.
struct RecordingSealer: Sendable {
    /// Recordings looked at together.
    private static let batch = 50
    /// Between two looks when there is nothing to do.
    private static let pause = Duration.seconds(5)
    /// After a fault, such as a full disk.
    private static let longPause = Duration.seconds(60)

    let store: RecordingStore
    let vault: Vault
    let directory: String
    let logger: Logger
    let now: @Sendable () -> Timestamp

    /// Seals until the task is cancelled; while a backup runs it waits.
    func run() async {
        var position: FinishedRecording?
        var sealed = 0
        while !Task.isCancelled {
            var pause = Self.pause
            do {
                let (count, last, fault) = try await sealSome(after: position)
                (position, sealed) = (last, sealed + count)
                if let fault {
                    logger.error("A recording cannot be sealed", metadata: ["error": "\(fault)"])
                    // Those that can be sealed go on; what cannot is tried again in a while.
                    if last == nil, sealed == 0 { pause = Self.longPause }
                }
                if last != nil { pause = .zero } else { sealed = 0 }
            } catch is CancellationError {
                return
            } catch {
                logger.error("Recordings cannot be sealed", metadata: ["error": "\(error)"])
                pause = Self.longPause
            }
            // Only a cancelled task does not sleep, and the loop ends then.
            try? await Task.sleep(for: pause)
        }
    }

    /// Seals a batch; one that cannot be sealed does not keep the others from it.
    ///
    /// - Returns: how many were sealed, where to go on (`nil` at the end), and the first fault.
    func sealSome(after position: FinishedRecording?) async throws -> (
        sealed: Int, last: FinishedRecording?, fault: (any Error)?
    ) {
        guard let lock = SealingLock.take(directory, isShared: false) else { return (0, nil, nil) }
        defer { withExtendedLifetime(lock) {} }
        var (sealed, fault) = (0, (any Error)?.none)
        let batch = try await store.unsealed(after: position, limit: Self.batch)
        for one in batch {
            try Task.checkCancellation()
            do {
                try await seal(one)
                sealed += 1
            } catch {
                fault = fault ?? error
            }
        }
        return (sealed, batch.count < Self.batch ? nil : batch.last?.recording, fault)
    }

    @concurrent private func seal(_ one: RecordingStore.Unsealed) async throws {
        var recording = one.recording
        if !one.isKept {
            guard let (id, key) = try await store.key(of: one, from: vault, at: now()) else {
                return try forget(recording)
            }
            for index in recording.tracks.indices {
                try seal(&recording.tracks[index], under: key, named: id)
            }
            guard try await store.keep(recording, under: id) else { return try forget(recording) }
        }
        for track in recording.tracks where track.path.hasSuffix(SealedFile.suffix) {
            try remove(openPath(track.path))
        }
        try await store.sealed(recording, at: now())
    }

    /// Takes the files of a recording away that was erased meanwhile.
    private func forget(_ recording: FinishedRecording) throws {
        for track in recording.tracks {
            let path = openPath(track.path)
            try remove(path)
            try remove(path + SealedFile.suffix)
        }
    }

    private func seal(_ track: inout FinishedRecording.Track, under key: SecretKey, named id: KeyID) throws {
        guard !track.path.hasSuffix(SealedFile.suffix) else { return }
        let path = directory + "/" + track.path
        let isThere = FileManager.default.fileExists(atPath: path)
        if isThere {
            try SealedFile.seal(path, to: path + SealedFile.suffix, under: key, named: id)
        } else if !FileManager.default.fileExists(atPath: path + SealedFile.suffix) {
            logger.warning(
                "The file of a recording is gone", metadata: ["recording.path": "\(track.path)"])
            return
        }
        track.path += SealedFile.suffix
    }

    private func openPath(_ path: String) -> String {
        path.hasSuffix(SealedFile.suffix) ? String(path.dropLast(SealedFile.suffix.count)) : path
    }

    /// Somebody else may have been faster.
    private func remove(_ path: String) throws {
        let path = directory + "/" + path
        guard unlink(path) == 0 || errno == ENOENT else {
            throw Problem(.unavailable, "\(path) cannot be removed: \(String(cString: strerror(errno)))")
        }
    }
}
