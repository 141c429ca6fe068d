package import Kernel

/// Whose rows a transaction may touch. PostgreSQL enforces it by row-level security; SQLite only carries it.
package enum TenantScope: Sendable, Hashable {
    /// Every tenant: start-up, migrations, finding a tenant by host name. Never in answer to a request.
    case everyone
    /// One tenant.
    case tenant(TenantID)

    /// The tenant, unless it is everyone.
    package var tenant: TenantID? { if case .tenant(let id) = self { id } else { nil } }
}

/// A running transaction. It is valid inside the body that got it and nowhere else.
///
/// After a statement was refused, the transaction is lost on both databases: further statements are refused and the
/// body's result is replaced by that error, even if the body swallows it. Use `on conflict` for what may be taken.
package protocol Transaction {
    /// The database underneath, for the few things that differ.
    var dialect: Dialect { get }
    /// Whose rows it may touch.
    var scope: TenantScope { get }
    /// Runs a statement and returns all rows of its result; throws `SQLError`.
    func rows(_ query: SQL) throws -> [SQLRow]
    /// Runs a statement and returns how many rows it changed; throws `SQLError`.
    @discardableResult func execute(_ statement: SQL) throws -> Int
    /// Inserts many rows at once and returns how many were inserted or changed; throws `SQLError`, after which none of
    /// them is there.
    @discardableResult func insert(_ rows: RowInsert) throws -> Int
    /// Wakes the followers of a tenant's event log when this transaction has been committed.
    func announceEvents(of tenant: TenantID)
}

extension Transaction {
    /// The first row of a result, if there is one.
    package func row(_ query: SQL) throws -> SQLRow? { try rows(query).first }

    /// All rows as records.
    package func all<Record: Decodable>(_ query: SQL, as type: Record.Type = Record.self) throws -> [Record] {
        try rows(query).map { try $0.decode(type) }
    }
    /// The first row as a record, if there is one.
    package func first<Record: Decodable>(_ query: SQL, as type: Record.Type = Record.self) throws -> Record?
    {
        try rows(query).first?.decode(type)
    }
}

/// What a probe and the operator want to know about a database.
package struct DatabaseHealth: Sendable, Equatable {
    /// Whether a statement was answered.
    package var isReachable: Bool
    /// Writes that wait for their turn.
    package var waitingWrites: Int
    /// Transactions committed since the start; several writes may share one on SQLite.
    package var commits: Int
    /// Whether the tenants are kept apart by the database too: on PostgreSQL for a role that is not a superuser.
    package var hasRowSecurity: Bool
    /// Why it is not reachable.
    package var complaint: String?
}

/// A relational database: SQLite in the same process, or a PostgreSQL server.
///
/// Bodies are synchronous, run on threads of the database and may run more than once (PostgreSQL retries what could not
/// be serialised), so they change nothing but the database. A write is one transaction: it has been committed when
/// `write` returns, and nothing of it has happened when it throws, save `Problem(.unavailable)` with reason
/// `database.unknownOutcome` (the server went away during the commit). Both throw `SQLError`, `Problem(.unavailable)` when too
/// many wait or the server is away, and whatever the body throws. Cancelling the caller does not stop a body.
package protocol Database: Sendable {
    /// Which of the two it is.
    var dialect: Dialect { get }
    /// Wakes those who follow event logs.
    var commits: CommitSignal { get }
    /// Runs a body on one consistent snapshot, read-only.
    func read<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R
    /// Runs a body as one transaction and commits it.
    @discardableResult
    func write<R: Sendable>(
        within scope: TenantScope, _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R
    /// Asks whether it works.
    func health() async -> DatabaseHealth
    /// Looks at how the tables are filled, which tells the planner which index to take: without it SQLite thinks that a
    /// tenant is a small part of a table. PostgreSQL does it by itself.
    func analyse() async throws
    /// Lets no file of the database hold what was deleted, as far as that is in this program's hands: on SQLite the log
    /// is emptied; on PostgreSQL it is the server's vacuum that does it.
    ///
    /// - Returns: `false` when a reader held it up; it is worth another try.
    func scrub() async throws -> Bool
    /// Called by `migrate` before it changes a schema that holds data; `applied` migrations are in it.
    func backUpBeforeMigration(applied: [Migration]) async throws
}

extension Database {
    /// `read` for every tenant: see `TenantScope.everyone`.
    package func read<R: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        try await read(within: .everyone, body)
    }
    /// `write` for every tenant: see `TenantScope.everyone`.
    @discardableResult
    package func write<R: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        try await write(within: .everyone, body)
    }
    /// The database as one tenant sees it; what a store is opened for.
    package func tenant(_ id: TenantID) -> TenantDatabase { TenantDatabase(database: self, tenant: id) }
}

/// A database as one tenant sees it. Statements still name the tenant; on PostgreSQL row-level security is a second
/// lock behind them.
package struct TenantDatabase: Sendable {
    /// What is underneath.
    package let database: any Database
    /// Whose it is.
    package let tenant: TenantID

    /// Which of the two databases it is.
    package var dialect: Dialect { database.dialect }

    /// See `Database.read`.
    package func read<R: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        try await database.read(within: .tenant(tenant), body)
    }
    /// See `Database.write`.
    @discardableResult
    package func write<R: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> R
    ) async throws -> R {
        try await database.write(within: .tenant(tenant), body)
    }
}
