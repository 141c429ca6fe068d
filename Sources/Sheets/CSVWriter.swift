/// CSV in UTF-8 with a byte order mark, which spreadsheets need to read Chinese; RFC 4180 line ends and quotes.
package enum CSVWriter {
    package static func bytes(_ sheet: Sheet) -> [UInt8] {
        head(sheet.header) + lines(sheet.rows, of: sheet)
    }

    /// The mark and the line of titles.
    package static func head(_ titles: [String]) -> [UInt8] {
        Array(("\u{FEFF}" + titles.map(field).joined(separator: ",") + "\r\n").utf8)
    }

    /// The lines of rows, for a file that is given away piece by piece.
    package static func lines(_ rows: [[Sheet.Cell]], of sheet: Sheet) -> [UInt8] {
        var text = ""
        for row in rows {
            text += row.map { field($0, of: sheet) }.joined(separator: ",") + "\r\n"
        }
        return Array(text.utf8)
    }

    /// Only texts can be taken for formulas: a number may be negative.
    private static func field(_ cell: Sheet.Cell, of sheet: Sheet) -> String {
        if case .text(let text) = cell { field(text) } else { cell.words(in: sheet.zone) }
    }

    private static func field(_ text: String) -> String {
        let safe = SpreadsheetText.neutral(text)
        // By scalars: a comma with a combining mark is a comma to who reads the file.
        guard safe.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" }) else {
            return safe
        }
        var quoted = "\""
        for scalar in safe.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
