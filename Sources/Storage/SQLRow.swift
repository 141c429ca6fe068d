package import Kernel

/// The column names of one result, shared by its rows.
final class SQLColumns: Sendable {
    let indices: [String: Int]
    init(_ names: [String]) {
        indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }
}

/// One row of a result.
///
/// The typed getters throw `Problem(.internal)` that names the column when it is missing, null or of another type:
/// a mistake in a statement, not in its data.
package struct SQLRow: Sendable {
    let columns: SQLColumns
    let values: [SQLValue]

    /// The value of a column; throws when the result has no such column.
    package func value(_ column: String) throws -> SQLValue {
        guard let index = columns.indices[column] else { throw mismatch(column, "is not in the result") }
        return values[index]
    }

    /// Whole numbers: counts, sequences, milliseconds.
    package func int(_ column: String) throws -> Int64 {
        try required(column, optionalInt(column), "a whole number")
    }
    /// Numbers with a fraction.
    package func double(_ column: String) throws -> Double {
        try required(column, optionalDouble(column), "a number")
    }
    /// Yes or no; SQLite keeps them as 1 and 0.
    package func bool(_ column: String) throws -> Bool {
        try required(column, optionalBool(column), "a boolean")
    }
    /// Text.
    package func text(_ column: String) throws -> String {
        try required(column, optionalText(column), "text")
    }
    /// Bytes.
    package func blob(_ column: String) throws -> [UInt8] {
        try required(column, optionalBlob(column), "bytes")
    }
    /// A point in time.
    package func timestamp(_ column: String) throws -> Timestamp { Timestamp(milliseconds: try int(column)) }
    /// A length of time.
    package func timeSpan(_ column: String) throws -> TimeSpan { TimeSpan(milliseconds: try int(column)) }
    /// An identifier of the kind that the caller names.
    package func id<Kind>(_ column: String, as type: ID<Kind>.Type = ID<Kind>.self) throws -> ID<Kind> {
        try required(column, optionalID(column, as: type), "an id")
    }

    /// As `int`; `nil` for null.
    package func optionalInt(_ column: String) throws -> Int64? {
        switch try value(column) {
        case .null: nil
        case .int(let number): number
        case .bool(let flag): flag ? 1 : 0
        case .double(let number):
            if let exact = Int64(exactly: number) {
                exact
            } else {
                throw mismatch(column, "is not a whole number")
            }
        default: throw mismatch(column, "is not a whole number")
        }
    }
    /// As `double`; `nil` for null.
    package func optionalDouble(_ column: String) throws -> Double? {
        switch try value(column) {
        case .null: nil
        case .int(let number): Double(number)
        case .double(let number): number
        default: throw mismatch(column, "is not a number")
        }
    }
    /// As `bool`; `nil` for null.
    package func optionalBool(_ column: String) throws -> Bool? {
        switch try value(column) {
        case .null: nil
        case .bool(let flag): flag
        case .int(0): false
        case .int(1): true
        default: throw mismatch(column, "is not a boolean")
        }
    }
    /// As `text`; `nil` for null.
    package func optionalText(_ column: String) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        default: throw mismatch(column, "is not text")
        }
    }
    /// As `blob`; `nil` for null.
    package func optionalBlob(_ column: String) throws -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .blob(let bytes): bytes
        default: throw mismatch(column, "does not hold bytes")
        }
    }
    /// As `timestamp`; `nil` for null.
    package func optionalTimestamp(_ column: String) throws -> Timestamp? {
        try optionalInt(column).map { Timestamp(milliseconds: $0) }
    }
    /// As `timeSpan`; `nil` for null.
    package func optionalTimeSpan(_ column: String) throws -> TimeSpan? {
        try optionalInt(column).map { TimeSpan(milliseconds: $0) }
    }
    /// As `id`; `nil` for null.
    package func optionalID<Kind>(_ column: String, as type: ID<Kind>.Type = ID<Kind>.self) throws -> ID<
        Kind
    >? {
        guard let text = try optionalText(column) else { return nil }
        guard let id = ID<Kind>(text) else { throw mismatch(column, "is not an id") }
        return id
    }

    /// The whole row as a record whose `camelCase` properties are `snake_case` columns; `JSON` columns are text.
    /// Throws `DecodingError` that names the property.
    package func decode<Record: Decodable>(_ type: Record.Type = Record.self) throws -> Record {
        try Record(from: RowDecoder(row: self))
    }

    private func required<Value>(_ column: String, _ value: Value?, _ expected: String) throws -> Value {
        guard let value else { throw mismatch(column, "is null, expected \(expected)") }
        return value
    }
    private func mismatch(_ column: String, _ complaint: String) -> Problem {
        Problem(
            .internal, "Column '\(column)' \(complaint)",
            details: ["reason": "database.column", "column": column])
    }
}
