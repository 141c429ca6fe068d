import Kernel
import Storage

/// The rows that `FigureFold` keeps, and how far they go.
struct FoldStore: Sendable {
    /// The name of the cursor in the event log.
    static let consumer = "figures"

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// Up to which event everything has been folded, and what is still going on.
    func state() async throws -> (sequence: Int64, fold: FigureFold) {
        try await database.read { [self] tx in
            let sequence = try EventLog.cursor(of: Self.consumer, tenant: tenant, in: tx)
            let stays = try tx.rows(
                """
                select agent_id, seat_id, presence, reason, activity, since from figure_stay
                where tenant_id = \(tenant)
                """
            ).map { row in
                var stay = StayRow(
                    agent: try row.id("agent_id"), seat: try row.id("seat_id"),
                    since: try row.timestamp("since"))
                stay.presence = try row.text("presence")
                stay.reason = try row.text("reason")
                stay.activity = try row.text("activity")
                return stay
            }
            return (sequence, FigureFold(contacts: try openContacts(in: tx), stays: stays))
        }
    }

    /// Contacts that have not ended, with their entries: two statements, however many there are.
    private func openContacts(in tx: any Transaction) throws -> [ContactRow] {
        var entries: [InteractionID: [EntryRow]] = [:]
        for row in try tx.rows(
            """
            select e.interaction_id, e.ordinal, e.queue_id, e.entered_at, e.ended_at, e.ending, e.waited_ms,
                e.agent_id, e.seat_id, e.rang_ms, e.is_handled, e.talked_ms, e.held_ms, e.wrapped_up_ms
            from figure_contact c join figure_entry e on e.tenant_id = c.tenant_id
                and e.interaction_id = c.interaction_id
            where c.tenant_id = \(tenant) and c.ended_at is null order by e.interaction_id, e.ordinal
            """)
        {
            entries[try row.id("interaction_id"), default: []].append(try Self.entry(row))
        }
        return try tx.rows(
            """
            select interaction_id, channel, origin, number, arrived_at, answered_at, is_rejected,
                is_rating_asked, rating
            from figure_contact where tenant_id = \(tenant) and ended_at is null
            """
        ).map { row in
            var contact = ContactRow(
                id: try row.id("interaction_id"), arrivedAt: try row.timestamp("arrived_at"))
            contact.channel = try row.text("channel")
            contact.origin = try row.text("origin")
            contact.number = try row.text("number")
            contact.answeredAt = try row.optionalTimestamp("answered_at")
            contact.isRejected = try row.int("is_rejected") != 0
            contact.isRatingAsked = try row.int("is_rating_asked") != 0
            contact.rating = try row.optionalInt("rating")
            contact.entries = entries[contact.id] ?? []
            return contact
        }
    }

    private static func entry(_ row: SQLRow) throws -> EntryRow {
        var entry = EntryRow(
            ordinal: Int(try row.int("ordinal")), queue: try row.id("queue_id"),
            enteredAt: try row.timestamp("entered_at"))
        entry.endedAt = try row.optionalTimestamp("ended_at")
        entry.ending = try row.text("ending")
        entry.waited = try row.int("waited_ms")
        entry.agent = try row.optionalID("agent_id")
        entry.seat = try row.optionalID("seat_id")
        entry.rang = try row.int("rang_ms")
        entry.isHandled = try row.int("is_handled") != 0
        entry.talked = try row.int("talked_ms")
        entry.held = try row.int("held_ms")
        entry.wrappedUp = try row.int("wrapped_up_ms")
        return entry
    }

    /// Writes what a batch changed and moves the cursor, all or nothing.
    ///
    /// - Returns: `false` when another process has folded these events; nothing was written then.
    func commit(
        _ changes: FoldChanges, _ fold: FigureFold, from former: Int64, to sequence: Int64
    ) async throws -> Bool {
        struct Overtaken: Error {}
        do {
            try await database.write { [self] tx in
                guard
                    try EventLog.advanceCursor(
                        of: Self.consumer, tenant: tenant, from: former, to: sequence, in: tx)
                else { throw Overtaken() }
                try save(changes.contacts, in: tx)
                for wrapUp in changes.wrapUps { try add(wrapUp, in: tx) }
                for (id, type) in changes.classified.sorted(by: { $0.key < $1.key }) {
                    try tx.execute(
                        """
                        update figure_contact set request_type = \(type)
                        where tenant_id = \(tenant) and interaction_id = \(id)
                        """)
                }
                for trace in changes.traces { try save(trace, in: tx) }
                try save(changes.stays, of: fold, in: tx)
                try add(changes.staff, in: tx)
            }
            return true
        } catch is Overtaken {
            return false
        }
    }

    /// Forgets every folded row, so that all events are folded anew.
    func forget() async throws {
        try await database.write { [tenant] tx in
            try tx.execute("delete from figure_contact where tenant_id = \(tenant)")
            try tx.execute("delete from figure_entry where tenant_id = \(tenant)")
            try tx.execute("delete from figure_staff where tenant_id = \(tenant)")
            try tx.execute("delete from figure_stay where tenant_id = \(tenant)")
            try tx.execute(
                "delete from event_cursor where tenant_id = \(tenant) and consumer = \(Self.consumer)")
        }
    }

    private func save(_ changed: [ContactRow], in tx: any Transaction) throws {
        var (contacts, entries) = (Self.contactInsert, Self.entryInsert)
        contacts.reserve(changed.count)
        let owner = tenant.sqlValue
        for contact in changed {
            let last = contact.lastAnswered ?? contact.entries.last
            let id = contact.id.sqlValue
            contacts.add([
                owner, id, .text(contact.channel), .text(contact.origin), .text(contact.number),
                contact.arrivedAt.sqlValue, contact.answeredAt.sqlValue, contact.endedAt.sqlValue,
                .int(contact.isRejected ? 1 : 0), .int(contact.isRatingAsked ? 1 : 0),
                contact.rating.sqlValue,
                contact.entries.count.sqlValue, (last?.queue).sqlValue, (last?.agent).sqlValue,
                (last?.seat).sqlValue,
            ])
            for entry in contact.entries {
                entries.add([
                    owner, id, entry.ordinal.sqlValue, .text(contact.channel), .text(contact.origin),
                    .text(contact.number), entry.queue.sqlValue, entry.enteredAt.sqlValue,
                    entry.endedAt.sqlValue, .text(entry.ending), .int(entry.waited), entry.agent.sqlValue,
                    entry.seat.sqlValue, .int(entry.rang), .int(entry.isHandled ? 1 : 0), .int(entry.talked),
                    .int(entry.held), .int(entry.wrappedUp),
                ])
            }
        }
        try tx.insert(contacts)
        try tx.insert(entries)
    }

    private static let contactInsert = RowInsert(
        into: "figure_contact",
        columns: [
            "tenant_id", "interaction_id", "channel", "origin", "number", "arrived_at", "answered_at",
            "ended_at", "is_rejected", "is_rating_asked", "rating", "entry_count", "queue_id", "agent_id",
            "seat_id",
        ],
        onConflict: """
            (tenant_id, interaction_id) do update set answered_at = excluded.answered_at,
                ended_at = excluded.ended_at, is_rejected = excluded.is_rejected,
                is_rating_asked = excluded.is_rating_asked, rating = excluded.rating,
                entry_count = excluded.entry_count, queue_id = excluded.queue_id,
                agent_id = excluded.agent_id, seat_id = excluded.seat_id
            """)

    private static let entryInsert = RowInsert(
        into: "figure_entry",
        columns: [
            "tenant_id", "interaction_id", "ordinal", "channel", "origin", "number", "queue_id", "entered_at",
            "ended_at", "ending", "waited_ms", "agent_id", "seat_id", "rang_ms", "is_handled", "talked_ms",
            "held_ms", "wrapped_up_ms",
        ],
        onConflict: """
            (tenant_id, interaction_id, ordinal) do update set ended_at = excluded.ended_at,
                ending = excluded.ending, waited_ms = excluded.waited_ms, agent_id = excluded.agent_id,
                seat_id = excluded.seat_id, rang_ms = excluded.rang_ms, is_handled = excluded.is_handled,
                talked_ms = excluded.talked_ms, held_ms = excluded.held_ms,
                wrapped_up_ms = excluded.wrapped_up_ms
            """)

    private func add(
        _ wrapUp: (id: InteractionID, agent: AgentID, lasted: Int64), in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            update figure_entry set wrapped_up_ms = wrapped_up_ms + \(wrapUp.lasted)
            where tenant_id = \(tenant) and interaction_id = \(wrapUp.id) and agent_id = \(wrapUp.agent)
            and ordinal = (select max(e.ordinal) from figure_entry e where e.tenant_id = \(tenant)
                and e.interaction_id = \(wrapUp.id) and e.agent_id = \(wrapUp.agent))
            """)
    }

    /// The contact before it learns that its caller came again.
    private func save(_ trace: ContactTrace, in tx: any Transaction) throws {
        try tx.execute(
            """
            update figure_contact set is_traced = 1, served_before_ms = \(trace.servedAfter)
            where tenant_id = \(tenant) and interaction_id = \(trace.id)
            """)
        guard let previous = trace.previous, let after = trace.after else { return }
        try tx.execute(
            """
            update figure_contact set again_after_ms = \(after)
            where tenant_id = \(tenant) and interaction_id = \(previous)
            """)
    }

    private func save(_ agents: Set<AgentID>, of fold: FigureFold, in tx: any Transaction) throws {
        var rows = RowInsert(
            into: "figure_stay",
            columns: ["tenant_id", "agent_id", "seat_id", "presence", "reason", "activity", "since"],
            onConflict: """
                (tenant_id, agent_id) do update set seat_id = excluded.seat_id,
                    presence = excluded.presence, reason = excluded.reason, activity = excluded.activity,
                    since = excluded.since
                """)
        for agent in agents.sorted() {
            guard let stay = fold.stays[agent] else {
                try tx.execute(
                    "delete from figure_stay where tenant_id = \(tenant) and agent_id = \(agent)")
                continue
            }
            rows.add([
                tenant.sqlValue, agent.sqlValue, stay.seat.sqlValue, .text(stay.presence), .text(stay.reason),
                .text(stay.activity), stay.since.sqlValue,
            ])
        }
        try tx.insert(rows)
    }

    private func add(
        _ staff: [StaffKey: (milliseconds: Int64, times: Int64)], in tx: any Transaction
    ) throws {
        var rows = RowInsert(
            into: "figure_staff",
            columns: ["tenant_id", "quarter_at", "agent_id", "seat_id", "what", "spent_ms", "times"],
            onConflict: """
                (tenant_id, quarter_at, agent_id, seat_id, what) do update set
                    spent_ms = figure_staff.spent_ms + excluded.spent_ms,
                    times = figure_staff.times + excluded.times
                """)
        rows.reserve(staff.count)
        for (key, spent) in staff.sorted(by: { $0.key < $1.key }) {
            rows.add([
                tenant.sqlValue, key.quarter.sqlValue, key.agent.sqlValue, key.seat.sqlValue, .text(key.what),
                .int(spent.milliseconds), .int(spent.times),
            ])
        }
        try tx.insert(rows)
    }
}
