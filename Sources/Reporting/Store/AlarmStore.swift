import Kernel
import Storage

/// The rows of alarms and of who was told.
struct AlarmStore: Sendable {
    struct Notice: Hashable, Sendable {
        var at: Timestamp
        var channel: String
        var recipient: String
        var error: String?
    }

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }
    private static let columns: SQL = """
        id, rule_id, name, figure, queue_key, severity, comparison, threshold, value, raised_at,
        acknowledged_at, acknowledged_by, note, cleared_at, steps_taken
        """

    init(_ database: TenantDatabase) { self.database = database }

    func open() async throws -> [Alarm] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select \(Self.columns) from alarm where tenant_id = \(tenant) and cleared_at is null
                order by id desc limit 500
                """
            ).map(Self.alarm)
        }
    }

    /// Newest first, after a position, one more than asked for.
    func all(openOnly: Bool, after position: String?, limit: Int) async throws -> [Alarm] {
        let before: SQL = position.map { "and id < \($0)" } ?? ""
        let open: SQL = openOnly ? "and cleared_at is null" : ""
        return try await database.read { [tenant] tx in
            try tx.rows(
                """
                select \(Self.columns) from alarm where tenant_id = \(tenant) \(open) \(before)
                order by id desc limit \(limit + 1)
                """
            ).map(Self.alarm)
        }
    }

    func alarm(_ id: AlarmID) async throws -> Alarm? {
        try await database.read { [tenant] tx in
            try tx.row(
                "select \(Self.columns) from alarm where tenant_id = \(tenant) and id = \(id)"
            ).map(Self.alarm)
        }
    }

    func notices(of alarms: [AlarmID]) async throws -> [AlarmID: [Notice]] {
        try await database.read { [tenant] tx in
            let rows = try tx.rows(
                """
                select alarm_id, at, channel, recipient, error from alarm_notice
                where tenant_id = \(tenant) and alarm_id in (\(list: alarms)) order by id
                """)
            var notices: [AlarmID: [Notice]] = [:]
            for row in rows {
                notices[try row.id("alarm_id"), default: []].append(
                    Notice(
                        at: try row.timestamp("at"), channel: try row.text("channel"),
                        recipient: try row.text("recipient"), error: try row.optionalText("error")))
            }
            return notices
        }
    }

    func add(_ alarm: Alarm, event: EventID) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                insert into alarm (tenant_id, id, rule_id, name, figure, queue_key, severity, comparison,
                    threshold, value, raised_at, steps_taken)
                values (\(tenant), \(alarm.id), \(alarm.rule), \(alarm.name), \(alarm.figure), \(alarm.queue),
                    \(alarm.severity.rawValue), \(alarm.comparison.rawValue), \(alarm.threshold), \(alarm.value),
                    \(alarm.raisedAt), 0)
                """)
            try Self.note("alarm.raised", alarm.id, event, alarm.raisedAt, "system", tenant, tx)
        }
    }

    func clear(_ id: AlarmID, event: EventID, at now: Timestamp) async throws {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                update alarm set cleared_at = \(now) where tenant_id = \(tenant) and id = \(id)
                and cleared_at is null
                """)
            if count > 0 { try Self.note("alarm.cleared", id, event, now, "system", tenant, tx) }
        }
    }

    func took(step: Int, of id: AlarmID) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                "update alarm set steps_taken = \(step) where tenant_id = \(tenant) and id = \(id)")
        }
    }

    func note(_ notice: Notice, id: EventID, of alarm: AlarmID) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                insert into alarm_notice (tenant_id, id, alarm_id, at, channel, recipient, error)
                values (\(tenant), \(id), \(alarm), \(notice.at), \(notice.channel), \(notice.recipient),
                    \(notice.error))
                """)
        }
    }

    /// The first acknowledgement counts.
    ///
    /// - Returns: whether this was it.
    func acknowledge(
        _ id: AlarmID, by person: AgentID?, note: String?, deed: FigureSettingStore.Deed, event: EventID,
        at now: Timestamp
    ) async throws -> Bool {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                update alarm set acknowledged_at = \(now), acknowledged_by = \(person), note = \(note)
                where tenant_id = \(tenant) and id = \(id) and acknowledged_at is null
                """)
            guard count > 0 else { return false }
            try Self.note("alarm.acknowledged", id, event, now, deed.actor, tenant, tx)
            try AuditLog.append(
                AuditEntry(
                    at: now, actor: deed.actor, action: "alarm.acknowledged", kind: "alarm",
                    object: id.description, address: deed.address), tenant: tenant, in: tx)
            return true
        }
    }

    private static func note(
        _ type: String, _ alarm: AlarmID, _ event: EventID, _ at: Timestamp, _ actor: String,
        _ tenant: TenantID, _ tx: any Transaction
    ) throws {
        try EventLog.append(
            [NewEvent(id: event, type: type, at: at, actor: actor, payload: "{\"alarm\":\"\(alarm)\"}")],
            tenant: tenant, in: tx)
    }

    private static func alarm(_ row: SQLRow) throws -> Alarm {
        var alarm = Alarm(
            id: try row.id("id"), rule: try row.id("rule_id"), name: try row.text("name"),
            figure: try row.text("figure"), queue: try row.optionalText("queue_key"),
            severity: AlarmRule.Severity(rawValue: try row.text("severity")) ?? .warning,
            comparison: AlarmRule.Comparison(rawValue: try row.text("comparison")) ?? .above,
            threshold: try row.double("threshold"), value: try row.double("value"),
            raisedAt: try row.timestamp("raised_at"))
        alarm.acknowledgedAt = try row.optionalTimestamp("acknowledged_at")
        alarm.acknowledgedBy = try row.optionalID("acknowledged_by")
        alarm.note = try row.optionalText("note")
        alarm.clearedAt = try row.optionalTimestamp("cleared_at")
        alarm.stepsTaken = Int(try row.int("steps_taken"))
        return alarm
    }
}
