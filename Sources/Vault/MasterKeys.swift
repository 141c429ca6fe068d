import Foundation
import Kernel

/// The keys that the keys of customers are sealed under (decision 10): a file of the operator's, never in the database
/// or a backup. One line of 64 hexadecimal digits each; the first is the one in use, others are former ones that are
/// still needed. Empty lines and those that begin with `#` say nothing.
package struct MasterKeys: Sendable {
    /// The credential of systemd (`LoadCredential=`) that goes before the file.
    package static let credential = "hotline-master-key"

    /// The first is in use.
    package private(set) var keys: [SecretKey]
    /// The file that they came from.
    package let path: String

    /// The key in use.
    package var current: SecretKey { keys[0] }

    /// Where the keys of an installation are: the credential that systemd hands over, else the configured file, else
    /// `keys/master.key` in the data directory.
    package static func place(
        configured: String, dataDirectory: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String {
        if let folder = environment["CREDENTIALS_DIRECTORY"] {
            let path = folder + "/" + credential
            if FileManager.default.fileExists(atPath: path) { return path }
        }
        return configured.isEmpty ? dataDirectory + "/keys/master.key" : configured
    }

    /// Reads the file.
    ///
    /// - Throws: `Problem(.notFound)` with reason `key.none`, `Problem(.invalid)` naming the line.
    package init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Problem(
                .notFound, "There is no master key \(path).",
                details: ["reason": "key.none", "field": "keys.file"])
        }
        var keys: [SecretKey] = []
        let text = String(decoding: data, as: UTF8.self)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let key = SecretKey(hexadecimal: line) else {
                throw Problem(
                    .invalid, "\(path), line \(index + 1): a master key has 64 hexadecimal digits.",
                    details: ["reason": "key.invalid", "field": "keys.file"])
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw Problem(
                .invalid, "\(path) holds no key.", details: ["reason": "key.invalid", "field": "keys.file"])
        }
        self.keys = keys
        self.path = path
    }

    /// Makes a file with one new key, which only its owner can read.
    ///
    /// - Throws: `Problem(.unavailable)`.
    package init(makingNew path: String) throws {
        keys = [SecretKey()]
        self.path = path
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try write()
    }

    /// The key with a fingerprint.
    package func key(_ fingerprint: String) -> SecretKey? {
        keys.first { $0.fingerprint == fingerprint }
    }

    /// Puts a new key before the others, in the file too.
    mutating func addNew() throws {
        keys.insert(SecretKey(), at: 0)
        try write()
    }

    /// Forgets all but the key in use, in the file too.
    mutating func forgetFormer() throws {
        keys = [current]
        try write()
    }

    /// Replaces the file at once: a crash leaves the old one or the new one.
    private func write() throws {
        let text =
            "# Master key of Hotline. Keep a copy apart from the backups: without it recordings cannot be opened.\n"
            + keys.map { $0.hexadecimal + "\n" }.joined()
        let unfinished = path + ".partial"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.unwritable(path) }
        FileOwner.giveToOwner(ofFolder: (path as NSString).deletingLastPathComponent, descriptor)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Array(text.utf8))
        try handle.synchronize()
        try handle.close()
        guard rename(unfinished, path) == 0 else { throw Self.unwritable(path) }
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(
            .unavailable, "The master key \(path) cannot be written: \(String(cString: strerror(errno)))",
            details: ["field": "keys.file"])
    }
}
