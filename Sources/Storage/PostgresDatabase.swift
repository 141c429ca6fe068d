import Dispatch
import Foundation
import Glibc
import Kernel

/// A PostgreSQL server (15 or newer): a pool of connections, each blocking a thread of its own.
///
/// Connect as a role that is neither superuser nor exempt from row-level security, else the second lock between tenants
/// is open (`health` tells). A connection that broke is opened again by the next transaction.
package final class PostgresDatabase: Database {
    /// Connections of one process.
    package static let defaultConnections = 8
    /// Attempts of a transaction that could not be serialised.
    package static let maximumAttempts = 5
    /// Pause before the second attempt in microseconds; it doubles.
    static let retryPause: useconds_t = 2_000

    /// Always `postgres`.
    package let dialect = Dialect.postgres
    /// Rung by commits here and, through LISTEN, on other nodes.
    package let commits = CommitSignal()
    private let pool: PostgresPool
    private let listener: PostgresListener
    private let node: String
    private let commitCounter = Counter()
    private let conninfo: String
    private let backupFolder: String?

    /// Uses the server at a libpq connection string or URI. Does not connect yet: the first transaction does.
    ///
    /// - Parameter backupFolder: where copies go before the schema changes; without, none are made.
    package init(
        _ conninfo: String, connections: Int = defaultConnections, backupFolder: String? = nil
    ) {
        self.conninfo = conninfo
        self.backupFolder = backupFolder
        let node = IDSource().next(ID<PostgresDatabase>.self).description
        self.node = node
        pool = PostgresPool((0..<max(1, connections)).map { _ in PostgresConnection(conninfo) })
        listener = PostgresListener(conninfo, node: node, signal: commits)
        listener.start()
    }

    deinit { listener.stop() }

    /// Transactions committed so far.
    package var commitCount: Int { commitCounter.value }

    /// See `Database.read`: one repeatable-read snapshot.
    package func read<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        let begin = "begin transaction isolation level repeatable read read only" + Self.entering(scope)
        return try await borrowing { connection in
            try Self.attempting {
                do {
                    try Self.begin(begin, on: connection)
                    let result = try PostgresTransaction(connection, scope: scope).run(body)
                    try connection.perform("commit")
                    return result
                } catch { throw Self.rolledBack(error, on: connection) }
            }
        }
    }

    /// See `Database.write`: read committed, tried again up to `maximumAttempts` times.
    @discardableResult
    package func write<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        let begin = "begin" + Self.entering(scope)
        let (node, signal, counter) = (node, commits, commitCounter)
        return try await borrowing { connection in
            try Self.attempting {
                let transaction = PostgresTransaction(connection, scope: scope)
                do {
                    try Self.begin(begin, on: connection)
                    let result = try transaction.run { running in
                        let result = try body(running)
                        for tenant in transaction.announced {
                            let payload = "\(tenant)/\(node)"
                            _ = try running.rows("select pg_notify(\(PostgresListener.channel), \(payload))")
                        }
                        return result
                    }
                    try Self.commit(on: connection)
                    counter.increment()
                    signal.ring(transaction.announced)
                    return result
                } catch { throw Self.rolledBack(error, on: connection) }
            }
        }
    }

    /// See `Database.analyse`.
    package func analyse() async throws {}
    /// See `Database.scrub`.
    package func scrub() async throws -> Bool { true }

    /// Asks the server; false `hasRowSecurity` means that the role is a superuser or exempt.
    package func health() async -> DatabaseHealth {
        var health = DatabaseHealth(
            isReachable: true, waitingWrites: await pool.waitingCount, commits: commitCount,
            hasRowSecurity: false)
        do {
            let row = try await read { transaction in
                try transaction.row(
                    "select not (rolsuper or rolbypassrls) as locked from pg_roles where rolname = current_user"
                )
            }
            health.hasRowSecurity = try row?.bool("locked") ?? false
        } catch {
            health.isReachable = false
            health.complaint = String(describing: error)
        }
        return health
    }

    /// Copies every row into `postgres.before-migration-<n>.sqlite` of the folder for backups.
    package func backUpBeforeMigration(applied: [Migration]) async throws {
        guard let backupFolder else { return }
        try await copy(
            to: "\(backupFolder)/postgres.before-migration-\(applied.count + 1).sqlite", migrations: applied)
    }

    /// Writes a complete copy as of now into a new SQLite file of the same schema: one form for the copies of both
    /// databases. The file has its name only once it is complete; a former one is replaced.
    ///
    /// - Parameter migrations: those that are in this database.
    package func copy(
        to destination: String, migrations: [Migration],
        progress: @escaping @Sendable (TableCount) -> Void = { _ in }
    ) async throws {
        let (rows, unfinished) = (destination + ".rows", destination + ".partial")
        func remove(_ files: [String]) throws {
            for file in files where FileManager.default.fileExists(atPath: file) {
                try FileManager.default.removeItem(atPath: file)
            }
        }
        let leftovers = [rows, rows + "-wal", rows + "-shm", unfinished]
        try remove(leftovers)
        let target = try SQLiteDatabase(path: rows, durability: .normal)
        try await target.migrate(migrations)
        _ = try await read { source in
            try target.blockingWrite { try TableCopy.copy(from: source, to: $0, progress: progress) }
        }
        try await target.backup(to: unfinished)
        try target.close()
        try remove([destination])
        try FileManager.default.moveItem(atPath: unfinished, toPath: destination)
        try remove(leftovers)
    }

    /// One transaction on a connection of its own and on the calling thread. For the copy of a whole database, whose two
    /// transactions stand one inside the other.
    package func blockingWrite<R>(_ body: (any Transaction) throws -> R) throws -> R {
        let connection = PostgresConnection(conninfo)
        try connection.open()
        do {
            try connection.perform("begin")
            let result = try PostgresTransaction(connection, scope: .everyone).run(body)
            try Self.commit(on: connection)
            return result
        } catch { throw Self.rolledBack(error, on: connection) }
    }

    /// Stops listening. Transactions still work.
    package func close() { listener.stop() }

    // MARK: Inside

    private static func entering(_ scope: TenantScope) -> String {
        // An id prints as hexadecimal digits and hyphens, so it can stand in the text.
        scope.tenant.map { "; set local hotline.tenant = '\($0)'" } ?? ""
    }

    private func borrowing<R: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection) throws -> R
    ) async throws -> R {
        let connection = try await pool.take()
        let result = await withCheckedContinuation { continuation in
            connection.queue.async { continuation.resume(returning: Result { try work(connection) }) }
        }
        await pool.give(connection)
        return try result.get()
    }

    /// Begins a transaction, on a new connection when the server has been restarted since the last one.
    private static func begin(_ text: String, on connection: PostgresConnection) throws {
        let wasOpen = connection.isOpen
        try connection.open()
        do { try connection.perform(text) } catch {
            guard wasOpen, !connection.isOpen else { throw error }
            try connection.open()
            try connection.perform(text)
        }
    }

    private static func commit(on connection: PostgresConnection) throws {
        do { try connection.perform("commit") } catch {
            guard !connection.isOpen else { throw error }
            throw Problem(
                .unavailable,
                "The database server went away during a commit; whether it took place is not known",
                cause: error, details: ["reason": "database.unknownOutcome"])
        }
    }

    private static func rolledBack(_ error: any Error, on connection: PostgresConnection) -> any Error {
        guard connection.isOpen else { return error }
        // A connection that cannot even roll back is of no further use; the next transaction opens it again.
        do { try connection.perform("rollback") } catch { connection.close() }
        return error
    }

    /// Tries again, within a bound, what could not be put in an order with other transactions. Pauses differ by chance, so
    /// that two who met do not meet again at the same moment.
    private static func attempting<R>(_ work: () throws -> R) throws -> R {
        var pause = retryPause
        for _ in 1..<maximumAttempts {
            do { return try work() } catch let error as SQLError where error.kind == .serialization {
                usleep(.random(in: pause / 2...pause * 2))
                pause *= 2
            }
        }
        return try work()
    }
}

/// A running transaction on PostgreSQL.
final class PostgresTransaction: Transaction {
    let dialect = Dialect.postgres
    let scope: TenantScope
    /// Tenants whose followers are to be woken.
    private(set) var announced: Set<TenantID> = []
    private var failure: (any Error)?
    private var connection: PostgresConnection?

    init(_ connection: PostgresConnection, scope: TenantScope) {
        self.connection = connection
        self.scope = scope
    }

    /// Runs a body; the transaction is unusable afterwards. Throws what the body throws, or the refusal it swallowed.
    func run<R>(_ body: (any Transaction) throws -> R) throws -> R {
        defer { connection = nil }
        let result = try body(self)
        if let failure { throw failure }
        return result
    }

    func rows(_ query: SQL) throws -> [SQLRow] {
        let (text, binds) = query.rendered(for: .postgres)
        return try guarded { try $0.run(text, binds[...]).rows }
    }
    @discardableResult func execute(_ statement: SQL) throws -> Int {
        let (text, binds) = statement.rendered(for: .postgres)
        return try guarded { try $0.run(text, binds[...]).changed }
    }
    @discardableResult func insert(_ rows: RowInsert) throws -> Int {
        try guarded { connection in
            try rows.check()
            var (changed, text, size) = (0, "", 0)
            for chunk in rows.chunks() {
                if chunk.count != size {
                    size = chunk.count
                    text = rows.text(rows: size, for: .postgres)
                }
                let values = rows.values[chunk.lowerBound * rows.width..<chunk.upperBound * rows.width]
                changed += try connection.run(text, values).changed
            }
            return changed
        }
    }
    func announceEvents(of tenant: TenantID) { announced.insert(tenant) }

    private func guarded<R>(_ work: (PostgresConnection) throws -> R) throws -> R {
        guard let connection else {
            throw Problem(.internal, "A transaction was used after its body had ended")
        }
        if let failure { throw failure }
        do { return try work(connection) } catch {
            failure = error
            throw error
        }
    }
}
