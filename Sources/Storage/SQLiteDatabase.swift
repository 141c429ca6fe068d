import Dispatch
import Foundation
import GRDB
import Kernel
import Synchronization

/// SQLite in this process: write-ahead log, readers beside the one writer, group commit.
package final class SQLiteDatabase: Database {
    /// When a commit counts as done.
    package enum Durability: String, Sendable, CaseIterable {
        /// After the disk has confirmed it; survives a power failure. The default.
        case full
        /// After the operating system has it; survives a crash of the process only.
        case normal
    }

    /// Snapshots that are read at the same time.
    package static let maximumReaders = 4
    /// Writes that may wait; with more the disk has fallen behind and the callers are told at once.
    package static let maximumWaitingWrites = GroupCommit.maximumWaiting
    /// Reads that may wait or run; with more the callers are told at once.
    package static let maximumReads = 4_096
    /// Seconds to wait for another process (a backup, a command) that holds the file.
    package static let lockPatience = 5.0
    /// Memory for pages and sorting of one connection in KiB; with SQLite's own 2 MB a large transaction writes its
    /// pages several times. There are at most `maximumReaders` and one.
    static let cacheSize = 32_768
    /// Pages of the write-ahead log (of 4 KiB each) after which they are moved into the file. Pages that are written often,
    /// such as the ends of indexes, are moved once in that time.
    static let checkpointPages = 4_000

    /// Always `sqlite`.
    package let dialect = Dialect.sqlite
    /// Rung by commits of this process.
    package let commits = CommitSignal()
    private let path: String?
    private let connection: any DatabaseWriter
    private let writer: GroupCommit
    private let reads = Atomic<Int>(0)
    private let chores = DispatchQueue(label: "hotline.storage.sqlite.chores")

    /// Opens or creates the file at `path`. Blocks; throws `SQLError`.
    package convenience init(path: String, durability: Durability = .full) throws {
        do {
            let pool = try DatabasePool(path: path, configuration: Self.configuration())
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "pragma synchronous = \(durability.rawValue)")
            }
            self.init(pool, path: path)
        } catch { throw SQLError.of(error) }
    }

    /// A database that lives as long as this object, for tests.
    package static func inMemory() throws -> SQLiteDatabase {
        do {
            return SQLiteDatabase(try DatabaseQueue(configuration: configuration()), path: nil)
        } catch { throw SQLError.of(error) }
    }

    /// Opens a finished copy to look at it, without changing a byte. Blocks; throws `SQLError`.
    package static func copy(at path: String) throws -> SQLiteDatabase {
        do {
            var configuration = configuration()
            configuration.readonly = true
            return SQLiteDatabase(
                try DatabaseQueue(path: path, configuration: configuration), path: path)
        } catch { throw SQLError.of(error) }
    }

    private init(_ connection: any DatabaseWriter, path: String?) {
        self.connection = connection
        self.path = path
        writer = GroupCommit(connection, signal: commits)
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = maximumReaders
        configuration.busyMode = .timeout(lockPatience)
        configuration.label = "hotline.storage.sqlite"
        configuration.prepareDatabase { database in
            try database.execute(sql: "pragma cache_size = -\(cacheSize)")
            try database.execute(sql: "pragma wal_autocheckpoint = \(checkpointPages)")
            // What was deleted is written over, so that erased texts do not stay in the file.
            try database.execute(sql: "pragma secure_delete = on")
        }
        return configuration
    }

    /// Transactions committed so far; one may carry many writes.
    package var commitCount: Int { writer.commits }
    /// Writes that wait or run.
    package var waitingWrites: Int { writer.waiting }

    /// See `Database.read`: a snapshot of the log, beside the writer.
    package func read<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        let (_, count) = reads.add(1, ordering: .relaxed)
        defer { reads.subtract(1, ordering: .relaxed) }
        guard count <= Self.maximumReads else {
            throw Problem(
                .unavailable, "Too many reads wait for the database",
                details: ["reason": "database.overloaded", "limit": String(Self.maximumReads)])
        }
        return try await withCheckedThrowingContinuation { continuation in
            connection.asyncRead { access in
                continuation.resume(
                    with: Result {
                        do {
                            return try SQLiteTransaction(try access.get(), scope: scope).run(body)
                        } catch { throw SQLError.of(error) }
                    })
            }
        }
    }

    /// See `Database.write`: shares its commit with whatever else waits (`GroupCommit`).
    @discardableResult
    package func write<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try writer.submit(BodyJob(scope: scope, body: body, continuation: continuation))
            } catch { continuation.resume(throwing: error) }
        }
    }

    /// See `Database.analyse`.
    package func analyse() async throws {
        try await withCheckedThrowingContinuation { continuation in
            chores.async { [connection] in
                continuation.resume(
                    with: Result {
                        do {
                            try connection.writeWithoutTransaction { database in
                                try database.execute(sql: "pragma analysis_limit = \(Self.analysed)")
                                try database.execute(sql: "analyze")
                            }
                        } catch { throw SQLError.of(error) }
                    })
            }
        }
    }

    /// Rows of each index that are looked at.
    private static let analysed = 1_000

    /// See `Database.scrub`: empties the log, whose frames hold what rows were before.
    package func scrub() async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            chores.async { [connection] in
                continuation.resume(
                    with: Result {
                        do {
                            return try connection.writeWithoutTransaction { database in
                                // The writers of calls wait behind this one, so it does not wait for readers.
                                try database.execute(sql: "pragma busy_timeout = 0")
                                defer {
                                    try? database.execute(
                                        sql: "pragma busy_timeout = \(Int(Self.lockPatience * 1_000))")
                                }
                                do { try database.checkpoint(.truncate) } catch let error as DatabaseError
                                    where error.resultCode == .SQLITE_BUSY
                                { return false }
                                return true
                            }
                        } catch { throw SQLError.of(error) }
                    })
            }
        }
    }

    /// Asks the database.
    package func health() async -> DatabaseHealth {
        var health = DatabaseHealth(
            isReachable: true, waitingWrites: writer.waiting, commits: writer.commits, hasRowSecurity: false)
        do {
            _ = try await read { try $0.row("select 1 as one") }
        } catch {
            health.isReachable = false
            health.complaint = String(describing: error)
        }
        return health
    }

    /// Writes a complete copy as of now to `destination`, which must not exist. Writers and readers go on meanwhile.
    /// Throws `SQLError`.
    package func backup(to destination: String) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            chores.async { [self] in
                continuation.resume(
                    with: Result {
                        do { try copy(to: destination) } catch { throw SQLError.of(error) }
                        // A copy is done when the disk has it.
                        let file = try FileHandle(forUpdating: URL(filePath: destination))
                        try file.synchronize()
                        try file.close()
                    })
            }
        }
    }

    private func copy(to destination: String) throws {
        func vacuum(_ database: GRDB.Database) throws {
            try database.execute(sql: "vacuum into ?", arguments: [destination])
        }
        guard let path else { return try connection.writeWithoutTransaction(vacuum) }
        // A connection of its own sees one snapshot of the log and holds up nobody.
        var configuration = Self.configuration()
        configuration.label = "hotline.storage.sqlite.backup"
        try DatabaseQueue(path: path, configuration: configuration).writeWithoutTransaction(vacuum)
    }

    /// Copies the file to `<path>.before-migration-<n>`, where `n` is one more than the number of migrations in it. The
    /// copy has that name only once it is complete.
    package func backUpBeforeMigration(applied: [Migration]) async throws {
        guard let path else { return }
        let destination = "\(path).before-migration-\(applied.count + 1)"
        let unfinished = destination + ".partial"
        // Left by an attempt that failed after its backup; it holds the same schema.
        for former in [destination, unfinished] where FileManager.default.fileExists(atPath: former) {
            try FileManager.default.removeItem(atPath: former)
        }
        try await backup(to: unfinished)
        try FileManager.default.moveItem(atPath: unfinished, toPath: destination)
    }

    /// One transaction on the calling thread; other processes cannot write meanwhile. For the copy of a whole database,
    /// whose two transactions stand one inside the other.
    package func blockingWrite<R>(_ body: (any Transaction) throws -> R) throws -> R {
        do {
            return try connection.write { try SQLiteTransaction($0, scope: .everyone).run(body) }
        } catch { throw SQLError.of(error) }
    }

    /// Closes the file after the last write; later calls throw.
    package func close() throws {
        do { try connection.close() } catch { throw SQLError.of(error) }
    }
}

/// A write whose caller waits for its result.
private final class BodyJob<R: Sendable>: WriteJob {
    let scope: TenantScope
    private let body: @Sendable (any Transaction) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private var result: R?

    init(
        scope: TenantScope, body: @escaping @Sendable (any Transaction) throws -> R,
        continuation: CheckedContinuation<R, any Error>
    ) {
        self.scope = scope
        self.body = body
        self.continuation = continuation
    }

    func perform(_ transaction: SQLiteTransaction) throws { result = try transaction.run(body) }
    func succeed() {
        if let result { continuation.resume(returning: result) }
    }
    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
