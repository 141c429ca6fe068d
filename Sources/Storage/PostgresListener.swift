import Foundation
import Glibc
import Kernel
import Synchronization

/// Hears the commits of other processes (LISTEN) and rings the followers here.
///
/// One thread of its own sleeps on the socket: no polling when nothing happens. After a lost connection it tries again and
/// rings everyone, since commits may have gone unheard.
final class PostgresListener: Sendable {
    /// The one channel; the payload is `<tenant>/<node>`.
    static let channel = "hotline_event"
    /// Milliseconds between attempts to connect again.
    static let retryInterval: Int32 = 1_000

    private let conninfo: String
    private let node: String
    private let signal: CommitSignal
    private let stopping = Atomic<Bool>(false)
    /// The thread reads the first end; the second becomes closed when it shall end.
    private let stopPipe: (watched: Int32, held: Int32)

    /// `node` names this process: its own commits have rung already.
    init(_ conninfo: String, node: String, signal: CommitSignal) {
        self.conninfo = conninfo
        self.node = node
        self.signal = signal
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        stopPipe = (ends[0], ends[1])
    }

    /// Starts the thread, which keeps the listener alive until `stop`.
    func start() { Thread.detachNewThread { self.run() } }

    /// Ends the thread, once.
    func stop() {
        guard !stopping.exchange(true, ordering: .relaxed) else { return }
        Glibc.close(stopPipe.held)
    }

    private func run() {
        defer { Glibc.close(stopPipe.watched) }
        let connection = PostgresConnection(conninfo)
        while true {
            var hasListened = false
            do {
                try connection.open()
                try connection.perform("listen \(Self.channel)")
                hasListened = true
                signal.ringAll()
                while let payloads = try connection.notifications(unless: stopPipe.watched) {
                    signal.ring(Set(payloads.compactMap(foreignTenant)))
                }
                return
            } catch {
                // The server is away, and transactions tell their callers so; here there is nothing but trying again:
                // at once when it has worked until now, then at intervals.
                connection.close()
                var stop = pollfd(fd: stopPipe.watched, events: Int16(POLLIN), revents: 0)
                if poll(&stop, 1, hasListened ? 0 : Self.retryInterval) > 0 { return }
            }
        }
    }

    private func foreignTenant(_ payload: String) -> TenantID? {
        let parts = payload.split(separator: "/")
        guard parts.count == 2, parts[1] != node else { return nil }
        return TenantID(String(parts[0]))
    }
}
