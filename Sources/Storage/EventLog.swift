package import Kernel

/// Something that happened, about to be written to the log (decision 5).
///
/// The payload carries ids and figures, never names, numbers, texts or digits of a person. Fields are only ever added
/// to a type; a new meaning is a new type.
package struct NewEvent: Sendable, Hashable {
    /// Minted with `IDSource`.
    package var id: EventID
    /// Dotted, past tense: `interaction.started`; the engine's facts begin with `fact.`.
    package var type: String
    /// Version of the payload's shape, from 1.
    package var version: Int
    /// When it happened, by the clock of who reports it.
    package var at: Timestamp
    /// Who did it: `agent:<id>`, `system`, `engine`.
    package var actor: String
    /// The event that led to this one.
    package var cause: EventID?
    /// The interaction that it belongs to.
    package var interaction: InteractionID?
    /// The agent whom it concerns.
    package var agent: AgentID?
    /// The queue that it concerns.
    package var queue: QueueID?
    /// A JSON object as text.
    package var payload: String

    /// Describes an event; `payload` must be a JSON object.
    package init(
        id: EventID, type: String, version: Int = 1, at: Timestamp, actor: String = "system",
        cause: EventID? = nil, interaction: InteractionID? = nil, agent: AgentID? = nil,
        queue: QueueID? = nil,
        payload: String = "{}"
    ) {
        self.id = id
        self.type = type
        self.version = version
        self.at = at
        self.actor = actor
        self.cause = cause
        self.interaction = interaction
        self.agent = agent
        self.queue = queue
        self.payload = payload
    }
}

/// An event with its place in its tenant's log.
package struct LoggedEvent: Sendable, Hashable {
    /// Whose log it is in.
    package var tenant: TenantID
    /// From 1, without gaps, in the order of the commits.
    package var sequence: Int64
    /// What was written.
    package var event: NewEvent

    init(_ row: SQLRow) throws {
        tenant = try row.id("tenant_id")
        sequence = try row.int("seq")
        event = NewEvent(
            id: try row.id("id"), type: try row.text("type"), version: Int(try row.int("v")),
            at: try row.timestamp("at"), actor: try row.text("actor"), cause: try row.optionalID("cause"),
            interaction: try row.optionalID("interaction_id"), agent: try row.optionalID("agent_id"),
            queue: try row.optionalID("queue_id"), payload: try row.text("payload"))
    }

    /// The payload as a value; throws `DecodingError`.
    package func payload<Payload: Decodable>(_ type: Payload.Type = Payload.self) throws -> Payload {
        try JSONText.decode(type, from: event.payload)
    }
}

/// The log of everything that happened to a tenant: what live screens, reports and automation follow.
package enum EventLog {
    /// Events read at once; a reader pages with the last sequence that it saw.
    package static let maximumPage = 1_000

    /// Appends events in order and returns their sequence numbers; followers are woken after the commit.
    ///
    /// The tenant's row in `event_head` stays locked until the transaction ends: another writer waits here, so numbers
    /// are given in the order of the commits, and a transaction that fails leaves no gap. `events` must not be empty.
    @discardableResult
    package static func append(
        _ events: [NewEvent], tenant: TenantID, in transaction: any Transaction
    ) throws -> ClosedRange<Int64> {
        guard !events.isEmpty else { throw Problem(.invalid, "There is no event to append") }
        let head = try transaction.row(
            """
            insert into event_head (tenant_id, last_seq) values (\(tenant), \(events.count))
            on conflict (tenant_id) do update set last_seq = event_head.last_seq + excluded.last_seq
            returning last_seq
            """)
        guard let last = try head?.int("last_seq") else {
            throw Problem(.internal, "The head of the event log gave no sequence")
        }
        let first = last - Int64(events.count) + 1
        let owner = tenant.sqlValue
        var rows = RowInsert(into: "event", columns: columns)
        rows.reserve(events.count)
        for (offset, event) in events.enumerated() {
            rows.add([
                owner, .int(first + Int64(offset)), event.id.sqlValue, .text(event.type),
                event.version.sqlValue, event.at.sqlValue, .text(event.actor), event.cause.sqlValue,
                event.interaction.sqlValue, event.agent.sqlValue, event.queue.sqlValue, .text(event.payload),
            ])
        }
        try transaction.insert(rows)
        transaction.announceEvents(of: tenant)
        return first...last
    }

    private static let columns: [SQL] = [
        "tenant_id", "seq", "id", "type", "v", "at", "actor", "cause", "interaction_id", "agent_id",
        "queue_id",
        "payload",
    ]

    /// The events after a sequence number, oldest first, at most `limit` (and `maximumPage`).
    package static func read(
        _ tenant: TenantID, after sequence: Int64, limit: Int = maximumPage, in transaction: any Transaction
    ) throws -> [LoggedEvent] {
        let rows = try transaction.rows(
            """
            select tenant_id, seq, id, type, v, at, actor, cause, interaction_id, agent_id, queue_id, payload
            from event where tenant_id = \(tenant) and seq > \(sequence)
            order by seq limit \(max(0, min(limit, maximumPage)))
            """)
        return try rows.map(LoggedEvent.init)
    }

    /// The events of some types after a sequence number and up to another, oldest first. Numbers have no gaps, so a
    /// reader who asks for a stretch gets at most as many events; choose it short, all of them are in memory at once.
    package static func read(
        _ tenant: TenantID, after sequence: Int64, upTo last: Int64, types: [String],
        in transaction: any Transaction
    ) throws -> [LoggedEvent] {
        // An expression instead of the column: a stretch is read in its order, never through the index by type.
        let rows = try transaction.rows(
            """
            select tenant_id, seq, id, type, v, at, actor, cause, interaction_id, agent_id, queue_id, payload
            from event where tenant_id = \(tenant) and seq > \(sequence) and seq <= \(last)
            and type || '' in (\(list: types)) order by seq
            """)
        return try rows.map(LoggedEvent.init)
    }

    /// Whether an event is among the newest ones: asked when the outcome of the commit that wrote it is not known.
    package static func contains(_ id: EventID, tenant: TenantID, in transaction: any Transaction) throws
        -> Bool
    {
        let oldest = try head(of: tenant, in: transaction) - lookBack
        return try transaction.row(
            "select 1 as found from event where tenant_id = \(tenant) and seq > \(oldest) and id = \(id)")
            != nil
    }
    /// How far back `contains` looks: far more than other writers add during one commit.
    static let lookBack: Int64 = 100_000

    /// The events of one interaction, oldest first, at most `maximumPage`, after a sequence number.
    package static func read(
        _ tenant: TenantID, interaction: InteractionID, after sequence: Int64 = 0,
        in transaction: any Transaction
    ) throws -> [LoggedEvent] {
        let rows = try transaction.rows(
            """
            select tenant_id, seq, id, type, v, at, actor, cause, interaction_id, agent_id, queue_id, payload
            from event where tenant_id = \(tenant) and interaction_id = \(interaction) and seq > \(sequence)
            order by seq limit \(maximumPage)
            """)
        return try rows.map(LoggedEvent.init)
    }

    /// The last sequence number given; 0 when nothing has happened.
    package static func head(of tenant: TenantID, in transaction: any Transaction) throws -> Int64 {
        try transaction.row("select last_seq from event_head where tenant_id = \(tenant)")?.int("last_seq")
            ?? 0
    }

    /// Where a consumer is; 0 before its first event.
    package static func cursor(
        of consumer: String, tenant: TenantID, in transaction: any Transaction
    ) throws -> Int64 {
        try transaction.row(
            "select seq from event_cursor where tenant_id = \(tenant) and consumer = \(consumer)")?.int("seq")
            ?? 0
    }

    /// Moves a consumer forward, in the transaction of what it did with the events. Never moves it back.
    package static func moveCursor(
        of consumer: String, tenant: TenantID, to sequence: Int64, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            insert into event_cursor (tenant_id, consumer, seq) values (\(tenant), \(consumer), \(sequence))
            on conflict (tenant_id, consumer) do update set seq = excluded.seq where event_cursor.seq < excluded.seq
            """)
    }

    /// Moves a consumer that must be alone from where it read to where it is now; `false` when another has moved it
    /// meanwhile, after which the transaction must be given up.
    package static func advanceCursor(
        of consumer: String, tenant: TenantID, from former: Int64, to sequence: Int64,
        in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            insert into event_cursor (tenant_id, consumer, seq)
            select \(tenant), \(consumer), cast(\(sequence) as bigint) where cast(\(former) as bigint) = 0
            or exists (select 1 from event_cursor where tenant_id = \(tenant) and consumer = \(consumer))
            on conflict (tenant_id, consumer) do update set seq = excluded.seq where event_cursor.seq = \(former)
            """) == 1
    }
}
