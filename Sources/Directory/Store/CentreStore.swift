import Contracts
import Foundation
import Kernel
import Storage

/// The versions of a tenant's centre.
struct CentreStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    /// The newest version.
    ///
    /// - Throws: `Problem(.notFound)` when no centre was ever loaded.
    func newest() async throws -> Centre {
        guard let centre = try await newestOrNone() else {
            throw Problem(.notFound, "No centre has been loaded yet; start with --centre FILE or --demo.")
        }
        return centre
    }

    /// The newest version; `nil` when no centre was ever loaded.
    func newestOrNone() async throws -> Centre? {
        let document = try await database.read { [tenant] tx in
            try tx.row(
                """
                select document from centre_version where tenant_id = \(tenant)
                order by version desc limit 1
                """)?.text("document")
        }
        return try document.map { try JSONText.decode(from: $0) }
    }

    /// Keeps a centre as the next version, unless it says what the newest says already. Returns it with its version.
    ///
    /// - Parameter audit: what is said about it, in the same transaction; its time is `now`.
    func save(_ centre: Centre, actor: String, audit: AuditEntry, at now: Timestamp) async throws -> Centre {
        try await database.write { [tenant] tx in
            let row = try tx.row(
                """
                select version, document from centre_version where tenant_id = \(tenant)
                order by version desc limit 1
                """)
            var next = centre
            if let row {
                let former = try JSONText.decode(Centre.self, from: row.text("document"))
                next.version = former.version
                if next == former { return former }
            }
            next.version = try Int(row?.int("version") ?? 0) + 1
            try tx.execute(
                """
                insert into centre_version (tenant_id, version, document, created_at, actor)
                values (\(tenant), \(next.version), \(JSONText.encode(next)), \(now), \(actor))
                """)
            var audit = audit
            audit.details["version"] = String(next.version)
            try AuditLog.append(audit, tenant: tenant, in: tx)
            return next
        }
    }
}
