import Contracts
import Foundation
package import Kernel
import RoutingEngine
import Storage
import Web

/// What is going on: the live picture, the event stream, the centre's numbers and seats.
struct LiveRoutes: Sendable {
    let desk: RoutingDesk
    let database: TenantDatabase

    func add(to routes: inout Routes) {
        routes.get("/api/v1/live", permission: "live.read") { _, _, _ in try .json(await desk.live()) }
        routes.get("/api/v1/centre", permission: "centre.read") { _, _, _ in
            try .json(CentreBody(await desk.centre()))
        }
        routes.get("/api/v1/events", permission: "live.read") { request, _, _ in
            let head = try await database.read { [tenant = database.tenant] tx in
                try EventLog.head(of: tenant, in: tx)
            }
            let start = try request.after() ?? head
            return .events(
                EventStreamResponse(EventFollower(database, after: start).map(Self.serverEvent)))
        }
        routes.get("/api/v1/interactions/{id}/timeline", permission: "interaction.read", scoping: .obeyed) {
            request, principal, _ in
            let id: InteractionID = try request.id("id")
            let events = try await database.read { [tenant = database.tenant] tx in
                try EventLog.read(tenant, interaction: id, in: tx)
            }
            // Who sees own contacts only sees those in which the events name that person.
            guard
                try principal.scope(of: "interaction.read") == .tenant
                    || events.contains(where: { $0.event.agent != nil && $0.event.agent == principal.person })
            else {
                throw Problem(.notFound, "There is no interaction \(id).", details: ["field": "id"])
            }
            let centre = await desk.centre()
            let agents = Dictionary(
                centre.agents.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
            let queues = Dictionary(
                centre.queues.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
            return try .json(
                TimelineBody(
                    items: events.map { event in
                        var body = EventBody(event)
                        body.agentNumber = body.agent.flatMap { agents[$0] }
                        body.queueKey = body.queue.flatMap { queues[$0] }
                        return body
                    }))
        }
    }

    private static func serverEvent(_ logged: LoggedEvent) -> ServerEvent {
        let body = EventBody(logged)
        do {
            return ServerEvent(id: logged.sequence, event: body.type, data: try JSONText.encode(body))
        } catch {
            // An event that has no JSON form cannot have been stored; its place in the sequence is kept all the same.
            return ServerEvent(id: logged.sequence, event: body.type, data: "{}")
        }
    }
}

/// An event as clients see it: the envelope of decision 5 with the payload as it was stored.
struct EventBody: Encodable, Sendable {
    var seq: Int64
    var id: EventID
    var type: String
    var v: Int
    var at: Timestamp
    var actor: String
    var interaction: InteractionID?
    var agent: AgentID?
    var queue: QueueID?
    /// What people call the agent and the queue; told in timelines, not in the stream.
    var agentNumber: String?
    var queueKey: String?
    var payload: [String: PayloadValue]

    init(_ logged: LoggedEvent) {
        seq = logged.sequence
        id = logged.event.id
        type = logged.event.type
        v = logged.event.version
        at = logged.event.at
        actor = logged.event.actor
        interaction = logged.event.interaction
        agent = logged.event.agent
        queue = logged.event.queue
        payload = (try? logged.payload()) ?? [:]
    }
}

/// What a fact's particulars can be.
enum PayloadValue: Codable, Hashable, Sendable {
    case int(Int64)
    case text(String)
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let number = try? container.decode(Int64.self) {
            self = .int(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .int(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .null: try container.encodeNil()
        }
    }
}

struct TimelineBody: Encodable, Sendable { var items: [EventBody] }

/// The live picture with the words that people use: numbers of agents and seats, keys of queues.
package struct LiveBody: Codable, Sendable {
    package struct Queue: Codable, Sendable {
        package var key: String
        package var names: [String: String]
        package var waiting: Int
        package var longestWaitMs: Int64?
        package var expectedWaitMs: Int64?
        package var signedIn: Int
        package var ready: Int
        package var idle: Int
        package var ringing: Int
        package var talking: Int
        package var wrapUp: Int
    }
    package struct Agent: Codable, Sendable {
        package var number: String
        package var name: String
        package var seat: String
        package var presence: String
        package var activity: String
        package var sinceMs: Int64
        package var interaction: InteractionID?
        package var hasVanished: Bool
        /// The keys of the agent's team and of the seat's site.
        package var team: String?
        package var site: String?
        /// Why, on a break.
        package var reason: String?
        /// The key of the queue that the call came from.
        package var queue: String?
        package var call: Call?
    }
    /// The call that rings, talks or is wrapped up (mission P28).
    package struct Call: Codable, Sendable {
        package var id: InteractionID
        /// What was called.
        package var number: String
        package var origin: String
        package var arrivedAt: Timestamp
        package var connectedAt: Timestamp?
    }
    package struct Limit: Codable, Sendable {
        package var inUse: Int
        /// Absent when unlimited.
        package var limit: Int?
    }
    package var at: Timestamp
    package var calls: Int
    package var lines: Limit
    package var seats: Limit
    package var queues: [Queue]
    package var agents: [Agent]
    /// Agents who wait for a supervisor's word on their break.
    package var breakRequests: Int

    init(
        _ overview: RoutingOverview, calls: Int, breakRequests: Int, centre: Centre, cards: DeskCards
    ) {
        self.breakRequests = breakRequests
        at = overview.at
        self.calls = calls
        lines = Limit(inUse: overview.linesInUse, limit: overview.lineLimit)
        seats = Limit(inUse: overview.seatsInUse, limit: overview.seatLimit)
        let known = Dictionary(centre.queues.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        queues = overview.queues.map { queue in
            Queue(
                key: known[queue.id]?.key ?? queue.id.description, names: known[queue.id]?.names ?? [:],
                waiting: queue.waiting, longestWaitMs: queue.longestWait?.milliseconds,
                expectedWaitMs: queue.expectedWait?.milliseconds, signedIn: queue.signedIn,
                ready: queue.ready,
                idle: queue.idle, ringing: queue.ringing, talking: queue.talking, wrapUp: queue.wrapUp)
        }
        let people = Dictionary(centre.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let places = Dictionary(centre.seats.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let teams = Dictionary(
            centre.people.map { ($0.id, $0.team) }, uniquingKeysWith: { first, _ in first })
        agents = overview.agents.map { agent in
            let card = cards[agent.id].flatMap { $0.interaction == agent.interaction ? $0 : nil }
            return Agent(
                number: people[agent.id]?.number ?? agent.id.description, name: people[agent.id]?.name ?? "",
                seat: places[agent.seat]?.number ?? agent.seat.description, presence: agent.presence.word,
                activity: agent.activity.rawValue, sinceMs: (overview.at - agent.since).milliseconds,
                interaction: agent.interaction, hasVanished: agent.hasVanished,
                team: teams[agent.id] ?? nil, site: places[agent.seat]?.site, reason: agent.presence.reason,
                queue: agent.queue.map { known[$0]?.key ?? $0.description },
                call: card.map {
                    Call(
                        id: $0.interaction, number: $0.number, origin: $0.origin, arrivedAt: $0.arrivedAt,
                        connectedAt: $0.connectedAt)
                })
        }
    }
}

/// The centre without its secrets.
struct CentreBody: Encodable, Sendable {
    struct Number: Encodable, Sendable {
        var number: String
        var flow: String
    }
    struct Queue: Encodable, Sendable {
        var key: String
        var names: [String: String]
    }
    struct Agent: Encodable, Sendable {
        var number: String
        var name: String
    }
    struct Seat: Encodable, Sendable {
        var number: String
        /// The user that the seat's phone registers as, or its fixed address; `nil` for the browser alone.
        var phone: String?
    }
    var name: String
    var zone: String
    var mostSeats: Int?
    var mostLines: Int?
    var numbers: [Number]
    var queues: [Queue]
    var agents: [Agent]
    var seats: [Seat]

    init(_ centre: Centre) {
        name = centre.name
        zone = centre.zone
        mostSeats = centre.mostSeats
        mostLines = centre.mostLines
        numbers = centre.numbers.map { Number(number: $0.number, flow: $0.flow) }
        queues = centre.queues.map { Queue(key: $0.key, names: $0.names) }
        agents = centre.agents.map { Agent(number: $0.number, name: $0.name) }
        seats = centre.seats.map { seat in
            switch seat.phone {
            case nil: Seat(number: seat.number)
            case .registered(let user, _): Seat(number: seat.number, phone: user)
            case .fixed(let uri, _): Seat(number: seat.number, phone: uri)
            }
        }
    }
}
