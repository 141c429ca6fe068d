import Foundation
package import Kernel
import Synchronization
import Vault

/// A file that tells which numbers were erased, by their marks, kept where backups are not: a backup that was made before
/// an erasure holds the data still, and whoever restores it erases again what stands here.
///
/// A line each: milliseconds since 1970, the deletion's id, the mark.
package struct ErasureLedger: Sendable {
    package static let name = "erasures.log"
    /// A line of the file.
    package struct Entry: Hashable, Sendable {
        package var at: Timestamp
        package var deletion: String
        package var subject: String
    }
    private final class Turn: Sendable {
        let lock = Mutex(())
    }

    package let path: String
    private let turn = Turn()

    package init(path: String) { self.path = path }

    /// What it holds, and how many lines cannot be read, such as one that a full disk cut; nothing when there is no file.
    ///
    /// - Throws: `Problem(.unavailable)` for a file that is there and cannot be read.
    package func entries() throws -> (entries: [Entry], unreadable: Int) {
        guard FileManager.default.fileExists(atPath: path) else { return ([], 0) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Problem(
                .unavailable, "The ledger of erasures \(path) cannot be read.",
                details: ["field": "privacy.ledger"])
        }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        let entries = lines.compactMap { line -> Entry? in
            let parts = line.split(separator: " ")
            guard parts.count == 3, let at = Int64(parts[0]), parts[2].hasPrefix("hmac-sha256:"),
                parts[2].utf8.count == 76
            else { return nil }
            return Entry(
                at: Timestamp(milliseconds: at), deletion: String(parts[1]), subject: String(parts[2]))
        }
        return (entries, lines.count - entries.count)
    }

    /// Adds what it does not have yet. Blocks on the disk.
    @concurrent func add(_ erasures: [Entry]) async throws {
        try turn.lock.withLock { _ in
            let known = Set(try entries().entries.map(\.deletion))
            let lines = erasures.filter { !known.contains($0.deletion) }.map {
                "\($0.at.milliseconds) \($0.deletion) \($0.subject)\n"
            }
            guard !lines.isEmpty else { return }
            let end = FileManager.default.contents(atPath: path)?.last
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Problem(
                    .unavailable,
                    "The ledger of erasures \(path) cannot be written: \(String(cString: strerror(errno)))",
                    details: ["field": "privacy.ledger"])
            }
            FileOwner.giveToOwner(ofFolder: (path as NSString).deletingLastPathComponent, descriptor)
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            // A line that was cut stays alone.
            let begin = end == nil || end == UInt8(ascii: "\n") ? "" : "\n"
            try file.write(contentsOf: Array((begin + lines.joined()).utf8))
            try file.synchronize()
            try file.close()
        }
    }
}
