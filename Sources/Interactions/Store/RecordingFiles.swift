import Contracts
import Foundation
import Kernel
import Storage
import Vault

/// The files of recordings, whether they are sealed or not.
struct RecordingFiles: Sendable {
    let database: TenantDatabase
    let vault: Vault
    let directory: String

    /// A track that can be read.
    struct OpenedTrack: Sendable {
        /// Below the folder of the recording: `….customer.wav`.
        var name: String
        /// In the file system.
        var path: String
        /// `nil` when it is not sealed.
        var key: SecretKey?

        /// The content of the file as it was recorded; blocks on the disk.
        func content() throws -> [UInt8] {
            guard let key else { return [UInt8](try Data(contentsOf: URL(filePath: path))) }
            var content: [UInt8] = []
            try SealedFile.open(path, under: key) { content += $0 }
            return content
        }
    }

    /// Finds the file of a track, which may have been sealed since its row was read, and its key.
    ///
    /// - Throws: `Problem(.notFound)` when it is gone or its key was destroyed.
    func track(_ track: FinishedRecording.Track, in transaction: any Transaction) throws -> OpenedTrack {
        var path = directory + "/" + track.path
        var open = path
        if path.hasSuffix(SealedFile.suffix) {
            open = String(path.dropLast(SealedFile.suffix.count))
        } else if !FileManager.default.fileExists(atPath: path) {
            path += SealedFile.suffix
        }
        let name = (open as NSString).lastPathComponent
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                .notFound, "The file of track \(track.name) is gone.", details: ["track": track.name])
        }
        guard path.hasSuffix(SealedFile.suffix) else { return OpenedTrack(name: name, path: path) }
        guard let id = try SealedFile.key(of: path), let key = try vault.key(id, in: transaction) else {
            throw Problem(
                .notFound, "The key of this recording was destroyed; nobody can hear it any more.",
                details: ["reason": "recording.erased", "track": track.name])
        }
        return OpenedTrack(name: name, path: path, key: key)
    }

    /// Gives a body the folder in which the tracks of a recording lie open under their names; that of sealed ones is
    /// temporary and nobody else's.
    @concurrent func opened<R: Sendable>(
        _ recording: FinishedRecording, _ body: @Sendable (String) throws -> R
    ) async throws -> R {
        let tracks = try await database.read { [self] tx in
            try recording.tracks.map { try track($0, in: tx) }
        }
        guard tracks.contains(where: { $0.key != nil }) else {
            return try body(
                (directory + "/" + recording.manifest as NSString).deletingLastPathComponent)
        }
        let folder = NSTemporaryDirectory() + "hotline-open-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for track in tracks {
            let target = folder + "/" + track.name
            if let key = track.key {
                try SealedFile.open(track.path, under: key, to: target)
            } else {
                try FileManager.default.copyItem(atPath: track.path, toPath: target)
            }
        }
        return try body(folder)
    }
}
