import Foundation
import Kernel

/// The browser's program: the files of one folder, served as they are.
///
/// Only what has a known type leaves, nothing hidden, nothing outside the folder, nothing under `test`. A file is read
/// when it is asked for and kept as long as its size and time stay the same.
package actor StaticFiles {
    /// A file that may be sent.
    struct File: Sendable {
        var bytes: [UInt8]
        var type: String
        /// Of the content, so the same everywhere.
        var tag: String
    }

    /// Bytes of one file.
    static let mostBytes = 16 * 1_024 * 1_024
    /// Bytes kept in memory together; beyond it everything is forgotten and read again.
    static let mostKept = 128 * 1_024 * 1_024
    /// Characters of a path.
    static let mostPath = 512
    /// Folders that are for developers.
    static let unserved: Set<String> = ["test"]
    /// Addresses that the page `index.html` shows itself, with everything below them.
    static let pages: Set<String> = [
        "desk", "interactions", "tickets", "live", "announcements", "admin", "account",
    ]
    /// Content types by extension; what is not listed is not served.
    static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "mjs": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "json": "application/json", "webmanifest": "application/manifest+json",
        "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp",
        "ico": "image/x-icon", "woff2": "font/woff2", "txt": "text/plain; charset=utf-8",
        "wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wasm": "application/wasm",
    ]

    private struct Kept {
        var file: File
        var size: Int
        var changed: Date
    }

    private let root: String
    private var kept: [String: Kept] = [:]
    private var keptBytes = 0

    /// - Parameter root: the folder; `nil` for what is no folder.
    package init?(root: String) {
        var isFolder: ObjCBool = false
        let real = URL(filePath: root).resolvingSymlinksInPath().path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: real, isDirectory: &isFolder), isFolder.boolValue else {
            return nil
        }
        self.root = real.count > 1 && real.hasSuffix("/") ? String(real.dropLast()) : real
    }

    /// The file for a request's path; `nil` when there is none that may be sent.
    func file(at path: String) -> File? {
        guard let name = Self.name(for: path), let type = Self.type(of: name) else { return nil }
        let full = root + "/" + name
        let real = URL(filePath: full).resolvingSymlinksInPath().path(percentEncoded: false)
        guard real.hasPrefix(root + "/"),
            let values = try? FileManager.default.attributesOfItem(atPath: real),
            values[.type] as? FileAttributeType == .typeRegular,
            let size = (values[.size] as? NSNumber)?.intValue, size <= Self.mostBytes,
            let changed = values[.modificationDate] as? Date
        else { return nil }
        if let known = kept[name], known.size == size, known.changed == changed { return known.file }
        guard let data = FileManager.default.contents(atPath: real), data.count <= Self.mostBytes else {
            return nil
        }
        let bytes = [UInt8](data)
        let tag = BodyDigest(of: bytes).text.dropFirst("sha256:".count).prefix(32)
        let file = File(bytes: bytes, type: type, tag: "\"\(tag)\"")
        keptBytes += bytes.count - (kept[name]?.file.bytes.count ?? 0)
        if keptBytes > Self.mostKept {
            kept = [:]
            keptBytes = bytes.count
        }
        kept[name] = Kept(file: file, size: size, changed: changed)
        return file
    }

    /// The name of the file below the folder for a path as it came; `nil` for what is never served.
    static func name(for path: String) -> String? {
        guard path.hasPrefix("/"), path.utf8.count <= mostPath, let plain = path.removingPercentEncoding,
            !plain.unicodeScalars.contains(where: { $0.value < 0x20 || $0 == "\\" || $0 == "%" })
        else { return nil }
        let parts = plain.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        if parts == [""] { return "index.html" }
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) || plain.hasSuffix("/"),
            parts.dropLast().allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }),
            let first = parts.first, !unserved.contains(String(first))
        else { return nil }
        if parts.filter({ !$0.isEmpty }) == ["call"] { return "call.html" }
        if pages.contains(String(first)), parts.last?.contains(".") == false { return "index.html" }
        return plain.hasSuffix("/") ? nil : String(plain.dropFirst())
    }

    private static func type(of name: String) -> String? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return types[name[name.index(after: dot)...].lowercased()]
    }
}
