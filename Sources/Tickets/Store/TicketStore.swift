import Kernel
import Storage

/// Who changes a ticket, and under which id the event log tells of it.
struct TicketDeed: Sendable {
    var event: EventID
    var actor: String
    /// The network address of who does it.
    var address: String
}

/// The rows of tickets of one tenant.
struct TicketStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// Keeps a new ticket, which gets the tenant's next number, and notes it in the event log.
    func add(
        _ content: TicketContent, id: TicketID, interaction: InteractionID?, by person: AgentID?,
        at now: Timestamp, doing deed: TicketDeed
    ) async throws -> Ticket {
        try await database.write { [tenant] tx in
            let last = try tx.row(
                """
                insert into ticket_count (tenant_id, last) values (\(tenant), 1)
                on conflict (tenant_id) do update set last = ticket_count.last + 1 returning last
                """)?.int("last")
            let ticket = Ticket(
                id: id, number: TicketRules.number(last ?? 1), content: content, interaction: interaction,
                createdAt: now, createdBy: person, changedAt: now, version: 1)
            try tx.execute(
                """
                insert into ticket (tenant_id, id, number, type, title, text, owner_id, state, interaction_id,
                    created_at, created_by, changed_at, version, fields, result)
                values (\(tenant), \(id), \(ticket.number), \(content.type), \(content.title), \(content.text),
                    \(content.owner), \(content.state.rawValue), \(interaction), \(now), \(person), \(now), 1,
                    \(JSONText.encode(content.fields)), \(content.result))
                """)
            try Self.note("ticket.created", ticket, deed, tenant, tx)
            return ticket
        }
    }

    /// Changes a ticket that still has the version that was read; `nil` when it does not, or is not there.
    func change(
        _ id: TicketID, to content: TicketContent, version: Int, at now: Timestamp, doing deed: TicketDeed
    ) async throws -> Ticket? {
        try await database.write { [tenant] tx in
            let changed = try tx.execute(
                """
                update ticket set type = \(content.type), title = \(content.title), text = \(content.text),
                    owner_id = \(content.owner), state = \(content.state.rawValue), changed_at = \(now),
                    fields = \(JSONText.encode(content.fields)), result = \(content.result),
                    version = version + 1, erased_at = null
                where tenant_id = \(tenant) and id = \(id) and version = \(version)
                """)
            guard changed == 1, let row = try Self.row(id, tenant, tx) else { return nil }
            let ticket = try Self.ticket(row)
            try Self.note("ticket.changed", ticket, deed, tenant, tx)
            return ticket
        }
    }

    func ticket(_ id: TicketID) async throws -> Ticket? {
        try await database.read { [tenant] tx in try Self.row(id, tenant, tx).map(Self.ticket) }
    }

    /// Newest first. `before` is the id of the last one of the page before.
    func tickets(_ filter: TicketFilter, before: TicketID?, limit: Int) async throws -> [Ticket] {
        var conditions: [SQL] = ["tenant_id = \(tenant)"]
        if let before { conditions.append("id < \(before)") }
        if let state = filter.state { conditions.append("state = \(state.rawValue)") }
        if let owner = filter.owner { conditions.append("owner_id = \(owner)") }
        if let type = filter.type { conditions.append("type = \(type)") }
        if let interactions = filter.interactions {
            conditions.append("interaction_id in (\(list: interactions))")
        }
        if let people = filter.people {
            conditions.append("(owner_id in (\(list: people)) or created_by in (\(list: people)))")
        }
        if let text = filter.text, !text.isEmpty {
            let pattern = "%" + Self.escaped(text.lowercased()) + "%"
            conditions.append(
                """
                (lower(number) like \(pattern) escape '!' or lower(title) like \(pattern) escape '!'
                    or lower(text) like \(pattern) escape '!' or lower(fields) like \(pattern) escape '!'
                    or lower(result) like \(pattern) escape '!')
                """)
        }
        let condition = SQL.joined(conditions, by: " and ")
        return try await database.read { tx in
            try tx.rows("select * from ticket where \(condition) order by id desc limit \(limit)").map(
                Self.ticket)
        }
    }

    /// What the user typed stands for itself.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { $0 += "!%_".contains($1) ? "!\($1)" : String($1) }
    }

    private static func row(_ id: TicketID, _ tenant: TenantID, _ tx: any Transaction) throws -> SQLRow? {
        try tx.row("select * from ticket where tenant_id = \(tenant) and id = \(id)")
    }

    static func ticket(_ row: SQLRow) throws -> Ticket {
        Ticket(
            id: try row.id("id"), number: try row.text("number"),
            content: TicketContent(
                type: try row.text("type"), title: try row.text("title"), text: try row.text("text"),
                owner: try row.optionalID("owner_id"),
                state: Ticket.State(rawValue: try row.text("state")) ?? .open,
                fields: try JSONText.decode(from: row.text("fields")), result: try row.text("result")),
            interaction: try row.optionalID("interaction_id"), createdAt: try row.timestamp("created_at"),
            createdBy: try row.optionalID("created_by"), changedAt: try row.timestamp("changed_at"),
            version: Int(try row.int("version")))
    }

    /// Into the event log and the audit, which know ids and words, never what is in the ticket (decision 5).
    private static func note(
        _ type: String, _ ticket: Ticket, _ deed: TicketDeed, _ tenant: TenantID, _ tx: any Transaction
    ) throws {
        try AuditLog.append(
            [
                AuditEntry(
                    at: ticket.changedAt, actor: deed.actor, action: type, kind: "ticket",
                    object: ticket.id.description,
                    details: ["state": ticket.content.state.rawValue, "version": String(ticket.version)],
                    address: deed.address)
            ], tenant: tenant, in: tx)
        let payload = try JSONText.encode([
            "ticket": ticket.id.description, "type": ticket.content.type,
            "state": ticket.content.state.rawValue,
            "version": String(ticket.version),
        ])
        try EventLog.append(
            [
                NewEvent(
                    id: deed.event, type: type, at: ticket.changedAt, actor: deed.actor,
                    interaction: ticket.interaction,
                    agent: ticket.content.owner, queue: nil, payload: payload)
            ], tenant: tenant, in: tx)
    }
}
