import Kernel
import Storage

/// Who has acknowledged which announcement (mission N25). Late: an announcement that is gone has no receipts any more.
/// Twice: the first time counts.
struct ReceiptStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    /// Notes that a person has read an announcement, with its audit.
    func note(
        _ announcement: AnnouncementID, by person: AgentID, actor: String, address: String, at now: Timestamp
    ) async throws {
        let audit = AuditEntry(
            at: now, actor: actor, action: "announcement.received", kind: "announcement",
            object: announcement.description, address: address)
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                insert into announcement_receipt (tenant_id, announcement_id, person_id, at)
                values (\(tenant), \(announcement), \(person), \(now)) on conflict do nothing
                """)
            if count > 0 { try AuditLog.append(audit, tenant: tenant, in: tx) }
        }
    }

    /// When a person acknowledged which.
    func receipts(of person: AgentID) async throws -> [AnnouncementID: Timestamp] {
        try await database.read { [tenant] tx in
            let rows = try tx.rows(
                """
                select announcement_id, at from announcement_receipt
                where tenant_id = \(tenant) and person_id = \(person)
                """)
            return Dictionary(
                try rows.map { (try $0.id("announcement_id"), try $0.timestamp("at")) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Who acknowledged an announcement, and when.
    func receipts(for announcement: AnnouncementID) async throws -> [AgentID: Timestamp] {
        try await database.read { [tenant] tx in
            let rows = try tx.rows(
                """
                select person_id, at from announcement_receipt
                where tenant_id = \(tenant) and announcement_id = \(announcement)
                """)
            return Dictionary(
                try rows.map { (try $0.id("person_id"), try $0.timestamp("at")) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}
