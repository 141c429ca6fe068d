import Kernel
import RoutingEngine
import Testing

/// A routing engine with a clock in seconds and the shortest possible words for tests.
struct Centre {
    var engine = RoutingEngine()
    var time = Timestamp(milliseconds: 0)
    /// What the last input led to.
    var outcome = RoutingOutcome()
    /// Everything so far.
    var facts: [RoutingFact] = []

    /// A centre whose agents are signed in at the seat of the same number and ready.
    init(
        queues: [QueueSettings], agents: [AgentSettings] = [], limits: CentreLimits = CentreLimits(),
        ready: Bool = true
    ) {
        send(.settingsChanged(RoutingSettings(version: 1, queues: queues, agents: agents, limits: limits)))
        guard ready else { return }
        for agent in agents {
            send(.agentSignedIn(agent.id, SeatID(low: agent.id.low)))
            send(.presenceChosen(agent.id, .ready))
        }
    }

    mutating func send(_ input: RoutingInput) {
        outcome.removeAll()
        engine.apply(input, at: time, into: &outcome)
        facts += outcome.facts
        let violations = engine.violations()
        #expect(violations.isEmpty, "\(violations.prefix(3)) after \(input)")
    }

    /// Lets time pass and the engine notice.
    mutating func pass(_ seconds: Int64) {
        time = time + .seconds(seconds)
        send(.clockAdvanced)
    }

    mutating func arrive(
        _ interaction: Int, in queue: Int = 1, priority: Int = 0, skills: [SkillRequirement] = [],
        lastAgent: LastAgent? = nil
    ) {
        send(
            .interactionQueued(
                QueueRequest(
                    interaction: InteractionID(interaction), queue: QueueID(queue), arrivedAt: time,
                    priority: priority, skills: skills, lastAgent: lastAgent)))
    }

    mutating func ready(_ agent: Int) { send(.presenceChosen(AgentID(agent), .ready)) }
    mutating func accept(_ interaction: Int, _ attempt: Int = 1) {
        send(.offerAccepted(OfferID(interaction, attempt)))
    }
    mutating func decline(_ interaction: Int, _ attempt: Int = 1) {
        send(.offerDeclined(OfferID(interaction, attempt)))
    }
    mutating func end(_ interaction: Int, by end: ConversationEnd = .customer) {
        send(.conversationEnded(InteractionID(interaction), by: end))
    }

    /// The agents and interactions of the offers that the last input led to.
    var offers: [Pair] {
        outcome.effects.compactMap {
            if case .offer(let offer, let agent, _, _) = $0 { Pair(offer.interaction, agent) } else { nil }
        }
    }
    /// The last input's refusals by reason.
    var refusals: [Refusal.Reason] {
        outcome.facts.compactMap { if case .refused(let refusal) = $0 { refusal.reason } else { nil } }
    }
    /// The endings of queue entries so far.
    var endings: [QueueEnding] {
        facts.compactMap { if case .queueEntryEnded(_, _, let ending, _, _) = $0 { ending } else { nil } }
    }
    var reason: OfferReason? {
        for case .offered(_, _, _, let reason) in outcome.facts { return reason }
        return nil
    }
    func agent(_ number: Int) -> RoutingOverview.Agent? {
        engine.overview(at: time).agents.first { $0.id == AgentID(number) }
    }
    func line(_ number: Int) -> RoutingOverview.Queue? {
        engine.overview(at: time).queues.first { $0.id == QueueID(number) }
    }
    func position(_ interaction: Int) -> Int? {
        engine.position(of: InteractionID(interaction), at: time)?.position
    }
}

/// Who is offered what, as numbers.
struct Pair: Equatable, CustomStringConvertible {
    var interaction: Int
    var agent: Int
    init(_ interaction: InteractionID, _ agent: AgentID) {
        self.interaction = Int(interaction.low)
        self.agent = Int(agent.low)
    }
    init(_ interaction: Int, _ agent: Int) {
        self.interaction = interaction
        self.agent = agent
    }
    var description: String { "\(interaction) -> \(agent)" }
}

extension ID {
    init(low: UInt64) { self.init(high: 0, low: low) }
}
extension OfferID {
    init(_ interaction: Int, _ attempt: Int) {
        self.init(interaction: InteractionID(interaction), attempt: attempt)
    }
}
extension AgentSettings {
    /// An agent with skills as pairs of number and level.
    init(_ number: Int, _ skills: [(Int, Int)] = [], lease: TimeSpan? = nil) {
        self.init(
            id: AgentID(number), skills: skills.map { SkillLevel(skill: SkillID($0.0), level: $0.1) },
            lease: lease)
    }
}
extension SkillRequirement {
    init(_ number: Int, _ level: Int = 1) { self.init(skill: SkillID(number), minimumLevel: level) }
}
