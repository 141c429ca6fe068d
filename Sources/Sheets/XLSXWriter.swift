import Archives

/// A workbook of Office Open XML (ECMA-376), as small as spreadsheets accept it: inline texts, numbers, a bold header
/// that stays in sight.
package enum XLSXWriter {
    /// Characters that a sheet's name must not have, and its length.
    private static let forbidden: Set<Character> = ["[", "]", ":", "*", "?", "/", "\\", "'"]
    private static let longestName = 31
    /// UTF-16 units of a cell.
    private static let mostText = 32_767

    package static func bytes(_ sheets: [Sheet]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var archive = ZipArchive { bytes += $0 }
        let names = names(of: sheets)
        try archive.add("[Content_Types].xml", contentTypes(sheets.count))
        try archive.add("_rels/.rels", relations)
        try archive.add("xl/workbook.xml", workbook(names))
        try archive.add("xl/_rels/workbook.xml.rels", workbookRelations(sheets.count))
        try archive.add("xl/styles.xml", styles)
        for (index, sheet) in sheets.enumerated() {
            try archive.add("xl/worksheets/sheet\(index + 1).xml", worksheet(sheet))
        }
        try archive.finish()
        return bytes
    }

    private static func names(of sheets: [Sheet]) -> [String] {
        var taken: Set<String> = []
        return sheets.map { sheet in
            let plain = String(sheet.name.filter { !forbidden.contains($0) }.prefix(longestName - 3))
            let base = plain.isEmpty ? "Sheet" : plain
            var name = base
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(base) \(number)"
                number += 1
            }
            return name
        }
    }

    private static let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"

    private static func contentTypes(_ count: Int) -> String {
        let sheets = (1...max(1, count)).map {
            "<Override PartName=\"/xl/worksheets/sheet\($0).xml\" ContentType=\"\(kind).worksheet+xml\"/>"
        }
        return head + "<Types xmlns=\"\(package)/content-types\">"
            + "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
            + "<Override PartName=\"/xl/workbook.xml\" ContentType=\"\(kind).sheet.main+xml\"/>"
            + "<Override PartName=\"/xl/styles.xml\" ContentType=\"\(kind).styles+xml\"/>"
            + sheets.joined() + "</Types>"
    }

    private static let relations =
        head + "<Relationships xmlns=\"\(package)/relationships\">"
        + "<Relationship Id=\"rId1\" Type=\"\(office)/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"

    private static func workbook(_ names: [String]) -> String {
        let sheets = names.enumerated().map { index, name in
            "<sheet name=\"\(MarkupText.escaped(name))\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\"/>"
        }
        return head + "<workbook xmlns=\"\(main)\" xmlns:r=\"\(office)\"><sheets>" + sheets.joined()
            + "</sheets></workbook>"
    }

    private static func workbookRelations(_ count: Int) -> String {
        let sheets = (1...max(1, count)).map {
            "<Relationship Id=\"rId\($0)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\($0).xml\"/>"
        }
        return head + "<Relationships xmlns=\"\(package)/relationships\">" + sheets.joined()
            + "<Relationship Id=\"rId\(count + 1)\" Type=\"\(office)/styles\" Target=\"styles.xml\"/></Relationships>"
    }

    /// Formats: 0 general, 1 bold, 2 amounts, 3 one decimal, 4 two decimals, 5 date and time, 6 whole numbers without
    /// separators, 7 text that is never taken for a formula, also when it is typed again.
    private static let styles =
        head
        + "<styleSheet xmlns=\"\(main)\"><numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"#,##0.0\"/>"
        + "<numFmt numFmtId=\"165\" formatCode=\"yyyy-mm-dd hh:mm:ss\"/></numFmts>"
        + "<fonts count=\"2\"><font/><font><b/></font></fonts>"
        + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
        + "<borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"8\"><xf/>"
        + "<xf fontId=\"1\" applyFont=\"1\"/><xf numFmtId=\"3\" applyNumberFormat=\"1\"/>"
        + "<xf numFmtId=\"164\" applyNumberFormat=\"1\"/><xf numFmtId=\"4\" applyNumberFormat=\"1\"/>"
        + "<xf numFmtId=\"165\" applyNumberFormat=\"1\"/>"
        + "<xf numFmtId=\"1\" applyNumberFormat=\"1\"/><xf quotePrefix=\"1\"/></cellXfs>"
        + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"

    private static func worksheet(_ sheet: Sheet) -> String {
        var xml =
            head + "<worksheet xmlns=\"\(main)\"><sheetViews><sheetView workbookViewId=\"0\">"
            + "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>"
            + "<cols><col min=\"1\" max=\"2\" width=\"18\" customWidth=\"1\"/></cols><sheetData><row>"
        for title in sheet.header { xml += text(title, style: 1) }
        xml += "</row>"
        for row in sheet.rows {
            xml += "<row>"
            for cell in row { xml += self.cell(cell, of: sheet) }
            xml += "</row>"
        }
        return xml + "</sheetData></worksheet>"
    }

    private static func cell(_ cell: Sheet.Cell, of sheet: Sheet) -> String {
        switch cell {
        case .empty: return "<c/>"
        case .text(let text): return self.text(text, style: 0)
        case .number(let number, let decimals):
            let style = decimals == 0 ? 2 : decimals == 1 ? 3 : 4
            return "<c s=\"\(style)\"><v>\(SheetNumber.text(number, decimals: decimals))</v></c>"
        case .whole(let number): return "<c s=\"6\"><v>\(number)</v></c>"
        case .moment(let time):
            // Ten digits: spreadsheets round to the second, not to the one before.
            return
                "<c s=\"5\"><v>\(SheetNumber.text(SheetMoment.serial(time, in: sheet.zone), decimals: 10))</v></c>"
        }
    }

    /// A text that is a formula elsewhere stays as it is: a cell of this kind is text, and says so.
    private static func text(_ text: String, style: Int) -> String {
        let plain = SpreadsheetText.plain(text)
        let isCut = plain.utf16.count > mostText
        let shown = isCut ? String(decoding: plain.utf16.prefix(mostText - 1), as: UTF16.self) + "…" : plain
        let style = style == 0 && SpreadsheetText.startsFormula(shown) ? 7 : style
        return
            "<c t=\"inlineStr\" s=\"\(style)\"><is><t xml:space=\"preserve\">\(MarkupText.escaped(shown))</t></is></c>"
    }
}
