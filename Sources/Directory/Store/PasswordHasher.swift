import CCrypt
import Foundation
import Kernel
import Synchronization

/// Turns passwords into yescrypt hashes and checks them, by the system's `crypt` (libxcrypt, which Debian's own log-in
/// uses). The text names method, cost and salt, so a hash stays good when the cost is raised.
///
/// A hash takes some 25 ms and 16 MiB, which is its purpose; so it runs on threads of its own, two at a time, and not
/// on Swift's pool, and not too many wait.
package struct PasswordHasher: Sendable {
    /// How dear a hash is.
    package enum Cost: UInt, Sendable {
        /// For passwords that are public anyway: those of demonstrations.
        case demonstration = 1
        /// libxcrypt's default.
        case usual = 5
    }

    /// Hashes at the same time; two cores of a small machine still carry audio beside it.
    static let mostAtOnce = 2
    /// Hashes that may wait: at 25 ms each, the last waits a second.
    static let mostWaiting = 64
    /// `yescrypt` in the notation of crypt(5).
    private static let method = "$y$"
    /// Bytes of `struct crypt_data` (crypt(3)), which holds the working state.
    private static let stateSize = 32_768

    /// Shared by the copies.
    private final class Threads: Sendable {
        let waiting = Atomic<Int>(0)
        let queue: OperationQueue

        init() {
            queue = OperationQueue()
            queue.name = "hotline.directory.passwords"
            queue.maxConcurrentOperationCount = PasswordHasher.mostAtOnce
        }
    }
    private let threads = Threads()

    package init() {}

    /// The hash of a password with a new salt. Throws `Problem(.unavailable)` when too many wait.
    package func hash(_ password: String, cost: Cost = .usual) async throws -> String {
        guard let hash = try await run({ Self.newHash(password, cost) }) else {
            throw Problem(.internal, "crypt made no hash")
        }
        return hash
    }

    /// Whether a password has this hash. Without a hash it takes as long and says no, so that nobody learns by the time
    /// which accounts there are. Throws `Problem(.unavailable)` when too many wait.
    package func isRight(_ password: String, for hash: String?) async throws -> Bool {
        try await run {
            guard let hash else {
                _ = Self.newHash(password, .usual)
                return false
            }
            guard let made = Self.crypt(password, hash) else { return false }
            let (a, b) = (Array(made.utf8), Array(hash.utf8))
            return a.count == b.count && zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
        }
    }

    private func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws -> R {
        guard threads.waiting.add(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            threads.waiting.subtract(1, ordering: .relaxed)
            throw Problem(
                .unavailable, "Too many sign in at the same time; try again in a few seconds.",
                details: ["retryAfter": "2"])
        }
        return await withCheckedContinuation { continuation in
            threads.queue.addOperation { [threads] in
                let result = work()
                threads.waiting.subtract(1, ordering: .relaxed)
                continuation.resume(returning: result)
            }
        }
    }

    private static func newHash(_ password: String, _ cost: Cost) -> String? {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in CChar(truncatingIfNeeded: random.next() as UInt64) }
        var setting = [CChar](repeating: 0, count: 256)
        guard
            crypt_gensalt_rn(method, cost.rawValue, salt, CInt(salt.count), &setting, CInt(setting.count))
                != nil
        else { return nil }
        return crypt(
            password,
            String(decoding: setting.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// `crypt_rn` answers `NULL` for a setting that it does not know; its state is wiped.
    private static func crypt(_ password: String, _ setting: String) -> String? {
        let state = UnsafeMutableRawPointer.allocate(byteCount: stateSize, alignment: 16)
        defer {
            explicit_bzero(state, stateSize)
            state.deallocate()
        }
        memset(state, 0, stateSize)
        return crypt_rn(password, setting, state, CInt(stateSize)).map { String(cString: $0) }
    }
}
