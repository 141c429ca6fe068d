import Kernel
import Storage
import Web

/// Breaks that are asked for: the supervisor's list, yes and no, and the agent's second thoughts (mission G23).
struct BreakRoutes: Sendable {
    /// Characters of a supervisor's words.
    static let mostCharacters = 200

    let desk: RoutingDesk

    struct RefusalBody: Decodable, Sendable { var text: String? }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/break-requests", permission: "break.decide", scoping: .whole) { request, _, _ in
            try await request.list(
                "break-requests", BreakRequestBody.columns, items: desk.breakRequests())
        }
        routes.post("/api/v1/break-requests/{id}/grant", permission: "break.decide", scoping: .whole) {
            request, principal, context in
            try await desk.grantBreak(try request.id("id"), by: decider(principal, context))
            return .empty
        }
        routes.post("/api/v1/break-requests/{id}/refuse", permission: "break.decide", scoping: .whole) {
            request, principal, context in
            let body = request.body.isEmpty ? RefusalBody() : try request.json(RefusalBody.self)
            let text = body.text.flatMap { $0.isEmpty ? nil : $0 }
            guard (text?.count ?? 0) <= Self.mostCharacters else {
                throw Problem(
                    .invalid, "text must have at most \(Self.mostCharacters) characters.",
                    details: ["field": "text"])
            }
            try await desk.refuseBreak(try request.id("id"), text: text, by: decider(principal, context))
            return .empty
        }
        routes.delete("/api/v1/break-requests/{id}", permission: "agent.control", scoping: .obeyed) {
            request, principal, context in
            guard let agent = principal.person else {
                throw Problem(
                    .forbidden, "A break request belongs to a person; this token speaks for nobody.",
                    details: ["reason": "noPerson"])
            }
            try await desk.dropBreak(
                try request.id("id"), of: agent, by: decider(principal, context))
            return .empty
        }
    }
}

/// Who decides, for the audit.
func decider(_ principal: Principal, _ context: RouteContext) -> BreakStore.Decider {
    BreakStore.Decider(actor: principal.actor, address: context.address)
}
