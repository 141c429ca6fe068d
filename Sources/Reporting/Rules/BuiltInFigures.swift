/// The figures of every centre, by the formulas of the glossary.
package enum BuiltInFigures {
    /// All of them in the order of columns.
    ///
    /// - Parameters:
    ///   - variant: which of the five is called the service level.
    ///   - seconds: those of the service level and of the connect rate; they stand in the names.
    ///   - staffing: what a full-time equivalent is, and what an hour costs.
    ///   - repeatHours: the window of first-contact resolution; it stands in the name.
    package static func all(
        variant: Int, seconds: (level: Int, connect: Int), staffing: FigureSettings.Staffing = .init(),
        repeatHours: Int = FigureSettings.usualRepeatHours
    ) -> [Figure] {
        do {
            return try volumes() + answering(variant: variant, seconds: seconds) + handling() + ratings()
                + [resolution(repeatHours)] + contacts() + Self.staffing(staffing)
        } catch {
            // The formulas are the program's own, and a test reads each.
            return []
        }
    }

    private static func figure(
        _ key: String, _ chinese: String, _ english: String, _ formula: String, unit: Figure.Unit = .count,
        decimals: Int = 0, better: Figure.Better = .neither, family: Figure.Family = .efficiency,
        about: (chinese: String, english: String)? = nil, version: Int = 1
    ) throws -> Figure {
        Figure(
            key: key, names: ["zh-CN": chinese, "en": english], unit: unit, decimals: decimals,
            version: version,
            formula: try Formula(formula), better: better, family: family,
            about: about.map { ["zh-CN": $0.chinese, "en": $0.english] } ?? [:], isOwn: false)
    }

    private static func rate(
        _ key: String, _ chinese: String, _ english: String, _ formula: String,
        better: Figure.Better = .higher, family: Figure.Family = .efficiency,
        about: (chinese: String, english: String)? = nil, version: Int = 1
    ) throws -> Figure {
        try figure(
            key, chinese, english, formula, unit: .percent, decimals: 1, better: better, family: family,
            about: about, version: version)
    }

    private static func time(
        _ key: String, _ chinese: String, _ english: String, _ formula: String,
        better: Figure.Better = .lower, family: Figure.Family = .efficiency,
        about: (chinese: String, english: String)? = nil
    ) throws -> Figure {
        try figure(
            key, chinese, english, formula, unit: .duration, better: better, family: family, about: about)
    }

    private static func volumes() throws -> [Figure] {
        [
            try figure(
                "offered", "人工呼入量", "Offered", "offered",
                about: (
                    "进入队列的次数,按进入队列的时刻计入", "Entries into queues, in the interval of the entry"
                )),
            try figure("answered", "接通量", "Answered", "answered", better: .higher),
            try figure(
                "abandoned", "放弃量", "Abandoned", "abandoned", better: .lower,
                about: ("含速挂", "Short abandons included")),
            try figure("shortAbandoned", "速挂量", "Short abandons", "shortAbandoned"),
            try figure("overflowed", "溢出量", "Overflowed", "overflowed"),
            try figure("dissuaded", "劝退量", "Dissuaded", "dissuaded", better: .lower),
            try figure("callback", "回呼量", "Callbacks", "callback"),
            try figure("voicemail", "留言量", "Voicemails", "voicemail"),
            try figure("released", "系统释放量", "Released by the system", "released", better: .lower),
        ]
    }

    /// The five variants of the service level, as the glossary numbers them.
    package static let serviceLevels = [
        "(answeredIn + abandonedIn) / (answered + abandoned)", "answeredIn / answered",
        "answeredIn / (answered + abandoned)", "answeredIn / (answered + abandoned - abandonedIn)",
        "(answeredIn + shortAbandoned) / (answered + abandoned)",
    ]

    private static func answering(variant: Int, seconds: (level: Int, connect: Int)) throws -> [Figure] {
        let chosen = serviceLevels[min(max(variant, 1), serviceLevels.count) - 1]
        let variants = try serviceLevels.enumerated().map { index, formula in
            try rate(
                "serviceLevel\(index + 1)", "服务水平 变体\(index + 1)", "Service level, variant \(index + 1)",
                formula, family: .experience)
        }
        return [
            try rate("connectRate", "接通率", "Connect rate", "answered / offered", family: .experience),
            try rate(
                "inHoursConnectRate", "服务时间接通率", "Connect rate in hours", "inHoursAnswered / inHoursOffered",
                family: .experience,
                about: ("只计服务日历开放时段内的呼入", "Only entries while the service calendar was open")),
            try rate(
                "serviceLevel", "服务水平(\(seconds.level)秒)", "Service level (\(seconds.level) s)", chosen,
                family: .experience),
        ] + variants + [
            try rate(
                "connectWithin", "\(seconds.connect)秒接通率(按接通)",
                "Connected in \(seconds.connect) s, of answered",
                "answeredInConnect / answered", family: .experience),
            try rate(
                "connectWithinOffered", "\(seconds.connect)秒接通率(按呼入)",
                "Connected in \(seconds.connect) s, of offered", "answeredInConnect / offered",
                family: .experience),
            try rate("abandonRate", "放弃率", "Abandonment rate", "abandoned / offered", better: .lower),
            try time(
                "averageWait", "平均应答速度", "Average speed of answer", "waitAnswered / answered",
                family: .experience),
            try time("longestWait", "最长等待", "Longest wait", "longestWait", family: .experience),
        ]
    }

    private static func handling() throws -> [Figure] {
        [
            try figure("handled", "处理量", "Handled", "handled", better: .higher),
            try time("averageRing", "平均振铃时长", "Average ringing", "ring / answered"),
            try time("averageTalk", "平均通话时长", "Average talk", "talk / handled", better: .neither),
            try time("averageHold", "平均保持时长", "Average hold", "hold / handled"),
            try time("averageWrapUp", "平均话后处理时长", "Average wrap-up", "wrapUp / handled"),
            try time(
                "averageHandling", "平均处理时长", "Average handling time", "(talk + hold + wrapUp) / handled",
                better: .neither, about: ("通话+保持+话后处理,不含振铃", "Talk, hold and wrap-up; ringing is apart")),
            try rate(
                "occupancy", "占用率", "Occupancy",
                "(talkTime + holdTime + wrapUpTime) / (talkTime + holdTime + wrapUpTime + idle)",
                better: .neither,
                about: (
                    "按坐席时间发生的时段计,振铃不计入", "Time of staff, where it is spent; ringing is on neither side"
                )),
            try rate(
                "utilisation", "工时利用率", "Utilisation",
                "(talkTime + holdTime + wrapUpTime + ringing + idle) / signedIn",
                about: ("处理与待命时间占签入时间", "Handling and being available, of the time signed in")),
            try time("signedIn", "签入时长", "Signed in", "signedIn", better: .neither),
            try figure("missed", "未应答派送", "Offers not answered", "missed", better: .lower),
            try figure("declined", "拒接派送", "Offers declined", "declined", better: .lower),
        ]
    }

    private static func ratings() throws -> [Figure] {
        [
            try figure("ratings", "评价量", "Ratings", "ratings"),
            try rate("ratingRate", "参评率", "Response rate", "ratings / ratingsAsked"),
            try rate(
                "satisfaction", "满意度", "Satisfaction", "satisfied / ratings", family: .experience,
                about: ("须与参评率一并阅读", "To be read with the response rate")),
            try figure(
                "averageRating", "平均得分", "Average rating", "ratingSum / ratings", unit: .score, decimals: 2,
                better: .higher, family: .experience),
        ]
    }

    private static func resolution(_ hours: Int) throws -> Figure {
        try rate(
            "firstContactResolution", "一次性解决率(\(hours)小时)", "First-contact resolution (\(hours) h)",
            "resolvedFirst / issues", family: .experience,
            about: (
                "事项始于坐席与客户的首次通话,此前\(hours)小时内没有通话;其后\(hours)小时内未再次来电的为一次解决。"
                    + "未满\(hours)小时的、号码保密的不计。",
                "An issue begins when an agent speaks with a caller with whom nobody spoke in the \(hours) hours before; "
                    + "it is resolved when the caller does not come again within \(hours) hours. Younger ones are not "
                    + "counted yet, withheld numbers never."
            ))
    }

    /// People, places and money (missions F01 to F04, N28).
    private static func staffing(_ staffing: FigureSettings.Staffing) throws -> [Figure] {
        let day = staffing.fteHours * 3_600_000
        let less = FigureSettings.Staffing.whole - staffing.partTimePercent
        var figures = [
            try figure(
                "headcount", "日均出勤人数", "Headcount, by day", "agentDays / days", decimals: 1,
                family: .business),
            try figure(
                "fteHeadcount", "FTE(按人数)", "FTE, by headcount",
                "(agentDays * 100 - partTimeDays * \(less)) / 100 / days", decimals: 1, family: .business,
                about: (
                    "非全时人员每人按\(staffing.partTimePercent)%折合",
                    "Part-time people count \(staffing.partTimePercent) % each"
                )),
            try figure(
                "fteHours", "FTE(按工时)", "FTE, by hours", "signedIn / \(day) / days", decimals: 1,
                family: .business,
                about: (
                    "一个FTE为投入\(staffing.fteHours)小时", "One is \(staffing.fteHours) hours signed in"
                )),
            try figure(
                "handledPerFTE", "FTE日均处理量", "Handled per FTE and day", "handled * \(day) / signedIn",
                decimals: 1,
                better: .higher),
            try rate(
                "handlingShare", "处理时间占比", "Share of handling",
                "(talkTime + holdTime + wrapUpTime) / signedIn",
                better: .neither),
            try rate("idleShare", "空闲占比", "Share of idle time", "idle / signedIn", better: .neither),
            try rate(
                "breakShare", "小休占比", "Share of breaks", "(onBreak - management) / signedIn",
                better: .neither,
                version: 2),
            try rate(
                "managementShare", "管理占比", "Share of management", "management / signedIn", better: .neither,
                about: ("小休原因标为管理的时间", "Breaks whose reason is management")),
            try rate("notReadyShare", "示忙占比", "Share of not ready", "notReady / signedIn", better: .lower),
            try figure(
                "seatReuse", "机位复用率", "Agents per seat", "agentDays / seatDays", unit: .ratio, decimals: 2,
                better: .higher, family: .business,
                about: ("每个使用的机位每天由几人使用", "How many people used a seat in a day")),
        ]
        if staffing.hourCost > 0 {
            figures.append(
                try figure(
                    "costPerContact", "单次成本(\(staffing.currency))", "Cost per contact (\(staffing.currency))",
                    "signedIn * \(staffing.hourCost) / 100 / 3600000 / handled", unit: .ratio, decimals: 2,
                    better: .lower, family: .business,
                    about: ("签入工时按每小时成本计", "Hours signed in at the cost of an hour")))
        }
        return figures
    }

    private static func contacts() throws -> [Figure] {
        [
            try figure("contacts", "联络量", "Contacts", "contacts", family: .business),
            try figure("selfServed", "自助量", "Self-served", "selfServed", family: .business),
            try rate(
                "selfServiceRate", "自助率", "Self-service rate", "selfServed / (contacts - rejected)",
                better: .neither, family: .business),
            try figure("rejected", "未接入量", "Not let in", "rejected", better: .lower, family: .business),
            try figure("requests", "请求量", "Requests", "requests", family: .business),
        ]
    }
}
