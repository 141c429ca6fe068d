import Contracts
import FlowEngine
import Kernel
import Web

/// Flows on the screen (mission G01): drafts, findings, versions.
struct FlowRoutes: Sendable {
    let service: FlowService
    let now: @Sendable () -> Timestamp

    struct DraftNote: Encodable, Sendable {
        var savedAt: Timestamp
        var savedBy: String
    }
    struct Item: Encodable, Sendable {
        var key: String
        var name: String
        var languages: [String]
        var version: Int?
        var publishedAt: Timestamp?
        var publishedBy: String?
        var numbers: [String]
        var nodes: Int
        var draft: DraftNote?
    }
    struct DraftBody: Encodable, Sendable {
        var document: FlowDocument
        var revision: Int
        var base: Int?
        var savedAt: Timestamp
        var savedBy: String
    }
    struct FlowBody: Encodable, Sendable {
        var key: String
        var numbers: [String]
        var version: Int?
        var publishedAt: Timestamp?
        var publishedBy: String?
        var document: FlowDocument?
        var draft: DraftBody?
        var findings: [FlowRemark]
    }
    struct NewBody: Decodable, Sendable {
        var key: String?
        var name: String
        var from: String?
    }
    struct KeyBody: Encodable, Sendable { var key: String }
    struct SaveBody: Decodable, Sendable {
        var document: FlowDocument
        var revision: Int?
    }
    struct SavedBody: Encodable, Sendable {
        var revision: Int
        var findings: [FlowRemark]
    }
    struct CheckBody: Decodable, Sendable { var document: FlowDocument }
    struct FindingsBody: Encodable, Sendable { var findings: [FlowRemark] }
    struct PublishBody: Decodable, Sendable { var revision: Int }
    struct VersionBody: Encodable, Sendable { var version: Int }
    struct HistoryItem: Encodable, Sendable {
        var version: Int
        var at: Timestamp
        var by: String
        var added: [String]
        var changed: [String]
        var removed: [String]
        var texts: [String]
    }
    struct DocumentBody: Encodable, Sendable {
        var version: Int
        var at: Timestamp
        var by: String
        var document: FlowDocument
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/flows", permission: "centre.read", scoping: .whole) { request, _, _ in
            try await request.list("flows", Item.columns, items: service.flows().map(Item.init))
        }
        routes.get("/api/v1/flows/{key}", permission: "centre.read", scoping: .whole) { request, _, _ in
            try .json(FlowBody(await service.flow(request.parameter("key"))))
        }
        routes.post("/api/v1/flows", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            let body: NewBody = try request.json()
            let key = try await service.create(
                key: body.key, name: body.name, from: body.from, doing: deed(principal, context))
            return try .created(KeyBody(key: key), at: "/api/v1/flows/\(key)")
        }
        routes.delete("/api/v1/flows/{key}", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            try await service.remove(request.parameter("key"), doing: deed(principal, context))
            return .empty
        }
        addDrafts(to: &routes)
        addVersions(to: &routes)
    }

    private func addDrafts(to routes: inout Routes) {
        routes.put("/api/v1/flows/{key}/draft", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            let body: SaveBody = try request.json()
            let (revision, findings) = try await service.save(
                body.document, of: request.parameter("key"), over: body.revision,
                doing: deed(principal, context))
            return try .json(SavedBody(revision: revision, findings: findings))
        }
        routes.delete("/api/v1/flows/{key}/draft", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            try await service.discard(request.parameter("key"), doing: deed(principal, context))
            return .empty
        }
        routes.post("/api/v1/flows/{key}/check", permission: "flow.write", scoping: .whole) {
            request, _, _ in
            let body: CheckBody = try request.json()
            return try .json(
                FindingsBody(findings: await service.check(body.document, of: request.parameter("key"))))
        }
        routes.post("/api/v1/flows/{key}/publish", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            let body: PublishBody = try request.json()
            let version = try await service.publish(
                request.parameter("key"), revision: body.revision, doing: deed(principal, context))
            return try .json(VersionBody(version: version))
        }
    }

    private func addVersions(to routes: inout Routes) {
        routes.get("/api/v1/flows/{key}/versions", permission: "centre.read", scoping: .whole) {
            request, _, _ in
            let key = try request.parameter("key")
            return try await request.list("flow-versions", HistoryItem.columns) { page in
                let found = try await service.versions(
                    of: key, before: page.position.flatMap { Int($0) }, limit: page.limit)
                return Page(found: found.map(HistoryItem.init), request: page) { String($0.version) }
            }
        }
        routes.get("/api/v1/flows/{key}/versions/{n}", permission: "centre.read", scoping: .whole) {
            request, _, _ in
            let found = try await service.version(number(request), of: request.parameter("key"))
            return try .json(
                DocumentBody(version: found.version, at: found.at, by: found.by, document: found.document))
        }
        routes.post("/api/v1/flows/{key}/versions/{n}/restore", permission: "flow.write", scoping: .whole) {
            request, principal, context in
            let version = try await service.restore(
                number(request), of: request.parameter("key"), doing: deed(principal, context))
            return try .json(VersionBody(version: version))
        }
    }

    private func number(_ request: WebRequest) throws -> Int {
        guard let number = Int(try request.parameter("n")), number > 0 else {
            throw Problem(.notFound, "There is no such version.", details: ["field": "n"])
        }
        return number
    }

    private func deed(_ principal: Principal, _ context: RouteContext) async throws -> FlowDeed {
        try await FlowDeed(principal, context, service.centre, at: now())
    }
}

extension FlowDeed {
    /// Who asks, by the number (工号) where there is a person.
    init(_ principal: Principal, _ context: RouteContext, _ centre: any CentreSource, at now: Timestamp)
        async throws
    {
        var number: String?
        if let person = principal.person {
            number = try await centre.centre().people.first { $0.id == person }?.number
        }
        self.init(actor: principal.actor, by: number ?? principal.actor, address: context.address, at: now)
    }
}

extension FlowRoutes.Item {
    init(_ view: FlowService.View) {
        let entry = view.entry
        let document = entry.published?.document ?? entry.draft?.document
        self.init(
            key: entry.key, name: document?.name ?? entry.key, languages: document?.languages ?? [],
            version: entry.published?.version, publishedAt: entry.published?.at,
            publishedBy: entry.published?.by, numbers: view.numbers, nodes: document?.nodes.count ?? 0,
            draft: entry.draft.map { FlowRoutes.DraftNote(savedAt: $0.savedAt, savedBy: $0.savedBy) })
    }
}

extension FlowRoutes.FlowBody {
    init(_ view: FlowService.View) {
        let (published, draft) = (view.entry.published, view.entry.draft)
        self.init(
            key: view.entry.key, numbers: view.numbers, version: published?.version,
            publishedAt: published?.at, publishedBy: published?.by, document: published?.document,
            draft: draft.map {
                FlowRoutes.DraftBody(
                    document: $0.document, revision: $0.revision, base: $0.base, savedAt: $0.savedAt,
                    savedBy: $0.savedBy)
            }, findings: view.findings)
    }
}

extension FlowRoutes.HistoryItem {
    init(_ item: (version: FlowStore.Published, difference: FlowDifference)) {
        let difference = item.difference
        self.init(
            version: item.version.version, at: item.version.at, by: item.version.by, added: difference.added,
            changed: difference.changed, removed: difference.removed, texts: difference.texts)
    }
}
