import CallEngine
import Contracts
import FlowEngine
import Kernel
import RoutingEngine

/// What is known of the call that an agent has in hand, from the offer to the end of wrap-up.
struct DeskCard: Hashable, Sendable {
    var interaction: InteractionID
    var queue: QueueID
    var number = ""
    var origin = ""
    /// Canonical; `nil` when withheld. Personal.
    var caller: String?
    var isRecognised = false
    var care: CallerCare?
    var pressed: [String: String] = [:]
    var arrivedAt: Timestamp
    var offeredAt: Timestamp
    var connectedAt: Timestamp?
    var endedAt: Timestamp?
    var isRecording = false
}

/// The cards of all agents: a fold over the facts.
struct DeskCards: Sendable {
    private var cards: [AgentID: DeskCard] = [:]
    /// Who has which interaction in hand.
    private var holders: [InteractionID: AgentID] = [:]

    subscript(agent: AgentID) -> DeskCard? { cards[agent] }

    mutating func forget(_ agent: AgentID) {
        guard let card = cards.removeValue(forKey: agent) else { return }
        if holders[card.interaction] == agent { holders[card.interaction] = nil }
    }

    /// The records know the caller; returns whose screen shows it.
    mutating func recognise(_ id: InteractionID, _ care: CallerCare?) -> Set<AgentID> {
        var touched: Set<AgentID> = []
        change(id, &touched) {
            $0.isRecognised = true
            $0.care = care
        }
        return touched
    }

    /// Something else is to be known about the caller; returns whose screen shows it.
    mutating func note(_ care: CallerCare?, of id: InteractionID) -> Set<AgentID> {
        var touched: Set<AgentID> = []
        change(id, &touched) { $0.care = care }
        return touched
    }

    /// Notes facts; returns the agents whose screens show something else now.
    mutating func note(_ facts: [StampedFact], rooms: inout [InteractionID: CallRoom]) -> Set<AgentID> {
        var touched: Set<AgentID> = []
        for stamped in facts { note(stamped, &rooms, &touched) }
        return touched
    }

    private mutating func note(
        _ stamped: StampedFact, _ rooms: inout [InteractionID: CallRoom], _ touched: inout Set<AgentID>
    ) {
        switch stamped.fact {
        case .flow(let id, .nodeLeft(let node, exit: let exit)):
            // A menu is left by the key that was pressed; other nodes by a word.
            if exit.utf8.count == 1 { rooms[id]?.pressed[node] = exit }
        case .connected(let id, let agent):
            change(id, &touched) { $0.connectedAt = stamped.at }
            touched.insert(agent)
        case .recordingStarted(let id): change(id, &touched) { $0.isRecording = true }
        case .agentLegLost(_, let agent), .agentLegBack(_, let agent): touched.insert(agent)
        case .routing(let fact): note(fact, at: stamped.at, rooms, &touched)
        case .arrived, .rejected, .answered, .flow, .handedToRating, .ended: break
        }
    }

    private mutating func note(
        _ fact: RoutingFact, at now: Timestamp, _ rooms: [InteractionID: CallRoom],
        _ touched: inout Set<AgentID>
    ) {
        switch fact {
        case .offered(let offer, let agent, let queue, _):
            let room = rooms[offer.interaction]
            var card = DeskCard(
                interaction: offer.interaction, queue: queue, arrivedAt: room?.arrivedAt ?? now,
                offeredAt: now)
            if let room, let arrival = room.arrival {
                card.number = arrival.number
                card.origin = arrival.origin
                card.caller = arrival.caller.isAnonymous ? nil : arrival.caller.canonical
                card.isRecognised = room.isRecognised
                card.care = room.care
                card.pressed = room.pressed
            }
            cards[agent] = card
            holders[offer.interaction] = agent
            touched.insert(agent)
        case .conversationEnded(let id, let agent, _, _, _):
            change(id, &touched) {
                $0.endedAt = now
                $0.isRecording = false
            }
            touched.insert(agent)
        case .offerEnded(_, let agent, _, _), .wrapUpEnded(let agent, _, _), .agentSignedIn(let agent, _),
            .agentSignedOut(let agent, _, _), .presenceChanged(let agent, _),
            .activityChanged(let agent, _, _, _),
            .agentVanished(let agent):
            touched.insert(agent)
        case .refused(let refusal):
            if let agent = refusal.agent { touched.insert(agent) }
        case .settingsApplied, .lineHeld, .lineReleased, .lineRefused, .queued, .queueEntryEnded: break
        }
    }

    private mutating func change(
        _ id: InteractionID, _ touched: inout Set<AgentID>, _ change: (inout DeskCard) -> Void
    ) {
        guard let agent = holders[id], var card = cards[agent], card.interaction == id else { return }
        change(&card)
        cards[agent] = card
        touched.insert(agent)
    }
}

/// Who follows the screens of which agents.
struct DeskFeeds: Sendable {
    struct ID: Hashable, Sendable { var number: Int }

    private var streams: [ID: (agent: AgentID, stream: AsyncStream<DeskBody>.Continuation)] = [:]
    private var byAgent: [AgentID: Set<ID>] = [:]
    private var last: [AgentID: DeskBody] = [:]
    private var count = 0

    var agents: [AgentID] { Array(byAgent.keys) }
    func hasAny(_ agent: AgentID) -> Bool { byAgent[agent] != nil }

    mutating func add(_ agent: AgentID, _ stream: AsyncStream<DeskBody>.Continuation) -> ID {
        count += 1
        let id = ID(number: count)
        streams[id] = (agent, stream)
        byAgent[agent, default: []].insert(id)
        // The new one has to be told, whatever the others know.
        last[agent] = nil
        return id
    }

    mutating func remove(_ id: ID) {
        guard let agent = streams.removeValue(forKey: id)?.agent else { return }
        byAgent[agent]?.remove(id)
        if byAgent[agent]?.isEmpty == true {
            byAgent[agent] = nil
            last[agent] = nil
        }
    }

    /// Tells those who follow the agent, unless nothing but the time has changed.
    mutating func send(_ body: DeskBody) {
        let agent = body.id
        guard let ids = byAgent[agent], last[agent].map({ !$0.says(body) }) ?? true else { return }
        last[agent] = body
        for id in ids { streams[id]?.stream.yield(body) }
    }
}
