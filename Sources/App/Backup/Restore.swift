import Foundation
import Kernel
import Storage
import Vault

/// Proves a backup and puts it back.
package struct Restore: Sendable {
    /// Stands in a data directory while a backup is put back into it; `serve` refuses a directory that has it.
    static let marker = "restore.incomplete"
    private let place: String
    private let progress: Backup.Progress

    /// - Parameter place: the folder or `.tar` file of a backup.
    package init(_ place: String, progress: @escaping Backup.Progress) {
        self.place = place
        self.progress = progress
    }

    /// What is wrong with the backup, in sentences; empty when each digest fits, nothing is missing and the database is
    /// whole.
    package func faults() async throws -> [String] {
        try await Archive.opened(place) { try await faults(in: $0, BackupManifest.read($0)) }
    }

    private func faults(in folder: String, _ manifest: BackupManifest) async throws -> [String] {
        var faults: [String] = []
        for (index, file) in manifest.files.enumerated() {
            if let fault = try Self.fault(of: file, in: folder) { faults.append(fault) }
            if index % 100 == 99 { progress("\(index + 1) of \(manifest.files.count) files") }
        }
        let named = Set(manifest.files.map(\.path) + [BackupManifest.name])
        faults += try DurableFiles.below(folder).filter { !named.contains($0) }.map {
            "\($0) does not belong to the backup"
        }
        guard faults.isEmpty else { return faults }
        progress("Checking the database")
        let database = try SQLiteDatabase.copy(at: folder + "/" + BackupManifest.database)
        faults += try await Integrity.faults(of: database)
        let (heads, rows) = try await database.read { transaction in
            let tables = try TableCopy.tables(in: transaction)
            return (
                try Integrity.eventHeads(in: transaction), try TableCopy.counts(of: tables, in: transaction)
            )
        }
        try database.close()
        if heads != manifest.eventHeads || rows != manifest.rows {
            faults.append("The database is not the one of the manifest: its rows differ")
        }
        return faults
    }

    private static func fault(of file: BackupManifest.File, in folder: String) throws -> String? {
        let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
        let isInside = parts.count > 1 && parts[0] == BackupManifest.files
        guard file.path == BackupManifest.database || isInside,
            !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." })
        else { return "\(file.path) is no place of a backup" }
        let path = folder + "/" + file.path
        guard FileManager.default.fileExists(atPath: path) else { return "\(file.path) is missing" }
        let (bytes, digest) = try DurableFiles.digest(of: path)
        if bytes != file.bytes { return "\(file.path) has \(bytes) bytes instead of \(file.bytes)" }
        return digest == file.digest ? nil : "\(file.path) was changed: its digest is \(digest)"
    }

    /// Proves the backup and puts it into an empty data directory, and an empty database where the configuration names
    /// PostgreSQL.
    ///
    /// - Throws: `Problem`; the directory holds `restore.incomplete` then, and is not served from.
    package func run(into configuration: Configuration) async throws -> Backup.Summary {
        let directory = configuration.data.directory.withoutTrailingSlash
        try DurableFiles.makeFolder(directory)
        let present = try FileManager.default.contentsOfDirectory(atPath: directory)
        guard present.isEmpty else {
            throw Problem(
                .conflict,
                "\(directory) is not empty. Name an empty directory with --data, or move this one away first.",
                details: ["reason": "restore.notEmpty", "field": "data.directory"])
        }
        // Nobody serves here from now on, also while a large backup is proved.
        let lock = try DataLock(directory)
        defer { withExtendedLifetime(lock) {} }
        return try await Archive.opened(place) { folder in
            let manifest = try BackupManifest.read(folder)
            let faults = try await faults(in: folder, manifest)
            guard faults.isEmpty else {
                try? FileManager.default.removeItem(atPath: directory + "/" + DataLock.name)
                throw Problem(
                    .invalid,
                    "The backup is damaged, and nothing was put back: \(faults.joined(separator: "; "))",
                    details: ["reason": "backup.damaged"])
            }
            try DurableFiles.write(
                Data("A restore was begun here.\n".utf8), to: directory + "/" + Self.marker)
            for (index, file) in manifest.files.enumerated() where file.path != BackupManifest.database {
                let inside = String(file.path.dropFirst(BackupManifest.files.count + 1))
                _ = try DurableFiles.copy(folder + "/" + file.path, to: directory + "/" + inside)
                if index % 100 == 99 { progress("\(index + 1) of \(manifest.files.count) files") }
            }
            try await putBackDatabase(folder + "/" + BackupManifest.database, manifest, configuration)
            try FileManager.default.removeItem(atPath: directory + "/" + Self.marker)
            try DurableFiles.giveToOwner(of: directory)
            try DurableFiles.synchronize(folder: directory)
            return Backup.Summary(
                files: manifest.files.count, bytes: manifest.files.reduce(0) { $0 + $1.bytes },
                place: directory)
        }
    }

    /// - Throws: `Problem` when a file holds no master keys; before anything is put back.
    package static func check(key path: String) throws { _ = try MasterKeys(path: path) }

    /// Copies a file of master keys to where the configuration has it.
    ///
    /// - Throws: `Problem(.invalid)` for another file.
    package static func putBack(key path: String, _ configuration: Configuration) throws {
        _ = try MasterKeys(path: path)
        let place = MasterKeys.place(
            configured: configuration.keys.file, dataDirectory: configuration.data.directory, environment: [:]
        )
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        _ = try DurableFiles.copy(path, to: place)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place)
        try DurableFiles.giveToOwner(of: configuration.data.directory)
    }

    private func putBackDatabase(
        _ path: String, _ manifest: BackupManifest, _ configuration: Configuration
    ) async throws {
        progress("Putting the database back")
        guard !configuration.data.postgres.isEmpty else {
            _ = try DurableFiles.copy(path, to: configuration.data.directory + "/" + Store.file)
            return
        }
        let source = try SQLiteDatabase.copy(at: path)
        let target = PostgresDatabase(configuration.data.postgres, connections: 1)
        defer { target.close() }
        try await target.prepareForCopy(try await source.applied(of: Hotline.migrations))
        _ = try await source.read { [progress] rows in
            try target.blockingWrite {
                try TableCopy.copy(from: rows, to: $0) { progress("\($0.table): \($0.rows) rows") }
            }
        }
        try source.close()
    }

    /// - Throws: `Problem(.conflict)` when a restore into the directory was not finished.
    static func refuseUnfinished(_ directory: String) throws {
        guard FileManager.default.fileExists(atPath: directory + "/" + marker) else { return }
        throw Problem(
            .conflict,
            "A restore into \(directory) was not finished. Empty the directory and restore again.",
            details: ["reason": "restore.incomplete", "field": "data.directory"])
    }
}

extension PostgresDatabase {
    /// Gives an empty database the schema of what is to be copied into it.
    ///
    /// - Throws: `Problem(.conflict)` when it holds rows already.
    func prepareForCopy(_ migrations: [Migration]) async throws {
        let full = try await read { transaction in
            try TableCopy.counts(of: TableCopy.tables(in: transaction), in: transaction).first { $0.rows > 0 }
        }
        if let full {
            throw Problem(
                .conflict,
                "The PostgreSQL database holds data already: \(full.table) has \(full.rows) rows. Name an empty one.",
                details: ["reason": "copy.notEmpty", "table": full.table])
        }
        let present = try await applied(of: Hotline.migrations).count
        guard present <= migrations.count else {
            throw Problem(
                .conflict,
                "The PostgreSQL database has \(present) steps of the schema, and what is to be copied \(migrations.count). "
                    + "Name an empty one.", details: ["reason": "copy.schema"])
        }
        try await migrate(migrations)
    }
}
