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

    /// Seals until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            var pause = Self.pause
            do {
                let (sealed, fault) = try await sealSome()
                if let fault { throw fault }
                if sealed > 0 { pause = .zero }
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
    /// - Returns: how many were sealed, and the first fault.
    func sealSome() async throws -> (sealed: Int, fault: (any Error)?) {
        var (sealed, fault) = (0, (any Error)?.none)
        for one in try await store.unsealed(limit: Self.batch) {
            try Task.checkCancellation()
            do {
                try await seal(one)
                sealed += 1
            } catch {
                fault = fault ?? error
            }
        }
        return (sealed, fault)
    }

    @concurrent private func seal(_ one: RecordingStore.Unsealed) async throws {
        var recording = one.recording
        if !one.isKept {
            let now = now()
            let (id, key) = try await store.database.write { [vault] tx in
                try vault.key(of: one.owner, at: now, in: tx)
            }
            for index in recording.tracks.indices {
                try seal(&recording.tracks[index], under: key, named: id)
            }
            guard try await store.keep(recording, under: id) else {
                // Erased meanwhile.
                for track in recording.tracks {
                    try remove(track.path)
                    try remove(openPath(track.path))
                }
                return
            }
        }
        for track in recording.tracks where track.path.hasSuffix(SealedFile.suffix) {
            try remove(openPath(track.path))
        }
        try await store.sealed(recording, at: now())
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

    private func remove(_ path: String) throws {
        let path = directory + "/" + path
        guard FileManager.default.fileExists(atPath: path) else { return }
        try FileManager.default.removeItem(atPath: path)
    }
}
