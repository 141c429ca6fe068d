import Contracts
import Kernel

/// What a wallboard shows: the queues at this moment, the day so far, who does what where, and the alarms.
struct BoardBody: Encodable, Sendable {
    struct Limit: Encodable, Sendable {
        var inUse: Int
        /// Absent when unlimited.
        var limit: Int?
    }
    struct Figures: Encodable, Sendable {
        var values: [String: Double]
        var terms: [String: Int64]
    }
    struct Queue: Encodable, Sendable {
        var key: String
        var names: [String: String]
        var waiting: Int
        var longestWaitMs: Int64?
        /// Since when the first of the line waits, so that screens count by themselves.
        var waitsSince: Timestamp?
        var expectedWaitMs: Int64?
        var signedIn: Int
        var ready: Int
        var idle: Int
        var ringing: Int
        var talking: Int
        var wrapUp: Int
        var today: Figures
        /// Of the service level.
        var target: Double?
    }
    struct Group: Encodable, Sendable {
        var key: String
        var names: [String: String]?
        var signedIn = 0
        var ready = 0
        var idle = 0
        var ringing = 0
        var talking = 0
        var wrapUp = 0
        var notReady = 0
        var onBreak = 0
    }

    var at: Timestamp
    var calls: Int
    var lines: Limit
    var seats: Limit
    var queues: [Queue]
    var total: Figures
    var target: Double?
    var sites: [Group]
    var teams: [Group]
    var alarms: [AlarmBody]

    /// The day so far, by queue and as a whole.
    struct Today: Sendable {
        var figures: [Figure] = []
        var queues: [String: Terms] = [:]
        var total = Terms()
        var marks: [FigureMark] = []
    }

    /// Figures that stand on a board, in order.
    static let shownFigures: Set<String> = [
        "offered", "answered", "abandoned", "shortAbandoned", "overflowed", "dissuaded", "serviceLevel",
        "connectRate", "abandonRate", "averageWait", "averageHandling", "satisfaction",
    ]

    init(_ live: LiveFigures, _ today: Today, _ centre: Centre, alarms: [AlarmBody]) {
        let shown = today.figures.filter { Self.shownFigures.contains($0.key) }
        func figures(_ terms: Terms) -> Figures {
            Figures(values: FigureBody.values(of: terms, shown), terms: FigureBody.words(terms))
        }
        func target(_ queue: String?) -> Double? {
            let targets = today.marks.filter { $0.figure == "serviceLevel" && $0.kind == .target }
            return (targets.first { $0.queue == queue } ?? targets.first { $0.queue == nil })?.value
        }
        at = live.at
        calls = live.calls
        lines = Limit(inUse: live.linesInUse, limit: live.lineLimit)
        seats = Limit(inUse: live.seatsInUse, limit: live.seatLimit)
        let known = Dictionary(centre.queues.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        queues = live.queues.map { queue in
            let key = known[queue.id]?.key ?? queue.id.description
            return Queue(
                key: key, names: known[queue.id]?.names ?? [:], waiting: queue.waiting,
                longestWaitMs: queue.longestWait?.milliseconds,
                waitsSince: queue.longestWait.map { live.at - $0 },
                expectedWaitMs: queue.expectedWait?.milliseconds, signedIn: queue.signedIn,
                ready: queue.ready, idle: queue.idle, ringing: queue.ringing, talking: queue.talking,
                wrapUp: queue.wrapUp, today: figures(today.queues[key] ?? Terms()), target: target(key))
        }
        total = figures(today.total)
        self.target = target(nil)
        let seatSites = Dictionary(
            centre.seats.map { ($0.id, $0.site ?? "-") }, uniquingKeysWith: { first, _ in first })
        let people = Dictionary(
            centre.people.map { ($0.id, $0.team ?? "-") }, uniquingKeysWith: { first, _ in first })
        sites = Self.groups(
            live.agents,
            names: Dictionary(centre.sites.map { ($0.key, $0.names) }, uniquingKeysWith: { a, _ in a })
        ) { seatSites[$0.seat] ?? "-" }
        teams = Self.groups(live.agents, names: [:]) { people[$0.id] ?? "-" }
        self.alarms = alarms
    }

    private static func groups(
        _ agents: [LiveFigures.Agent], names: [String: [String: String]],
        by key: (LiveFigures.Agent) -> String
    ) -> [Group] {
        var groups: [String: Group] = [:]
        for agent in agents {
            let key = key(agent)
            var group = groups[key] ?? Group(key: key, names: names[key])
            group.signedIn += 1
            if agent.presence == "ready" { group.ready += 1 }
            switch agent.activity {
            case "ringing": group.ringing += 1
            case "talking", "hold": group.talking += 1
            case "wrapUp": group.wrapUp += 1
            default:
                switch agent.presence {
                case "ready": group.idle += 1
                case "break": group.onBreak += 1
                default: group.notReady += 1
                }
            }
            groups[key] = group
        }
        return groups.values.sorted { $0.key < $1.key }
    }
}

extension AlarmWatch {
    /// What rules are held against, out of what a board shows.
    static func sample(_ board: BoardBody) -> Sample {
        var sample: Sample = [:]
        func put(_ figure: AlarmRule.Figure, _ key: String, _ value: Double?) {
            if let value { sample[figure, default: [:]][key] = value }
        }
        for queue in board.queues {
            put(.waiting, queue.key, Double(queue.waiting))
            put(.longestWait, queue.key, Double(queue.longestWaitMs ?? 0))
            put(.expectedWait, queue.key, queue.expectedWaitMs.map(Double.init))
            put(.ready, queue.key, Double(queue.ready))
            put(.idle, queue.key, Double(queue.idle))
            for (figure, key) in rates { put(figure, queue.key, queue.today.values[key]) }
        }
        put(.waiting, "", Double(board.queues.reduce(0) { $0 + $1.waiting }))
        put(.longestWait, "", Double(board.queues.compactMap(\.longestWaitMs).max() ?? 0))
        put(.expectedWait, "", board.queues.compactMap(\.expectedWaitMs).max().map(Double.init))
        put(.ready, "", Double(board.sites.reduce(0) { $0 + $1.ready }))
        put(.idle, "", Double(board.sites.reduce(0) { $0 + $1.idle }))
        put(.lines, "", Double(board.lines.inUse))
        for (figure, key) in rates { put(figure, "", board.total.values[key]) }
        return sample
    }

    private static let rates: [(AlarmRule.Figure, String)] = [
        (.abandonRate, "abandonRate"), (.serviceLevel, "serviceLevel"), (.connectRate, "connectRate"),
    ]
}
