import Dispatch
import GRDB
import Kernel
import Synchronization

/// One write that waits for its turn.
protocol WriteJob: AnyObject {
    var scope: TenantScope { get }
    /// Runs the body and keeps its result.
    func perform(_ transaction: SQLiteTransaction) throws
    /// Delivers the result; called after the commit.
    func succeed()
    func fail(_ error: any Error)
}

/// The one writer of an SQLite database: everything that waits goes into one transaction, a savepoint for each.
///
/// Every commit at `synchronous=FULL` costs an fsync; sharing it is what lets a desk, the web and the reports write at
/// the same time. State is owned by the serial queue, which is also the thread that blocks on the disk. Jobs that
/// arrive while it commits line up on the queue and are collected by the next drain.
final class GroupCommit: @unchecked Sendable {
    /// Writes in one transaction; above it the slowest body would hold up too many others.
    static let maximumBatch = 256
    /// Writes that may wait; with more the disk has fallen behind for good and callers are told at once.
    static let maximumWaiting = 8_192

    private let queue = DispatchQueue(label: "hotline.storage.sqlite.writer")
    private let connection: any DatabaseWriter
    private let signal: CommitSignal
    private let waitingCount = Atomic<Int>(0)
    private let commitCount = Atomic<Int>(0)
    private var collected: [any WriteJob] = []

    init(_ connection: any DatabaseWriter, signal: CommitSignal) {
        self.connection = connection
        self.signal = signal
    }

    /// Writes that wait or run.
    var waiting: Int { waitingCount.load(ordering: .relaxed) }
    /// Transactions committed so far.
    var commits: Int { commitCount.load(ordering: .relaxed) }

    /// Lines a job up; throws `Problem(.unavailable)` when too many wait.
    func submit(_ job: sending any WriteJob) throws {
        let (_, count) = waitingCount.add(1, ordering: .relaxed)
        guard count <= Self.maximumWaiting else {
            waitingCount.subtract(1, ordering: .relaxed)
            throw Problem(
                .unavailable, "Too many writes wait for the disk",
                details: ["reason": "database.overloaded", "limit": String(Self.maximumWaiting)])
        }
        nonisolated(unsafe) let job = job
        queue.async { [self] in
            collected.append(job)
            if collected.count == 1 { queue.async { [self] in drain() } }
        }
    }

    private func drain() {
        while !collected.isEmpty {
            let batch = Array(collected.prefix(Self.maximumBatch))
            collected.removeFirst(batch.count)
            commit(batch)
            waitingCount.subtract(batch.count, ordering: .relaxed)
        }
    }

    /// What became of a batch: jobs whose work is in the database, and the others with their reasons.
    private struct Outcome {
        var done: [any WriteJob] = []
        var failed: [(job: any WriteJob, error: any Error)] = []
        var announced: Set<TenantID> = []

        /// Nothing of the transaction is in the database.
        mutating func loseAll(_ error: any Error) {
            failed += done.map { ($0, error) }
            done = []
            announced = []
        }
    }

    private func commit(_ batch: [any WriteJob]) {
        let outcome = connection.writeWithoutTransaction { run(batch, on: $0) }
        if !outcome.announced.isEmpty { signal.ring(outcome.announced) }
        for (job, error) in outcome.failed { job.fail(error) }
        for job in outcome.done { job.succeed() }
    }

    private func run(_ batch: [any WriteJob], on database: GRDB.Database) -> Outcome {
        var outcome = Outcome()
        var remaining = batch[...]
        do {
            try database.beginTransaction(.immediate)
            while let job = remaining.popFirst() {
                let transaction = SQLiteTransaction(database, scope: job.scope)
                if let refusal = try attempt(job, transaction, on: database) {
                    outcome.failed.append((job, refusal))
                    // Some refusals (a full disk) end the whole transaction: nobody's work is in it any more.
                    if !database.isInsideTransaction { throw refusal }
                } else {
                    outcome.done.append(job)
                    outcome.announced.formUnion(transaction.announced)
                }
            }
            if outcome.done.isEmpty {
                try database.rollback()
            } else {
                try database.commit()
                commitCount.add(1, ordering: .relaxed)
            }
        } catch {
            // A rollback that fails leaves no transaction either: SQLite has already ended it.
            if database.isInsideTransaction { try? database.rollback() }
            let translated = SQLError.of(error)
            outcome.loseAll(translated)
            outcome.failed += remaining.map { ($0, translated) }
        }
        return outcome
    }

    /// Runs one job in its savepoint; returns why it was refused, throws when the whole transaction cannot go on.
    private func attempt(
        _ job: any WriteJob, _ transaction: SQLiteTransaction, on database: GRDB.Database
    ) throws -> (any Error)? {
        try database.cachedStatement(sql: "savepoint job").execute()
        do { try job.perform(transaction) } catch {
            guard database.isInsideTransaction else { return error }
            try database.cachedStatement(sql: "rollback to savepoint job").execute()
            try database.cachedStatement(sql: "release savepoint job").execute()
            return error
        }
        try database.cachedStatement(sql: "release savepoint job").execute()
        return nil
    }
}
