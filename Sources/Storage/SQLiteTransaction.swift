import Foundation
import GRDB
import Kernel

/// A running transaction, or savepoint of a shared one, on SQLite.
final class SQLiteTransaction: Transaction {
    let dialect = Dialect.sqlite
    let scope: TenantScope
    /// The first refusal; see `Transaction`.
    private(set) var failure: (any Error)?
    /// Tenants whose followers are to be woken.
    private(set) var announced: Set<TenantID> = []
    private var connection: GRDB.Database?

    init(_ connection: GRDB.Database, scope: TenantScope) {
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
        try guarded { connection in
            let (text, binds) = query.rendered(for: .sqlite)
            return try connection.rows(text, binds)
        }
    }

    @discardableResult func execute(_ statement: SQL) throws -> Int {
        try guarded { connection in
            let (text, binds) = statement.rendered(for: .sqlite)
            try connection.cachedStatement(sql: text).execute(arguments: Self.arguments(binds))
            return connection.changesCount
        }
    }

    @discardableResult func insert(_ rows: RowInsert) throws -> Int {
        try guarded { connection in
            try rows.check()
            return try connection.insert(rows)
        }
    }

    func announceEvents(of tenant: TenantID) { announced.insert(tenant) }

    private func guarded<R>(_ work: (GRDB.Database) throws -> R) throws -> R {
        guard let connection else {
            throw Problem(.internal, "A transaction was used after its body had ended")
        }
        if let failure { throw failure }
        do { return try work(connection) } catch {
            let translated = SQLError.of(error)
            failure = translated
            throw translated
        }
    }

    /// Values are handed over one by one as they are: a sequence of `DatabaseValue` would go through a key path and a
    /// heap box each, which cost a third of a write.
    private static func arguments(_ binds: [SQLValue]) -> StatementArguments {
        var values: [(any DatabaseValueConvertible)?] = []
        values.reserveCapacity(binds.count)
        for bind in binds {
            switch bind {
            case .null: values.append(nil)
            case .bool(let flag): values.append(Int64(flag ? 1 : 0))
            case .int(let number): values.append(number)
            case .double(let number): values.append(number)
            case .text(let text): values.append(text)
            case .blob(let bytes): values.append(Data(bytes))
            }
        }
        return StatementArguments(values)
    }
}

extension SQLError {
    /// SQLite's refusals in our words; other errors pass through.
    static func of(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        let kind: Kind =
            switch (error.extendedResultCode, error.resultCode) {
            case (.SQLITE_CONSTRAINT_UNIQUE, _), (.SQLITE_CONSTRAINT_PRIMARYKEY, _),
                (.SQLITE_CONSTRAINT_ROWID, _):
                .unique
            case (.SQLITE_CONSTRAINT_FOREIGNKEY, _): .foreignKey
            case (.SQLITE_CONSTRAINT_NOTNULL, _): .notNull
            case (_, .SQLITE_BUSY), (_, .SQLITE_LOCKED): .busy
            case (_, .SQLITE_FULL): .full
            case (_, .SQLITE_READONLY): .readOnly
            default: .other
            }
        return SQLError(
            kind, code: String(error.extendedResultCode.rawValue), message: error.message ?? "no message")
    }
}
