import Contracts
import Kernel
import Storage
import Web

/// The call form and what stands beside it: request types, dispositions, the caller's history.
struct FormRoutes: Sendable {
    /// Characters of the notes: a long conversation's worth.
    static let longestNotes = 20_000
    /// Earlier contacts that an agent sees.
    static let mostHistory = 20

    let forms: FormStore
    let centre: any CentreSource
    let ids: IDSource
    let now: @Sendable () -> Timestamp
    /// Is told what is known about the caller of a contact from now on.
    let careChanged: @Sendable (InteractionID, CallerCare) async -> Void

    struct RequestTypesBody: Encodable, Sendable {
        struct Word: Encodable, Sendable {
            var code: String
            var names: [String: String]
        }
        struct RequestType: Encodable, Sendable {
            var code: String
            var names: [String: String]
            /// The first letters of the Chinese name's pinyin, for typing it.
            var initials: String?
            var dispositions: [Word]
            /// What a ticket of this type asks for.
            var fields: [Field]
        }
        struct Field: Encodable, Sendable {
            var key: String
            var names: [String: String]
            var isRequired: Bool
        }
        var items: [RequestType]
    }
    struct FormBody: Decodable, Sendable {
        var requestType: String?
        var disposition: String?
        var notes: String?
        var ticket: TicketID?
    }
    struct HistoryBody: Encodable, Sendable { var items: [EarlierContactBody] }
    struct EarlierContactBody: Encodable, Sendable {
        var interaction: InteractionID
        var arrivedAt: Timestamp
        /// The agent's number.
        var agent: String?
        var requestType: String?
        var disposition: String?
        var notes: String?
    }

    func add(to routes: inout Routes) {
        addCare(to: &routes)
        routes.get(
            "/api/v1/request-types", permission: "form.write", data: .figures, scoping: .whole
        ) { _, _, _ in
            let centre = try await centre.centre()
            let dispositions = centre.dispositions.map {
                RequestTypesBody.Word(code: $0.key, names: $0.names)
            }
            return try .json(
                RequestTypesBody(
                    items: centre.requestTypes.map {
                        .init(
                            code: $0.key, names: $0.names, initials: $0.initials, dispositions: dispositions,
                            fields: ($0.fields ?? []).map {
                                .init(key: $0.key, names: $0.names, isRequired: $0.isRequired)
                            })
                    }))
        }
        routes.get(
            "/api/v1/interactions/{id}/form", permission: "form.write", scoping: .obeyed, audits: .read
        ) {
            request, principal, _ in
            let id = try await own(request, principal)
            return try .json(await forms.form(of: id))
        }
        routes.put("/api/v1/interactions/{id}/form", permission: "form.write", scoping: .obeyed) {
            request, principal, _ in
            let id = try await own(request, principal)
            let form = try await checked(request.json(), of: id)
            let at = now()
            try await forms.save(form, by: principal.person, event: ids.next(), at: at)
            var saved = form
            saved.savedAt = at
            return try .json(saved)
        }
        routes.get(
            "/api/v1/interactions/{id}/history", permission: "form.write", scoping: .obeyed, audits: .read
        ) {
            request, principal, _ in
            let id = try await own(request, principal)
            let people = try await centre.centre().agents
            let numbers = Dictionary(
                people.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
            let found = try await forms.history(of: id, limit: Self.mostHistory)
            return try .json(
                HistoryBody(
                    items: found.map {
                        EarlierContactBody(
                            interaction: $0.interaction, arrivedAt: $0.arrivedAt,
                            agent: $0.agent.flatMap { numbers[$0] }, requestType: $0.requestType,
                            disposition: $0.disposition, notes: $0.notes)
                    }))
        }
    }

    /// The contact in the path. An agent writes about own contacts, and about one that goes on without an agent: while
    /// it rings nobody has spoken yet. What is over and nobody's is for those with a wider scope.
    func own(_ request: WebRequest, _ principal: Principal) async throws -> InteractionID {
        let id: InteractionID = try request.id("id")
        guard let contact = try await forms.standing(of: id) else {
            throw Problem(.notFound, "There is no interaction \(id).", details: ["field": "id"])
        }
        let rings = contact.agent == nil && contact.isOpen
        let reachesAll = try principal.scope(of: "form.write") == .tenant
        guard rings || reachesAll || principal.covers("form.write", person: contact.agent) else {
            throw Problem(
                .forbidden, "Nobody or somebody else spoke in this contact; its form is not yours.",
                details: ["reason": "notYours"])
        }
        return id
    }

    private func checked(_ body: FormBody, of id: InteractionID) async throws -> InteractionForm {
        let centre = try await centre.centre()
        func known(_ value: String?, _ keys: [String], _ field: String) throws(Problem) -> String? {
            guard let value, !value.isEmpty else { return nil }
            guard keys.contains(value) else {
                throw Problem(
                    .invalid, "\(field) must be one of \(keys.joined(separator: ", ")).",
                    details: ["field": field])
            }
            return value
        }
        let notes = body.notes ?? ""
        guard notes.count <= Self.longestNotes else {
            throw Problem(
                .invalid, "notes must have at most \(Self.longestNotes) characters.",
                details: ["field": "notes"])
        }
        return InteractionForm(
            interaction: id,
            requestType: try known(body.requestType, centre.requestTypes.map(\.key), "requestType"),
            disposition: try known(body.disposition, centre.dispositions.map(\.key), "disposition"),
            notes: notes, ticket: body.ticket)
    }
}
