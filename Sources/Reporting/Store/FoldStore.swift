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

    private func openContacts(in tx: any Transaction) throws -> [ContactRow] {
        var contacts: [InteractionID: ContactRow] = [:]
        let rows = try tx.rows(
            """
            select interaction_id, channel, origin, number, arrived_at, answered_at, ended_at, is_rejected,
                is_rating_asked, rating
            from figure_contact c where tenant_id = \(tenant) and (ended_at is null or exists (
                select 1 from figure_entry e where e.tenant_id = c.tenant_id
                and e.interaction_id = c.interaction_id
                and (e.ended_at is null or (e.agent_id is not null and e.is_handled = 0))))
            """)
        for row in rows {
            var contact = ContactRow(
                id: try row.id("interaction_id"), arrivedAt: try row.timestamp("arrived_at"))
            contact.channel = try row.text("channel")
            contact.origin = try row.text("origin")
            contact.number = try row.text("number")
            contact.answeredAt = try row.optionalTimestamp("answered_at")
            contact.endedAt = try row.optionalTimestamp("ended_at")
            contact.isRejected = try row.int("is_rejected") != 0
            contact.isRatingAsked = try row.int("is_rating_asked") != 0
            contact.rating = try row.optionalInt("rating")
            for entry in try entries(of: contact.id, in: tx) { contact.entries.append(entry) }
            contact.isInConversation = contact.entries.last.map { $0.agent != nil && !$0.isHandled } ?? false
            contacts[contact.id] = contact
        }
        return Array(contacts.values)
    }

    private func entries(of id: InteractionID, in tx: any Transaction) throws -> [EntryRow] {
        try tx.rows(
            """
            select ordinal, queue_id, entered_at, ended_at, ending, waited_ms, agent_id, seat_id, rang_ms,
                is_handled, talked_ms, held_ms, wrapped_up_ms
            from figure_entry where tenant_id = \(tenant) and interaction_id = \(id) order by ordinal
            """
        ).map { row in
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
                for contact in changes.contacts.values.sorted(by: { $0.id < $1.id }) {
                    try save(contact, in: tx)
                }
                for wrapUp in changes.wrapUps { try add(wrapUp, in: tx) }
                for (id, type) in changes.classified {
                    try tx.execute(
                        """
                        update figure_contact set request_type = \(type)
                        where tenant_id = \(tenant) and interaction_id = \(id)
                        """)
                }
                for agent in changes.stays.sorted() { try save(fold.stays[agent], of: agent, in: tx) }
                for (key, spent) in changes.staff { try add(spent, to: key, in: tx) }
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

    private func save(_ contact: ContactRow, in tx: any Transaction) throws {
        let last = contact.lastAnswered ?? contact.entries.last
        try tx.execute(
            """
            insert into figure_contact (tenant_id, interaction_id, channel, origin, number, arrived_at,
                answered_at, ended_at, is_rejected, is_rating_asked, rating, entry_count, queue_id, agent_id,
                seat_id)
            values (\(tenant), \(contact.id), \(contact.channel), \(contact.origin), \(contact.number),
                \(contact.arrivedAt), \(contact.answeredAt), \(contact.endedAt), \(contact.isRejected ? 1 : 0),
                \(contact.isRatingAsked ? 1 : 0), \(contact.rating), \(contact.entries.count), \(last?.queue),
                \(last?.agent), \(last?.seat))
            on conflict (tenant_id, interaction_id) do update set answered_at = excluded.answered_at,
                ended_at = excluded.ended_at, is_rejected = excluded.is_rejected,
                is_rating_asked = excluded.is_rating_asked, rating = excluded.rating,
                entry_count = excluded.entry_count, queue_id = excluded.queue_id,
                agent_id = excluded.agent_id, seat_id = excluded.seat_id
            """)
        for entry in contact.entries { try save(entry, of: contact, in: tx) }
    }

    private func save(_ entry: EntryRow, of contact: ContactRow, in tx: any Transaction) throws {
        try tx.execute(
            """
            insert into figure_entry (tenant_id, interaction_id, ordinal, channel, origin, number, queue_id,
                entered_at, ended_at, ending, waited_ms, agent_id, seat_id, rang_ms, is_handled, talked_ms,
                held_ms, wrapped_up_ms)
            values (\(tenant), \(contact.id), \(entry.ordinal), \(contact.channel), \(contact.origin),
                \(contact.number), \(entry.queue), \(entry.enteredAt), \(entry.endedAt), \(entry.ending),
                \(entry.waited), \(entry.agent), \(entry.seat), \(entry.rang), \(entry.isHandled ? 1 : 0),
                \(entry.talked), \(entry.held), \(entry.wrappedUp))
            on conflict (tenant_id, interaction_id, ordinal) do update set ended_at = excluded.ended_at,
                ending = excluded.ending, waited_ms = excluded.waited_ms, agent_id = excluded.agent_id,
                seat_id = excluded.seat_id, rang_ms = excluded.rang_ms, is_handled = excluded.is_handled,
                talked_ms = excluded.talked_ms, held_ms = excluded.held_ms,
                wrapped_up_ms = excluded.wrapped_up_ms
            """)
    }

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

    private func save(_ stay: StayRow?, of agent: AgentID, in tx: any Transaction) throws {
        guard let stay else {
            try tx.execute("delete from figure_stay where tenant_id = \(tenant) and agent_id = \(agent)")
            return
        }
        try tx.execute(
            """
            insert into figure_stay (tenant_id, agent_id, seat_id, presence, reason, activity, since)
            values (\(tenant), \(agent), \(stay.seat), \(stay.presence), \(stay.reason), \(stay.activity),
                \(stay.since))
            on conflict (tenant_id, agent_id) do update set seat_id = excluded.seat_id,
                presence = excluded.presence, reason = excluded.reason, activity = excluded.activity,
                since = excluded.since
            """)
    }

    private func add(
        _ spent: (milliseconds: Int64, times: Int64), to key: StaffKey, in tx: any Transaction
    ) throws {
        try tx.execute(
            """
            insert into figure_staff (tenant_id, quarter_at, agent_id, seat_id, what, spent_ms, times)
            values (\(tenant), \(key.quarter), \(key.agent), \(key.seat), \(key.what), \(spent.milliseconds),
                \(spent.times))
            on conflict (tenant_id, quarter_at, agent_id, seat_id, what) do update set
                spent_ms = figure_staff.spent_ms + excluded.spent_ms,
                times = figure_staff.times + excluded.times
            """)
    }
}
