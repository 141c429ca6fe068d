import Foundation
import Kernel
import Sheets
import Testing

@testable import Reporting

@Suite struct ReportPageTests {
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
