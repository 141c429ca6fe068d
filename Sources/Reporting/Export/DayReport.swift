import Contracts
import Kernel
import Sheets

/// The day report (mission N26): one business day in every view, as a workbook or as a page.
struct DayReport: Sendable {
    /// The views after the summary, in order.
    static let views: [FigureQuery.Dimension] = [
        .interval, .queue, .agent, .site, .team, .channel, .origin, .number, .requestType,
    ]

    let day: CivilDate
    let language: SheetLanguage
    let centre: String
    /// The whole day, compared with the same day of the week before.
    let total: FigureReport
    let reports: [FigureReport]

    /// Asks for every view of a day.
    static func make(_ day: CivilDate, language: SheetLanguage, by service: FigureService) async throws
        -> DayReport
    {
        let total = try await service.report(FigureQuery(from: day, to: day, comparison: .week))
        var reports: [FigureReport] = []
        for view in views {
            reports.append(try await service.report(FigureQuery(from: day, to: day, by: view)))
        }
        return DayReport(
            day: day, language: language, centre: try await service.centre.centre().name, total: total,
            reports: reports)
    }

    var title: String { language("\(centre) 运行日报 \(day)", "\(centre): day report of \(day)") }

    var sheets: [Sheet] { [summary] + reports.map { ReportSheet($0, language: language).sheet } }

    /// Each figure with the week before, the target, and its formula.
    private var summary: Sheet {
        let changes = total.changes
        let rows = total.figures.map { figure -> [Sheet.Cell] in
            let change = changes[figure.key]
            let before = total.comparison.map { $0.total.terms }
            let target = total.marks.first {
                $0.figure == figure.key && $0.kind == .target && $0.queue == nil
            }
            return [
                .text(language.name(figure.names) ?? figure.key),
                figure.value(total.main.total.terms).map(figure.cell) ?? .empty,
                before.flatMap(figure.value).map(figure.cell) ?? .empty,
                (change?.difference).map(figure.cell) ?? .empty,
                (change?.percent).map { .number($0, decimals: 1) } ?? .empty,
                (target?.value).map(figure.cell) ?? .empty, .text(unit(figure)),
                .text("\(figure.formula.text) (v\(figure.version))"),
            ]
        }
        return Sheet(
            name: language("概要", "Summary"),
            header: [
                language("指标", "Figure"), "\(day)", language("上周同日", "A week before"),
                FigureChange.differenceTitle(language), FigureChange.percentTitle(language),
                language("目标", "Target"),
                language("单位", "Unit"), language("公式", "Formula"),
            ], rows: rows)
    }

    private func unit(_ figure: Figure) -> String {
        switch figure.unit {
        case .percent: "%"
        case .duration: language("秒", "s")
        default: ""
        }
    }

    /// A line for each figure that matters most, for the body of an e-mail.
    var text: String {
        let wanted: Set<String> = [
            "offered", "answered", "abandoned", "connectRate", "serviceLevel", "averageWait",
            "averageHandling",
            "satisfaction", "ratingRate",
        ]
        let lines = zip(total.figures, summary.rows).filter { wanted.contains($0.0.key) }.map { figure, row in
            "\(row[0].words(in: .utc)): \(row[1].words(in: .utc)) \(unit(figure))"
        }
        return ([title, ""] + lines).joined(separator: "\r\n") + "\r\n"
    }

    /// A page that needs nothing else, for a browser or an e-mail.
    var html: String {
        var html =
            "<!DOCTYPE html><html lang=\"\(language.rawValue)\"><head><meta charset=\"utf-8\"><title>"
            + MarkupText.escaped(title) + "</title><style>\(HTMLTable.style)</style></head><body><h1>"
            + MarkupText.escaped(title) + "</h1>"
        for sheet in sheets where !sheet.rows.isEmpty { html += HTMLTable.html(sheet) }
        return html + "</body></html>"
    }
}

/// Sheets as tables of a page; every text is escaped.
enum HTMLTable {
    static let style = """
        body{font:14px/1.5 system-ui,sans-serif;color:#1d2129;margin:24px}h1{font-size:20px}h2{font-size:16px}\
        table{border-collapse:collapse;margin-bottom:24px}th,td{border:1px solid #d5d9e0;padding:4px 8px;text-align:left}\
        td.n{text-align:right;font-variant-numeric:tabular-nums}th{background:#f2f4f7}
        """

    static func html(_ sheet: Sheet) -> String {
        var html = "<h2>\(MarkupText.escaped(sheet.name))</h2><table><thead><tr>"
        for title in sheet.header { html += "<th scope=\"col\">\(MarkupText.escaped(title))</th>" }
        html += "</tr></thead><tbody>"
        for row in sheet.rows {
            html += "<tr>"
            for cell in row {
                if cell.isNumber {
                    html += "<td class=\"n\">\(cell.words(in: sheet.zone))</td>"
                } else {
                    html += "<td>\(MarkupText.escaped(cell.words(in: sheet.zone)))</td>"
                }
            }
            html += "</tr>"
        }
        return html + "</tbody></table>"
    }
}
