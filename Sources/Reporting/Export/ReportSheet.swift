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
        }
        return Sheet(name: title, header: header, rows: rows)
    }

    /// Lengths of time are seconds with a tenth, which spreadsheets can add up.
    private func cells(_ row: FigureReport.Row) -> [Sheet.Cell] {
        report.figures.map { figure in
            guard let value = figure.value(row.terms) else { return .empty }
            return figure.unit == .duration
                ? .number(value / 1_000, decimals: 1) : .number(value, decimals: figure.decimals)
        }
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
