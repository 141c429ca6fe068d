package import Kernel

/// One customer's dealing on the voice channel, as lists and the timeline show it.
package struct Interaction: Codable, Hashable, Sendable {
    package var id: InteractionID
    /// `voice`.
    package var channel: String
    /// The called number, canonical.
    package var number: String
    /// `external`, `internal`, `city`, `web`, or `test` for a call from the editor of flows, which is no customer's.
    package var origin: String
    package var arrivedAt: Timestamp
    package var answeredAt: Timestamp?
    package var queue: QueueID?
    package var queuedAt: Timestamp?
    package var connectedAt: Timestamp?
    /// Who spoke with the customer last.
    package var agent: AgentID?
    package var talkedMs: Int64
    package var heldMs: Int64
    package var rating: Int?
    package var endedAt: Timestamp?
    /// `customer`, `flow`, `rejected`, `system`, or `crash`.
    package var endedBy: String?
    /// The caller's number as recognised, canonical; `nil` when withheld. Personal.
    package var caller: String?
}

/// Which interactions a list shows; what is `nil` does not matter.
struct InteractionFilter: Hashable, Sendable {
    var from: Timestamp?
    var until: Timestamp?
    var agent: AgentID?
    var queue: QueueID?
    /// The called number, canonical.
    var number: String?
    /// The caller's number, canonical.
    var caller: String?
    /// Where calls came from; `nil` is everywhere but from the editor of flows.
    var origin: String?
    /// The origin that counts only when it is asked for.
    static let testOrigin = "test"
}

/// A call that the platform lost when it died, for the list of customers to call back (mission G12).
package struct LostCall: Codable, Hashable, Sendable {
    package var id: InteractionID
    package var number: String
    package var caller: String?
    package var arrivedAt: Timestamp
    package var endedAt: Timestamp?
    package var queue: QueueID?
    package var agent: AgentID?
}
