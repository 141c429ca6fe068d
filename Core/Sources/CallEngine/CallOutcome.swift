public import FlowEngine
public import Kernel
public import RoutingEngine

/// Why a call was not taken.
public enum Rejection: Codable, Hashable, Sendable {
    case unknownNumber
    case linesFull
    /// Every line is held and the number overflows elsewhere.
    case overflow(to: String)
    /// Draining, or the store cannot be written.
    case unavailable
    /// The queue could not take a caller who was not answered yet.
    case nobody
}

/// Who or what ended a call.
public enum CallEnding: String, Codable, Hashable, Sendable {
    case customer, flow, rejected, system
}

/// What the world should do now, in the imperative. Effects are carried out in order after the commit.
public enum CallEffect: Hashable, Sendable {
    case ring(InteractionID)
    case answer(InteractionID)
    case reject(InteractionID, Rejection)
    case hangUp(InteractionID)
    /// Make the agent's phone ring.
    case dial(OfferID, agent: AgentID, seat: SeatID, queue: QueueID)
    /// Stop an agent's leg in whatever state it is: CANCEL, BYE, or nothing.
    case drop(LegID)
    case play(InteractionID, play: Int, [Utterance])
    case playMusic(InteractionID, play: Int, name: String)
    case stopPlaying(InteractionID)
    /// To customer and agent alike.
    case playToBoth(LegID, play: Int, [Utterance])
    /// Customer and agent hear each other.
    case join(LegID)
    /// They do not any more; the customer stays in the room.
    case part(LegID)
    /// The customer hears music and is not heard; `resume` joins again.
    case hold(LegID)
    case resume(LegID)
    /// The agent's audio is away: the customer hears the comfort tone until `resume`, `hold` or `part`.
    case comfort(LegID)
    /// `at` names the recording: its start in the stamp of the fact.
    case startRecording(InteractionID, at: Timestamp)
    case stopRecording(InteractionID)
    /// Tell who asked that it cannot be.
    case refuse(Refusal)
}

/// What happened, for the event log. Ids, node names and the centre's own numbers; nothing personal.
public enum CallFact: Codable, Hashable, Sendable {
    case arrived(InteractionID, number: String, origin: String)
    case rejected(InteractionID, Rejection)
    case answered(InteractionID)
    case flow(InteractionID, FlowFact)
    case connected(InteractionID, AgentID)
    case recordingStarted(InteractionID)
    /// The audio of the agent's browser broke off during the conversation, and came back.
    case agentLegLost(InteractionID, AgentID)
    case agentLegBack(InteractionID, AgentID)
    /// The agent asked the customer for a rating.
    case handedToRating(InteractionID, AgentID)
    case ended(InteractionID, by: CallEnding, lasted: TimeSpan)
    case routing(RoutingFact)
}

/// A fact and when it became true (a deadline's own time, not the time at which it was noticed).
public struct StampedFact: Codable, Hashable, Sendable {
    public var at: Timestamp
    public var fact: CallFact
    public init(at: Timestamp, fact: CallFact) {
        self.at = at
        self.fact = fact
    }
}

/// What the routing engine was told, and when.
public struct StampedInput: Codable, Hashable, Sendable {
    public var at: Timestamp
    public var input: RoutingInput
    public init(at: Timestamp, input: RoutingInput) {
        self.at = at
        self.input = input
    }
}

/// What one input led to. The caller reuses the buffers.
public struct CallOutcome: Sendable {
    public var effects: [CallEffect] = []
    public var facts: [StampedFact] = []
    /// What the routing engine was told, for the journal, in order.
    public var routingInputs: [StampedInput] = []
    public init() {}
    public mutating func removeAll() {
        effects.removeAll(keepingCapacity: true)
        facts.removeAll(keepingCapacity: true)
        routingInputs.removeAll(keepingCapacity: true)
    }
}
