import Channels
import Contracts
import Kernel
import Web

/// An alarm as clients see it.
struct AlarmBody: Encodable, Sendable {
    struct NoticeBody: Encodable, Sendable {
        var at: Timestamp
        var channel: String
        var to: String
        /// `sent` or `failed`.
        var state: String
        var error: String?
    }
    var id: AlarmID
    var rule: AlarmRuleID
    var name: String
    var figure: String
    var queue: String?
    var severity: String
    var comparison: String
    var threshold: Double
    var value: Double
    var raisedAt: Timestamp
    var state: String
    var acknowledgedAt: Timestamp?
    /// The number of whoever did.
    var acknowledgedBy: String?
    var note: String?
    var clearedAt: Timestamp?
    var notices: [NoticeBody]

    init(_ alarm: Alarm, notices: [AlarmStore.Notice], people: [AgentID: String]) {
        id = alarm.id
        rule = alarm.rule
        name = alarm.name
        figure = alarm.figure
        queue = alarm.queue
        severity = alarm.severity.rawValue
        comparison = alarm.comparison.rawValue
        threshold = alarm.threshold
        value = alarm.value
        raisedAt = alarm.raisedAt
        state = alarm.state.rawValue
        acknowledgedAt = alarm.acknowledgedAt
        acknowledgedBy = alarm.acknowledgedBy.flatMap { people[$0] }
        note = alarm.note
        clearedAt = alarm.clearedAt
        self.notices = notices.map {
            NoticeBody(
                at: $0.at, channel: $0.channel, to: $0.recipient, state: $0.error == nil ? "sent" : "failed",
                error: $0.error)
        }
    }
}

/// Alarms, their rules, and the board on which they stand.
struct AlarmRoutes: Sendable {
    let alarms: AlarmService
    let keeper: BoardKeeper
    let centre: any CentreSource

    struct RulesBody: Encodable, Sendable {
        struct CanSend: Encodable, Sendable {
            var email: Bool
            var sms: Bool
        }
        var version: Int
        var items: [AlarmRule]
        var canSend: CanSend
    }
    struct Acknowledgement: Decodable, Sendable { var note: String? }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/wallboard", permission: "live.read", scoping: .whole) { _, _, _ in
            try .json(await keeper.board())
        }
        routes.get("/api/v1/wallboard/events", permission: "live.read", scoping: .whole) { _, _, _ in
            .events(
                EventStreamResponse(
                    await keeper.boards().map { ServerEvent(id: nil, event: "board", data: $0) }))
        }
        routes.get("/api/v1/alarm-rules", permission: "alarm.read", scoping: .whole) { request, _, _ in
            let body = try await body(alarms.currentRules())
            return try await request.list("alarm-rules", AlarmRule.columns, items: body.items) {
                try .json(body)
            }
        }
        routes.put("/api/v1/alarm-rules", permission: "alarm.write", scoping: .whole) {
            request, principal, context in
            let rules: AlarmRules = try request.json()
            let deed = FigureSettingStore.Deed(actor: principal.actor, address: context.address)
            return try .json(await body(alarms.change(rules, by: deed)))
        }
        routes.get("/api/v1/alarms", permission: "alarm.read", scoping: .whole) { request, _, _ in
            let state = request.query["state"] ?? "open"
            guard ["open", "all"].contains(state) else {
                throw FigureSettings.fault("state", "'state' is open or all.")
            }
            let people = try await people()
            return try await request.list("alarms", AlarmBody.columns) { page in
                let found = try await alarms.list(
                    openOnly: state == "open", after: page.position, limit: page.limit)
                let list = Page(found: found, request: page) { $0.id.description }
                let notices = try await alarms.notices(of: list.items)
                return list.map { AlarmBody($0, notices: notices[$0.id] ?? [], people: people) }
            }
        }
        routes.post("/api/v1/alarms/{id}/acknowledge", permission: "alarm.acknowledge", scoping: .whole) {
            request, principal, context in
            let body = request.body.isEmpty ? Acknowledgement() : try request.json(Acknowledgement.self)
            let deed = FigureSettingStore.Deed(actor: principal.actor, address: context.address)
            let alarm = try await alarms.acknowledge(
                request.id("id"), by: principal.person, note: body.note, deed: deed)
            let notices = try await alarms.notices(of: [alarm])
            return try .json(AlarmBody(alarm, notices: notices[alarm.id] ?? [], people: await people()))
        }
    }

    private func body(_ rules: AlarmRules) async -> RulesBody {
        RulesBody(
            version: rules.version, items: rules.items,
            canSend: .init(email: alarms.messenger.sendsMail, sms: alarms.messenger.sendsText))
    }

    private func people() async throws -> [AgentID: String] {
        Dictionary(
            try await centre.centre().people.map { ($0.id, $0.number) },
            uniquingKeysWith: { first, _ in first })
    }
}
