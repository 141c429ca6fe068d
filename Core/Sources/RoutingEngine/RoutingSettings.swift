public import Kernel

/// Everything about a tenant that a routing decision depends on, as one value that arrives as an input.
public struct RoutingSettings: Codable, Hashable, Sendable {
    /// Grows with each change; written into facts so that a decision can be explained later.
    public var version: Int
    public var queues: [QueueSettings]
    public var agents: [AgentSettings]
    public var limits: CentreLimits

    public init(
        version: Int, queues: [QueueSettings], agents: [AgentSettings], limits: CentreLimits = CentreLimits()
    ) {
        self.version = version
        self.queues = queues
        self.agents = agents
        self.limits = limits
    }
}

/// What the centre may have at the same time (mission N18).
public struct CentreLimits: Codable, Hashable, Sendable {
    /// Seats that may be signed in; `nil` is unlimited.
    public var seats: Int?
    /// IVR lines that may be held; `nil` is unlimited. A line is held from answer until the agent's connection,
    /// and again during the rating (decision 12).
    public var lines: Int?

    public init(seats: Int? = nil, lines: Int? = nil) {
        self.seats = seats
        self.lines = lines
    }
}

/// A skill that a queue or an interaction asks for, and the least level that will do.
public struct SkillRequirement: Codable, Hashable, Sendable {
    public var skill: SkillID
    public var minimumLevel: Int
    public init(skill: SkillID, minimumLevel: Int = 1) {
        self.skill = skill
        self.minimumLevel = minimumLevel
    }
}

/// How a queue chooses among free agents who have its skills.
public enum AgentSelection: String, Codable, Hashable, Sendable {
    /// Who has been idle longest.
    case longestIdle
    /// The highest sum of levels over the required skills, then who has been idle longest.
    case highestLevel
}

/// What happens to an interaction for which a queue has no place or no time left.
public enum OverflowRule: Codable, Hashable, Sendable {
    /// Go on in another queue with the original arrival time.
    case overflow(to: QueueID)
    /// Told politely that nobody can take it (劝退); the flow goes on at the queue node's exit.
    case dissuade
}

public struct QueueSettings: Codable, Hashable, Sendable {
    public var id: QueueID
    public var skills: [SkillRequirement]
    /// Added to the priority of each interaction; higher goes first.
    public var priority: Int
    public var selection: AgentSelection
    /// How long an agent's phone rings before the interaction is taken back to its original place.
    public var ringTimeout: TimeSpan
    /// Time after the conversation before the agent is idle again; zero for none.
    public var wrapUp: TimeSpan
    /// Interactions that may wait; the next one follows `whenFull`.
    public var mostWaiting: Int
    public var whenFull: OverflowRule
    /// How long one may wait; then `whenTooLong`. `nil` for as long as the caller likes.
    public var longestWait: TimeSpan?
    public var whenTooLong: OverflowRule
    /// Followed when nobody with the skills is signed in; `nil` lets it wait.
    public var whenNobody: OverflowRule?
    /// An agent who spoke with this customer within this span is asked first; `nil` switches it off.
    public var lastAgentWithin: TimeSpan?
    /// Waits below this count as short abandons (速挂).
    public var shortAbandon: TimeSpan
    /// Offers to different agents before the interaction follows `whenTooLong`; the bound on endless requeueing.
    public var mostOffers: Int
    /// Whether an agent who lets a call ring out becomes not ready (so that the next caller does not suffer too).
    public var notReadyAfterNoAnswer: Bool
    /// Signed-in agents with the queue's skills who may be on a break at once (mission G23); `nil` is unlimited.
    public var mostOnBreak: Int?

    public init(
        id: QueueID, skills: [SkillRequirement] = [], priority: Int = 0,
        selection: AgentSelection = .longestIdle,
        ringTimeout: TimeSpan = .seconds(15), wrapUp: TimeSpan = .seconds(20), mostWaiting: Int = 1_000,
        whenFull: OverflowRule = .dissuade, longestWait: TimeSpan? = nil,
        whenTooLong: OverflowRule = .dissuade,
        whenNobody: OverflowRule? = nil, lastAgentWithin: TimeSpan? = nil,
        shortAbandon: TimeSpan = .seconds(5),
        mostOffers: Int = 20, notReadyAfterNoAnswer: Bool = true, mostOnBreak: Int? = nil
    ) {
        self.id = id
        self.skills = skills
        self.priority = priority
        self.selection = selection
        self.ringTimeout = ringTimeout
        self.wrapUp = wrapUp
        self.mostWaiting = mostWaiting
        self.whenFull = whenFull
        self.longestWait = longestWait
        self.whenTooLong = whenTooLong
        self.whenNobody = whenNobody
        self.lastAgentWithin = lastAgentWithin
        self.shortAbandon = shortAbandon
        self.mostOffers = mostOffers
        self.notReadyAfterNoAnswer = notReadyAfterNoAnswer
        self.mostOnBreak = mostOnBreak
    }
}

public struct AgentSettings: Codable, Hashable, Sendable {
    public var id: AgentID
    public var skills: [SkillLevel]
    /// How long the agent's phone or browser may be silent before it counts as vanished; `nil` for no lease.
    public var lease: TimeSpan?

    public init(id: AgentID, skills: [SkillLevel], lease: TimeSpan? = nil) {
        self.id = id
        self.skills = skills
        self.lease = lease
    }
}

/// A skill that an agent has.
public struct SkillLevel: Codable, Hashable, Sendable {
    public var skill: SkillID
    /// 1 (beginner) to 5 (expert); below 1 counts as not having it.
    public var level: Int
    public init(skill: SkillID, level: Int) {
        self.skill = skill
        self.level = level
    }
}
