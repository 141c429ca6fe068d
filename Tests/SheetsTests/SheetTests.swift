import Foundation
import Kernel
import Testing

@testable import Sheets

@Suite struct SheetTests {
    private static let sheet = Sheet(
        name: "坐席/一", header: ["工号", "满意度 (%)"],
        rows: [
            [.text("=1+1"), .number(83.0, decimals: 1)], [.text("a,\"b\""), .empty],
            [.text("- 5"), .number(7, decimals: 0)],
        ])

    @Test func `G19 CSV is UTF-8 with its mark, quotes what needs it, and starts no formula`() throws {
        let text = String(decoding: CSVWriter.bytes(Self.sheet), as: UTF8.self)

        #expect(text == "\u{FEFF}工号,满意度 (%)\r\n'=1+1,83.0\r\n\"a,\"\"b\"\"\",\r\n'- 5,7\r\n")
    }

    @Test(arguments: ["=cmd", "+1", "-1", "@x", "\t=1", "  =1"])
    func `G19 text that a spreadsheet takes for a formula is made harmless`(text: String) {
        #expect(SpreadsheetText.neutral(text).hasPrefix("'"))
    }

    @Test func `G19 a workbook is read by a reader of ZIP and XML that is not ours`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hotline-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("report.xlsx")
        try Data(try XLSXWriter.bytes([Self.sheet, Self.sheet])).write(to: path)
        let program = """
            import sys, zipfile, xml.etree.ElementTree as tree
            book = zipfile.ZipFile(sys.argv[1])
            assert book.testzip() is None
            for name in book.namelist(): tree.fromstring(book.read(name))
            main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
            names = [s.get("name") for s in tree.fromstring(book.read("xl/workbook.xml")).iter(main + "sheet")]
            rows = [[(c.findtext(main + "v") or c.findtext(main + "is/" + main + "t") or "") for c in r]
                    for r in tree.fromstring(book.read("xl/worksheets/sheet2.xml")).iter(main + "row")]
            # Text that would be a formula has the mark of text.
            styles = [x.get("quotePrefix") for x in tree.fromstring(book.read("xl/styles.xml")).find(main + "cellXfs")]
            cells = [c for c in tree.fromstring(book.read("xl/worksheets/sheet2.xml")).iter(main + "c")]
            assert [styles[int(c.get("s", 0))] for c in cells][2:4] == ["1", None]
            print(names, rows)
            """
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, path.path]
        process.environment = ["PYTHONIOENCODING": "utf-8", "PATH": "/usr/bin:/bin"]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()

        #expect(process.terminationStatus == 0)
        #expect(
            text == """
                ['坐席一', '坐席一 2'] [['工号', '满意度 (%)'], ['=1+1', '83.0'], ['a,"b"', ''], ['- 5', '7']]

                """)
    }

    @Test func `The checksum of ZIP has its known value`() {
        #expect(CRC32.sum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test func `G19 a combining mark hides neither a tag, a comma, a quote nor a formula`() throws {
        #expect(MarkupText.escaped("<\u{301}&\u{301}") == "&lt;\u{301}&amp;\u{301}")
        #expect(SpreadsheetText.neutral("=\u{301}1").unicodeScalars.first == "'")
        let sheet = Sheet(name: "a", header: ["t"], rows: [[.text("a,\u{301}b\"\u{301}")]])
        let text = String(decoding: CSVWriter.bytes(sheet), as: UTF8.self)
        #expect(text.hasSuffix("\"a,\u{301}b\"\"\u{301}\"\r\n"))
    }

    @Test func `G19 what XML forbids does not reach a file, and years have no separators`() throws {
        #expect(SpreadsheetText.neutral("a\u{FFFF}\u{FFFE}\u{0}\u{7}b\n") == "ab\n")
        let book = try XLSXWriter.bytes([
            Sheet(
                name: "a", header: [], rows: [[.whole(1996), .text(String(repeating: "字", count: 40_000))]])
        ])
        let text = String(decoding: book, as: UTF8.self)
        #expect(text.contains("<c s=\"6\"><v>1996</v></c>"))
        #expect(text.contains("字…</t>"))
    }

    private static let time = Timestamp(milliseconds: 1_795_701_785_999)

    @Test func `G19 CSV shows times by the clock of the zone`() {
        let sheet = Sheet(name: "a", header: ["t"], rows: [[.moment(Self.time)]], zone: .shanghai)

        #expect(
            String(decoding: CSVWriter.bytes(sheet), as: UTF8.self) == "\u{FEFF}t\r\n2026-11-26 22:03:05\r\n")
    }

    @Test func `G19 a workbook counts days as spreadsheets do`() {
        // 2026-11-26 is day 46,352 from 1899-12-30; 14:03:05 is 50,585 seconds of it.
        #expect(SheetMoment.serial(Self.time, in: .utc) == 46_352 + 50_585.0 / 86_400)
    }

    @Test func `G19 words and titles are in the language of the reader, and an unknown word stands as it is`()
    {
        let words = SheetWords(["open": ("处理中", "Open")])
        let column = SheetColumn<String>.word("状态", "State", words) { $0 }

        #expect(column.cell("open", .chinese) == .text("处理中"))
        #expect(column.cell("open", .english) == .text("Open"))
        #expect(column.cell("moon", .english) == .text("moon"))
    }
}

@Suite struct TableTextTests {
    @Test func `G19 a table in UTF-8 is read with and without its mark`() throws {
        #expect(try TableText.text(Array("\u{FEFF}5001,王伟".utf8)) == "5001,王伟")
        #expect(try TableText.text(Array("5001,王伟".utf8)) == "5001,王伟")
    }

    @Test func `G19 a table in GB18030 is read`() throws {
        // 王伟 in GBK, and 㐀 in the four bytes of GB18030.
        let bytes: [UInt8] = [0x35, 0x2C, 0xCD, 0xF5, 0xCE, 0xB0, 0x81, 0x39, 0xEE, 0x39]

        #expect(try TableText.text(bytes) == "5,王伟㐀")
    }

    @Test func `G19 bytes that are no text are refused`() {
        #expect(throws: Problem.self) { try TableText.text([0x41, 0xFF, 0xFF, 0x00, 0x81]) }
    }
}
