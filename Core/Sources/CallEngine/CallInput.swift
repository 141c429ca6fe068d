public import FlowEngine
public import Kernel
public import RoutingEngine

/// One party's part of a call: the customer's leg is number 0, an agent's leg has the number of its offer.
public struct LegID: Codable, Hashable, Comparable, Sendable {
    public var interaction: InteractionID
    public var number: Int
    public init(interaction: InteractionID, number: Int) {
        self.interaction = interaction
        self.number = number
    }
    /// The leg on which an offer rings.
    public init(_ offer: OfferID) { self.init(interaction: offer.interaction, number: offer.attempt) }
    public static func customer(_ interaction: InteractionID) -> LegID {
        LegID(interaction: interaction, number: 0)
    }
    public var isCustomer: Bool { number == 0 }
    /// The offer of an agent's leg.
    public var offer: OfferID { OfferID(interaction: interaction, attempt: number) }
    public static func < (a: LegID, b: LegID) -> Bool {
        a.interaction != b.interaction ? a.interaction < b.interaction : a.number < b.number
    }
}

/// A call that has come in, before anything was decided about it.
public struct ArrivedCall: Hashable, Sendable {
    public var interaction: InteractionID
    /// The called number in canonical form.
    public var number: String
    /// The way in: `external`, `internal` or `city` (mission N16), as the trunk's settings say.
    public var origin: String
    public var lastAgent: LastAgent?
    /// Answers in place of the number's flow: a test call runs what is not published. It stays with the call, whatever
    /// the settings become.
    public var flow: Flow?
    public init(
        interaction: InteractionID, number: String, origin: String, lastAgent: LastAgent? = nil,
        flow: Flow? = nil
    ) {
        self.interaction = interaction
        self.flow = flow
        self.number = number
        self.origin = origin
        self.lastAgent = lastAgent
    }
}

/// Why an agent's phone did not take an offer.
public enum AgentRefusal: Hashable, Sendable {
    /// The agent pressed decline, or the phone said busy after it had rung.
    case declined
    case failed(OfferFailure)
}

/// What happened on the telephone or at an agent's place, in the past tense.
///
/// Late and double inputs are ordinary: a leg or call that is over ignores them.
public enum CallInput: Sendable {
    case settingsChanged(CallSettings)
    case callArrived(ArrivedCall)
    /// Who spoke with this caller last, as the records say. Comes after the arrival, since somebody has to look; too late
    /// when the caller waits already, and then it does nothing.
    case lastAgentFound(InteractionID, LastAgent)
    /// The caller's side has confirmed the answer: audio can be heard.
    case callerConnected(InteractionID)
    /// The caller hung up, cancelled, or is lost; once or more.
    case callerLeft(InteractionID)
    /// The platform ends the call: stopping, or a supervisor's order.
    case callReleased(InteractionID)
    case digitPressed(InteractionID, key: String)
    /// A play that reached its end by itself.
    case playEnded(InteractionID, play: Int)
    /// A play of which nothing could be heard, because it could not be made.
    case playFailed(InteractionID, play: Int)
    case agentAnswered(OfferID)
    case agentRefused(OfferID, AgentRefusal)
    /// The agent's phone hung up, or its leg is lost, after it had answered.
    case agentLeft(OfferID)
    /// The agent's phone put the call on hold, or took it back.
    case agentHeld(OfferID)
    case agentResumed(OfferID)
    /// The agent asks from the desk to end the conversation; the customer goes on in the flow (rating).
    case agentHungUp(AgentID)
    /// The agent declines the ringing offer from the desk.
    case agentDeclined(AgentID)
    /// The agent takes the ringing offer at the desk: the phone is the browser, so nobody else can answer it.
    case agentAccepted(AgentID)
    /// The agent holds the conversation from the desk, or takes it back.
    case agentHoldChosen(AgentID, Bool)
    /// The agent hands the customer to the rating (mission G15); refused where the flow has none.
    case agentHandedOver(AgentID)
    /// The audio of an agent's browser has broken off during a conversation (reload, crash, network), or is there again.
    case agentLegLost(AgentID)
    case agentLegBack(AgentID)
    /// Anything that concerns routing alone: sign-in, presence, leases, wrap-up.
    case routing(RoutingInput)
    /// No new calls are taken from now on; standing ones go on (Ctrl-C, disk full).
    case drainingStarted
    case drainingEnded
    case clockAdvanced
}
