import Glibc

/// Keeps backups and the sealing of recordings apart: what a backup has listed keeps its name until it is copied, and
/// every key that a copied file needs is in the copied database. A lock of the operating system, which falls with the process.
package final class SealingLock: Sendable {
    package static let name = "sealing.lock"
    private let descriptor: Int32

    /// Takes the lock; `nil` while it is held otherwise, or where no file can be made.
    ///
    /// - Parameter isShared: for backups, of which several may run.
    package static func take(_ directory: String, isShared: Bool) -> SealingLock? {
        let descriptor = open(directory + "/" + name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        FileOwner.giveToOwner(ofFolder: directory, descriptor)
        guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return SealingLock(descriptor)
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}

/// A new file that an administrator's command leaves belongs to whoever owns its folder, or the service could not read it.
package enum FileOwner {
    /// Does nothing for anybody but root.
    package static func giveToOwner(ofFolder folder: String, _ descriptor: Int32) {
        var status = stat()
        guard geteuid() == 0, stat(folder, &status) == 0, status.st_uid != 0 else { return }
        // What cannot be given away stays root's, and the service says what it cannot read.
        _ = fchown(descriptor, status.st_uid, status.st_gid)
    }
}
