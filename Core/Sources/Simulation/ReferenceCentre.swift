import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// The reference centre of mission rows N19 and N20: seven groups behind one menu, with notice, faults and rating.
enum ReferenceCentre {
    static let number = "5186"
    static let calendar = CalendarID(1)
    static let groups = ["operator", "client", "marketing", "collaboration", "erp", "production", "other"]
    static var queues: [QueueID] { groups.indices.map { QueueID($0 + 1) } }
    static let lease = TimeSpan.seconds(120)

    static func flow() -> Flow {
        let keys = ["0", "1", "2", "3", "4", "5", "6"]
        var choices = ["9": "english"]
        for (key, group) in zip(keys, groups) { choices[key] = group }
        var nodes: [(NodeName, NodeKind)] = [
            ("welcome", .say(Say(prompts: ["welcome"], next: "hours"))),
            ("hours", .hours(Hours(calendar: calendar, open: "notice", closed: "goodbye"))),
            ("notice", .say(Say(prompts: ["notice"], next: "faults", isRecordingNotice: true))),
            ("faults", .announcement(Announce(board: "faults", introduction: ["note"], next: "menu"))),
            (
                "menu",
                .menu(
                    Menu(
                        prompts: ["menu"], choices: choices, attempts: 2, retryPrompts: ["again"],
                        noInput: "operator", noMatch: "operator"))
            ),
            ("english", .language(ChooseLanguage(language: "en", next: "notice"))),
            (
                "rating",
                .rating(
                    Rating(
                        prompts: ["rating"], scores: ["1": 5, "2": 3, "3": 1], thanks: ["thanks"],
                        next: "goodbye"))
            ),
            ("dissuasion", .hangUp(HangUp(prompts: ["sorry"]))),
            ("goodbye", .hangUp(HangUp(prompts: ["goodbye"]))),
        ]
        for (queue, group) in zip(queues, groups) {
            nodes.append(
                (
                    group,
                    .queue(
                        EnterQueue(
                            queue: queue, music: "waiting", positionPrompts: ["position", "wait"],
                            announceEvery: .seconds(60), connectPrompts: ["agent"],
                            afterConversation: "rating",
                            dissuaded: "dissuasion"))
                ))
        }
        return Flow(
            id: FlowID(1), version: 1, name: number, languages: ["zh-CN", "en"], entry: "welcome",
            nodes: nodes.map { FlowNode(name: $0.0, kind: $0.1) }, prompts: prompts)
    }

    private static let prompts: [String: Prompt] = [
        "welcome": Prompt(texts: ["zh-CN": "您好,很高兴为您服务。", "en": "Welcome."]),
        "notice": Prompt(texts: ["zh-CN": "您的通话将会被录音。", "en": "This call will be recorded."]),
        "note": Prompt(texts: ["zh-CN": "温馨提示:", "en": "Please note:"]),
        "menu": Prompt(texts: ["zh-CN": "请按键选择业务。", "en": "Please choose a service."]),
        "again": Prompt(texts: ["zh-CN": "请重新选择。", "en": "Please try again."]),
        "position": Prompt(texts: ["zh-CN": "您排在第{position}位。", "en": "You are number {position}."]),
        "wait": Prompt(texts: ["zh-CN": "预计等待{minutes}分钟。", "en": "Minutes to wait: {minutes}."]),
        "agent": Prompt(texts: ["zh-CN": "工号{agent}为您服务。", "en": "You speak with agent {agent}."]),
        "rating": Prompt(texts: ["zh-CN": "请您评价。", "en": "How was our service?"]),
        "thanks": Prompt(texts: ["zh-CN": "感谢您的评价。", "en": "Thank you."]),
        "sorry": Prompt(texts: ["zh-CN": "座席全忙,请稍后再拨。", "en": "All agents are busy, please call later."]),
        "goodbye": Prompt(texts: ["zh-CN": "再见。", "en": "Goodbye."]),
    ]

    /// Each group asks for its own skill; every agent has two neighbouring ones at levels from 1 to 5, so that groups
    /// overlap and help each other.
    static func routing(_ plan: CentrePlan, version: Int, ring: TimeSpan) -> RoutingSettings {
        var queues = self.queues.enumerated().map { index, id in
            QueueSettings(
                id: id, skills: [SkillRequirement(skill: SkillID(index + 1))],
                selection: index % 2 == 0 ? .longestIdle : .highestLevel, ringTimeout: ring,
                wrapUp: .seconds(15),
                mostWaiting: 4 + plan.agents * 4, longestWait: .minutes(10), whenTooLong: .dissuade,
                lastAgentWithin: index == 1 ? .hours(24) : nil)
        }
        // The first group after the operators overflows to them and follows no wrap-up; the last gives up early.
        queues[1].whenTooLong = .overflow(to: queues[0].id)
        queues[1].longestWait = .seconds(90)
        queues[2].wrapUp = .zero
        queues[3].whenFull = .overflow(to: queues[0].id)
        queues[3].mostWaiting = 2
        queues[6].whenNobody = .overflow(to: queues[0].id)
        let agents = (0..<plan.agents).map { index in
            AgentSettings(
                id: AgentID(index + 1),
                skills: [index % groups.count, (index + 1) % groups.count, 0].enumerated().map {
                    place, group in
                    SkillLevel(skill: SkillID(group + 1), level: 1 + (index + place) % 5)
                },
                lease: plan.faults == .none ? nil : lease)
        }
        return RoutingSettings(
            version: version, queues: queues, agents: agents,
            limits: CentreLimits(seats: plan.seats, lines: plan.lines))
    }
}

extension ReferenceCentre {
    static func settings(_ plan: CentrePlan, routing: RoutingSettings) -> CallSettings {
        let flow = flow()
        var agentNumbers: [AgentID: String] = [:]
        for place in 0..<plan.agents { agentNumbers[AgentID(place + 1)] = String(8001 + place) }
        return CallSettings(
            routing: routing, numbers: [number: NumberSettings(flow: flow)],
            context: FlowContext(calendars: [calendar: .alwaysOpen(in: .utc)]), agentNumbers: agentNumbers)
    }
}
