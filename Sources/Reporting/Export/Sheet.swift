import Foundation
import Kernel

/// A table that can be written as a file.
struct Sheet: Sendable {
    enum Cell: Hashable, Sendable {
        case text(String)
        /// A number with so many digits after the point.
        case number(Double, decimals: Int)
        case empty
    }
    var name: String
    var header: [String]
    var rows: [[Cell]]
}

/// The two languages of reports.
enum ReportLanguage: String, CaseIterable, Sendable {
    case chinese = "zh-CN"
    case english = "en"

    init(_ text: String?) throws {
        guard let language = ReportLanguage(rawValue: text.flatMap { $0.isEmpty ? nil : $0 } ?? "zh-CN")
        else {
            throw FigureSettings.fault("language", "'language' is zh-CN or en.")
        }
        self = language
    }

    func callAsFunction(_ chinese: String, _ english: String) -> String {
        self == .chinese ? chinese : english
    }

    /// The name in this language, or any.
    func name(_ names: [String: String]?) -> String? {
        names?[rawValue] ?? names?[""] ?? names?.sorted { $0.key < $1.key }.first?.value
    }
}

/// How sheets become a file (mission G19).
enum SheetFormat: String, CaseIterable, Sendable {
    case csv, xlsx

    init(_ text: String) throws {
        guard let format = SheetFormat(rawValue: text) else {
            throw FigureSettings.fault("format", "'format' is csv or xlsx.")
        }
        self = format
    }

    var contentType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        }
    }

    /// CSV has the first sheet alone.
    func bytes(_ sheets: [Sheet]) throws -> [UInt8] {
        switch self {
        case .csv: sheets.first.map(CSVWriter.bytes) ?? []
        case .xlsx: try XLSXWriter.bytes(sheets)
        }
    }
}

/// CSV in UTF-8 with a byte order mark, which spreadsheets need to read Chinese; RFC 4180 line ends and quotes.
enum CSVWriter {
    static func bytes(_ sheet: Sheet) -> [UInt8] {
        var text = "\u{FEFF}" + sheet.header.map(field).joined(separator: ",") + "\r\n"
        for row in sheet.rows { text += row.map(field).joined(separator: ",") + "\r\n" }
        return Array(text.utf8)
    }

    private static func field(_ cell: Sheet.Cell) -> String {
        switch cell {
        case .empty: ""
        case .number(let number, let decimals): SheetNumber.text(number, decimals: decimals)
        case .text(let text): field(text)
        }
    }

    private static func field(_ text: String) -> String {
        let safe = SpreadsheetText.neutral(text)
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}

/// Text that a spreadsheet must not take for a formula.
enum SpreadsheetText {
    /// An apostrophe goes before what would start a formula; control characters go.
    static func neutral(_ text: String) -> String {
        let plain = String(text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" })
        guard let first = plain.drop(while: \.isWhitespace).first, "=+-@".contains(first), plain != "-" else {
            return plain
        }
        return "'" + plain
    }
}

enum SheetNumber {
    /// With a point, whatever the locale.
    static func text(_ number: Double, decimals: Int) -> String {
        decimals == 0 && number.magnitude < 9e15
            ? String(Int64(number.rounded())) : String(format: "%.\(decimals)f", number)
    }
}
