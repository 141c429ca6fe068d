import Contracts
import Kernel
import Storage

/// The rows of deletions, and the files that go with them.
struct DeletionStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }
    private static let columns: SQL = """
        id, at, actor, basis, reason, subject, data_class, before_at, contacts, interactions, deleted, key_count,
        verified_at, left_count
        """

    /// Keeps a deletion; one that goes on replaces what was kept of it.
    func keep(_ deletion: Deletion, in tx: any Transaction) throws {
        try tx.execute(
            """
            insert into deletion (tenant_id, id, at, actor, basis, reason, subject, data_class, before_at,
                contacts, interactions, deleted, key_count)
            values (\(tenant), \(deletion.id), \(deletion.at), \(deletion.actor), \(deletion.basis.rawValue),
                \(deletion.reason), \(deletion.subject), \(deletion.dataClass?.rawValue), \(deletion.before),
                \(JSONText.encode(deletion.contacts)), \(deletion.interactions),
                \(JSONText.encode(deletion.deleted)), \(deletion.keys))
            on conflict (tenant_id, id) do update set interactions = excluded.interactions,
                deleted = excluded.deleted, key_count = excluded.key_count
            """)
    }

    /// Newest first, before a position.
    func all(before position: String?, limit: Int) async throws -> [Deletion] {
        let earlier: SQL = position.map { "and id < \($0)" } ?? ""
        return try await database.read { [tenant] tx in
            try tx.rows(
                """
                select \(Self.columns) from deletion where tenant_id = \(tenant) \(earlier)
                order by id desc limit \(limit)
                """
            ).map(Self.deletion)
        }
    }

    /// - Throws: `Problem(.notFound)`.
    func deletion(_ id: DeletionID, in tx: any Transaction) throws -> Deletion {
        let row = try tx.row(
            "select \(Self.columns) from deletion where tenant_id = \(tenant) and id = \(id)")
        guard let row else {
            throw Problem(.notFound, "There is no deletion \(id).", details: ["field": "id"])
        }
        return try Self.deletion(row)
    }

    /// Erasures by their ids, with the mark of the number: what the ledger holds.
    func erasures() async throws -> [ErasureLedger.Entry] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select id, at, subject from deletion where tenant_id = \(tenant) and subject is not null
                order by id
                """
            ).map {
                ErasureLedger.Entry(
                    at: try $0.timestamp("at"), deletion: try $0.text("id"), subject: try $0.text("subject"))
            }
        }
    }

    func note(left: Int, of id: DeletionID, at now: Timestamp, in tx: any Transaction) throws {
        try tx.execute(
            """
            update deletion set verified_at = \(now), left_count = \(left)
            where tenant_id = \(tenant) and id = \(id)
            """)
    }

    private static func deletion(_ row: SQLRow) throws -> Deletion {
        Deletion(
            id: try row.id("id"), at: try row.timestamp("at"), actor: try row.text("actor"),
            basis: Deletion.Basis(rawValue: try row.text("basis")) ?? .erasure,
            reason: try row.text("reason"), subject: try row.optionalText("subject"),
            dataClass: try row.optionalText("data_class").flatMap(PersonalClass.init),
            before: try row.optionalTimestamp("before_at"),
            contacts: try JSONText.decode(from: row.text("contacts")),
            interactions: Int(try row.int("interactions")),
            deleted: try JSONText.decode(from: row.text("deleted")), keys: Int(try row.int("key_count")),
            verifiedAt: try row.optionalTimestamp("verified_at"),
            left: try row.optionalInt("left_count").map(Int.init))
    }

    // MARK: files

    func keep(removals paths: [String], of id: DeletionID, in tx: any Transaction) throws {
        for path in paths {
            try tx.execute(
                """
                insert into file_removal (tenant_id, path, deletion_id) values (\(tenant), \(path), \(id))
                on conflict do nothing
                """)
        }
    }

    /// Files that are still to go.
    func removals(limit: Int) async throws -> [String] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select path from file_removal where tenant_id = \(tenant) order by path limit \(limit)
                """
            ).map { try $0.text("path") }
        }
    }

    func removed(_ paths: [String]) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                "delete from file_removal where tenant_id = \(tenant) and path in (\(list: paths))")
        }
    }

    /// Files of a deletion that are still there.
    func remaining(of id: DeletionID, in tx: any Transaction) throws -> Int {
        Int(
            try tx.row(
                """
                select count(*) as n from file_removal where tenant_id = \(tenant) and deletion_id = \(id)
                """)?.int("n") ?? 0)
    }
}
