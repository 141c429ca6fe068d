import Kernel
import Web

/// Accounts as their administrator sees them: who has one, new passwords, roles.
struct AccountRoutes: Sendable {
    let service: AccountService
    let sessions: BrowserSessions
    let now: @Sendable () -> Timestamp

    struct AccountBody: Codable, Sendable {
        var number: String
        var name: String
        var roles: [String]
        /// `nil` when the door is open.
        var lockedUntil: Timestamp?
        var changedAt: Timestamp
        var mustChangePassword: Bool
        /// Signs in from the machine of the program alone.
        var isDemo: Bool
    }
    struct RolesBody: Codable, Sendable { var roles: [String] }
    /// Shown once and stored nowhere.
    struct GivenBody: Codable, Sendable { var password: String }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/accounts", permission: "account.write", scoping: .whole) { request, _, _ in
            let now = now()
            return try await request.list(
                "accounts", AccountBody.columns,
                items: try await service.list().map { Self.body($0.account, $0.name, at: now) })
        }
        routes.post("/api/v1/accounts/{number}/reset", permission: "account.write", scoping: .whole) {
            request, principal, context in
            let given = try await service.reset(
                number: try request.parameter("number"), actor: principal.actor, address: context.address,
                at: now())
            await sessions.forget(given.ended)
            return try .json(GivenBody(password: given.password))
        }
        routes.put("/api/v1/accounts/{number}/roles", permission: "account.write", scoping: .whole) {
            request, principal, context in
            let body: RolesBody = try request.json()
            let ended = try await service.setRoles(
                try Self.roles(body.roles), number: try request.parameter("number"), actor: principal.actor,
                address: context.address, at: now())
            await sessions.forget(ended)
            return .empty
        }
        routes.delete("/api/v1/accounts/{number}", permission: "account.write", scoping: .whole) {
            request, principal, context in
            let ended = try await service.remove(
                number: try request.parameter("number"), actor: principal.actor, address: context.address,
                at: now())
            await sessions.forget(ended)
            return .empty
        }
    }

    private static func body(_ account: Account, _ name: String, at now: Timestamp) -> AccountBody {
        AccountBody(
            number: account.user, name: name,
            roles: Role.allCases.filter { account.roles.contains($0) }.map(\.rawValue),
            lockedUntil: account.isLocked(at: now) ? account.lockedUntil : nil, changedAt: account.changedAt,
            mustChangePassword: account.mustChange, isDemo: account.isDemo)
    }

    private static func roles(_ words: [String]) throws -> Set<Role> {
        let roles = words.compactMap { Role(rawValue: $0) }
        guard roles.count == words.count, !roles.isEmpty else {
            let known = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.invalid, "roles must be some of \(known).", details: ["field": "roles"])
        }
        return Set(roles)
    }
}
