package import Kernel

/// What an agent writes about a contact, from the ring to the end of wrap-up (小结).
package struct InteractionForm: Codable, Hashable, Sendable {
    package var interaction: InteractionID
    /// Key of a request type of the centre.
    package var requestType: String?
    /// Key of a disposition of the centre.
    package var disposition: String?
    /// Free text; personal.
    package var notes: String
    /// The ticket that was made from it.
    package var ticket: TicketID?
    package var savedAt: Timestamp?
}

/// An earlier contact of the same caller, for the agent's screen.
struct EarlierContact: Codable, Hashable, Sendable {
    var interaction: InteractionID
    var arrivedAt: Timestamp
    var agent: AgentID?
    var requestType: String?
    var disposition: String?
    var notes: String?
}
