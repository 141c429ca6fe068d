import Foundation
import Kernel
import Storage

/// What a backup says of itself, in `manifest.json` beside its files; written last.
struct BackupManifest: Codable, Sendable {
    /// One file of the backup.
    struct File: Codable, Sendable, Hashable {
        /// From the backup's folder on.
        var path: String
        var bytes: Int64
        /// `sha256:` and 64 digits.
        var digest: String
    }
    /// A key that is not in the backup.
    struct KeyReference: Codable, Sendable, Hashable {
        /// From the data directory on.
        var path: String
        /// What it is for, and what to do when it is missing.
        var note: String
    }

    /// The form of backups; a reader refuses a higher one.
    static let currentFormat = 1
    static let name = "manifest.json"
    /// The database in a backup, whichever kind the original was.
    static let database = "hotline.sqlite"
    /// The folder that holds what lay in the data directory.
    static let files = "data"

    var format = currentFormat
    /// Of the program that wrote it.
    var version: String
    /// Milliseconds since 1970.
    var createdAt: Int64
    /// `sqlite` or `postgres`: where the data were.
    var engine: String
    /// The steps of the schema, in order.
    var migrations: [String]
    var eventHeads: [EventHead]
    var rows: [TableCount]
    var files: [File]
    var keys: [KeyReference]

    /// - Throws: `Problem` when the folder is no backup, or one of a later form.
    static func read(_ folder: String) throws -> BackupManifest {
        let path = folder + "/" + name
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw Problem(
                .notFound,
                "\(folder) is no backup: it has no \(name). A backup that was not finished is named .partial.",
                details: ["reason": "backup.none"])
        }
        struct Form: Decodable { var format: Int }
        do {
            let form = try JSONDecoder().decode(Form.self, from: bytes).format
            guard form <= currentFormat else {
                throw Problem(
                    .unsupported,
                    "The backup has form \(form), and version \(Version.text) reads up to form \(currentFormat). "
                        + "Use the version that wrote it, or a later one.",
                    details: ["reason": "backup.newer"])
            }
            return try JSONDecoder().decode(BackupManifest.self, from: bytes)
        } catch let error as DecodingError {
            throw Problem(
                .invalid, "\(path) cannot be read; take another backup.", cause: error,
                details: ["reason": "backup.manifest"])
        }
    }

    /// The file's text.
    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}
