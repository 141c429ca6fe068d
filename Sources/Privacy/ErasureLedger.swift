import Foundation
package import Kernel
import Synchronization

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

    /// What it holds; nothing when there is no file.
    ///
    /// - Throws: `Problem(.invalid)` naming the line.
    package func entries() throws -> [Entry] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return try String(decoding: data, as: UTF8.self).split(separator: "\n").enumerated().map {
            let parts = $1.split(separator: " ")
            guard parts.count == 3, let at = Int64(parts[0]), parts[2].hasPrefix("hmac-sha256:") else {
                throw Problem(
                    .invalid, "\(path), line \($0 + 1) is not the line of an erasure.",
                    details: ["reason": "ledger.invalid"])
            }
            return Entry(
                at: Timestamp(milliseconds: at), deletion: String(parts[1]), subject: String(parts[2]))
        }
    }

    /// Adds what it does not have yet. Blocks on the disk.
    func add(_ erasures: [(id: DeletionID, at: Timestamp, subject: String)]) throws {
        try turn.lock.withLock { _ in
            let known = Set(try entries().map(\.deletion))
            let lines = erasures.filter { !known.contains($0.id.description) }.map {
                "\($0.at.milliseconds) \($0.id) \($0.subject)\n"
            }
            guard !lines.isEmpty else { return }
            let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Problem(
                    .unavailable,
                    "The ledger of erasures \(path) cannot be written: \(String(cString: strerror(errno)))",
                    details: ["field": "privacy.ledger"])
            }
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Array(lines.joined().utf8))
            try file.synchronize()
            try file.close()
        }
    }
}
