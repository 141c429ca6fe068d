import Contracts
import Kernel
import Web

/// Tickets over the interface.
struct TicketRoutes: Sendable {
    let service: TicketService

    struct PersonBody: Encodable, Sendable {
        var number: String
        var name: String
    }
    struct TicketBody: Encodable, Sendable {
        var id: TicketID
        var number: String
        var type: String
        var title: String
        var text: String
        var owner: PersonBody?
        var state: String
        var interaction: InteractionID?
        var createdAt: Timestamp
        var createdBy: PersonBody?
        var changedAt: Timestamp
        var version: Int
        var fields: [String: String]?
        var result: String?
        /// When its texts were erased.
        var erasedAt: Timestamp?

        init(_ ticket: Ticket, _ people: [AgentID: CentrePerson]) {
            func person(_ id: AgentID?) -> PersonBody? {
                id.flatMap { people[$0] }.map { PersonBody(number: $0.number, name: $0.name) }
            }
            id = ticket.id
            number = ticket.number
            type = ticket.content.type
            title = ticket.content.title
            text = ticket.content.text
            owner = person(ticket.content.owner)
            state = ticket.content.state.rawValue
            interaction = ticket.interaction
            createdAt = ticket.createdAt
            createdBy = person(ticket.createdBy)
            changedAt = ticket.changedAt
            version = ticket.version
            fields = ticket.content.fields.isEmpty ? nil : ticket.content.fields
            result = ticket.content.result.isEmpty ? nil : ticket.content.result
            erasedAt = ticket.erasedAt
        }
    }
    struct NewTicketBody: Decodable, Sendable {
        var type: String
        var title: String
        var text: String?
        var owner: String?
        var interaction: InteractionID?
        var fields: [String: String]?
    }
    struct ChangedTicketBody: Decodable, Sendable {
        var type: String
        var title: String
        var text: String
        var owner: String?
        var state: String
        var version: Int
        /// Left out they stay as they are, unless the type is another one.
        var fields: [String: String]?
        /// Left out it stays as it is.
        var result: String?
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/tickets", permission: "ticket.read", scoping: .obeyed, audits: .read) {
            request, principal, _ in
            let filter = try await filter(request)
            let people = try await service.people()
            return try await request.list("tickets", TicketBody.columns) { page in
                try await service.tickets(filter, page: page, for: principal).map { TicketBody($0, people) }
            }
        }
        routes.get("/api/v1/tickets/{id}", permission: "ticket.read", scoping: .obeyed, audits: .read) {
            request, principal, _ in
            let ticket = try await service.ticket(request.id("id"), for: principal)
            return try .json(TicketBody(ticket, try await service.people()))
        }
        routes.post("/api/v1/tickets", permission: "ticket.write", scoping: .obeyed) {
            request, principal, context in
            let body: NewTicketBody = try request.json()
            let owner = try await owner(body.owner) ?? principal.person
            let content = TicketContent(
                type: body.type, title: body.title, text: body.text ?? "", owner: owner, state: .open,
                fields: body.fields ?? [:])
            let ticket = try await service.create(
                content, interaction: body.interaction, by: principal, from: context.address)
            return try .created(
                TicketBody(ticket, try await service.people()), at: "/api/v1/tickets/\(ticket.id)")
        }
        routes.put("/api/v1/tickets/{id}", permission: "ticket.write", scoping: .obeyed) {
            request, principal, context in
            let body: ChangedTicketBody = try request.json()
            guard let state = Ticket.State(rawValue: body.state) else { throw Self.unknownState }
            let owner = try await owner(body.owner)
            let ticket = try await service.change(
                request.id("id"), version: body.version, by: principal, from: context.address
            ) { former in
                TicketContent(
                    type: body.type, title: body.title, text: body.text, owner: owner, state: state,
                    fields: body.fields ?? (former.type == body.type ? former.fields : [:]),
                    result: body.result ?? former.result)
            }
            return try .json(TicketBody(ticket, try await service.people()))
        }
    }

    private static let unknownState = Problem(
        .invalid, "state must be open or done.", details: ["field": "state"])

    private func owner(_ number: String?) async throws -> AgentID? {
        guard let number, !number.isEmpty else { return nil }
        return try await service.person(number, field: "owner")
    }

    private func filter(_ request: WebRequest) async throws -> TicketFilter {
        var filter = TicketFilter()
        if let state = request.query["state"], !state.isEmpty {
            guard let known = Ticket.State(rawValue: state) else { throw Self.unknownState }
            filter.state = known
        }
        filter.owner = try await owner(request.query["owner"])
        filter.type = request.query["type"].flatMap { $0.isEmpty ? nil : $0 }
        filter.text = request.query["text"]
        if let list = request.query["interactions"], !list.isEmpty {
            let ids = list.split(separator: ",").prefix(TicketFilter.mostInteractions).map(String.init)
            filter.interactions = ids.compactMap { InteractionID($0) }
        }
        return filter
    }
}
