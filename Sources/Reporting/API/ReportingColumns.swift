import Contracts
import Kernel
import Sheets

extension EvidenceBody {
    private static let endings = SheetWords([
        "answered": ("接通", "Answered"), "abandoned": ("放弃", "Abandoned"),
        "shortAbandoned": ("速挂", "Short abandon"), "overflowed": ("溢出", "Overflowed"),
        "callback": ("回呼", "Callback"), "voicemail": ("留言", "Voicemail"), "dissuaded": ("劝退", "Dissuaded"),
        "releasedBySystem": ("系统释放", "Released by the system"), "waiting": ("排队中", "Waiting"),
    ])

    /// What a file shows of a contact behind a number.
    static let columns: [SheetColumn<EvidenceBody>] = [
        .text("联络编号", "Interaction") { $0.interaction.description },
        .moment("时间", "At") { $0.at },
        .word("渠道", "Channel", .channels) { $0.channel },
        .word("来源", "Origin", .origins) { $0.origin },
        .text("被叫号码", "Number") { $0.number },
        .text("队列", "Queue") { $0.queue },
        .text("座席员工号", "Agent") { $0.agent },
        .word("结束方式", "Ending", endings) { $0.ending },
        .seconds("等待", "Waited") { $0.waitedMs },
        .seconds("通话", "Talked") { $0.talkedMs },
        .text("请求类型", "Request type") { $0.requestType },
        .whole("满意度评价", "Rating") { $0.rating.map(Int.init) },
    ]
}

extension FigureBody {
    private static let units = SheetWords([
        "count": ("次数", "Count"), "percent": ("百分比", "Per cent"), "duration": ("时长", "Duration"),
        "score": ("得分", "Score"), "ratio": ("比值", "Ratio"),
    ])
    private static let directions = SheetWords([
        "higher": ("越高越好", "Higher"), "lower": ("越低越好", "Lower"), "neither": ("无", "Neither"),
    ])
    private static let families = SheetWords([
        "experience": ("客户体验", "Experience"), "efficiency": ("运营效率", "Efficiency"),
        "business": ("业务", "Business"),
    ])

    /// What a file shows of a figure of the dictionary.
    static let columns: [SheetColumn<FigureBody>] = [
        .text("标识", "Key") { $0.key },
        SheetColumn("名称", "Name") { .text($1.name($0.names)) },
        .word("单位", "Unit", units) { $0.unit.rawValue },
        .whole("公式版本", "Version") { $0.version },
        .text("公式", "Formula") { $0.formula },
        .word("方向", "Better", directions) { $0.better.rawValue },
        .word("类别", "Family", families) { $0.family.rawValue },
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

extension AlarmRule {
    static let severities = SheetWords(["warning": ("警告", "Warning"), "critical": ("严重", "Critical")])
    static let comparisons = SheetWords(["above": ("高于", "above"), "below": ("低于", "below")])
    static let channels = SheetWords([
        "screen": ("屏幕", "Screen"), "sms": ("短信", "Text message"), "email": ("邮件", "E-mail"),
    ])
    static let figures = SheetWords([
        "waiting": ("排队人数", "Waiting"), "longestWait": ("最长等待", "Longest wait"),
        "expectedWait": ("预计等待", "Expected wait"), "ready": ("在线坐席", "Agents ready"),
        "idle": ("空闲坐席", "Agents idle"), "lines": ("占用线路", "Lines in use"),
        "abandonRate": ("放弃率（今日）", "Abandonment rate (today)"),
        "serviceLevel": ("服务水平（今日）", "Service level (today)"),
        "connectRate": ("接通率（今日）", "Connect rate (today)"),
    ])
}

extension AlarmBody {
    private static let states = SheetWords([
        "raised": ("未确认", "Raised"), "acknowledged": ("已确认", "Acknowledged"), "cleared": ("已恢复", "Cleared"),
    ])

    /// What a file shows of an alarm.
    static let columns: [SheetColumn<AlarmBody>] = [
        .text("编号", "ID") { $0.id.description },
        .text("名称", "Name") { $0.name },
        .word("级别", "Severity", AlarmRule.severities) { $0.severity },
        .word("指标", "Figure", AlarmRule.figures) { $0.figure },
        .text("队列", "Queue") { $0.queue },
        .word("条件", "Condition", AlarmRule.comparisons) { $0.comparison },
        SheetColumn("阈值", "Threshold") { alarm, _ in .number(alarm.threshold, decimals: 2) },
        SheetColumn("数值", "Value") { alarm, _ in .number(alarm.value, decimals: 2) },
        .moment("告警时间", "Raised") { $0.raisedAt },
        .word("状态", "State", states) { $0.state },
        .moment("确认时间", "Acknowledged") { $0.acknowledgedAt },
        .text("确认人", "Acknowledged by") { $0.acknowledgedBy },
        .text("备注", "Note") { $0.note },
        .moment("恢复时间", "Cleared") { $0.clearedAt },
        SheetColumn("通知", "Notices") { alarm, language in
            .text(
                alarm.notices.map { notice in
                    let channel = AlarmRule.channels.text(notice.channel, language)
                    return
                        "\(channel) \(notice.to) \(ScheduleRoutes.Body.sendings.text(notice.state, language))"
                }.joined(separator: "; "))
        },
    ]
}

extension AlarmRule {
    /// What a file shows of a rule.
    static let columns: [SheetColumn<AlarmRule>] = [
        .text("名称", "Name") { $0.name },
        .word("指标", "Figure", figures) { $0.figure.rawValue },
        .text("队列", "Queue") { $0.queue },
        .word("条件", "Condition", comparisons) { $0.comparison.rawValue },
        SheetColumn("阈值", "Threshold") { rule, _ in .number(rule.threshold, decimals: 2) },
        .whole("持续 (秒)", "For (s)") { $0.forSeconds },
        .word("级别", "Severity", severities) { $0.severity.rawValue },
        .flag("启用", "On") { $0.isOn },
        SheetColumn("通知", "Steps") { rule, language in
            .text(
                rule.steps.map { step in
                    ([channels.text(step.channel.rawValue, language)] + step.to + ["\(step.afterSeconds) s"])
                        .joined(separator: " ")
                }.joined(separator: "; "))
        },
    ]
}

extension ScheduleRoutes.Body {
    static let sendings = SheetWords(["sent": ("已发送", "sent"), "failed": ("失败", "failed")])

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
        .word("上次结果", "Last result", sendings) { $0.last?.state },
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
