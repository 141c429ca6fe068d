import Dispatch

/// Holds a synchronous body until a test lets it go on.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    /// Blocks the calling thread until `open`.
    func wait() { semaphore.wait() }
    /// Lets one waiter pass, now or later.
    func open() { semaphore.signal() }
}
