package import Kernel

/// A value as both databases know it; what is bound to a statement and what comes back in a row.
package enum SQLValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
}

/// The two databases that the product runs on.
package enum Dialect: String, Sendable, CaseIterable {
    case sqlite, postgres
}

/// Something that can stand in an interpolation of `SQL` and is bound, never pasted.
package protocol SQLBindable {
    /// What the database gets.
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}
extension Int: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(self)) }
}
extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .int(self) }
}
extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .bool(self) }
}
extension Double: SQLBindable {
    package var sqlValue: SQLValue { .double(self) }
}
extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}
extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .blob(self) }
}
extension ID: SQLBindable {
    /// The usual 36 characters in lower case.
    package var sqlValue: SQLValue { .text(description) }
}
extension Timestamp: SQLBindable {
    /// Milliseconds since the Unix epoch, UTC.
    package var sqlValue: SQLValue { .int(milliseconds) }
}
extension TimeSpan: SQLBindable {
    /// Milliseconds.
    package var sqlValue: SQLValue { .int(milliseconds) }
}
extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// One statement with its bound values: `"select name from queue where id = \(id)"`.
///
/// Every interpolated value becomes a parameter. Text that is not a literal of the program can enter only through
/// `identifier(_:)`, which accepts nothing but plain names.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    enum Part: Sendable {
        case text(String)
        case bind(SQLValue)
        case dialects(sqlite: String, postgres: String)
    }
    var parts: [Part]

    /// A statement without values.
    package init(stringLiteral text: String) { parts = [.text(text)] }
    /// A statement with the values of its interpolations.
    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }
    init(parts: [Part]) { self.parts = parts }

    /// Collects literals, bound values, fragments and dialect differences in order.
    package struct StringInterpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        /// Begins empty.
        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(interpolationCount * 2 + 1)
        }
        /// Text of the program, as it is.
        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }
        /// A bound value.
        package mutating func appendInterpolation(_ value: some SQLBindable) {
            parts.append(.bind(value.sqlValue))
        }
        /// A bound value or null.
        package mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            parts.append(.bind(value.sqlValue))
        }
        /// Another piece of SQL with its own bound values.
        package mutating func appendInterpolation(_ fragment: SQL) { parts += fragment.parts }
        /// Text that differs between the databases.
        package mutating func appendInterpolation(sqlite: StaticString, postgres: StaticString) {
            parts.append(.dialects(sqlite: sqlite.description, postgres: postgres.description))
        }
        /// Bound values with commas between, for `in (...)`; an empty list matches nothing.
        package mutating func appendInterpolation(list values: [some SQLBindable]) {
            if values.isEmpty { parts.append(.text("null")) }
            for (index, value) in values.enumerated() {
                if index > 0 { parts.append(.text(", ")) }
                parts.append(.bind(value.sqlValue))
            }
        }
    }

    /// The column type for bytes.
    package static let blob: SQL = "\(sqlite: "blob", postgres: "bytea")"

    /// A schema object by name, for statements in which it cannot be bound.
    /// Throws `Problem(.invalid)` unless the name is 1-63 lower-case letters, digits and underscores.
    package static func identifier(_ name: String) throws -> SQL {
        let isPlain = name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        guard isPlain, (1...63).contains(name.utf8.count) else {
            throw Problem(.invalid, "'\(name)' is not a plain name of a schema object")
        }
        return SQL(stringLiteral: name)
    }

    /// Joins fragments with a separator.
    package static func joined(_ fragments: [SQL], by separator: StaticString = ", ") -> SQL {
        var parts: [Part] = []
        for (index, fragment) in fragments.enumerated() {
            if index > 0 { parts.append(.text(separator.description)) }
            parts += fragment.parts
        }
        return SQL(parts: parts)
    }

    /// The text with the dialect's parameter marks, and the values in the order of the marks.
    func rendered(for dialect: Dialect) -> (text: String, binds: [SQLValue]) {
        var text = ""
        var binds: [SQLValue] = []
        text.reserveCapacity(256)
        binds.reserveCapacity(parts.count / 2)
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .dialects(let sqlite, let postgres): text += dialect == .sqlite ? sqlite : postgres
            case .bind(let value):
                binds.append(value)
                if dialect == .sqlite {
                    text += "?"
                } else {
                    text += "$"
                    text += String(binds.count)
                }
            }
        }
        return (text, binds)
    }
}
