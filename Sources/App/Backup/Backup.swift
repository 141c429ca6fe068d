import Foundation
package import Kernel
import Privacy
import Storage
import Vault

/// Copies of an installation: made while the program runs or not, proved, and put back (mission G09).
///
/// A backup is a folder, or the same folder in one `.tar` file: the database as one SQLite file, whichever kind the
/// original is, everything of the data directory that cannot be made again, and a manifest with the digest of each.
/// Keys are named in the manifest and not copied. Until it is complete it is called `.partial`.
package struct Backup: Sendable {
    /// What was copied or put back.
    package struct Summary: Sendable {
        /// Files, the database among them.
        package var files: Int
        /// Their bytes.
        package var bytes: Int64
        /// Where it is.
        package var place: String
    }
    /// Told in sentences how far a long work is.
    package typealias Progress = @Sendable (String) -> Void

    /// Names at the head of the data directory that are not copied: what the database is copied from, what is made
    /// again, and keys.
    static let leftOut: Set<String> = [
        "speech", "tls", "keys", DataLock.name, SealingLock.name, Restore.marker, ErasureLedger.name,
    ]
    private let configuration: Configuration
    private let progress: Progress

    /// - Parameter configuration: names the installation.
    package init(_ configuration: Configuration, progress: @escaping Progress) {
        self.configuration = configuration
        self.progress = progress
    }

    /// Writes a backup.
    ///
    /// - Parameter destination: a folder that does not exist yet, or a file whose name ends in `.tar`.
    /// - Throws: `Problem`; what is left then is called `.partial`.
    package func write(to destination: String, at now: Timestamp) async throws -> Summary {
        let target = destination.withoutTrailingSlash
        guard !FileManager.default.fileExists(atPath: target) else {
            throw Problem(
                .conflict, "\(target) is there already. Name another, or remove it first.",
                details: ["field": "destination"])
        }
        let place = URL(filePath: target).standardizedFileURL.path(percentEncoded: false)
        let own = URL(filePath: configuration.data.directory).standardizedFileURL.path(percentEncoded: false)
        guard !place.hasPrefix(own.withoutTrailingSlash + "/") else {
            throw Problem(
                .invalid, "A backup inside the data directory would hold itself; name a place outside of it.",
                details: ["field": "destination"])
        }
        let isArchive = target.hasSuffix(".tar")
        let folder = target + (isArchive ? ".partial.d" : ".partial")
        if FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder)
        }
        try DurableFiles.makeFolder(folder)
        // The database holds what is nobody else's business.
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        // No recording changes its name, and no key is made for one, until everything is copied.
        let lock = try await Self.sealingLock(configuration.data.directory)
        defer { withExtendedLifetime(lock) {} }
        let store = try Store(configuration)
        var manifest = try await copyDatabase(of: store, to: folder, at: now)
        try store.close()
        manifest.files += try copyFiles(to: folder)
        try DurableFiles.write(try manifest.encoded(), to: folder + "/" + BackupManifest.name)
        try DurableFiles.synchronize(folder: folder)
        if isArchive {
            progress("Packing \(manifest.files.count) files")
            try await Archive.pack(folder, to: target)
        } else {
            try FileManager.default.moveItem(atPath: folder, toPath: target)
        }
        try DurableFiles.synchronize(folder: (target as NSString).deletingLastPathComponent.orHere)
        return Summary(
            files: manifest.files.count, bytes: manifest.files.reduce(0) { $0 + $1.bytes }, place: target)
    }

    /// Waits until the batch that is being sealed is done.
    private static func sealingLock(_ directory: String) async throws -> SealingLock {
        for _ in 0..<600 {
            if let lock = SealingLock.take(directory, isShared: true) { return lock }
            try await Task.sleep(for: .milliseconds(500))
        }
        throw Problem(
            .unavailable,
            "Recordings are being sealed all the time, or \(directory) cannot be written; try again.")
    }

    private func copyDatabase(
        of store: Store, to folder: String, at now: Timestamp
    ) async throws -> BackupManifest {
        let applied = try await store.database.applied(of: Hotline.migrations)
        guard !applied.isEmpty else {
            throw Problem(.notFound, "The database is empty: there is nothing to back up yet.")
        }
        let path = folder + "/" + BackupManifest.database
        progress("Copying the database")
        switch store {
        case .sqlite(let database): try await database.backup(to: path)
        case .postgres(let database):
            try await database.copy(to: path, migrations: applied) { [progress] in
                progress("\($0.table): \($0.rows) rows")
            }
        }
        let copy = try SQLiteDatabase.copy(at: path)
        let (heads, rows) = try await copy.read { transaction in
            let tables = try TableCopy.tables(in: transaction)
            return (
                try Integrity.eventHeads(in: transaction), try TableCopy.counts(of: tables, in: transaction)
            )
        }
        try copy.close()
        let (bytes, digest) = try DurableFiles.digest(of: path)
        return BackupManifest(
            version: Version.text, createdAt: now.milliseconds, engine: store.database.dialect.rawValue,
            migrations: applied.map(\.name), eventHeads: heads, rows: rows,
            files: [.init(path: BackupManifest.database, bytes: bytes, digest: digest)], keys: try keys())
    }

    /// The files after the database: what a row names is there by then.
    private func copyFiles(to folder: String) throws -> [BackupManifest.File] {
        let directory = configuration.data.directory
        // Wherever they were put: a backup holds neither the key of what it holds, nor the ledger.
        let secrets = [configuration.keys.file, configuration.privacy.ledger].map {
            URL(filePath: $0).standardizedFileURL.path(percentEncoded: false)
        }
        let files = try DurableFiles.below(directory).filter { path in
            let place = URL(filePath: directory + "/" + path).standardizedFileURL.path(percentEncoded: false)
            if secrets.contains(place) { return false }
            let head = path.prefix { $0 != "/" }
            return !Self.leftOut.contains(String(head)) && !head.hasPrefix(Store.file)
                && !head.hasPrefix("postgres.before-migration-")
        }
        var copied: [BackupManifest.File] = []
        for (index, path) in files.enumerated() {
            // Gone since the folder was read: something short-lived, which no row names any more.
            guard FileManager.default.fileExists(atPath: directory + "/" + path) else { continue }
            let place = BackupManifest.files + "/" + path
            let (bytes, digest) = try DurableFiles.copy(directory + "/" + path, to: folder + "/" + place)
            copied.append(.init(path: place, bytes: bytes, digest: digest))
            if index % 100 == 99 { progress("\(index + 1) of \(files.count) files") }
        }
        return copied
    }

    private func keys() throws -> [BackupManifest.KeyReference] {
        let folder = configuration.data.directory + "/tls"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        let master = MasterKeys.place(
            configured: configuration.keys.file, dataDirectory: configuration.data.directory)
        var keys = names.map {
            BackupManifest.KeyReference(
                path: "tls/" + $0,
                note: "HTTPS; made anew when it is missing, and browsers have to trust the new authority then"
            )
        }
        if FileManager.default.fileExists(atPath: master) {
            let fingerprint = try MasterKeys(path: master).current.fingerprint
            keys.append(
                .init(
                    path: configuration.keys.file.isEmpty ? "keys/master.key" : configuration.keys.file,
                    note:
                        "master key \(fingerprint); without it recordings cannot be opened, so keep a copy of it apart"
                ))
        }
        return keys
    }
}

extension String {
    /// A path as others are made from it.
    var withoutTrailingSlash: String {
        var path = self
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
    /// The folder of a path that may have none.
    var orHere: String { isEmpty ? "." : self }
}
