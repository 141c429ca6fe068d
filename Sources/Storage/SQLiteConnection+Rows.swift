import GRDB
import GRDBSQLite

/// The only file that speaks to SQLite itself; no pointer leaves it. GRDB's own way puts every value into several boxes,
/// which took as long as the insert of a row.
extension GRDB.Database {
    /// Runs one prepared statement for each row and returns how many rows it changed. Throws `DatabaseError`.
    func insert(_ rows: RowInsert) throws -> Int {
        let statement = try cachedStatement(sql: rows.text(rows: 1, for: .sqlite)).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        var changed = 0
        for row in 0..<rows.count {
            sqlite3_reset(statement)
            try bind(rows.values[row * rows.width..<(row + 1) * rows.width], to: statement)
            try check(sqlite3_step(statement), is: SQLITE_DONE)
            changed += changesCount
        }
        return changed
    }

    /// Runs a query and returns all its rows. Throws `DatabaseError`.
    func rows(_ text: String, _ binds: [SQLValue]) throws -> [SQLRow] {
        let prepared = try cachedStatement(sql: text)
        let statement = prepared.sqliteStatement
        sqlite3_reset(statement)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        guard Int(sqlite3_bind_parameter_count(statement)) == binds.count else {
            throw DatabaseError(
                resultCode: .SQLITE_MISUSE, message: "wrong number of bound values: \(binds.count)")
        }
        try bind(binds[...], to: statement)
        let columns = SQLColumns(prepared.columnNames)
        let count = sqlite3_column_count(statement)
        var rows: [SQLRow] = []
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                try check(code, is: SQLITE_DONE)
                return rows
            }
            var values: [SQLValue] = []
            values.reserveCapacity(Int(count))
            for column in 0..<count { values.append(Self.value(of: statement, column)) }
            rows.append(SQLRow(columns: columns, values: values))
        }
    }

    private func check(_ code: CInt, is wanted: CInt) throws {
        guard code == wanted else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage)
        }
    }

    private func bind(_ values: ArraySlice<SQLValue>, to statement: OpaquePointer) throws {
        // SQLite copies the bytes before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        var place: CInt = 0
        for value in values {
            place += 1
            let code: CInt =
                switch value {
                case .null: sqlite3_bind_null(statement, place)
                case .bool(let flag): sqlite3_bind_int64(statement, place, flag ? 1 : 0)
                case .int(let number): sqlite3_bind_int64(statement, place, number)
                case .double(let number): sqlite3_bind_double(statement, place, number)
                case .text(let text) where text.isEmpty:
                    // No address would mean null.
                    sqlite3_bind_text(statement, place, "", 0, copied)
                case .text(var text):
                    text.withUTF8 { bytes in
                        bytes.withMemoryRebound(to: CChar.self) {
                            sqlite3_bind_text(
                                statement, place, $0.baseAddress, CInt(clamping: $0.count), copied)
                        }
                    }
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(statement, place, 0)
                        : bytes.withUnsafeBytes {
                            sqlite3_bind_blob(
                                statement, place, $0.baseAddress, CInt(clamping: $0.count), copied)
                        }
                }
            try check(code, is: SQLITE_OK)
        }
    }

    private static func value(of statement: OpaquePointer, _ column: CInt) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .int(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .double(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            guard let bytes = sqlite3_column_text(statement, column) else { return .null }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }
}
