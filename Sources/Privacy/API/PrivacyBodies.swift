import Contracts
import Kernel

/// What the centre holds of a person, on the wire.
struct SubjectBody: Encodable, Sendable {
    var number: String
    var contacts: Int
    var openContacts: Int
    var firstAt: Timestamp?
    var lastAt: Timestamp?
    var isHeld: Bool
    var holds: [HoldBody]
    var holdings: [Holding]

    init(_ overview: SubjectOverview, _ people: People) {
        number = overview.number
        contacts = overview.contacts.contacts.count
        openContacts = overview.contacts.open
        firstAt = overview.contacts.firstAt
        lastAt = overview.contacts.lastAt
        isHeld = !overview.holds.isEmpty
        holds = overview.holds.map { HoldBody($0, people) }
        holdings = overview.holdings
    }
}

/// A legal hold on the wire.
struct HoldBody: Encodable, Sendable {
    var id: LegalHoldID
    var number: String?
    var interaction: InteractionID?
    var reason: String
    var madeAt: Timestamp
    /// The number (工号) of a person, else the actor of the audit.
    var madeBy: String
    var liftedAt: Timestamp?
    var liftedBy: String?
    var liftReason: String?

    init(_ hold: LegalHold, _ people: People) {
        id = hold.id
        number = hold.number
        interaction = hold.interaction
        reason = hold.reason
        madeAt = hold.madeAt
        madeBy = people.name(hold.madeBy)
        liftedAt = hold.liftedAt
        liftedBy = hold.liftedBy.map(people.name)
        liftReason = hold.liftReason
    }
}

/// A deletion on the wire: the proof.
struct DeletionBody: Encodable, Sendable {
    var id: DeletionID
    var at: Timestamp
    var actor: String
    /// The number (工号) of the person behind it; left out for the system.
    var actorName: String?
    var basis: String
    var reason: String
    var subject: String?
    var dataClass: PersonalClass?
    var before: Timestamp?
    var interactions: Int
    var deleted: [Holding]
    var keys: Int
    var verifiedAt: Timestamp?
    var left: Int?

    init(_ deletion: Deletion, _ people: People) {
        id = deletion.id
        at = deletion.at
        actor = deletion.actor
        let name = people.name(deletion.actor)
        actorName = name == deletion.actor ? nil : name
        basis = deletion.basis.rawValue
        reason = deletion.reason
        subject = deletion.subject
        dataClass = deletion.dataClass
        before = deletion.before
        interactions = deletion.interactions
        deleted = deletion.deleted
        keys = deletion.keys
        verifiedAt = deletion.verifiedAt
        left = deletion.left
    }
}

/// Retention on the wire.
struct RetentionBody: Encodable, Sendable {
    var version: Int
    var days: Retention.Days
    var lastSweepAt: Timestamp?
    var nextSweepAt: Timestamp?
    /// Contacts of each class that would lose something now, counted up to 10,000.
    var due: [String: Int]
}

/// Numbers (工号) by the actors of the audit.
struct People: Sendable {
    private let numbers: [String: String]

    init(_ centre: Centre) {
        numbers = Dictionary(
            centre.people.map { ("person:\($0.id)", $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    func name(_ actor: String) -> String { numbers[actor] ?? actor }
}
