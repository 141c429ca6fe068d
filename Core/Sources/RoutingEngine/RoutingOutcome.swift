public import Kernel

/// Why a ringing agent is told to stop.
public enum OfferWithdrawal: String, Codable, Hashable, Sendable {
    case noAnswer, abandoned, agentVanished, agentSignedOut, withdrawn
}

/// Why an interaction left its queue without an agent.
public enum QueueExit: Codable, Hashable, Sendable {
    /// Told that nobody can take it, with the cause.
    case dissuaded(DissuasionCause)
}

public enum DissuasionCause: String, Codable, Hashable, Sendable {
    case full, tooLong, nobody, tooManyOffers, unknownQueue
}

/// What the world should do now, in the imperative.
public enum RoutingEffect: Hashable, Sendable {
    case grantLine(InteractionID)
    /// Busy, or overflow if the centre is so configured.
    case refuseLine(InteractionID)
    /// Make the agent's phone ring until the deadline; the engine withdraws it by itself.
    case offer(OfferID, to: AgentID, queue: QueueID, until: Timestamp)
    /// Stop the ringing.
    case withdraw(OfferID, from: AgentID, because: OfferWithdrawal)
    /// The accept counted: join the customer and the agent.
    case connect(OfferID, agent: AgentID)
    /// The accept came too late: drop the agent's leg.
    case refuseAccept(OfferID)
    /// The interaction has left the queue; the flow goes on at the queue node's exit.
    case leaveQueue(InteractionID, QueueExit)
    /// It waits in another queue now, with its original arrival time.
    case moveToQueue(InteractionID, from: QueueID, to: QueueID)
    /// The agent vanished during the conversation; the interaction waits again, at the head by its arrival time.
    case waitAgain(InteractionID, queue: QueueID)
    /// A request of an agent or of the shell was refused; tell who asked.
    case refuse(Refusal)
}

/// How a queue entry ended: exactly one of these (decision 13).
public enum QueueEnding: String, Codable, Hashable, Sendable, CaseIterable {
    case answered, abandoned, shortAbandoned, overflowed, callback, voicemail, dissuaded, releasedBySystem
}

public enum OfferOutcome: Codable, Hashable, Sendable {
    case accepted, declined, noAnswer
    case failed(OfferFailure)
    case withdrawn(OfferWithdrawal)
}

/// Why this agent for this interaction; the answer to "why did this call go there?".
public struct OfferReason: Codable, Hashable, Sendable {
    public enum Rule: String, Codable, Hashable, Sendable { case longestIdle, highestLevel, lastAgent }
    public var rule: Rule
    public var priority: Int
    /// Since the interaction's arrival.
    public var waited: TimeSpan
    /// How long the agent had been idle.
    public var idle: TimeSpan
    /// Sum of the agent's levels over the required skills.
    public var level: Int
    /// Version of the settings that the decision was made under.
    public var settings: Int

    public init(rule: Rule, priority: Int, waited: TimeSpan, idle: TimeSpan, level: Int, settings: Int) {
        self.rule = rule
        self.priority = priority
        self.waited = waited
        self.idle = idle
        self.level = level
        self.settings = settings
    }
}

/// What an input could not do, and why. Changes nothing.
public struct Refusal: Codable, Hashable, Sendable {
    public enum Reason: String, Codable, Hashable, Sendable, CaseIterable {
        case seatLimitReached, seatTaken, agentSignedInElsewhere, agentUnknown, agentNotSignedIn, agentTalking
        case interactionUnknown, interactionAlreadyWaiting, queueUnknown, offerUnknown, notInWrapUp
        case tooManyInteractions, tooManyAgents, tooManyQueues, tooManySkills, lineAlreadyHeld, notTalking,
            noRating, breakQuotaReached
    }
    public var reason: Reason
    public var agent: AgentID?
    public var interaction: InteractionID?
    /// The limit that was reached, when one was.
    public var limit: Int?
    /// The queue whose limit it is.
    public var queue: QueueID?

    public init(
        _ reason: Reason, agent: AgentID? = nil, interaction: InteractionID? = nil, limit: Int? = nil,
        queue: QueueID? = nil
    ) {
        self.queue = queue
        self.reason = reason
        self.agent = agent
        self.interaction = interaction
        self.limit = limit
    }
}

/// What happened, for the event log: every counter and report is a fold over these. Ids only, no personal data.
public enum RoutingFact: Codable, Hashable, Sendable {
    case settingsApplied(version: Int)
    case lineHeld(InteractionID, inUse: Int)
    case lineReleased(InteractionID, held: TimeSpan)
    case lineRefused(InteractionID, limit: Int)

    case agentSignedIn(AgentID, SeatID)
    case agentSignedOut(AgentID, SeatID, signedIn: TimeSpan)
    case presenceChanged(AgentID, Presence)
    /// The agent's activity changed; `after` is how long the former one lasted.
    case activityChanged(AgentID, Activity, former: Activity, after: TimeSpan)
    case agentVanished(AgentID)

    case queued(InteractionID, QueueID, position: Int, expectedWait: TimeSpan?)
    case offered(OfferID, AgentID, QueueID, OfferReason)
    case offerEnded(OfferID, AgentID, OfferOutcome, rang: TimeSpan)
    /// One per queue entry. An interaction that overflows has an entry in each queue.
    case queueEntryEnded(InteractionID, QueueID, QueueEnding, waited: TimeSpan, agent: AgentID?)
    case conversationEnded(InteractionID, AgentID, by: ConversationEnd, talked: TimeSpan, held: TimeSpan)
    case wrapUpEnded(AgentID, InteractionID, lasted: TimeSpan)
    case refused(Refusal)
}

/// What one input led to; the buffers are reused by the caller.
public struct RoutingOutcome: Sendable {
    public var effects: [RoutingEffect] = []
    public var facts: [RoutingFact] = []
    public init() {}
    public mutating func removeAll() {
        effects.removeAll(keepingCapacity: true)
        facts.removeAll(keepingCapacity: true)
    }
}
