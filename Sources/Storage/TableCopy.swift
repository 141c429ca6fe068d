import Kernel

/// A table as the copy of a whole database sees it.
package struct TableShape: Sendable, Hashable {
    /// Its name.
    package var name: String
    /// Its columns in their order.
    package var columns: [String]
    /// The columns of its primary key, in the key's order.
    var key: [String]
    /// The tables that its foreign keys point to.
    var parents: Set<String>
}

/// How many rows a table has.
package struct TableCount: Sendable, Hashable, Codable {
    /// The table.
    package var table: String
    /// Its rows.
    package var rows: Int64

    /// Says how many rows a table has.
    package init(table: String, rows: Int64) {
        self.table = table
        self.rows = rows
    }
}

/// Copies every row of one database into another of the same schema, whichever of the two kinds each is. It knows no
/// table by name but the list of migrations, which the other side writes for itself.
package enum TableCopy {
    /// Rows read at once.
    static let page = 500
    /// The list of migrations; its digests differ between the databases.
    static let ownTable = "schema_migration"

    /// What there is to copy, parents before children.
    package static func tables(in transaction: any Transaction) throws -> [TableShape] {
        let names = try transaction.rows(
            """
            \(sqlite: "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
              postgres: "select tablename as name from pg_tables where schemaname = current_schema()") order by name
            """
        ).map { try $0.text("name") }.filter { $0 != ownTable }
        var waiting = try names.map { try shape(of: $0, in: transaction) }
        var ordered: [TableShape] = []
        var placed: Set<String> = []
        while !waiting.isEmpty {
            let ready = waiting.filter { $0.parents.subtracting([$0.name]).isSubset(of: placed) }
            guard !ready.isEmpty else {
                throw Problem(.internal, "Foreign keys go round in a circle: \(waiting.map(\.name))")
            }
            ordered += ready
            placed.formUnion(ready.map(\.name))
            waiting.removeAll { placed.contains($0.name) }
        }
        return ordered
    }

    private static func shape(of table: String, in transaction: any Transaction) throws -> TableShape {
        func names(_ query: SQL) throws -> [String] {
            try transaction.rows(query).map { try $0.text("name") }
        }
        switch transaction.dialect {
        case .sqlite:
            return TableShape(
                name: table,
                columns: try names("select name from pragma_table_info(\(table)) order by cid"),
                key: try names("select name from pragma_table_info(\(table)) where pk > 0 order by pk"),
                parents: Set(
                    try names("select distinct \"table\" as name from pragma_foreign_key_list(\(table))")))
        case .postgres:
            return TableShape(
                name: table,
                columns: try names(
                    """
                    select attname as name from pg_attribute
                    where attrelid = to_regclass(\(table)) and attnum > 0 and not attisdropped order by attnum
                    """),
                key: try names(
                    """
                    select a.attname as name from pg_index i
                    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
                    where i.indrelid = to_regclass(\(table)) and i.indisprimary
                    order by array_position(i.indkey::int2[], a.attnum)
                    """),
                parents: Set(
                    try names(
                        """
                        select distinct p.relname as name from pg_constraint c
                        join pg_class p on p.oid = c.confrelid
                        where c.contype = 'f' and c.conrelid = to_regclass(\(table))
                        """)))
        }
    }

    /// The rows of each table.
    package static func counts(
        of tables: [TableShape], in transaction: any Transaction
    ) throws -> [TableCount] {
        try tables.map { table in
            let row = try transaction.row("select count(*) as n from \(SQL.identifier(table.name))")
            return TableCount(table: table.name, rows: try row?.int("n") ?? 0)
        }
    }

    /// Copies everything, one table after the other, and counts the rows of both sides.
    ///
    /// - Parameter progress: told of each table when it is done.
    /// - Throws: `Problem(.conflict)` when the schemas differ, the target holds rows, or the counts differ afterwards;
    ///   the transaction of the target has to be given up then.
    package static func copy(
        from source: any Transaction, to target: any Transaction, progress: (TableCount) -> Void = { _ in }
    ) throws -> [TableCount] {
        let tables = try tables(in: source)
        try refuse(target, unlike: tables)
        for table in tables {
            let rows = try copy(table, from: source, to: target)
            progress(TableCount(table: table.name, rows: rows))
        }
        let (before, after) = (try counts(of: tables, in: source), try counts(of: tables, in: target))
        for (one, other) in zip(before, after) where one != other {
            throw Problem(
                .conflict,
                "\(one.table) has \(one.rows) rows here and \(other.rows) there; nothing was kept of the copy",
                details: ["reason": "copy.counts", "table": one.table])
        }
        return after
    }

    private static func refuse(_ target: any Transaction, unlike tables: [TableShape]) throws {
        let columns = { (tables: [TableShape]) in
            Dictionary(uniqueKeysWithValues: tables.map { ($0.name, Set($0.columns)) })
        }
        let there = try Self.tables(in: target)
        let (ours, theirs) = (columns(tables), columns(there))
        if let table = Set(ours.keys).union(theirs.keys).sorted().first(where: { ours[$0] != theirs[$0] }) {
            throw Problem(
                .conflict, "The two databases do not have the same schema: \(table) differs",
                details: ["reason": "copy.schema", "table": table])
        }
        if let full = try counts(of: there, in: target).first(where: { $0.rows > 0 }) {
            throw Problem(
                .conflict,
                "The target holds data already: \(full.table) has \(full.rows) rows. Name an empty database.",
                details: ["reason": "copy.notEmpty", "table": full.table])
        }
    }

    private static func copy(
        _ table: TableShape, from source: any Transaction, to target: any Transaction
    ) throws -> Int64 {
        guard !table.key.isEmpty else {
            throw Problem(.internal, "The table \(table.name) has no primary key to copy it by")
        }
        let name = try SQL.identifier(table.name)
        let columns = SQL.joined(try table.columns.map(SQL.identifier))
        let key = SQL.joined(try table.key.map(SQL.identifier))
        var condition: SQL = ""
        var copied: Int64 = 0
        while true {
            let rows = try source.rows(
                "select \(columns) from \(name) \(condition) order by \(key) limit \(page)")
            var insert = RowInsert(into: name, columns: try table.columns.map(SQL.identifier))
            for row in rows { insert.add(row.values) }
            try target.insert(insert)
            copied += Int64(rows.count)
            guard rows.count == page, let last = rows.last else { return copied }
            let values = SQL.joined(try table.key.map { "\(try last.value($0))" })
            condition = "where (\(key)) > (\(values))"
        }
    }
}
