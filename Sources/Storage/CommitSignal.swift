import Kernel
import Synchronization

/// Wakes those who follow a tenant's event log after a commit. Carries no data: who is woken reads the log.
///
/// A lock, because it is rung from the database's own threads, which cannot await.
package final class CommitSignal: Sendable {
    private struct Bells {
        var next = 0
        var bells: [TenantID: [Int: AsyncStream<Void>.Continuation]] = [:]
    }
    private let state = Mutex(Bells())

    /// A signal without followers.
    package init() {}

    /// A stream that yields after each commit that wrote events of the tenant; rings in between are one ring.
    /// What is committed after this call returns is never missed.
    func bell(of tenant: TenantID) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { bells in
            bells.next += 1
            bells.bells[tenant, default: [:]][bells.next] = continuation
            return bells.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { bells in
                bells.bells[tenant]?[number] = nil
                if bells.bells[tenant]?.isEmpty == true { bells.bells[tenant] = nil }
            }
        }
        return stream
    }

    /// Rings for some tenants.
    func ring(_ tenants: some Sequence<TenantID>) {
        for tenant in tenants {
            let rung = state.withLock { $0.bells[tenant].map { Array($0.values) } ?? [] }
            for continuation in rung { continuation.yield() }
        }
    }

    /// Rings for everyone: after a gap in which commits may have gone unheard.
    func ringAll() {
        let tenants = state.withLock { Array($0.bells.keys) }
        ring(tenants)
    }
}
