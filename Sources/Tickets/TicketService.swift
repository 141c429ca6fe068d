import Contracts
import Kernel
import Storage
import Web

/// What people do with tickets.
struct TicketService: Sendable {
    let store: TicketStore
    let centre: any CentreSource
    let interactions: any InteractionLookup
    let ids: IDSource
    let now: @Sendable () -> Timestamp

    /// Makes a ticket; who makes it owns it unless somebody else is named.
    ///
    /// Throws `Problem(.invalid)` naming the field.
    func create(
        _ content: TicketContent, interaction: InteractionID?, by principal: Principal
    ) async throws -> Ticket {
        let centre = try await centre.centre()
        if let interaction, try await !interactions.exists(interaction) {
            throw Problem(
                .invalid, "There is no interaction \(interaction).", details: ["field": "interaction"])
        }
        let checked = try TicketRules.checked(content, types: Set(centre.requestTypes.map(\.key)))
        return try await store.add(
            checked, id: ids.next(), interaction: interaction, by: principal.person, at: now(), event: ids.next(),
            actor: principal.actor)
    }

    /// Changes a ticket that was read at `version`.
    ///
    /// Throws `Problem(.conflict)` with reason `changedMeanwhile` when somebody else was faster.
    func change(
        _ id: TicketID, to content: TicketContent, version: Int, by principal: Principal
    ) async throws -> Ticket {
        let before = try await ticket(id, for: principal)
        let centre = try await centre.centre()
        let checked = try TicketRules.checked(
            content, types: Set(centre.requestTypes.map(\.key)).union([before.content.type]))
        if let changed = try await store.change(
            id, to: checked, version: version, at: now(), event: ids.next(), actor: principal.actor)
        {
            return changed
        }
        throw Problem(
            .conflict, "Somebody has changed this ticket meanwhile; read it again and apply your change to it.",
            details: ["reason": "changedMeanwhile"])
    }

    func ticket(_ id: TicketID, for principal: Principal) async throws -> Ticket {
        guard let ticket = try await store.ticket(id) else {
            throw Problem(.notFound, "There is no ticket \(id).", details: ["field": "id"])
        }
        return ticket
    }

    func tickets(_ filter: TicketFilter, page: PageRequest) async throws -> Page<Ticket> {
        let found = try await store.tickets(
            filter, before: page.position.flatMap { TicketID($0) }, limit: page.limit + 1)
        return Page(found: found, request: page) { $0.id.description }
    }

    /// People by their ids, to show who owns what.
    func people() async throws -> [AgentID: CentrePerson] {
        let people = try await centre.centre().people
        return Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The person with a number (工号). Throws `Problem(.invalid)`.
    func person(_ number: String, field: String) async throws -> AgentID {
        guard let found = try await centre.centre().people.first(where: { $0.number == number }) else {
            throw Problem(
                .invalid, "There is nobody with the number \(number.prefix(64)).", details: ["field": field])
        }
        return found.id
    }
}
