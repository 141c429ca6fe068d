import Kernel

/// Many rows for one table in one go: `transaction.insert(rows)`.
///
/// The text is made once and values are bound: SQLite runs one prepared statement row after row, PostgreSQL gets many
/// rows in each statement, within what it takes as parameters.
package struct RowInsert: Sendable {
    /// Rows of one statement on PostgreSQL, widest first. Few different texts, since each stays prepared on each
    /// connection, and few round trips.
    static let widths = [128, 16, 1]
    /// Values that PostgreSQL takes in one statement; its protocol counts them in 16 bits.
    static let mostValues = 65_535

    /// How many values a row has.
    let width: Int
    /// The values of all rows, one row after the other.
    private(set) var values: [SQLValue] = []
    private let head: SQL
    private let tail: SQL

    /// Begins without rows.
    ///
    /// - Parameters:
    ///   - columns: in the order of the values of `add`.
    ///   - onConflict: what follows `on conflict`; without it a row that exists is refused. With `do update` no two of
    ///     the rows may have the same key: PostgreSQL refuses to touch a row twice.
    package init(into table: SQL, columns: [SQL], onConflict: SQL? = nil) {
        width = columns.count
        head = "insert into \(table) (\(SQL.joined(columns))) values "
        tail = onConflict.map { " on conflict \($0)" } ?? ""
    }

    /// Rows so far.
    package var count: Int { width == 0 ? 0 : values.count / width }

    /// Makes room for so many rows at once.
    package mutating func reserve(_ rows: Int) { values.reserveCapacity(values.count + rows * width) }

    /// Adds a row, a value for each column.
    package mutating func add(_ row: [SQLValue]) { values.append(contentsOf: row) }

    /// The statement for so many rows.
    func text(rows: Int, for dialect: Dialect) -> String {
        var text = head.rendered(for: dialect).text
        text.reserveCapacity(text.utf8.count + rows * width * 7 + 256)
        var number = 0
        for row in 0..<rows {
            text += row == 0 ? "(" : ", ("
            for column in 0..<width {
                number += 1
                if column > 0 { text += ", " }
                text += dialect == .sqlite ? "?" : "$\(number)"
            }
            text += ")"
        }
        return text + tail.rendered(for: dialect).text
    }

    /// The rows in pieces of a few sizes.
    func chunks() -> [Range<Int>] {
        var chunks: [Range<Int>] = []
        var row = 0
        for size in Self.widths where size == 1 || size * width <= Self.mostValues {
            while count - row >= size {
                chunks.append(row..<row + size)
                row += size
            }
        }
        return chunks
    }

    /// Throws `Problem(.internal)` when a row had too many values or too few.
    func check() throws {
        guard width > 0, values.count.isMultiple(of: width) else {
            throw Problem(.internal, "\(values.count) values do not make rows of \(width)")
        }
    }
}
