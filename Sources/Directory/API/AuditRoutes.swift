import Kernel
import Web

/// Reading the audit: the list with filters, and whether its chain holds.
struct AuditRoutes: Sendable {
    let store: AuditStore

    func add(to routes: inout Routes) {
        routes.get("/api/v1/audit", permission: "audit.read", scoping: .whole) { request, _, _ in
            let question = AuditStore.Question(
                actor: request.text("actor"), action: request.text("action"), kind: request.text("kind"),
                object: request.text("object"), from: try request.moment("from"),
                until: try request.moment("until"))
            return try await request.list("audit", AuditStore.Body.columns) { page in
                let found = try await store.entries(
                    question, before: page.position.flatMap { Int64($0) }, limit: page.limit + 1)
                return Page(found: found, request: page) { String($0.seq) }
            }
        }
        routes.get("/api/v1/audit/verdict", permission: "audit.read", scoping: .whole) { _, _, _ in
            try .json(try await store.verdict())
        }
    }
}

extension WebRequest {
    /// A parameter of the query; `nil` when it is empty.
    fileprivate func text(_ name: String) -> String? { query[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// Milliseconds since 1970, UTC.
    fileprivate func moment(_ name: String) throws -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text) else {
            throw Problem(
                .invalid, "'\(name)' must be a time in milliseconds since 1970.", details: ["field": name])
        }
        return Timestamp(milliseconds: number)
    }
}
