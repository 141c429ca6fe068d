import Kernel
import Storage

/// Turns the events of a tenant into the rows from which figures are summed. Pure: the same events in the same order
/// give the same rows, so they can be made anew at any time.
///
/// Late: an event of a contact that is over (its wrap-up, its request type) changes the row that was written. Twice:
/// each event is folded once, since the cursor moves in the transaction that writes the rows. Never: a contact that
/// does not end stays open and its entry counts as waiting.
struct FigureFold: Sendable {
    /// Contacts that go on, and agents who are signed in.
    private(set) var contacts: [InteractionID: ContactRow] = [:]
    private(set) var stays: [AgentID: StayRow] = [:]
    private var changes = FoldChanges()

    init() {}
    init(contacts: [ContactRow], stays: [StayRow]) {
        self.contacts = Dictionary(contacts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.stays = Dictionary(stays.map { ($0.agent, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Folds events and returns what has to be written.
    mutating func apply(_ events: [LoggedEvent]) -> FoldChanges {
        changes = FoldChanges()
        for logged in events { apply(logged.event) }
        for (id, contact) in contacts where contact.isDone { contacts[id] = nil }
        return changes
    }

    private mutating func apply(_ event: NewEvent) {
        if let id = event.interaction {
            applyToContact(id, event)
        }
        if let agent = event.agent { applyToAgent(agent, event) }
    }

    // MARK: Contacts

    private mutating func applyToContact(_ id: InteractionID, _ event: NewEvent) {
        let payload = FlatPayload(event.payload)
        switch event.type {
        case "fact.call.arrived":
            contacts[id] = ContactRow(id: id, arrivedAt: event.at)
            change(id) {
                $0.origin = payload.text("origin") ?? ""
                $0.number = payload.text("number") ?? ""
            }
        case "fact.call.rejected": change(id) { $0.isRejected = true }
        case "fact.call.answered": change(id) { $0.answeredAt = event.at }
        case "fact.call.handedToRating", "fact.flow.ratingSkipped":
            change(id) { $0.isRatingAsked = true }
        case "fact.flow.rated":
            change(id) {
                $0.isRatingAsked = true
                $0.rating = payload.int("score")
            }
        case "fact.call.ended": change(id) { $0.endedAt = event.at }
        case "interaction.classified":
            changes.classified.append((id, payload.text("requestType")))
        case "fact.queue.entered": enter(id, event)
        case "fact.queue.entryEnded":
            let seat = event.agent.flatMap { stays[$0]?.seat }
            change(id) {
                $0.changeLast {
                    $0.endedAt = event.at
                    $0.ending = payload.text("ending") ?? ""
                    $0.waited = payload.int("waited") ?? 0
                    $0.agent = event.agent
                    $0.seat = seat
                }
                if event.agent != nil { $0.isInConversation = true }
            }
        case "fact.offer.ended" where payload.text("outcome") == "accepted":
            change(id) { $0.changeLast { $0.rang = payload.int("rang") ?? 0 } }
        case "fact.conversation.ended":
            change(id) {
                $0.isInConversation = false
                $0.changeLast {
                    $0.isHandled = true
                    $0.talked += payload.int("talked") ?? 0
                    $0.held += payload.int("held") ?? 0
                }
            }
        case "fact.wrapUp.ended": wrapUp(id, event.agent, payload.int("lasted") ?? 0)
        default: break
        }
    }

    private mutating func enter(_ id: InteractionID, _ event: NewEvent) {
        guard let queue = event.queue else { return }
        change(id) {
            $0.entries.append(EntryRow(ordinal: $0.entries.count + 1, queue: queue, enteredAt: event.at))
        }
    }

    /// It belongs to the agent's last entry, wherever the customer is by now; after the call only the row is left.
    private mutating func wrapUp(_ id: InteractionID, _ agent: AgentID?, _ lasted: Int64) {
        guard let agent else { return }
        if let place = contacts[id]?.entries.lastIndex(where: { $0.agent == agent }) {
            change(id) { $0.entries[place].wrappedUp += lasted }
        } else {
            changes.wrapUps.append((id, agent, lasted))
        }
    }

    /// What is not followed is a test's, which a restart forgets, or over.
    private mutating func change(_ id: InteractionID, _ body: (inout ContactRow) -> Void) {
        guard var contact = contacts[id] else { return }
        body(&contact)
        contacts[id] = contact
        // Calls that test a flow are nobody's (mission N21's editor); they are followed and not written.
        if !contact.isTest { changes.contacts[id] = contact }
    }

    // MARK: Staff

    private mutating func applyToAgent(_ agent: AgentID, _ event: NewEvent) {
        let payload = FlatPayload(event.payload)
        switch event.type {
        case "fact.agent.signedIn":
            guard let seat = payload.text("seat").flatMap({ SeatID($0) }) else { return }
            close(agent, at: event.at)
            stays[agent] = StayRow(agent: agent, seat: seat, since: event.at)
            changes.stays.insert(agent)
        case "fact.agent.signedOut":
            close(agent, at: event.at)
            stays[agent] = nil
            changes.stays.insert(agent)
        case "fact.agent.presenceChanged":
            close(agent, at: event.at)
            stays[agent]?.presence = payload.text("presence") ?? ""
            stays[agent]?.reason = payload.text("reason") ?? ""
            changes.stays.insert(agent)
        case "fact.agent.activityChanged":
            close(agent, at: event.at)
            stays[agent]?.activity = payload.text("activity") ?? ""
            changes.stays.insert(agent)
        case "fact.offer.made": count(agent, .offers, at: event.at)
        case "fact.offer.ended":
            switch payload.text("outcome") {
            case "noAnswer": count(agent, .missed, at: event.at)
            case "declined": count(agent, .declined, at: event.at)
            default: break
            }
        default: break
        }
    }

    /// Gives the time since the last change to the quarters of an hour in which it was spent.
    private mutating func close(_ agent: AgentID, at end: Timestamp) {
        guard let stay = stays[agent] else { return }
        for (quarter, spent) in StayRow.quarters(from: stay.since, to: end) {
            changes.add(
                spent, times: 0, StaffKey(agent: agent, seat: stay.seat, quarter: quarter, what: stay.what))
        }
        stays[agent]?.since = max(stay.since, end)
    }

    private mutating func count(_ agent: AgentID, _ what: StaffKey.Count, at: Timestamp) {
        guard let seat = stays[agent]?.seat else { return }
        let quarter = StayRow.quarter(of: at)
        changes.add(
            0, times: 1, StaffKey(agent: agent, seat: seat, quarter: quarter, what: what.rawValue))
    }
}

/// What a batch of events changed.
struct FoldChanges: Sendable {
    var contacts: [InteractionID: ContactRow] = [:]
    /// Wrap-ups that ended after their calls.
    var wrapUps: [(id: InteractionID, agent: AgentID, lasted: Int64)] = []
    var classified: [(id: InteractionID, requestType: String?)] = []
    /// Agents whose stay has changed or ended.
    var stays: Set<AgentID> = []
    private(set) var staff: [StaffKey: (milliseconds: Int64, times: Int64)] = [:]

    mutating func add(_ milliseconds: Int64, times: Int64, _ key: StaffKey) {
        let former = staff[key] ?? (0, 0)
        staff[key] = (former.milliseconds + milliseconds, former.times + times)
    }
}
