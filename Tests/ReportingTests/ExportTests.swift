import Foundation
import Kernel
import Testing

@testable import Reporting

@Suite struct ExportTests {
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
                ['坐席一', '坐席一 2'] [['工号', '满意度 (%)'], ["'=1+1", '83.0'], ['a,"b"', ''], ["'- 5", '7']]

                """)
    }

    @Test func `The checksum of ZIP has its known value`() {
        #expect(CRC32.sum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test func `The page of a report escapes every text`() {
        let html = HTMLTable.html(Sheet(name: "<b>", header: ["&"], rows: [[.text("\"<script>")]]))
        #expect(!html.contains("<script>") && !html.contains("<b>") && html.contains("&quot;&lt;script&gt;"))
    }
}

@Suite struct ScheduleTests {
    private static let schedule = ReportSchedule(
        report: "day", time: "08:00", weekdays: [1, 2, 3, 4, 5], recipients: ["chief@example.com"],
        language: "zh-CN", format: .xlsx, isOn: true)

    @Test func `G20 a report is due from its time on, on its days, by the centre's clock`() {
        func due(_ clock: String) -> String? {
            Self.schedule.dueDay(at: FactWriter.clock(clock), zone: .shanghai)?.description
        }
        // 2026-11-24 is a Tuesday, the 28th a Saturday.
        #expect(due("07:59:59") == nil)
        #expect(due("08:00:00") == "2026-11-23")
        #expect(due("23:59:59") == "2026-11-23")
        #expect(due("32:00:00") == "2026-11-24")
        #expect(due("104:00:00") == nil)
        var off = Self.schedule
        off.isOn = false
        #expect(off.dueDay(at: FactWriter.clock("12:00:00"), zone: .shanghai) == nil)
    }

    @Test(arguments: [("time", "25:00"), ("recipients", "nobody"), ("language", "fr"), ("report", "year")])
    func `G20 a schedule that cannot work names its field`(field: String, value: String) {
        var schedule = Self.schedule
        switch field {
        case "time": schedule.time = value
        case "recipients": schedule.recipients = [value]
        case "language": schedule.language = value
        default: schedule.report = value
        }
        let problem = #expect(throws: Problem.self) { try schedule.check() }
        #expect(problem?.details["field"]?.hasPrefix(field) == true)
    }

    @Test func `The same period a month or a year before keeps its length, and its day where there is one`() {
        func before(_ from: String, _ comparison: FigureQuery.Comparison) -> String? {
            let day = CivilDate(from)!
            return FigureQuery(from: day, to: day, comparison: comparison).compared?.from.description
        }
        #expect(before("2026-03-31", .month) == "2026-02-28")
        #expect(before("2028-02-29", .year) == "2027-02-28")
        #expect(before("2026-01-15", .month) == "2025-12-15")
        #expect(before("2026-11-24", .week) == "2026-11-17")
        #expect(before("2026-11-24", .previous) == "2026-11-23")
    }
}
