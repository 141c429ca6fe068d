public import Kernel

/// One caller's way through a published flow: position, attempts, collected digits, timers.
///
/// A value: what the caller does and what time it is come in, what to do goes out. What does not fit the present
/// node changes nothing, so answers that come late, twice or never are harmless: a late `playEnded` carries an old
/// number, and a play whose end is never reported counts as ended after `longestPlay`.
public struct FlowSession: Codable, Hashable, Sendable {
    /// Nodes that may be passed without the caller doing anything; more is a loop and ends the call.
    public static let mostStepsWithoutWaiting = 100
    /// Keys that are kept for later nodes while something is spoken; further ones are dropped.
    public static let mostKeysTypedAhead = 32
    /// Announcements of one board that a caller has to listen to.
    public static let mostAnnouncementsSpoken = 5
    /// After this a play whose end was never reported counts as ended, so that nobody is stranded.
    public static let longestPlay = TimeSpan.minutes(5)

    /// The version of the flow that this caller goes through to the end, whatever is published meanwhile.
    public let flow: Flow
    /// Everything else, for snapshots that keep the flow once. Holds typed digits: personal.
    public internal(set) var state: FlowState

    public init(flow: Flow) {
        self.init(flow: flow, resuming: FlowState(language: flow.languages.first ?? ""))
    }

    /// Goes on where a snapshot left off; `flow` is the same id and version.
    public init(flow: Flow, resuming state: FlowState) {
        self.flow = flow
        self.state = state
    }

    /// Applies what happened at `now` and says what to do, in order. After `hangUp` the answer is always empty.
    public mutating func apply(_ event: FlowEvent, in context: FlowContext, at now: Timestamp) -> [FlowAction]
    {
        guard state.phase != .ended else { return [] }
        var turn = FlowTurn(context: context, time: now)
        if var target = next(after: event, &turn) {
            while let further = enter(target, &turn) { target = further }
        }
        return turn.actions
    }

    /// When `deadlineReached` is due.
    public var nextDeadline: Timestamp? {
        switch state.phase {
        case .fresh, .connected, .ended: nil
        case .queued: state.announceAt
        case .speaking, .awaiting, .thanking, .announcing: state.deadline
        }
    }

    /// The language spoken now.
    public var language: String { state.language }

    /// What the caller typed, by variable. Personal: shown to the agent, never logged.
    public var collected: [String: String] { state.collected }

    /// Whether the call was hung up by the flow.
    public var hasEnded: Bool { state.phase == .ended }

    /// Where the event leads: the node to enter, or `nil` to stay.
    private mutating func next(after event: FlowEvent, _ turn: inout FlowTurn) -> NodeName? {
        switch event {
        case .started:
            guard state.phase == .fresh else { return nil }
            turn.tell(.flowStarted(flow.id, version: flow.version))
            return flow.entry
        case .playEnded(let number):
            guard number == state.play, state.isSounding else { return nil }
            return playEnded(reported: true, &turn)
        case .playFailed(let number):
            guard number == state.play, state.isSounding else { return nil }
            state.isSounding = false
            return playEnded(reported: false, &turn)
        case .digitPressed(let key):
            return FlowKey.isCallers(key) ? pressed(key, &turn) : nil
        case .deadlineReached:
            guard let due = nextDeadline, due <= turn.time else { return nil }
            return deadlineReached(&turn)
        case .positionTold(let position, let wait):
            positionTold(position, wait, &turn)
            return nil
        case .agentConnected(let number):
            agentConnected(number, &turn)
            return nil
        case .waitedAgain:
            waitedAgain(&turn)
            return nil
        case .conversationEnded:
            guard state.phase == .connected, case .queue(let queue)? = kind else { return nil }
            stop(&turn)
            return leave(.conversationEnded, to: queue.afterConversation, &turn)
        case .queueRefused:
            guard state.phase == .queued || state.phase == .announcing, case .queue(let queue)? = kind else {
                return nil
            }
            stop(&turn)
            return leave(.dissuaded, to: queue.dissuaded, &turn)
        }
    }
}

/// What one event led to, while it is worked out.
struct FlowTurn {
    let context: FlowContext
    let time: Timestamp
    var actions: [FlowAction] = []

    mutating func tell(_ fact: FlowFact) { actions.append(.fact(fact)) }
}

/// A caller's position inside a flow, without the flow: what a snapshot keeps. Holds typed digits: personal.
public struct FlowState: Codable, Hashable, Sendable {
    enum Phase: String, Codable, Hashable, Sendable {
        /// `started` has not come yet.
        case fresh
        /// The node's own prompts are on; their end leads on.
        case speaking
        /// For a key, until `deadline`.
        case awaiting
        /// The thanks after a rating are on.
        case thanking
        /// Waiting for an agent, with music or silence.
        case queued
        /// Waiting for an agent, while the position is spoken.
        case announcing
        /// Speaking with an agent.
        case connected
        /// `hangUp` has been issued.
        case ended
    }

    var phase = Phase.fresh
    /// Index of the present node.
    var node: Int?
    var language: String
    /// Number of the last play.
    var play = 0
    /// The last play is still on, as far as is known.
    var isSounding = false
    var deadline: Timestamp?
    var announceAt: Timestamp?
    /// `askPosition` has not been answered yet.
    var asksPosition = false
    /// The recording notice was heard to its end.
    var wasTold = false
    /// Failed tries at the present node.
    var failures = 0
    /// Nodes entered since the caller last did something.
    var steps = 0
    /// Digits so far at the present node.
    var entered = ""
    /// Keys pressed before a node asked for them.
    var typedAhead: [String] = []
    /// A terminator pressed from habit after the last digit that fitted is dropped until then.
    var dropTerminator: String?
    var dropUntil: Timestamp?
    var collected: [String: String] = [:]

    init(language: String) { self.language = language }
}

/// The words for how a node was left, beside the keys of a menu.
enum FlowExit: String {
    case played, interrupted, skipped, silent
    case noInput, noMatch, collected, failed, open, closed, calendarMissing, chosen
    case conversationEnded, dissuaded, rated, ratingSkipped, hungUp
}

/// The keys of a telephone.
enum FlowKey {
    /// What a caller's phone has; `A`-`D` come from noise and are ignored.
    static func isCallers(_ key: String) -> Bool { isDigit(key) || key == "*" || key == "#" }

    static func isDigit(_ key: String) -> Bool {
        guard key.utf8.count == 1, let byte = key.utf8.first else { return false }
        return byte >= 0x30 && byte <= 0x39
    }
}
