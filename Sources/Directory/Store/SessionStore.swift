import Kernel
import Storage

/// The rows of sessions.
struct SessionStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    /// A session with the account that it belongs to; `nil` when it is unknown or its time is over.
    func find(_ digest: String, idle: TimeSpan, at now: Timestamp) async throws -> (Session, Account)? {
        try await database.read { [tenant] tx in
            let row = try tx.row(
                """
                select digest, person_id, started_at, seen_at, ends_at from web_session
                where tenant_id = \(tenant) and digest = \(digest) and ends_at > \(now)
                and seen_at > \(now - idle)
                """)
            guard let row, let session = try? Session(row),
                let account = try AccountStore.account(of: session.person, tenant: tenant, in: tx)
            else { return nil }
            return (session, account)
        }
    }

    /// Writes the last activity. Returns whether the session is still there: it may have been ended by another process.
    func touch(_ digest: String, at now: Timestamp) async throws -> Bool {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                update web_session set seen_at = \(now)
                where tenant_id = \(tenant) and digest = \(digest) and seen_at <= \(now)
                """) > 0
                || tx.row(
                    "select 1 as found from web_session where tenant_id = \(tenant) and digest = \(digest)")
                    != nil
        }
    }

    /// Ends a session, with its audit in the same transaction. Ending one that is gone does nothing.
    func end(_ digest: String, audit: AuditEntry) async throws {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                "delete from web_session where tenant_id = \(tenant) and digest = \(digest)")
            if count > 0 { try AuditLog.append(audit, tenant: tenant, in: tx) }
        }
    }

    /// Removes what has ended by time. Returns how many there were.
    func sweep(idle: TimeSpan, at now: Timestamp) async throws -> Int {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                delete from web_session
                where tenant_id = \(tenant) and (ends_at <= \(now) or seen_at <= \(now - idle))
                """)
        }
    }
}

extension Session {
    fileprivate init(_ row: SQLRow) throws {
        digest = try row.text("digest")
        person = try row.id("person_id")
        startedAt = try row.timestamp("started_at")
        seenAt = try row.timestamp("seen_at")
        endsAt = try row.timestamp("ends_at")
    }
}
