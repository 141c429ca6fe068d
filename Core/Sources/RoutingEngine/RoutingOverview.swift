public import Kernel

/// The state of a centre at one moment, for screens: plain values in the order of the settings and of the ids.
public struct RoutingOverview: Codable, Hashable, Sendable {
    /// A queue at one moment.
    public struct Queue: Codable, Hashable, Sendable {
        /// Which queue.
        public var id: QueueID
        /// Interactions in the line, those that ring included.
        public var waiting: Int
        /// Since the arrival of whoever waits longest; `nil` when nobody waits.
        public var longestWait: TimeSpan?
        /// For who would come now; `nil` without experience or agents.
        public var expectedWait: TimeSpan?
        /// Signed-in agents with the queue's skills; those below are among them, whichever queue they work for.
        public var signedIn: Int
        /// Agents whose presence is ready, busy or not.
        public var ready: Int
        /// Agents who are ready and have nothing to do.
        public var idle: Int
        /// Agents whose phone rings.
        public var ringing: Int
        /// Agents in a conversation, hold included.
        public var talking: Int
        /// Agents in wrap-up.
        public var wrapUp: Int
    }

    /// A signed-in agent at one moment.
    public struct Agent: Codable, Hashable, Sendable {
        /// Which agent.
        public var id: AgentID
        /// Where the agent sits.
        public var seat: SeatID
        /// Begin of the shift at this seat.
        public var signedInAt: Timestamp
        /// What the agent chose.
        public var presence: Presence
        /// Chosen already, takes effect after the present interaction.
        public var next: Presence?
        /// What the agent does.
        public var activity: Activity
        /// Since when the activity lasts.
        public var since: Timestamp
        /// What rings, talks or is wrapped up.
        public var interaction: InteractionID?
        /// The queue that it came from.
        public var queue: QueueID?
        /// The phone or browser is silent.
        public var hasVanished: Bool
    }

    /// The moment.
    public var at: Timestamp
    /// The version of the settings in force.
    public var settings: Int
    /// In the order of the settings.
    public var queues: [Queue]
    /// Who is signed in, in the order of the ids.
    public var agents: [Agent]
    /// IVR lines that are held.
    public var linesInUse: Int
    /// `nil` is unlimited.
    public var lineLimit: Int?
    /// Seats that are occupied.
    public var seatsInUse: Int
    /// `nil` is unlimited.
    public var seatLimit: Int?
}

extension RoutingEngine {
    /// Everything a wallboard shows. Looks at every agent and interaction once, and at each queue for each agent:
    /// for a screen every second, not for each input.
    public func overview(at now: Timestamp) -> RoutingOverview {
        let slots = agents.slots
        var oldest: [Int: Timestamp] = [:]
        for slot in interactions.slots where !interactions[slot].isTalking {
            let arrived = interactions[slot].request.arrivedAt
            let queue = interactions[slot].queue
            oldest[queue] = min(oldest[queue] ?? arrived, arrived)
        }
        let demandCount = queuesByDemand.count
        var tallies = Array(repeating: Tally(), count: demandCount)
        for slot in slots {
            guard let supply = agents[slot].supply else { continue }
            for demand in matching.demands(of: supply) where demand < demandCount {
                tallies[demand].add(agents[slot])
            }
        }
        return RoutingOverview(
            at: now, settings: settings.version,
            queues: queues.enumerated().map { index, queue in
                let tally = tallies[queue.demand]
                return RoutingOverview.Queue(
                    id: queue.settings.id, waiting: queue.line.count + queue.ringing,
                    longestWait: oldest[index].map { now - $0 },
                    expectedWait: expectedWait(queue: index, position: queue.line.count + 1),
                    signedIn: tally.signedIn, ready: tally.ready, idle: tally.idle, ringing: tally.ringing,
                    talking: tally.talking, wrapUp: tally.wrapUp)
            },
            agents: slots.map { RoutingOverview.Agent(agents[$0]) },
            linesInUse: lines.held.count, lineLimit: settings.limits.lines, seatsInUse: agents.count,
            seatLimit: settings.limits.seats)
    }
}

extension RoutingOverview.Agent {
    init(_ agent: AgentState) {
        self.init(
            id: agent.id, seat: agent.seat, signedInAt: agent.signedInAt, presence: agent.presence,
            next: agent.next, activity: agent.activity, since: agent.activitySince,
            interaction: agent.interaction, queue: agent.queue, hasVanished: agent.hasVanished)
    }
}

/// Agents of one demand class by what they do.
private struct Tally {
    var signedIn = 0
    var ready = 0
    var idle = 0
    var ringing = 0
    var talking = 0
    var wrapUp = 0

    mutating func add(_ agent: AgentState) {
        signedIn += 1
        if agent.presence == .ready { ready += 1 }
        switch agent.activity {
        case .idle: if agent.presence == .ready { idle += 1 }
        case .ringing: ringing += 1
        case .talking, .hold: talking += 1
        case .wrapUp: wrapUp += 1
        }
    }
}
