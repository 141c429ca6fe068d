public import Kernel

/// One attempt to give an interaction to an agent (派送): the interaction and which attempt it is, from 1.
public struct OfferID: Codable, Hashable, Comparable, Sendable {
    public var interaction: InteractionID
    public var attempt: Int
    public init(interaction: InteractionID, attempt: Int) {
        self.interaction = interaction
        self.attempt = attempt
    }
    public static func < (a: OfferID, b: OfferID) -> Bool {
        a.interaction != b.interaction ? a.interaction < b.interaction : a.attempt < b.attempt
    }
}

/// What an agent chose to be (在线状态).
public enum Presence: Codable, Hashable, Sendable {
    /// 示闲: takes interactions.
    case ready
    /// 示忙: signed in, takes none.
    case notReady
    /// 小休: a break with a reason code.
    case onBreak(reason: String)
    /// 签出.
    case offline

    public var isBreak: Bool { if case .onBreak = self { true } else { false } }
}

/// What an agent is doing, derived from what happened (工作状态).
public enum Activity: String, Codable, Hashable, Sendable {
    case idle, ringing, talking, hold, wrapUp
}

/// An interaction that asks for an agent.
public struct QueueRequest: Codable, Hashable, Sendable {
    public var interaction: InteractionID
    public var queue: QueueID
    /// When the customer arrived; waiting order and every wait count from here, also after a requeue or overflow.
    public var arrivedAt: Timestamp
    /// Higher goes first; the queue's own priority is added.
    public var priority: Int
    /// Asked for beside the queue's own skills, for instance a language.
    public var skills: [SkillRequirement]
    /// Who spoke with this customer last, and when; used when the queue's `lastAgentWithin` allows it.
    public var lastAgent: LastAgent?

    public init(
        interaction: InteractionID, queue: QueueID, arrivedAt: Timestamp, priority: Int = 0,
        skills: [SkillRequirement] = [], lastAgent: LastAgent? = nil
    ) {
        self.interaction = interaction
        self.queue = queue
        self.arrivedAt = arrivedAt
        self.priority = priority
        self.skills = skills
        self.lastAgent = lastAgent
    }
}

public struct LastAgent: Codable, Hashable, Sendable {
    public var agent: AgentID
    public var endedAt: Timestamp
    public init(agent: AgentID, endedAt: Timestamp) {
        self.agent = agent
        self.endedAt = endedAt
    }
}

/// Why an offer could not reach the agent's phone.
public enum OfferFailure: String, Codable, Hashable, Sendable {
    /// The phone did not answer the signalling, or cannot be resolved.
    case unreachable
    /// The phone says that it is in use.
    case busy
    /// The phone refused the media or the request.
    case rejected
}

public enum WithdrawalReason: String, Codable, Hashable, Sendable {
    /// The interaction goes to a callback instead (回呼).
    case callback
    case voicemail
    /// The platform ended it: draining, crash, error.
    case releasedBySystem
}

public enum ConversationEnd: String, Codable, Hashable, Sendable {
    case customer, agent, system
}

/// What happened, in the past tense. Anything impossible becomes the fact `refused(reason)` and changes nothing.
public enum RoutingInput: Codable, Hashable, Sendable {
    /// Replaces all settings. Waiting interactions and signed-in agents stay, by id.
    case settingsChanged(RoutingSettings)

    /// A call wants an IVR line before it is answered; answered by `lineGranted` or `lineRefused`.
    case lineRequested(InteractionID)
    /// The line is free again: the agent is connected or the call is over. Twice is harmless.
    case lineReleased(InteractionID)

    /// A person sat down at a seat. Refused when the seat or the person is taken or the limit is reached; who is
    /// signed in starts as `notReady`.
    case agentSignedIn(AgentID, SeatID)
    /// Signs out; a ringing offer goes back to the queue; refused while talking.
    case agentSignedOut(AgentID)
    /// `ready` while talking takes effect after the conversation; `offline` is `agentSignedOut`.
    case presenceChosen(AgentID, Presence)
    /// The agent's phone or browser is alive; starts the lease anew.
    case leaseRenewed(AgentID)
    /// The agent's phone or browser is known to be gone: what the lease's end would say, now.
    case agentVanished(AgentID)

    /// An interaction asks for an agent.
    case interactionQueued(QueueRequest)
    /// The customer left while waiting or while an agent's phone was ringing.
    case interactionAbandoned(InteractionID)
    /// The interaction stopped waiting for another reason.
    case interactionWithdrawn(InteractionID, WithdrawalReason)

    /// The agent's phone was answered. Late (the offer is over): `acceptRefused`. Twice: nothing.
    case offerAccepted(OfferID)
    /// The agent pressed decline.
    case offerDeclined(OfferID)
    /// The agent's phone could not be made to ring.
    case offerFailed(OfferID, OfferFailure)

    /// Customer and agent no longer speak; wrap-up begins.
    case conversationEnded(InteractionID, by: ConversationEnd)
    case holdStarted(InteractionID)
    case holdEnded(InteractionID)
    /// The agent finished wrap-up before its end.
    case wrapUpEnded(AgentID)
    /// The agent asks for more time in wrap-up, counted from now.
    case wrapUpExtended(AgentID, TimeSpan)

    /// A stamp and nothing else: lets deadlines that have passed take effect.
    case clockAdvanced
}
