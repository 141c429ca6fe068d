import Contracts
package import Kernel
package import Storage
package import Web

/// Bearer tokens of programs and people. Only their digests are stored, so a stolen database opens no door; a token
/// has 256 random bits, so its plain SHA-256 cannot be guessed back.
package struct TokenStore: TokenAuthenticator {
    private let database: any Database

    package init(_ database: any Database) { self.database = database }

    /// Makes a token and returns its text, which is shown once and stored nowhere.
    package func make(
        tenant: TenantID, name: String, agent: AgentID?, permissions: Set<String>, ids: IDSource,
        at now: Timestamp
    ) async throws -> String {
        var random = SystemRandomNumberGenerator()
        let token = "hl_" + (0..<4).map { _ in random.next().hex }.joined()
        let id: ID<TokenStore> = ids.next()
        let (digest, list) = (Self.digest(token), permissions.sorted().joined(separator: " "))
        try await database.write { tx in
            try tx.execute(
                """
                insert into api_token (tenant_id, id, digest, name, agent_id, permissions, created_at)
                values (\(tenant), \(id), \(digest), \(name), \(agent), \(list), \(now))
                """)
            try AuditLog.append(
                AuditEntry(
                    at: now, actor: "system", action: "token.made", kind: "token", object: id.description,
                    details: ["name": name, "permissions": list]), tenant: tenant, in: tx)
        }
        return token
    }

    package func principal(forToken token: String) async throws -> Principal? {
        // The digest is compared, not the token: how long that takes says nothing about the token.
        let digest = Self.digest(token)
        return try await database.read { tx in
            try tx.row(
                """
                select tenant_id, name, agent_id, permissions from api_token
                where digest = \(digest) and revoked_at is null
                """
            ).map { row in
                let person: AgentID? = try row.optionalID("agent_id")
                let words = Set(try row.text("permissions").split(separator: " ").map(String.init))
                return Principal(
                    tenant: try row.id("tenant_id"), person: person, name: try row.text("name"),
                    grants: PermissionTable.grants(forToken: words, isAgent: person != nil))
            }
        }
    }

    private static func digest(_ token: String) -> String {
        SHA256.digest([UInt8](token.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}

extension UInt64 {
    fileprivate var hex: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
