import Contracts
import Kernel
import Sheets

extension EvidenceBody {
    /// What a file shows of a contact behind a number.
    static let columns: [SheetColumn<EvidenceBody>] = [
        .text("联络编号", "Interaction") { $0.interaction.description },
        .moment("时间", "At") { $0.at },
        .text("渠道", "Channel") { $0.channel },
        .word("来源", "Origin", .origins) { $0.origin },
        .text("被叫号码", "Number") { $0.number },
        .text("队列", "Queue") { $0.queue },
        .text("坐席工号", "Agent") { $0.agent },
        .text("结果", "Ending") { $0.ending },
        .seconds("等待", "Waited") { $0.waitedMs },
        .seconds("通话", "Talked") { $0.talkedMs },
        .text("请求类型", "Request type") { $0.requestType },
        .whole("满意度评价", "Rating") { $0.rating.map(Int.init) },
    ]
}

extension FigureBody {
    /// What a file shows of a figure of the dictionary.
    static let columns: [SheetColumn<FigureBody>] = [
        .text("标识", "Key") { $0.key },
        SheetColumn("名称", "Name") { .text($1.name($0.names)) },
        .text("单位", "Unit") { $0.unit.rawValue },
        .whole("公式版本", "Version") { $0.version },
        .text("公式", "Formula") { $0.formula },
        .text("方向", "Better") { $0.better.rawValue },
        .text("类别", "Family") { $0.family.rawValue },
        SheetColumn("说明", "About") { .text($1.name($0.about)) },
        .flag("自定义", "Own") { $0.isOwn },
    ]
}

extension FigureAnnotation {
    /// What a file shows of a remark on a day.
    static let columns: [SheetColumn<FigureAnnotation>] = [
        .text("日期", "Day") { $0.day },
        .text("备注", "Remark") { $0.text },
    ]
}

extension AlarmBody {
    private static let states = SheetWords([
        "raised": ("未确认", "Raised"), "acknowledged": ("已确认", "Acknowledged"), "cleared": ("已解除", "Cleared"),
    ])

    /// What a file shows of an alarm.
    static let columns: [SheetColumn<AlarmBody>] = [
        .text("编号", "ID") { $0.id.description },
        .text("名称", "Name") { $0.name },
        .text("严重程度", "Severity") { $0.severity },
        .text("指标", "Figure") { $0.figure },
        .text("队列", "Queue") { $0.queue },
        .text("比较", "Comparison") { $0.comparison },
        SheetColumn("阈值", "Threshold") { alarm, _ in .number(alarm.threshold, decimals: 1) },
        SheetColumn("数值", "Value") { alarm, _ in .number(alarm.value, decimals: 1) },
        .moment("告警时间", "Raised") { $0.raisedAt },
        .word("状态", "State", states) { $0.state },
        .moment("确认时间", "Acknowledged") { $0.acknowledgedAt },
        .text("确认人", "Acknowledged by") { $0.acknowledgedBy },
        .text("备注", "Note") { $0.note },
        .moment("解除时间", "Cleared") { $0.clearedAt },
        .text("通知", "Notices") { alarm in
            alarm.notices.map { "\($0.channel) \($0.to) \($0.state)" }.joined(separator: "; ")
        },
    ]
}

extension AlarmRule {
    /// What a file shows of a rule.
    static let columns: [SheetColumn<AlarmRule>] = [
        .text("名称", "Name") { $0.name },
        .text("指标", "Figure") { $0.figure.rawValue },
        .text("队列", "Queue") { $0.queue },
        .text("比较", "Comparison") { $0.comparison.rawValue },
        SheetColumn("阈值", "Threshold") { rule, _ in .number(rule.threshold, decimals: 1) },
        .whole("持续 (秒)", "For (s)") { $0.forSeconds },
        .text("严重程度", "Severity") { $0.severity.rawValue },
        .flag("启用", "On") { $0.isOn },
        .text("通知", "Steps") { rule in
            rule.steps.map { step in
                ([step.channel.rawValue] + step.to + ["\(step.afterSeconds) s"]).joined(separator: " ")
            }.joined(separator: "; ")
        },
    ]
}

extension ScheduleRoutes.Body {
    /// What a file shows of a schedule.
    static let columns: [SheetColumn<ScheduleRoutes.Body>] = [
        .text("报表", "Report") { $0.report },
        .text("时间", "Time") { $0.time },
        .text("星期", "Weekdays") { $0.weekdays.map(String.init).joined(separator: " ") },
        .text("收件人", "Recipients") { $0.recipients.joined(separator: " ") },
        .text("语言", "Language") { $0.language },
        .text("格式", "Format") { $0.format },
        .flag("启用", "On") { $0.isOn },
        .moment("上次发送", "Last sent") { $0.last?.at },
        .text("上次结果", "Last result") { $0.last?.state },
    ]
}

extension FigureMark {
    private static let kinds = SheetWords([
        "target": ("目标", "Target"), "baseline": ("基线", "Baseline"), "benchmark": ("标杆", "Benchmark"),
    ])

    /// What a file shows of a target, a baseline or a benchmark.
    static let columns: [SheetColumn<FigureMark>] = [
        .text("指标", "Figure") { $0.figure },
        .word("类别", "Kind", kinds) { $0.kind.rawValue },
        SheetColumn("数值", "Value") { mark, _ in .number(mark.value, decimals: 2) },
        .text("队列", "Queue") { $0.queue },
        .text("出处", "Source") { $0.source },
        .text("年份", "Year") { $0.year.map(String.init) },
    ]
}
