import Contracts
import Kernel
import Storage

/// The rows of holds, of retention and of its sweeps.
struct HoldStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    /// Newest first.
    func holds(standingOnly: Bool, in tx: any Transaction) throws -> [LegalHold] {
        let condition: SQL = standingOnly ? "and lifted_at is null" : ""
        return try tx.rows(
            "select * from legal_hold where tenant_id = \(tenant) \(condition) order by id desc"
        ).map(Self.hold)
    }

    func add(_ hold: LegalHold, in tx: any Transaction) throws {
        try tx.execute(
            """
            insert into legal_hold (tenant_id, id, number, interaction_id, reason, made_at, made_by)
            values (\(tenant), \(hold.id), \(hold.number), \(hold.interaction), \(hold.reason), \(hold.madeAt),
                \(hold.madeBy))
            """)
    }

    /// - Throws: `Problem(.notFound)`, or `Problem(.conflict)` when it was lifted already.
    func lift(
        _ id: LegalHoldID, reason: String, by actor: String, at now: Timestamp, in tx: any Transaction
    ) throws -> LegalHold {
        let count = try tx.execute(
            """
            update legal_hold set lifted_at = \(now), lifted_by = \(actor), lift_reason = \(reason)
            where tenant_id = \(tenant) and id = \(id) and lifted_at is null
            """)
        let row = try tx.row("select * from legal_hold where tenant_id = \(tenant) and id = \(id)")
        guard let row else {
            throw Problem(.notFound, "There is no legal hold \(id).", details: ["field": "id"])
        }
        guard count == 1 else {
            throw Problem(
                .conflict, "This hold was lifted already.", details: ["reason": "hold.lifted"])
        }
        return try Self.hold(row)
    }

    /// Writes the mark of an erased number into holds that were lifted; a hold that stands prevents the erasure.
    func forget(_ number: String, as mark: String, in tx: any Transaction) throws {
        try tx.execute(
            """
            update legal_hold set number = \(mark)
            where tenant_id = \(tenant) and number = \(number) and lifted_at is not null
            """)
    }

    private static func hold(_ row: SQLRow) throws -> LegalHold {
        LegalHold(
            id: try row.id("id"), number: try row.optionalText("number"),
            interaction: try row.optionalID("interaction_id"), reason: try row.text("reason"),
            madeAt: try row.timestamp("made_at"), madeBy: try row.text("made_by"),
            liftedAt: try row.optionalTimestamp("lifted_at"), liftedBy: try row.optionalText("lifted_by"),
            liftReason: try row.optionalText("lift_reason"))
    }

    // MARK: retention

    func retention(in tx: any Transaction) throws -> Retention {
        let row = try tx.row(
            """
            select version, document from retention_setting where tenant_id = \(tenant)
            order by version desc limit 1
            """)
        guard let row else { return Retention() }
        return Retention(
            version: Int(try row.int("version")), days: try JSONText.decode(from: row.text("document")))
    }

    /// Keeps the next version.
    ///
    /// - Throws: `Problem(.conflict)` when somebody else has changed what was read.
    func keep(
        _ retention: Retention, by actor: String, at now: Timestamp, in tx: any Transaction
    ) throws -> Retention {
        guard try self.retention(in: tx).version == retention.version else {
            throw Problem(
                .conflict, "Somebody else has changed this meanwhile; read it again and repeat the change.",
                details: ["reason": "versionChanged", "field": "version"])
        }
        var next = retention
        next.version += 1
        try tx.execute(
            """
            insert into retention_setting (tenant_id, version, document, changed_at, actor)
            values (\(tenant), \(next.version), \(JSONText.encode(next.days)), \(now), \(actor))
            """)
        return next
    }

    func lastSweep(in tx: any Transaction) throws -> Timestamp? {
        try tx.row("select at from retention_sweep where tenant_id = \(tenant)")?.timestamp("at")
    }

    /// Gives back a sweep that came to nothing, so that it is tried again.
    func returnSweep(in tx: any Transaction) throws {
        try tx.execute("delete from retention_sweep where tenant_id = \(tenant)")
    }

    /// Takes the sweep that is due, for this machine alone.
    ///
    /// - Returns: whether it is due, and nobody else has taken it.
    func takeSweep(at now: Timestamp, every span: TimeSpan, in tx: any Transaction) throws -> Bool {
        let count = try tx.execute(
            """
            insert into retention_sweep (tenant_id, at) values (\(tenant), \(now))
            on conflict (tenant_id) do update set at = excluded.at
            where retention_sweep.at <= \(now - span)
            """)
        return count == 1
    }
}
