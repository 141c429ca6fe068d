import Contracts
import Kernel
import Storage

/// The rows of interactions of one tenant.
struct InteractionStore: InteractionLedger {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    func record(_ changes: [InteractionChange], in transaction: any Transaction) throws {
        for change in changes { try record(change, in: transaction) }
    }

    private func record(_ change: InteractionChange, in tx: any Transaction) throws {
        let (id, at) = (change.interaction, change.at)
        func update(_ assignment: SQL) throws {
            try tx.execute("update interaction set \(assignment) where tenant_id = \(tenant) and id = \(id)")
        }
        switch change.kind {
        case .arrived(let number, let origin, let caller):
            try tx.execute(
                """
                insert into interaction (tenant_id, id, channel, number, origin, arrived_at)
                values (\(tenant), \(id), 'voice', \(number), \(origin), \(at))
                """)
            try tx.execute(
                """
                insert into interaction_party (tenant_id, interaction_id, role, raw, canonical)
                values (\(tenant), \(id), 'customer', \(caller.raw), \(caller.canonical))
                """)
        case .answered: try update("answered_at = \(at)")
        case .queued(let queue): try update("queue_id = \(queue), queued_at = coalesce(queued_at, \(at))")
        case .connected(let agent):
            try update("agent_id = \(agent), connected_at = coalesce(connected_at, \(at))")
        case .conversationEnded(let talked, let held):
            try update("talked_ms = talked_ms + \(talked), held_ms = held_ms + \(held)")
        case .rated(let score): try update("rating = \(score)")
        case .ended(let by): try update("ended_at = \(at), ended_by = \(by)")
        case .lostInCrash: try update("ended_at = \(at), ended_by = 'crash'")
        }
    }

    func record(_ recording: FinishedRecording, in transaction: any Transaction) throws {
        let tracks = try JSON(recording.tracks)
        try transaction.execute(
            """
            insert into recording (tenant_id, interaction_id, started_at, manifest, tracks)
            values (\(tenant), \(recording.interaction), \(recording.startedAt), \(recording.manifest),
                \(tracks))
            on conflict (tenant_id, interaction_id, started_at) do update set
                manifest = excluded.manifest, tracks = excluded.tracks
            """)
    }

    func unfinishedRecordings(in transaction: any Transaction) throws -> [FinishedRecording] {
        try transaction.rows(
            """
            select interaction_id, started_at, manifest from recording
            where tenant_id = \(tenant) and tracks = '[]' order by started_at, interaction_id
            """
        ).map { row in
            FinishedRecording(
                interaction: try row.id("interaction_id"), startedAt: try row.timestamp("started_at"),
                manifest: try row.text("manifest"), tracks: [])
        }
    }

    func unfinished(in transaction: any Transaction) throws -> [InteractionID] {
        try transaction.rows(
            "select id from interaction where tenant_id = \(tenant) and ended_at is null order by arrived_at, id"
        ).map { try $0.id("id") }
    }
}

// MARK: reading

extension InteractionStore: InteractionLookup {
    func exists(_ id: InteractionID) async throws -> Bool {
        try await database.read { [tenant] tx in
            try tx.row("select 1 as found from interaction where tenant_id = \(tenant) and id = \(id)") != nil
        }
    }
}

extension InteractionStore {
    private static let columns: SQL = """
        i.id, i.channel, i.number, i.origin, i.arrived_at, i.answered_at, i.queue_id as queue, i.queued_at,
        i.connected_at, i.agent_id as agent, i.talked_ms, i.held_ms, i.rating, i.ended_at, i.ended_by,
        p.canonical as caller
        """
    private static let source: SQL = """
        interaction i left join interaction_party p
            on p.tenant_id = i.tenant_id and p.interaction_id = i.id and p.role = 'customer'
        """

    /// One interaction, if the tenant has it.
    func interaction(_ id: InteractionID) async throws -> Interaction? {
        try await database.read { [tenant] tx in
            try tx.first(
                "select \(Self.columns) from \(Self.source) where i.tenant_id = \(tenant) and i.id = \(id)")
        }
    }

    /// Newest first. `before` is the id of the last one of the page before (ids are in order of arrival).
    func interactions(
        _ filter: InteractionFilter = InteractionFilter(), before: InteractionID?, limit: Int
    ) async throws -> [Interaction] {
        var conditions: [SQL] = ["i.tenant_id = \(tenant)"]
        if let before { conditions.append("i.id < \(before)") }
        if let from = filter.from { conditions.append("i.arrived_at >= \(from)") }
        if let until = filter.until { conditions.append("i.arrived_at < \(until)") }
        if let agent = filter.agent { conditions.append("i.agent_id = \(agent)") }
        if let queue = filter.queue { conditions.append("i.queue_id = \(queue)") }
        if let number = filter.number { conditions.append("i.number = \(number)") }
        if let caller = filter.caller { conditions.append("p.canonical = \(caller)") }
        if let origin = filter.origin {
            conditions.append("i.origin = \(origin)")
        } else {
            conditions.append("i.origin <> \(InteractionFilter.testOrigin)")
        }
        let condition = SQL.joined(conditions, by: " and ")
        return try await database.read { tx in
            try tx.all(
                """
                select \(Self.columns) from \(Self.source) where \(condition) order by i.id desc limit \(limit)
                """)
        }
    }

    func knownCaller(_ caller: String, before contact: InteractionID) async throws -> KnownCaller? {
        try await database.read { [tenant] tx in
            let earlier = try tx.rows(
                """
                select i.agent_id, i.ended_at from (
                    select interaction_id from interaction_party
                    where tenant_id = \(tenant) and canonical = \(caller) and interaction_id < \(contact)
                    order by interaction_id desc limit \(Self.mostLookedBack)
                ) p join interaction i on i.tenant_id = \(tenant) and i.id = p.interaction_id
                order by i.id desc
                """)
            guard !earlier.isEmpty else { return nil }
            let care = try FormStore.care(of: caller, tenant, tx)
            for row in earlier {
                guard let agent: AgentID = try row.optionalID("agent_id"),
                    let endedAt = try row.optionalTimestamp("ended_at")
                else { continue }
                return KnownCaller(lastAgent: agent, lastEndedAt: endedAt, care: care)
            }
            return KnownCaller(care: care)
        }
    }

    /// Contacts of a number that are looked through for one in which somebody spoke.
    private static let mostLookedBack = 20

    /// Customers whose call died with the platform, oldest first, after one of them.
    func lostInCrash(
        after former: (arrivedAt: Timestamp, id: InteractionID)? = nil, limit: Int
    ) async throws -> [LostCall] {
        let after: SQL =
            former.map { "and (i.arrived_at, i.id) > (cast(\($0.arrivedAt) as bigint), \($0.id))" } ?? ""
        return try await database.read { [tenant] tx in
            try tx.all(
                """
                select i.id, i.number, p.canonical as caller, i.arrived_at, i.ended_at, i.queue_id as queue,
                    i.agent_id as agent
                from \(Self.source) where i.tenant_id = \(tenant) and i.ended_by = 'crash'
                    and i.origin <> \(InteractionFilter.testOrigin) \(after)
                order by i.arrived_at, i.id limit \(limit)
                """)
        }
    }

    /// The recordings of an interaction, in order of time.
    func recordings(of id: InteractionID) async throws -> [FinishedRecording] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select started_at, manifest, tracks from recording
                where tenant_id = \(tenant) and interaction_id = \(id) order by started_at
                """
            ).map { row in
                FinishedRecording(
                    interaction: id, startedAt: try row.timestamp("started_at"),
                    manifest: try row.text("manifest"),
                    tracks: try JSONText.decode(from: row.text("tracks")))
            }
        }
    }
}
