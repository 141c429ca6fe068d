import Foundation
package import Kernel

/// A table that can be written as a file.
package struct Sheet: Sendable {
    package enum Cell: Hashable, Sendable {
        case text(String)
        /// A number with so many digits after the point.
        case number(Double, decimals: Int)
        /// A whole number without separators, such as a year or a place in a sequence.
        case whole(Int64)
        /// Date and time by the clock of the sheet's zone.
        case moment(Timestamp)
        case empty

        /// Text, or nothing.
        package static func text(_ text: String?) -> Cell { text.map { .text($0) } ?? .empty }
        /// A whole number, or nothing.
        package static func whole(_ number: (some BinaryInteger)?) -> Cell {
            number.map { .whole(Int64($0)) } ?? .empty
        }
        /// A moment, or nothing.
        package static func moment(_ time: Timestamp?) -> Cell { time.map { .moment($0) } ?? .empty }
        /// A length of time in seconds with a tenth, which spreadsheets can add up.
        package static func seconds(milliseconds: Int64?) -> Cell {
            milliseconds.map { .number(Double($0) / 1_000, decimals: 1) } ?? .empty
        }

        /// Bytes of its text, or of what a number takes about.
        package var bytes: Int {
            if case .text(let text) = self { text.utf8.count } else { 16 }
        }

        package var isNumber: Bool {
            switch self {
            case .number, .whole: true
            case .text, .moment, .empty: false
            }
        }

        /// What it says; moments by the clock of `zone`.
        package func words(in zone: ZoneTransitions) -> String {
            switch self {
            case .empty: ""
            case .text(let text): text
            case .number(let number, let decimals): SheetNumber.text(number, decimals: decimals)
            case .whole(let number): String(number)
            case .moment(let time): SheetMoment.text(time, in: zone)
            }
        }
    }
    package var name: String
    package var header: [String]
    package var rows: [[Cell]]
    /// Whose clock its moments show.
    package var zone: ZoneTransitions

    package init(name: String, header: [String], rows: [[Cell]], zone: ZoneTransitions = .utc) {
        self.name = name
        self.header = header
        self.rows = rows
        self.zone = zone
    }
}

/// How sheets become a file (mission G19).
package enum SheetFormat: String, CaseIterable, Sendable {
    case csv, xlsx

    /// Rows of a workbook, which is made in memory; CSV has no bound.
    package static let mostWorkbookRows = 100_000
    /// Bytes of the texts of a workbook.
    package static let mostWorkbookBytes = 64 << 20

    /// Throws `Problem(.invalid)` for what is neither.
    package init(_ text: String) throws {
        guard let format = SheetFormat(rawValue: text) else {
            throw Problem(.invalid, "'format' is csv or xlsx.", details: ["field": "format"])
        }
        self = format
    }

    package var contentType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
    }

    /// CSV has the first sheet alone.
    package func bytes(_ sheets: [Sheet]) throws -> [UInt8] {
        switch self {
        case .csv: sheets.first.map(CSVWriter.bytes) ?? []
        case .xlsx: try XLSXWriter.bytes(sheets)
        }
    }
}

/// Text that a spreadsheet must not take for a formula.
package enum SpreadsheetText {
    /// An apostrophe goes before what would start a formula; what no file can hold goes.
    package static func neutral(_ text: String) -> String {
        let plain = plain(text)
        return startsFormula(plain) ? "'" + plain : plain
    }

    /// Without control characters and what XML 1.0 forbids.
    static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars
        where (scalar.value >= 0x20 || scalar == "\n") && scalar.value != 0xFFFE && scalar.value != 0xFFFF {
            plain.append(scalar)
        }
        return String(plain)
    }

    /// Whether a spreadsheet that reads it from CSV would calculate. Looked at by scalars: a combining mark behind the
    /// sign makes another character of it and the same formula.
    static func startsFormula(_ text: String) -> Bool {
        let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
        guard let first, text != "-" else { return false }
        return "=+-@".unicodeScalars.contains(first)
    }
}

/// Text between the tags of HTML and XML, and in their attributes.
package enum MarkupText {
    /// By scalars, so that a combining mark behind `<` hides nothing.
    package static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

package enum SheetNumber {
    /// With a point, whatever the locale.
    package static func text(_ number: Double, decimals: Int) -> String {
        decimals == 0 && number.magnitude < 9e15
            ? String(Int64(number.rounded())) : String(format: "%.\(decimals)f", number)
    }
}

package enum SheetMoment {
    private static let millisecondsPerDay = 86_400_000.0
    /// Days from 1899-12-30, from which spreadsheets count, to 1970-01-01.
    private static let epoch = 25_569

    /// `2026-11-26 14:03:05`, by the zone's clock.
    package static func text(_ time: Timestamp, in zone: ZoneTransitions) -> String {
        let (date, milliseconds) = zone.reading(at: time)
        let seconds = milliseconds / 1_000
        func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date) \(digits(seconds / 3_600)):\(digits(seconds / 60 % 60)):\(digits(seconds % 60))"
    }

    /// Days since 1899-12-30 by the zone's clock, as spreadsheets count them.
    static func serial(_ time: Timestamp, in zone: ZoneTransitions) -> Double {
        let (date, milliseconds) = zone.reading(at: time)
        return Double(date.dayNumber + epoch) + Double(milliseconds / 1_000 * 1_000) / millisecondsPerDay
    }
}
