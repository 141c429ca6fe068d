import Kernel
import Storage

/// Turns the events of a tenant into the rows from which figures are summed. Pure: the same events in the same order
/// give the same rows, in batches of any size, so they can be made anew at any time.
///
/// Late: an event of a contact that is over (its wrap-up, its request type, its trace) changes the row that was written. Twice:
/// each event is folded once, since the cursor moves in the transaction that writes the rows. Never: a contact that
/// does not end stays open and its entry counts as waiting; one that ends without the end of its entry (an engine of
/// another version has begun without it) was released by the system.
struct FigureFold: Sendable {
    /// Contacts that go on, and agents who are signed in.
    private(set) var contacts: [InteractionID: ContactRow] = [:]
    private(set) var stays: [AgentID: StayRow] = [:]
    private var changes = FoldChanges()
    /// Contacts that this batch has changed; what is written of them is how they are at its end.
    private var touched: Set<InteractionID> = []

    init() {}
    init(contacts: [ContactRow], stays: [StayRow]) {
        self.contacts = Dictionary(contacts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.stays = Dictionary(stays.map { ($0.agent, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The events that matter here; most of a log does not.
    enum Kind: String, CaseIterable {
        case arrived = "fact.call.arrived"
        case rejected = "fact.call.rejected"
        case answered = "fact.call.answered"
        case handedToRating = "fact.call.handedToRating"
        case ratingSkipped = "fact.flow.ratingSkipped"
        case rated = "fact.flow.rated"
        case ended = "fact.call.ended"
        case classified = "interaction.classified"
        case traced = "interaction.traced"
        case queueEntered = "fact.queue.entered"
        case entryEnded = "fact.queue.entryEnded"
        case offerMade = "fact.offer.made"
        case offerEnded = "fact.offer.ended"
        case conversationEnded = "fact.conversation.ended"
        case wrapUpEnded = "fact.wrapUp.ended"
        case signedIn = "fact.agent.signedIn"
        case signedOut = "fact.agent.signedOut"
        case presenceChanged = "fact.agent.presenceChanged"
        case activityChanged = "fact.agent.activityChanged"

        static let byType = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
    }
    /// Their types, for reading nothing else.
    static let types = Kind.allCases.map(\.rawValue)

    /// Folds events and returns what has to be written.
    mutating func apply(_ events: [LoggedEvent]) -> FoldChanges {
        for logged in events { apply(logged.event) }
        for id in touched.sorted() {
            guard let contact = contacts[id] else { continue }
            // Calls that test a flow are nobody's (mission N21's editor); they are followed and not written.
            if !contact.isTest { changes.contacts.append(contact) }
            if contact.isDone { contacts[id] = nil }
        }
        defer {
            touched = []
            changes = FoldChanges()
        }
        return changes
    }

    private mutating func apply(_ event: NewEvent) {
        guard let kind = Kind.byType[event.type] else { return }
        if let id = event.interaction { applyToContact(id, event, kind) }
        if let agent = event.agent { applyToAgent(agent, event, kind) }
    }

    // MARK: Contacts

    private mutating func applyToContact(_ id: InteractionID, _ event: NewEvent, _ kind: Kind) {
        let payload = FlatPayload(event.payload)
        switch kind {
        case .arrived:
            contacts[id] = ContactRow(id: id, arrivedAt: event.at)
            change(id) {
                $0.origin = payload.text("origin") ?? ""
                $0.number = payload.text("number") ?? ""
            }
        case .rejected: change(id) { $0.isRejected = true }
        case .answered: change(id) { $0.answeredAt = event.at }
        case .handedToRating, .ratingSkipped: change(id) { $0.isRatingAsked = true }
        case .rated:
            change(id) {
                $0.isRatingAsked = true
                $0.rating = payload.int("score")
            }
        case .ended: change(id) { $0.end(at: event.at) }
        case .classified: changes.classified[id] = .some(payload.text("requestType"))
        case .traced: changes.traces.append(ContactTrace(id, payload))
        case .queueEntered: enter(id, event)
        case .entryEnded:
            let seat = event.agent.flatMap { stays[$0]?.seat }
            change(id) {
                $0.changeLast {
                    $0.endedAt = event.at
                    $0.ending = payload.text("ending") ?? ""
                    $0.waited = payload.int("waited") ?? 0
                    $0.agent = event.agent
                    $0.seat = seat
                }
            }
        case .offerEnded:
            guard payload.text("outcome") == "accepted" else { return }
            change(id) { $0.changeLast { $0.rang = payload.int("rang") ?? 0 } }
        case .conversationEnded:
            change(id) {
                $0.changeLast {
                    $0.isHandled = true
                    $0.talked += payload.int("talked") ?? 0
                    $0.held += payload.int("held") ?? 0
                }
            }
        case .wrapUpEnded: wrapUp(id, event.agent, payload.int("lasted") ?? 0)
        case .offerMade, .signedIn, .signedOut, .presenceChanged, .activityChanged: break
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
        if let found = contacts.index(forKey: id),
            let place = contacts.values[found].entries.lastIndex(where: { $0.agent == agent })
        {
            contacts.values[found].entries[place].wrappedUp += lasted
            touched.insert(id)
        } else {
            changes.wrapUps.append((id, agent, lasted))
        }
    }

    /// What is not followed is a test's, which a restart forgets, or over. What is over may still be here until the batch
    /// ends, and is changed no more: batches of any size give the same rows.
    private mutating func change(_ id: InteractionID, _ body: (inout ContactRow) -> Void) {
        guard let place = contacts.index(forKey: id), !contacts.values[place].isDone else { return }
        body(&contacts.values[place])
        touched.insert(id)
    }

    // MARK: Staff

    private mutating func applyToAgent(_ agent: AgentID, _ event: NewEvent, _ kind: Kind) {
        let payload = FlatPayload(event.payload)
        switch kind {
        case .signedIn:
            guard let seat = payload.text("seat").flatMap({ SeatID($0) }) else { return }
            close(agent, at: event.at)
            stays[agent] = StayRow(agent: agent, seat: seat, since: event.at)
            changes.stays.insert(agent)
        case .signedOut:
            close(agent, at: event.at)
            stays[agent] = nil
            changes.stays.insert(agent)
        case .presenceChanged:
            close(agent, at: event.at)
            stays[agent]?.presence = payload.text("presence") ?? ""
            stays[agent]?.reason = payload.text("reason") ?? ""
            changes.stays.insert(agent)
        case .activityChanged:
            close(agent, at: event.at)
            stays[agent]?.activity = payload.text("activity") ?? ""
            changes.stays.insert(agent)
        case .offerMade: count(agent, .offers, at: event.at)
        case .offerEnded:
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
    /// Each once, as it is at the end of the batch, in the order of their ids.
    var contacts: [ContactRow] = []
    /// Wrap-ups that ended after their calls.
    var wrapUps: [(id: InteractionID, agent: AgentID, lasted: Int64)] = []
    /// The last request type that was given.
    var classified: [InteractionID: String?] = [:]
    /// Where contacts that are over lie among those of their callers.
    var traces: [ContactTrace] = []
    /// Agents whose stay has changed or ended.
    var stays: Set<AgentID> = []
    private(set) var staff: [StaffKey: (milliseconds: Int64, times: Int64)] = [:]

    mutating func add(_ milliseconds: Int64, times: Int64, _ key: StaffKey) {
        let former = staff[key] ?? (0, 0)
        staff[key] = (former.milliseconds + milliseconds, former.times + times)
    }
}
