import Kernel
import Sheets

/// A report as a table: a row for each group and the whole at the end.
struct ReportSheet: Sendable {
    private let report: FigureReport
    private let language: SheetLanguage

    init(_ report: FigureReport, language: SheetLanguage) {
        self.report = report
        self.language = language
    }

    var sheet: Sheet {
        var header = [title, language("名称", "Name")]
        for figure in report.figures {
            let name = language.name(figure.names) ?? figure.key
            switch figure.unit {
            case .percent: header.append(name + " (%)")
            case .duration: header.append(name + language(" (秒)", " (s)"))
            default: header.append(name)
            }
        }
        var rows = report.main.rows.map { row in
            [Sheet.Cell.text(row.key), .text(language.name(row.names) ?? "")] + cells(row)
        }
        rows.append([.text(language("合计", "Total")), .empty] + cells(report.main.total))
        if let comparison = report.comparison {
            let period = language("同比/环比 ", "Compared with ") + "\(comparison.from) – \(comparison.to)"
            rows.append([.text(period), .empty] + cells(comparison.total))
            rows += changes
        }
        return Sheet(name: title, header: header, rows: rows)
    }

    private func cells(_ row: FigureReport.Row) -> [Sheet.Cell] {
        report.figures.map { figure in figure.value(row.terms).map(figure.cell) ?? .empty }
    }

    /// Two rows: by how much in each figure's own unit, and by how many per cent.
    private var changes: [[Sheet.Cell]] {
        let changes = report.changes
        guard !changes.isEmpty else { return [] }
        let differences = report.figures.map { figure in
            changes[figure.key].map { figure.cell($0.difference) } ?? .empty
        }
        let percents = report.figures.map { figure in
            changes[figure.key]?.percent.map { Sheet.Cell.number($0, decimals: 1) } ?? .empty
        }
        return [
            [.text(FigureChange.differenceTitle(language)), .empty] + differences,
            [.text(FigureChange.percentTitle(language)), .empty] + percents,
        ]
    }

    private var title: String {
        switch report.by {
        case .total: language("合计", "Total")
        case .interval: language("时段", "Interval")
        case .day: language("日期", "Day")
        case .weekdayHour: language("星期与小时", "Weekday and hour")
        case .queue: language("队列", "Queue")
        case .agent: language("坐席", "Agent")
        case .team: language("班组", "Team")
        case .site: language("分中心", "Site")
        case .channel: language("渠道", "Channel")
        case .origin: language("来源", "Origin")
        case .number: language("号码", "Number")
        case .requestType: language("请求类型", "Request type")
        case .originType: language("来源 | 请求类型", "Origin | request type")
        }
    }
}

extension FigureChange {
    static func differenceTitle(_ language: SheetLanguage) -> String {
        language("变化 (比率为百分点)", "Change (points for rates)")
    }
    static func percentTitle(_ language: SheetLanguage) -> String { language("变化率 (%)", "Change (%)") }
}

extension Figure {
    /// A value of it in a table. Lengths of time are seconds with a tenth, which spreadsheets can add up.
    func cell(_ value: Double) -> Sheet.Cell {
        unit == .duration ? .number(value / 1_000, decimals: 1) : .number(value, decimals: decimals)
    }
}
