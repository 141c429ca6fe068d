import Kernel
import RoutingEngine

/// Inputs for a small busy centre: mostly what could happen, now and then what cannot, from a seed.
struct RandomInputs {
    private var generator: SeededGenerator
    private var interactions = 0
    private var version = 0
    private var latest = RoutingSettings(version: 0, queues: [], agents: [])
    /// The latest offers, over or not.
    private var offers: [OfferID] = []
    private var lastEnds: [LastAgent] = []
    private(set) var time = Timestamp(milliseconds: 1_000_000)

    static let queues = 5
    static let agents = 8
    static let skills = 4

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// From 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
    private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    /// Remembers what the engine said, so that answers to it can be made up.
    mutating func listen(_ outcome: RoutingOutcome) {
        for case .offer(let offer, _, _, _) in outcome.effects { offers.append(offer) }
        if offers.count > 12 { offers.removeFirst(offers.count - 12) }
        for case .conversationEnded(_, let agent, _, _, _) in outcome.facts {
            lastEnds = lastEnds.suffix(3) + [LastAgent(agent: agent, endedAt: time)]
        }
    }

    mutating func next() -> RoutingInput {
        if chance(70) { time = time + .milliseconds(Int64(below(below(20) == 0 ? 90_000 : 2_500))) }
        switch below(100) {
        case 0: return .settingsChanged(chance(50) ? settings() : relaxed())
        case 1...4: return .agentSignedIn(agent(), SeatID(below(Self.agents)))
        case 5: return .agentSignedOut(agent())
        case 6...16: return .presenceChosen(agent(), .ready)
        case 17: return .presenceChosen(agent(), [.notReady, .onBreak(reason: "meal"), .offline][below(3)])
        case 18...21: return .leaseRenewed(agent())
        case 22: return .agentVanished(agent())
        case 23...42: return .interactionQueued(request())
        case 43...48: return .interactionAbandoned(interaction())
        case 49:
            return .interactionWithdrawn(interaction(), [.callback, .voicemail, .releasedBySystem][below(3)])
        case 50...67: return .offerAccepted(offer())
        case 68...71: return .offerDeclined(offer())
        case 72, 73: return .offerFailed(offer(), [.unreachable, .busy, .rejected][below(3)])
        case 74...86: return .conversationEnded(interaction(), by: [.customer, .agent, .system][below(3)])
        case 87, 88: return .holdStarted(interaction())
        case 89, 90: return .holdEnded(interaction())
        case 91...93: return .wrapUpEnded(agent())
        case 94: return .wrapUpExtended(agent(), .seconds(Int64(below(90))))
        case 95, 96: return .lineRequested(interaction())
        case 97: return .lineReleased(interaction())
        default: return .clockAdvanced
        }
    }

    /// The latest settings with other times and limits.
    private mutating func relaxed() -> RoutingSettings {
        version += 1
        latest.version = version
        latest.limits = CentreLimits(seats: nil, lines: below(3))
        for index in latest.queues.indices {
            latest.queues[index].longestWait = chance(50) ? .seconds(Int64(below(120))) : nil
            latest.queues[index].whenNobody = chance(30) ? overflow() : nil
        }
        return latest
    }

    mutating func settings() -> RoutingSettings {
        version += 1
        var queues: [QueueSettings] = []
        for id in 0..<Self.queues where version == 1 || !chance(10) {
            queues.append(
                QueueSettings(
                    id: QueueID(id), skills: chance(70) ? [requirement()] : [], priority: below(3),
                    selection: chance(50) ? .longestIdle : .highestLevel,
                    ringTimeout: .seconds(Int64(5 + below(20))), wrapUp: .seconds(Int64(below(3) * 10)),
                    mostWaiting: below(6), whenFull: overflow(),
                    longestWait: chance(50) ? .seconds(Int64(below(120))) : nil, whenTooLong: overflow(),
                    whenNobody: chance(30) ? overflow() : nil,
                    lastAgentWithin: chance(30) ? .minutes(10) : nil, mostOffers: 1 + below(4),
                    notReadyAfterNoAnswer: chance(50)))
        }
        var agents: [AgentSettings] = []
        for id in 0..<Self.agents where version == 1 || !chance(5) {
            var skills: [SkillLevel] = []
            for skill in 0..<Self.skills where chance(70) {
                skills.append(SkillLevel(skill: SkillID(skill), level: below(7)))
            }
            agents.append(
                AgentSettings(id: AgentID(id), skills: skills, lease: chance(40) ? .seconds(60) : nil))
        }
        latest = RoutingSettings(
            version: version, queues: queues, agents: agents,
            limits: CentreLimits(seats: chance(30) ? 6 : nil, lines: chance(50) ? 2 : nil))
        return latest
    }

    private mutating func requirement() -> SkillRequirement {
        SkillRequirement(skill: SkillID(below(Self.skills)), minimumLevel: below(4))
    }
    private mutating func overflow() -> OverflowRule {
        chance(60) ? .overflow(to: QueueID(below(Self.queues))) : .dissuade
    }
    private mutating func agent() -> AgentID { AgentID(below(Self.agents + 1)) }
    private mutating func interaction() -> InteractionID {
        InteractionID(max(0, interactions - below(14)))
    }
    private mutating func offer() -> OfferID {
        guard !offers.isEmpty else { return OfferID(interaction: interaction(), attempt: 1) }
        return offers[max(0, offers.count - 1 - below(below(8) + 1))]
    }
    private mutating func request() -> QueueRequest {
        if chance(90) { interactions += 1 }
        return QueueRequest(
            interaction: chance(90) ? InteractionID(interactions) : interaction(),
            queue: QueueID(below(Self.queues)), arrivedAt: time - .seconds(Int64(below(3))),
            priority: below(3), skills: chance(30) ? [requirement()] : [],
            lastAgent: chance(50) ? lastEnds.last : nil)
    }
}
