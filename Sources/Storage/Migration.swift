import Kernel

/// One step of the schema. Immutable once released: its digest is kept in the database.
///
/// Steps are numbered per feature and run in one global order: the order of the list given to `migrate`, to which
/// new steps are only ever appended. First expand, then contract: a step never breaks the version before it.
package struct Migration: Sendable {
    /// The feature that owns the tables: lower-case, the name of its folder.
    package let feature: String
    /// From 1, per feature.
    package let number: Int
    /// Single statements in order; a fragment that is empty in a dialect is skipped there.
    package let statements: [SQL]

    /// Describes a step; statements bind nothing.
    package init(feature: String, number: Int, statements: [SQL]) {
        self.feature = feature
        self.number = number
        self.statements = statements
    }

    /// `storage.1`.
    package var name: String { "\(feature).\(number)" }

    /// Digest of the statements as the dialect gets them.
    func digest(for dialect: Dialect) -> String {
        var checksum = Checksum()
        for statement in statements { checksum.add(text: statement.rendered(for: dialect).text) }
        return checksum.digest
    }

    /// The second lock on a table whose rows belong to tenants: on PostgreSQL a row-level policy on `tenant_id` that
    /// follows the transaction's scope, binding the table's owner too; nothing on SQLite. Add it for every table with tenants.
    package static func tenantLock(_ table: StaticString) -> [SQL] {
        let text = table.description
        func postgres(_ statement: String) -> SQL { SQL(parts: [.dialects(sqlite: "", postgres: statement)]) }
        let rule = "(current_setting('hotline.tenant', true) in (tenant_id, '*'))"
        return [
            postgres("alter table \(text) enable row level security"),
            postgres("alter table \(text) force row level security"),
            postgres("create policy tenant_lock on \(text) using \(rule) with check \(rule)"),
        ]
    }
}

extension Database {
    /// Brings the schema up to the list: everything missing, in order, in one transaction, under a lock of the server.
    /// Returns the names of the steps that ran.
    ///
    /// A schema that holds data is backed up before (`backUpBeforeMigration`). Throws `Problem(.conflict)` and changes
    /// nothing when the schema is newer than this list, when a released step was edited, or when the order differs.
    @discardableResult
    package func migrate(_ migrations: [Migration]) async throws -> [String] {
        let names = migrations.map(\.name)
        guard Set(names).count == names.count else {
            throw Problem(.internal, "Two migrations have the same feature and number")
        }
        let applied = try await write { transaction in
            try transaction.execute(
                """
                create table if not exists schema_migration (
                    position bigint not null primary key,
                    name text not null unique,
                    digest text not null,
                    applied_at bigint not null
                )
                """)
            return try Applied.all(in: transaction)
        }
        let pending = try missing(from: applied, in: migrations)
        guard !pending.isEmpty else { return [] }
        if !applied.isEmpty {
            try await backUpBeforeMigration(applied: Array(migrations.prefix(applied.count)))
        }
        return try await write { transaction in
            if transaction.dialect == .postgres {
                // The other node may take minutes; after it there is nothing left to do here.
                try transaction.execute("set local lock_timeout = '1h'")
                _ = try transaction.rows("select pg_advisory_xact_lock(\(migrationLock))")
            }
            // Read again under the lock: another node may have been first.
            let present = try Applied.all(in: transaction)
            let pending = try missing(from: present, in: migrations)
            for (offset, migration) in pending.enumerated() {
                for statement in migration.statements
                where !statement.rendered(for: transaction.dialect).text.isEmpty {
                    try transaction.execute(statement)
                }
                try transaction.execute(
                    """
                    insert into schema_migration (position, name, digest, applied_at)
                    values (\(present.count + offset + 1), \(migration.name), \(migration.digest(for: transaction.dialect)), \(WallClock.now))
                    """)
            }
            return pending.map(\.name)
        }
    }

    /// The steps of a list that are in the database.
    ///
    /// - Throws: as `migrate` does, when the database is not of this list.
    package func applied(of migrations: [Migration]) async throws -> [Migration] {
        let present = try await read { transaction -> [Applied] in
            let table = try transaction.row(
                """
                \(sqlite: "select name from sqlite_schema where name = 'schema_migration'",
                  postgres: "select 1 as name where to_regclass('schema_migration') is not null")
                """)
            return table == nil ? [] : try Applied.all(in: transaction)
        }
        return Array(migrations.dropLast(try missing(from: present, in: migrations).count))
    }

    /// The steps after those applied; throws unless the applied ones are the beginning of the list.
    private func missing(from applied: [Applied], in migrations: [Migration]) throws -> ArraySlice<Migration>
    {
        let known = Set(migrations.map(\.name))
        for (index, step) in applied.enumerated() {
            guard known.contains(step.name) else {
                throw refusal(
                    "newer", step,
                    "The database was written by a newer version of this program: it has \(applied.count) steps of "
                        + "the schema, this version knows \(migrations.count), up to "
                        + "'\(migrations.last?.name ?? "none")'. Start that version or a later one, or restore the "
                        + "backup that was made before the upgrade; the first unknown step is")
            }
            guard migrations[index].name == step.name else {
                throw refusal("order", step, "New migrations belong at the end of the list:")
            }
            guard migrations[index].digest(for: dialect) == step.digest else {
                throw refusal("edited", step, "A migration was changed after it had been applied:")
            }
        }
        return migrations.dropFirst(applied.count)
    }

    private func refusal(_ reason: String, _ step: Applied, _ message: String) -> Problem {
        Problem(
            .conflict, "\(message) '\(step.name)'. Nothing was changed",
            details: ["reason": "schema.\(reason)", "migration": step.name])
    }
}

/// Key of the server's advisory lock around migrations; any constant does, as long as it stays.
private let migrationLock: Int64 = 0x486F_746C_696E_65

/// A step that is in the database.
private struct Applied: Decodable {
    var name: String
    var digest: String

    static func all(in transaction: any Transaction) throws -> [Applied] {
        try transaction.all("select name, digest from schema_migration order by position")
    }
}
