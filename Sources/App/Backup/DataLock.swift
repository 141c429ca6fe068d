import Foundation
import Glibc
import Kernel

/// The one program that serves on a data directory holds this lock of the operating system, which falls with the
/// process however it ends: nothing is left behind that somebody would have to remove.
final class DataLock: Sendable {
    static let name = "hotline.lock"
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: `Problem(.conflict)` when a program serves there.
    init(_ directory: String) throws {
        let path = directory + "/" + Self.name
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                .unavailable, "\(path) cannot be opened: \(String(cString: strerror(errno)))",
                details: ["field": "data.directory"])
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Problem(
                .conflict,
                "A program serves on \(directory) already. Stop it first, or name another directory.",
                details: ["reason": "data.inUse", "field": "data.directory"])
        }
    }

    /// Whether a program serves there; makes nothing and holds nothing up.
    static func isHeld(_ directory: String) -> Bool {
        let descriptor = open(directory + "/" + Self.name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    deinit { close(descriptor) }
}
