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
        _ content: TicketContent, interaction: InteractionID?, by principal: Principal, from address: String
    ) async throws -> Ticket {
        let centre = try await centre.centre()
        if let interaction, try await !interactions.exists(interaction) {
            throw Problem(
                .invalid, "There is no interaction \(interaction).", details: ["field": "interaction"])
        }
        let checked = try TicketRules.checked(content, types: centre.requestTypes)
        return try await store.add(
            checked, id: ids.next(), interaction: interaction, by: principal.person, at: now(),
            doing: deed(of: principal, from: address))
    }

    private func deed(of principal: Principal, from address: String) -> TicketDeed {
        TicketDeed(event: ids.next(), actor: principal.actor, address: address)
    }

    /// Changes a ticket that was read at `version`.
    ///
    /// - Parameter content: what it shall be, from what it is.
    /// Throws `Problem(.conflict)` with reason `changedMeanwhile` when somebody else was faster.
    func change(
        _ id: TicketID, version: Int, by principal: Principal, from address: String,
        to content: @Sendable (TicketContent) -> TicketContent
    ) async throws -> Ticket {
        let before = try await ticket(id, for: principal)
        let centre = try await centre.centre()
        let checked = try TicketRules.checked(
            content(before.content), types: centre.requestTypes, former: before.content)
        if let changed = try await store.change(
            id, to: checked, version: version, at: now(), doing: deed(of: principal, from: address))
        {
            return changed
        }
        throw Problem(
            .conflict,
            "Somebody has changed this ticket meanwhile; read it again and apply your change to it.",
            details: ["reason": "changedMeanwhile"])
    }

    /// One ticket within the scope of who asks; another is told from one that is not there by nobody.
    func ticket(_ id: TicketID, for principal: Principal) async throws -> Ticket {
        let visible = try await visiblePeople(to: principal)
        guard let ticket = try await store.ticket(id),
            visible == nil
                || [ticket.content.owner, ticket.createdBy].contains(where: { person in
                    person.map { visible?.contains($0) == true } ?? false
                })
        else {
            throw Problem(.notFound, "There is no ticket \(id).", details: ["field": "id"])
        }
        return ticket
    }

    func tickets(_ filter: TicketFilter, page: PageRequest, for principal: Principal) async throws -> Page<
        Ticket
    > {
        var filter = filter
        filter.people = try await visiblePeople(to: principal).map { $0.sorted() }
        let found = try await store.tickets(
            filter, before: page.position.flatMap { TicketID($0) }, limit: page.limit + 1)
        return Page(found: found, request: page) { $0.id.description }
    }

    /// Whose tickets somebody may see; `nil` is everybody's.
    private func visiblePeople(to principal: Principal) async throws -> Set<AgentID>? {
        if try principal.scope(of: "ticket.read") == .tenant { return nil }
        let people = try await centre.centre().people
        return Set(
            people.filter { principal.covers("ticket.read", person: $0.id, team: $0.team, site: $0.site) }
                .map(\.id))
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
