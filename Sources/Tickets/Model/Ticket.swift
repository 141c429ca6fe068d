import Kernel

/// A ticket as it is kept.
struct Ticket: Hashable, Sendable {
    enum State: String, Codable, CaseIterable, Sendable { case open, done }

    let id: TicketID
    /// What people call it: `T-00042`, unique in the tenant.
    let number: String
    var content: TicketContent
    let interaction: InteractionID?
    let createdAt: Timestamp
    let createdBy: AgentID?
    var changedAt: Timestamp
    /// Grows with each change, from 1.
    var version: Int
    /// When its texts were erased; what is written afterwards is new.
    var erasedAt: Timestamp?
}

/// What may be changed about a ticket.
struct TicketContent: Hashable, Sendable {
    /// Key of a request type of the centre.
    var type: String
    var title: String
    /// What the customer said; personal.
    var text: String
    /// Who looks after it.
    var owner: AgentID?
    var state: Ticket.State
    /// What its type asks for, by the keys of the type's fields; personal.
    var fields: [String: String] = [:]
    /// What came of it, for whoever asked; personal.
    var result = ""
}

/// Which tickets a list shows.
struct TicketFilter: Hashable, Sendable {
    /// Contacts whose tickets are asked for at once.
    static let mostInteractions = 50

    var state: Ticket.State?
    var owner: AgentID?
    var type: String?
    /// Part of number, title or text.
    var text: String?
    var interactions: [InteractionID]?
    /// Whose tickets may be seen (their owners' or makers'); `nil` is everybody's.
    var people: [AgentID]?
}
