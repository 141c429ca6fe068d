import FlowEngine
import Kernel
import RoutingEngine

/// One voice interaction between arrival and end: where the customer is, which legs there are, what is owed.
struct VoiceCall: Sendable {
    enum Stage: Sendable, Hashable {
        /// Answered by the platform, the caller's confirmation is outstanding.
        case connecting
        /// Hears prompts, presses keys.
        case inFlow
        /// Waits in a queue, perhaps with an agent's phone ringing.
        case waiting
        /// Speaks with the agent of this offer.
        case talking(OfferID)
        /// The conversation is over and a line is asked for the rest of the flow.
        case leavingConversation
    }

    /// What an agent's leg is doing.
    enum AgentLeg: Sendable, Hashable { case ringing, answered, joined }

    let id: InteractionID
    /// The called number, canonical.
    let number: String
    let arrivedAt: Timestamp
    /// When it is ended because it is too long.
    let endsAt: Timestamp
    var lastAgent: LastAgent?
    var session: FlowSession
    /// The earliest deadline that the engine looks at for this call; never later than the session's own.
    var watchedAt: Timestamp?
    var stage: Stage
    /// The platform has said 200 to the caller.
    var isAnswered = false
    var isRecording = false
    /// The agent's phone has put the conversation on hold.
    var isHeld = false
    /// Until when the agent's browser, whose audio has broken off, is waited for.
    var legLostUntil: Timestamp?
    /// Offer -> leg; at most a few at a time (one rings, one that came late is being dropped).
    var agentLegs: [OfferID: AgentLeg] = [:]
    /// The queue node that the caller is in or came from.
    var queueNode: EnterQueue?

    init(_ call: ArrivedCall, flow: Flow, at now: Timestamp, endsAt end: Timestamp) {
        id = call.interaction
        number = call.number
        arrivedAt = now
        endsAt = end
        lastAgent = call.lastAgent
        session = FlowSession(flow: flow)
        stage = .connecting
    }

    /// Whether the platform answers before an agent does: always, unless the flow begins with a queue that rings.
    var answersAtOnce: Bool {
        guard case .queue(let node)? = node(session.flow.entry) else { return true }
        return node.answersFirst
    }

    /// When the flow or the absence of the agent's browser has to be looked at.
    var nextDeadline: Timestamp? {
        guard let flow = session.nextDeadline, let legLostUntil else {
            return session.nextDeadline ?? legLostUntil
        }
        return min(flow, legLostUntil)
    }

    /// Whether the flow asks for a rating after the conversation.
    var canRate: Bool {
        guard let after = queueNode?.afterConversation, case .rating? = node(after) else { return false }
        return true
    }

    /// Whether anything is left to be heard or pressed after the conversation, for which a line is held.
    var needsLineAfterConversation: Bool {
        guard let after = queueNode?.afterConversation, let node = node(after) else { return false }
        guard case .hangUp(let farewell) = node else { return true }
        return !farewell.prompts.isEmpty
    }

    private func node(_ name: NodeName) -> NodeKind? {
        session.flow.nodes.first { $0.name == name }?.kind
    }
}
