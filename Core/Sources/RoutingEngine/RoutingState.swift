import Kernel

/// A queue: its settings, who waits, and what was learnt about handling times.
struct QueueState: Sendable {
    var settings: QueueSettings
    /// The demand class of the queue's own skills.
    var demand: Int
    var line = SortedLine<WaitingRank>()
    /// Interactions of this queue that ring at an agent.
    var ringing = 0
    /// Signed-in agents with the queue's skills whose presence is ready.
    var serving = 0
    var handling = HandlingTime()
}

/// An exponentially weighted mean of handling times: talk, hold and wrap-up of one conversation.
struct HandlingTime: Codable, Hashable, Sendable {
    /// Each new value counts for one in `weight`.
    private static var weight: Int64 { 8 }
    /// In milliseconds times `weight`, so that whole numbers lose nothing that matters.
    private var scaled: Int64?

    var mean: TimeSpan? { scaled.map { TimeSpan(milliseconds: $0 / Self.weight) } }

    mutating func add(_ span: TimeSpan) {
        let value = span.bounded.milliseconds
        scaled = scaled.map { $0 + value - $0 / Self.weight } ?? value * Self.weight
    }
}

/// What the settings say about an agent.
struct RosterEntry: Sendable {
    var supply: Int
    /// As they stand in the settings.
    var skills: [SkillLevel]
    var lease: TimeSpan?
}

/// An agent who is signed in.
struct AgentState: Codable, Sendable {
    var id: AgentID
    var seat: SeatID
    var signedInAt: Timestamp
    /// The supply class; `nil` when the settings no longer know the agent, who then takes no more.
    var supply: Int? = nil
    var lease: TimeSpan? = nil
    var presence = Presence.notReady
    /// Chosen while an interaction rings, talks or is wrapped up; takes effect after.
    var next: Presence?
    var activity = Activity.idle
    var activitySince: Timestamp
    /// What rings, talks or is wrapped up.
    var interaction: InteractionID?
    /// The queue that the interaction came from.
    var queue: QueueID?
    /// Since when the agent counts as idle in the order of idle agents.
    var idleSince: Timestamp
    /// Which choice of ready in the whole centre put the agent to work; 0 for none yet.
    var readyTurn = 0
    /// No offers until then.
    var restsUntil: Timestamp?
    /// When recent offers came to nothing.
    var misses: [Timestamp] = []
    /// Silence until then means vanished; `nil` without a lease or when already vanished.
    var leaseUntil: Timestamp?
    /// The time of the deadline that watches the lease; renewals move only `leaseUntil`.
    var leaseWatch: Timestamp?
    var hasVanished = false
    var wrapUpUntil: Timestamp?
    /// Talk and hold of the conversation that is being wrapped up.
    var handled = TimeSpan.zero

    // Class, lease and watch follow from the settings and the rest.
    private enum CodingKeys: String, CodingKey {
        case id, seat, signedInAt, presence, next, activity, activitySince, interaction, queue, idleSince
        case readyTurn, restsUntil, misses, leaseUntil, hasVanished, wrapUpUntil, handled
    }

    func rank(_ slot: Int) -> IdleRank { IdleRank(since: idleSince, agent: id, slot: slot) }
    /// Whether an offer may go to the agent.
    var isFree: Bool { presence == .ready && activity == .idle && restsUntil == nil && supply != nil }
    var isInConversation: Bool { activity == .talking || activity == .hold }
    /// On a break, or promised one after the call.
    var countsAsBreak: Bool { (next ?? presence).isBreak }
}

/// An interaction that waits, rings or talks.
struct InteractionState: Codable, Sendable {
    enum Phase: Codable, Hashable, Sendable {
        case waiting
        case ringing(AgentID, since: Timestamp, until: Timestamp)
        case talking(AgentID, since: Timestamp)
    }

    var request: QueueRequest
    var id: InteractionID { request.interaction }
    /// Where the queue stands in the table of queues; -1 for a queue that the settings removed (talking only).
    var queue: Int = -1
    var queueID: QueueID
    /// The class of the queue's and the request's skills; in use while waiting or ringing.
    var demand: Int = -1
    /// The request's priority and the queue's.
    var priority: Int
    /// Begin of the present queue entry.
    var queuedAt: Timestamp
    /// Offers of this interaction so far.
    var attempts = 0
    /// Offers of the present queue entry so far.
    var attemptsHere = 0
    var overflows = 0
    var phase = Phase.waiting
    /// Who is not asked until when, because the last offer to this agent came to nothing.
    var avoided: AgentID?
    var avoidedUntil: Timestamp?
    /// The agent's turn of ready then: who has chosen ready since is asked again.
    var avoidedTurn = 0
    /// Begin of the present hold, and the sum of those before.
    var holdSince: Timestamp?
    var held = TimeSpan.zero

    // Queue number and class follow from the settings.
    private enum CodingKeys: String, CodingKey {
        case request, queueID, priority, queuedAt, attempts, attemptsHere, overflows, phase, avoided,
            avoidedUntil
        case avoidedTurn
        case holdSince, held
    }

    func rank(_ slot: Int) -> WaitingRank {
        WaitingRank(priority: priority, arrivedAt: request.arrivedAt, interaction: id, slot: slot)
    }
    var offer: OfferID { OfferID(interaction: id, attempt: attempts) }
    var isWaiting: Bool { phase == .waiting }
    var isTalking: Bool { if case .talking = phase { true } else { false } }
    /// Who it rings at or talks to.
    var agent: AgentID? {
        switch phase {
        case .waiting: nil
        case .ringing(let agent, _, _), .talking(let agent, _): agent
        }
    }
}

/// Values by id in a table whose places are used again, so that lines can refer to them by number.
struct SlotTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: Sendable {
    /// A free place keeps its last value until it is used again.
    private var places: [Value] = []
    private var free: [Int] = []
    private var index: [Key: Int] = [:]

    init() {}

    var count: Int { index.count }
    func slot(of key: Key) -> Int? { index[key] }

    subscript(slot: Int) -> Value {
        _read { yield places[slot] }
        _modify { yield &places[slot] }
    }

    /// Puts a value into a free place.
    mutating func insert(_ value: Value, for key: Key) -> Int {
        let slot = free.popLast() ?? places.count
        if slot == places.count { places.append(value) } else { places[slot] = value }
        index[key] = slot
        return slot
    }

    mutating func remove(_ key: Key) {
        guard let slot = index.removeValue(forKey: key) else { return }
        free.append(slot)
    }

    /// The places of all values in the order of their keys.
    var slots: [Int] { index.sorted { $0.key < $1.key }.map(\.value) }
    /// All values in the order of their keys.
    var values: [Value] { slots.map { self[$0] } }
}

/// The last attempts of interactions that left a while ago, oldest first.
struct Departures: Sendable {
    struct Departure: Codable, Hashable, Sendable {
        var interaction: InteractionID
        var attempts: Int
        var leftAt: Timestamp
    }

    private var departures: [Departure] = []
    private var start = 0
    private var attempts: [InteractionID: Int] = [:]

    init() {}
    init(_ departures: [Departure]) {
        self.departures = departures
        for departure in departures { attempts[departure.interaction] = departure.attempts }
    }

    var all: [Departure] { Array(departures[start...]) }
    var count: Int { departures.count - start }

    /// The last attempt of an interaction that left, or 0.
    func lastAttempt(of interaction: InteractionID) -> Int { attempts[interaction] ?? 0 }

    mutating func add(_ interaction: InteractionID, attempts count: Int, at time: Timestamp) {
        guard count > 0 else { return }
        departures.append(Departure(interaction: interaction, attempts: count, leftAt: time))
        attempts[interaction] = count
        if self.count > RoutingBounds.mostDepartures { removeFirst() }
    }

    mutating func forget(before time: Timestamp) {
        while start < departures.count, departures[start].leftAt < time { removeFirst() }
    }

    private mutating func removeFirst() {
        let first = departures[start]
        // A later departure of the same interaction has the higher count and stays.
        if attempts[first.interaction] == first.attempts { attempts[first.interaction] = nil }
        start += 1
        if start > 64, start * 2 > departures.count {
            departures.removeFirst(start)
            start = 0
        }
    }
}

/// The IVR lines that are held (mission N18).
struct LinePool: Sendable {
    var held: [InteractionID: Timestamp] = [:]
}
