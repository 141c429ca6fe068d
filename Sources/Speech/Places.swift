import Kernel

/// A bounded number of places to work, with a bounded line of those who wait for one.
actor Places {
    private let mostWaiting: Int
    private var free: Int
    private var waiting: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    private var lastNumber = 0

    init(count: Int, mostWaiting: Int) {
        free = count
        self.mostWaiting = mostWaiting
    }

    /// Runs `work` when a place is free, in the order of asking.
    ///
    /// Throws `Problem(.exhausted)` when the line is full, `CancellationError` when cancelled while waiting.
    func withPlace<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
        try await take()
        defer { giveBack() }
        return try await work()
    }

    private func take() async throws {
        if free > 0 {
            free -= 1
            return
        }
        guard waiting.count < mostWaiting else {
            throw Problem(
                .exhausted, "\(mostWaiting) texts wait to be spoken already; ask again in a moment.",
                details: ["limit": "\(mostWaiting)"])
        }
        lastNumber += 1
        let number = lastNumber
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation {
                (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((number, continuation))
                }
            }
        } onCancel: {
            // Ends by itself as soon as the actor has looked at its line; nobody needs to await it.
            Task { await self.leave(number) }
        }
    }

    /// How many wait, for tests.
    var lineLength: Int { waiting.count }

    private func leave(_ number: Int) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    private func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().continuation.resume() }
    }
}
