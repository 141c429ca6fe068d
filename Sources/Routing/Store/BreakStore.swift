import Kernel
import Storage

/// The rows of break requests, each change with its audit.
struct BreakStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    /// Who decides, for the audit.
    struct Decider: Sendable {
        var actor: String
        var address: String
    }

    /// Those that nobody has decided yet.
    func waiting() async throws -> [BreakRequest] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select id, agent_id, reason, asked_at from break_request
                where tenant_id = \(tenant) and state = \(BreakRequest.State.waiting.rawValue) order by id
                """
            ).map {
                BreakRequest(
                    id: try $0.id("id"), agent: try $0.id("agent_id"), reason: try $0.text("reason"),
                    askedAt: try $0.timestamp("asked_at"))
            }
        }
    }

    func ask(_ request: BreakRequest, by decider: Decider) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                insert into break_request (tenant_id, id, agent_id, reason, asked_at, state)
                values (\(tenant), \(request.id), \(request.agent), \(request.reason), \(request.askedAt),
                    \(request.state.rawValue))
                """)
            try audit("break.asked", request, decider, at: request.askedAt, in: tx)
        }
    }

    /// Notes what became of a request, unless somebody has decided it already.
    func settle(_ request: BreakRequest, by decider: Decider, at now: Timestamp) async throws {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                update break_request
                set state = \(request.state.rawValue), decided_at = \(now), decided_by = \(decider.actor),
                    note = \(request.text)
                where tenant_id = \(tenant) and id = \(request.id)
                and state = \(BreakRequest.State.waiting.rawValue)
                """)
            guard count > 0 else { return }
            try audit("break.\(request.state.rawValue)", request, decider, at: now, in: tx)
        }
    }

    private func audit(
        _ action: String, _ request: BreakRequest, _ decider: Decider, at now: Timestamp,
        in tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: now, actor: decider.actor, action: action, kind: "break",
                object: request.agent.description, details: ["reason": request.reason],
                address: decider.address),
            tenant: tenant, in: tx)
    }
}
