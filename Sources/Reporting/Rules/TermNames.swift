/// What terms are called on screens and in files.
enum TermNames {
    static let names: [Term: [String: String]] = Dictionary(
        uniqueKeysWithValues: list.map { ($0.0, ["zh-CN": $0.1, "en": $0.2]) })

    private static let list: [(Term, String, String)] = [
        (.offered, "进入队列次数", "Entries into queues"), (.answered, "由坐席接听", "Answered by an agent"),
        (.abandoned, "排队中放弃(含速挂)", "Abandoned in the queue, short ones included"),
        (.shortAbandoned, "速挂", "Short abandons"), (.overflowed, "溢出", "Overflowed"),
        (.callback, "转回呼", "Turned into callbacks"), (.voicemail, "转留言", "Turned into voicemails"),
        (.dissuaded, "劝退", "Dissuaded"), (.released, "系统释放", "Released by the system"),
        (.waiting, "仍在排队", "Still waiting"),
        (.answeredIn, "服务水平时限内接听", "Answered within the seconds of the service level"),
        (.abandonedIn, "服务水平时限内放弃", "Abandoned within the seconds of the service level"),
        (.answeredInConnect, "接通时限内接听", "Answered within the seconds of the connect rate"),
        (.inHoursOffered, "服务时间内进入队列", "Entries in hours of service"),
        (.inHoursAnswered, "服务时间内接听", "Of these, answered"),
        (.waitAnswered, "已接听的等待总时长", "Wait of what was answered"), (.longestWait, "最长等待", "Longest wait"),
        (.ring, "接听前振铃总时长", "Ringing at who answered"), (.talk, "通话总时长", "Talk"),
        (.hold, "保持总时长", "Hold"), (.wrapUp, "话后处理总时长", "Wrap-up"),
        (.handled, "已处理会话", "Conversations handled"),
        (.idle, "空闲时长", "Time idle"), (.ringing, "振铃时长", "Time ringing"), (.talkTime, "通话时长", "Time talking"),
        (.holdTime, "保持时长", "Time on hold"), (.wrapUpTime, "话后处理时长", "Time in wrap-up"),
        (.notReady, "示忙时长", "Time not ready"), (.onBreak, "小休时长", "Time on breaks"),
        (.management, "其中管理时长", "Of these, management"),
        (.signedIn, "签入总时长", "Time signed in"), (.offers, "派送次数", "Offers"),
        (.missed, "未应答派送", "Offers not answered"), (.declined, "拒接派送", "Offers declined"),
        (.agentDays, "出勤人日", "Agents signed in, by day"), (.partTimeDays, "其中非全时人日", "Of these, part-time"),
        (.seatDays, "使用机位日", "Seats in use, by day"), (.days, "业务日数", "Business days"),
        (.contacts, "联络", "Contacts"), (.selfServed, "自助完成", "Self-served"), (.rejected, "未接入", "Not let in"),
        (.requests, "有请求类型的联络", "Contacts with a request type"), (.ratingsAsked, "邀请评价", "Ratings asked for"),
        (.ratings, "已评价", "Ratings given"), (.ratingSum, "评分合计", "Sum of ratings"),
        (.satisfied, "满意评价", "Satisfied ratings"),
        (.issues, "首次获得服务的事项", "Issues: first served contacts"),
        (.resolvedFirst, "其中未再次来电", "Of these, not contacted again"),
    ]
}
