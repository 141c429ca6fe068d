import Kernel
import Storage

/// The rows of schedules, each change with its audit.
struct ScheduleStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    func all() async throws -> [KeptSchedule] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select id, document, last_at, last_day, last_error from report_schedule
                where tenant_id = \(tenant) order by id limit \(ReportSchedule.most)
                """
            ).map(Self.schedule)
        }
    }

    func schedule(_ id: ReportScheduleID) async throws -> KeptSchedule? {
        try await database.read { [tenant] tx in
            try tx.row(
                """
                select id, document, last_at, last_day, last_error from report_schedule
                where tenant_id = \(tenant) and id = \(id)
                """
            ).map(Self.schedule)
        }
    }

    /// - Parameter claimed: the day whose time has passed already, which is not sent.
    /// - Returns: `false` when there are as many as there may be.
    func add(
        _ schedule: ReportSchedule, id: ReportScheduleID, claimed: String?, by deed: FigureSettingStore.Deed,
        at now: Timestamp
    ) async throws -> Bool {
        let document = try JSONText.encode(schedule)
        return try await database.write { [tenant] tx in
            let count =
                try tx.row("select count(*) as n from report_schedule where tenant_id = \(tenant)")?.int("n")
                ?? 0
            guard count < ReportSchedule.most else { return false }
            try tx.execute(
                """
                insert into report_schedule (tenant_id, id, document, made_at, claimed_day)
                values (\(tenant), \(id), \(document), \(now), \(claimed))
                """)
            try Self.audit("schedule.made", id, deed, now, tenant, tx)
            return true
        }
    }

    /// - Returns: `false` when there is none.
    func change(
        _ id: ReportScheduleID, to schedule: ReportSchedule, claimed: String?,
        by deed: FigureSettingStore.Deed, at now: Timestamp
    ) async throws -> Bool {
        let document = try JSONText.encode(schedule)
        return try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                update report_schedule set document = \(document), claimed_day = coalesce(\(claimed), claimed_day)
                where tenant_id = \(tenant) and id = \(id)
                """)
            if count > 0 { try Self.audit("schedule.changed", id, deed, now, tenant, tx) }
            return count > 0
        }
    }

    /// - Returns: `false` when there is none.
    func remove(_ id: ReportScheduleID, by deed: FigureSettingStore.Deed, at now: Timestamp) async throws
        -> Bool
    {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                "delete from report_schedule where tenant_id = \(tenant) and id = \(id)")
            if count > 0 { try Self.audit("schedule.removed", id, deed, now, tenant, tx) }
            return count > 0
        }
    }

    /// Takes the sending of a day's report upon itself: of several programs one gets it, and no day is sent twice.
    func claim(_ id: ReportScheduleID, day: String) async throws -> Bool {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                update report_schedule set claimed_day = \(day)
                where tenant_id = \(tenant) and id = \(id) and (claimed_day is null or claimed_day < \(day))
                """) > 0
        }
    }

    func note(_ id: ReportScheduleID, day: String, error: String?, at now: Timestamp) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                update report_schedule set last_at = \(now), last_day = \(day), last_error = \(error)
                where tenant_id = \(tenant) and id = \(id)
                """)
        }
    }

    private static func audit(
        _ action: String, _ id: ReportScheduleID, _ deed: FigureSettingStore.Deed, _ now: Timestamp,
        _ tenant: TenantID, _ tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: now, actor: deed.actor, action: action, kind: "schedule", object: id.description,
                address: deed.address), tenant: tenant, in: tx)
    }

    private static func schedule(_ row: SQLRow) throws -> KeptSchedule {
        let last: KeptSchedule.Last?
        if let day = try row.optionalText("last_day"), let at = try row.optionalTimestamp("last_at") {
            last = KeptSchedule.Last(at: at, day: day, error: try row.optionalText("last_error"))
        } else {
            last = nil
        }
        return KeptSchedule(
            id: try row.id("id"), schedule: try JSONText.decode(from: row.text("document")), last: last)
    }
}
