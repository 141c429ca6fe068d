import CallEngine
import Contracts
import FlowEngine
import Kernel
import RoutingEngine

/// What an agent's screen shows: the whole state of one agent, small enough to be sent on every change.
struct DeskBody: Encodable, Hashable, Sendable {
    struct Agent: Encodable, Hashable, Sendable {
        var number: String
        var name: String
    }
    struct Choice: Encodable, Hashable, Sendable {
        var presence: String
        var reason: String?
    }
    struct QueueName: Encodable, Hashable, Sendable {
        var key: String
        var names: [String: String]
    }
    struct Queue: Encodable, Hashable, Sendable {
        var key: String
        var names: [String: String]
        var waiting: Int
        /// Since when the first of the line waits.
        var waitsSince: Timestamp?
    }
    struct Call: Encodable, Hashable, Sendable {
        var interaction: InteractionID
        var queue: QueueName
        var number: String
        var origin: String
        var caller: String?
        /// `none`, `recognised` or `verified`.
        var recognition: String
        var pressed: [String: String]
        var arrivedAt: Timestamp
        var offeredAt: Timestamp
        var ringsUntil: Timestamp?
        var connectedAt: Timestamp?
        var endedAt: Timestamp?
        var wrapUpEndsAt: Timestamp?
        var isHeld: Bool
        var isRecording: Bool
        var canRate: Bool
        var autoAnswers: Bool
        /// What the agent should know before speaking.
        var care: CallerCare?
    }

    /// A break that was asked for and not granted (yet).
    struct BreakWish: Encodable, Hashable, Sendable {
        var id: BreakRequestID
        var reason: String
        var askedAt: Timestamp
        /// `waiting` or `refused`.
        var state: String
        /// What the supervisor said.
        var text: String?

        init(_ request: BreakRequest) {
            id = request.id
            reason = request.reason
            askedAt = request.askedAt
            state = (request.state == .refused ? request.state : .waiting).rawValue
            text = request.text
        }
    }

    /// Whose screen it is; not told.
    var id: AgentID
    var at: Timestamp
    var agent: Agent
    var seat: String?
    var phone: String?
    var presence: String
    var reason: String?
    var next: Choice?
    var activity: String
    var since: Timestamp
    /// The browser's audio: `none`, `connecting`, `up` or `lost`.
    var leg: String
    var call: Call?
    var queues: [Queue]
    var breakRequest: BreakWish?

    private enum CodingKeys: String, CodingKey {
        case at, agent, seat, phone, presence, reason, next, activity, since, leg, call, queues, breakRequest
    }

    /// Whether another says the same at another moment.
    func says(_ other: DeskBody) -> Bool {
        var other = other
        other.at = at
        return self == other
    }

    init(
        _ id: AgentID, at now: Timestamp, engine: CallEngine, card: DeskCard?, request: BreakRequest?,
        switchboard: Switchboard
    ) {
        breakRequest = request.map { BreakWish($0) }
        let person = switchboard.people[id]
        let state = engine.routing.agent(id)
        self.id = id
        at = now
        agent = Agent(number: person?.number ?? "", name: person?.name ?? "")
        seat = state.flatMap { switchboard.seats[$0.seat]?.number }
        phone = state == nil ? nil : (switchboard.phoneKinds[id] ?? .sip).rawValue
        presence = state?.presence.word ?? "offline"
        reason = state?.presence.reason
        next = state?.next.map { Choice(presence: $0.word, reason: $0.reason) }
        activity = state?.activity.rawValue ?? "idle"
        since = state?.since ?? now
        leg = switchboard.shiftLegs[id]?.state.rawValue ?? "none"
        let queueNames = switchboard.queues
        queues = engine.routing.queues(servedBy: id).map { queue in
            Queue(
                key: queueNames[queue.id]?.key ?? queue.id.description,
                names: queueNames[queue.id]?.names ?? [:],
                waiting: queue.waiting, waitsSince: queue.since)
        }
        guard let card, let state, state.activity != .idle else { return }
        let queue = queueNames[card.queue]
        call = Call(
            interaction: card.interaction,
            queue: QueueName(key: queue?.key ?? card.queue.description, names: queue?.names ?? [:]),
            number: card.number, origin: card.origin, caller: card.caller,
            recognition: card.isRecognised ? "recognised" : "none",
            pressed: card.pressed.merging(engine.collected(of: card.interaction)) { $1 },
            arrivedAt: card.arrivedAt, offeredAt: card.offeredAt, ringsUntil: engine.routing.ringEnd(of: id),
            connectedAt: card.connectedAt, endedAt: card.endedAt,
            wrapUpEndsAt: engine.routing.wrapUpEnd(of: id), isHeld: state.activity == .hold,
            isRecording: card.isRecording, canRate: engine.canRate(card.interaction),
            autoAnswers: queue?.answersItself == true && switchboard.phoneKinds[id] == .browser,
            care: card.care)
    }
}

extension Presence {
    /// The code of a break.
    var reason: String? { if case .onBreak(let reason) = self { reason } else { nil } }
}
