import Kernel
import Logging
import Storage

/// Follows the event log and keeps the rows of figures up with it.
///
/// Late: whatever was committed while the program was away is folded at the next start. Twice: never, the cursor is
/// moved in the transaction of the rows. Never: when the database is away it tries again until it is back.
actor FigureFollower {
    /// Between two attempts when the database did not answer.
    private static let pause = Duration.seconds(2)
    /// Events folded at once when many are waiting: the rows of a contact are then written a few times, not with each
    /// of its events. Most of a stretch is not read, see `FigureFold.types`.
    static let stretch: Int64 = 20_000

    private let store: FoldStore
    private let logger: Logger
    private let stretch: Int64
    private var fold = FigureFold()
    /// Everything up to this event is in the rows.
    private(set) var sequence: Int64 = 0
    private var isLoaded = false

    init(_ store: FoldStore, stretch: Int64 = stretch, logger: Logger) {
        self.store = store
        self.stretch = stretch
        self.logger = logger
    }

    /// Whether `run` folds; nobody else does then.
    private var isRunning = false

    /// Returns when everything that has happened so far is in the rows; for commands and tests.
    func catchUp() async throws {
        guard isRunning else { return try await foldAll() }
        let head = try await store.database.read { [tenant = store.database.tenant] tx in
            try EventLog.head(of: tenant, in: tx)
        }
        while sequence < head { try await Task.sleep(for: .milliseconds(20)) }
    }

    private func foldAll() async throws {
        try await load()
        while true {
            let (tenant, after, stretch) = (store.database.tenant, sequence, stretch)
            let (events, end) = try await store.database.read { tx in
                let end = min(after + stretch, try EventLog.head(of: tenant, in: tx))
                let events = try EventLog.read(
                    tenant, after: after, upTo: end, types: FigureFold.types, in: tx)
                return (events, end)
            }
            guard end > after else { return }
            try await take(events, upTo: end)
        }
    }

    /// Forgets every row and folds the whole log anew.
    func rebuild() async throws {
        guard !isRunning else {
            throw Problem(.conflict, "The figures are being kept by a running program; stop it before.")
        }
        isLoaded = false
        try await store.forget()
        try await foldAll()
    }

    /// Goes on until the task is cancelled.
    func run(pause: Duration = pause) async {
        isRunning = true
        defer { isRunning = false }
        while !Task.isCancelled {
            do {
                try await foldAll()
                var events = EventFollower(store.database, after: sequence).makeAsyncIterator()
                while let batch = try await events.nextBatch(), !Task.isCancelled {
                    guard let last = batch.last, try await take(batch, upTo: last.sequence) else { break }
                }
            } catch is CancellationError {
                return
            } catch {
                isLoaded = false
                logger.error("Figures cannot be brought up to date", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: pause)
            }
        }
    }

    private func load() async throws {
        guard !isLoaded else { return }
        (sequence, fold) = try await store.state()
        isLoaded = true
    }

    /// - Returns: `false` when another process was first; the state has been read again.
    @discardableResult
    private func take(_ events: [LoggedEvent], upTo last: Int64) async throws -> Bool {
        // Until the rows are written the fold is not to be trusted: a failure reads them again.
        isLoaded = false
        let changes = fold.apply(events)
        guard try await store.commit(changes, fold, from: sequence, to: last) else {
            try await load()
            return false
        }
        sequence = last
        isLoaded = true
        return true
    }
}
