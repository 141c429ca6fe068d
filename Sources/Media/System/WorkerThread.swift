import Glibc

/// A POSIX thread that runs one function to its end.
final class WorkerThread: @unchecked Sendable {
    private var handle = pthread_t()

    /// Starts the thread; `body` owns everything that it captures until it returns.
    init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = Unmanaged.passRetained(Body(body))
        let result = pthread_create(
            &handle, nil,
            { raw in
                if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        if result != 0 {
            box.release()
            throw SystemError(call: "pthread_create", code: result)
        }
    }
    var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }
    /// Waits for the end of the thread; call once, from another thread.
    func join() { pthread_join(handle, nil) }

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Nanoseconds of the monotonic clock.
func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
