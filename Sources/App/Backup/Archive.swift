import Foundation
import Kernel

/// A folder in one file, by the program `tar`.
enum Archive {
    /// Packs a folder, which is removed, into a file that has its name only once it is complete.
    static func pack(_ folder: String, to target: String) async throws {
        let unfinished = target + ".partial"
        // Made before it is filled, so that nobody else can read it at any moment.
        try FileManager.default.createFile(
            atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o600]
        ).orUnavailable(unfinished)
        try await run(["--create", "--file", absolute(unfinished), "--directory", absolute(folder), "."])
        let file = try FileHandle(forUpdating: URL(filePath: unfinished))
        try file.synchronize()
        try file.close()
        try FileManager.default.moveItem(atPath: unfinished, toPath: target)
        try FileManager.default.removeItem(atPath: folder)
    }

    /// Gives the folder of a backup to a body: the folder itself, or that of an unpacked file, beside it, which is removed
    /// afterwards.
    static func opened<R>(_ place: String, _ body: (String) async throws -> R) async throws -> R {
        let place = place.withoutTrailingSlash
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
            throw Problem(.notFound, "There is no backup \(place).", details: ["field": "backup"])
        }
        if isFolder.boolValue { return try await body(place) }
        // A name of its own: two may read one archive, and a folder that is there already is somebody's.
        let folder = place + ".unpacked-" + UUID().uuidString.lowercased()
        try DurableFiles.makeFolder(folder)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder)
        do {
            try await run(["--extract", "--file", absolute(place), "--directory", absolute(folder)])
            let result = try await body(folder)
            try FileManager.default.removeItem(atPath: folder)
            return result
        } catch {
            try FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private static func absolute(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    }

    private static func run(_ arguments: [String]) async throws {
        let answer = try await ProgramCall("tar", arguments).answer()
        guard answer.status == 0 else {
            throw Problem(
                .unavailable, "tar failed: \(answer.lastComplaint). Is it installed, and is the disk full?")
        }
    }
}

extension Bool {
    /// Throws `Problem(.unavailable)` for a file that could not be made.
    fileprivate func orUnavailable(_ path: String) throws {
        guard self else {
            throw Problem(
                .unavailable, "\(path) cannot be written; is the disk full, or the folder another's?")
        }
    }
}
