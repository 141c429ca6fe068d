import Kernel

/// How far the event log of a tenant goes.
package struct EventHead: Sendable, Hashable, Codable {
    /// The tenant's id.
    package var tenant: String
    /// The sequence of the newest event.
    package var last: Int64
}

/// Whether a database is what it should be: its file, its event logs, its audits.
package enum Integrity {
    /// The newest event of each tenant.
    package static func eventHeads(in transaction: any Transaction) throws -> [EventHead] {
        try transaction.rows("select tenant_id, last_seq from event_head order by tenant_id").map {
            EventHead(tenant: try $0.text("tenant_id"), last: try $0.int("last_seq"))
        }
    }

    /// What is wrong, in sentences; empty when all is well. Reads everything, so it takes its time.
    package static func faults(of database: any Database) async throws -> [String] {
        var faults = try await database.read { transaction in
            try fileFaults(transaction) + eventFaults(transaction)
        }
        let audited = try await database.read { transaction in
            try transaction.rows("select tenant_id from audit_head order by tenant_id").map {
                try $0.id("tenant_id") as TenantID
            }
        }
        for tenant in audited {
            if case .broken(let sequence) = try await AuditLog.verify(database.tenant(tenant)) {
                faults.append("The audit of \(tenant) is broken at \(sequence)")
            }
        }
        return faults
    }

    private static func fileFaults(_ transaction: any Transaction) throws -> [String] {
        guard transaction.dialect == .sqlite else { return [] }
        let answers = try transaction.rows("pragma integrity_check").map { try $0.text("integrity_check") }
        let strangers = try transaction.rows("pragma foreign_key_check").count
        return (answers == ["ok"] ? [] : answers.map { "The database file is damaged: \($0)" })
            + (strangers == 0 ? [] : ["\(strangers) rows of the database point to rows that are not there"])
    }

    private static func eventFaults(_ transaction: any Transaction) throws -> [String] {
        try transaction.rows(
            """
            select h.tenant_id, h.last_seq, count(e.seq) as n, coalesce(min(e.seq), 0) as first,
                coalesce(max(e.seq), 0) as last
            from event_head h left join event e on e.tenant_id = h.tenant_id
            group by h.tenant_id, h.last_seq order by h.tenant_id
            """
        ).compactMap { row in
            let (head, count) = (try row.int("last_seq"), try row.int("n"))
            let (first, last) = (try row.int("first"), try row.int("last"))
            guard last != head || (count > 0 && last - first + 1 != count) else { return nil }
            return "The event log of \(try row.text("tenant_id")) has a gap: it ends at \(head), "
                + "and there are \(count) events from \(first) to \(last)"
        }
    }
}
