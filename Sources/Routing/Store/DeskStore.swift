import CallEngine
import Contracts
import FlowEngine
import Foundation
import Kernel
import RoutingEngine
import SignallingEngine
import Storage

/// Writes what the desk decided: journal, event log, interaction records and dialogs in one transaction.
struct DeskStore: Sendable {
    /// The name of the engine in the journal.
    static let engine = "routing"

    let database: TenantDatabase
    let ledger: any InteractionLedger
    let ids: IDSource
    private var tenant: TenantID { database.tenant }

    init(database: TenantDatabase, ledger: any InteractionLedger, ids: IDSource) {
        self.database = database
        self.ledger = ledger
        self.ids = ids
    }

    /// A batch as it will be written: everything is encoded and every event has its id, so that it can be written again
    /// and looked for.
    struct Prepared: Sendable {
        var at: Timestamp
        var inputs: [(at: Timestamp, input: [UInt8])]
        var events: [NewEvent]
        var changes: [InteractionChange]
        var recordings: [FinishedRecording]
        var answered: [InteractionID]
        var dialogs: [(leg: LegID, snapshot: JSON<DialogSnapshot>?)]
        var bindings: [DeskBatch.BindingChange]
        var phones: [AgentID: PhoneKind]
        /// The engine after the batch, when the journal's segment is long enough to open the next.
        var snapshot: [UInt8]?
        var settings: String
    }

    /// - Parameter snapshot: the engine after the batch, when the journal's segment is long enough to open the next.
    func prepare(_ batch: DeskBatch, snapshot: RoutingEngine? = nil) throws -> Prepared {
        Prepared(
            at: batch.at,
            inputs: try batch.outcome.routingInputs.map { ($0.at, try JournalCoding.encode($0.input)) },
            events: batch.outcome.facts.map(event),
            changes: batch.outcome.facts.flatMap { Self.changes($0, arrivals: batch.arrivals) },
            recordings: batch.outcome.facts.compactMap(Self.begunRecording) + batch.recordings,
            answered: batch.outcome.effects.compactMap { effect in
                if case .answer(let id) = effect { id } else { nil }
            },
            dialogs: try Self.lastOfEach(batch.dialogs).map { ($0.leg, try $0.snapshot.map(JSON.init)) },
            bindings: batch.bindings, phones: batch.phones,
            snapshot: try snapshot.map { try JournalCoding.encode($0) },
            settings: snapshot.map { String($0.settingsVersion) } ?? "")
    }

    /// Of several states that a leg went through in one batch only the last is worth writing.
    private static func lastOfEach(_ dialogs: [DeskBatch.DialogChange]) -> [DeskBatch.DialogChange] {
        var seen: Set<LegID> = []
        return dialogs.reversed().filter { seen.insert($0.leg).inserted }.reversed()
    }

    /// Commits a batch and returns where the journal goes on.
    func commit(_ batch: Prepared, at position: JournalPosition) async throws -> JournalPosition {
        try await database.write { [self] tx in
            var next = try Journal.append(batch.inputs, at: position, in: tx)
            if !batch.events.isEmpty { try EventLog.append(batch.events, tenant: tenant, in: tx) }
            try ledger.record(batch.changes, in: tx)
            for recording in batch.recordings { try ledger.record(recording, in: tx) }
            for dialog in batch.dialogs { try save(dialog.snapshot, of: dialog.leg, in: tx) }
            for id in batch.answered { try noteAnswered(id, in: tx) }
            for binding in batch.bindings { try save(binding, at: batch.at, in: tx) }
            for (agent, kind) in batch.phones { try save(kind, of: agent, in: tx) }
            if let snapshot = batch.snapshot {
                try Journal.close(next, at: batch.at, in: tx)
                next = try Journal.openSegment(
                    Self.engine, version: RoutingEngine.version, settingsHash: batch.settings,
                    snapshot: snapshot, at: batch.at, tenant: tenant, in: tx)
            }
            return next
        }
    }

    /// Whether a batch of which nobody knows (the server went away during the commit) is in the store after all: where
    /// the journal goes on then, `nil` when it has to be written again.
    func position(after batch: Prepared, from former: JournalPosition) async throws -> JournalPosition? {
        try await database.read { [self] tx in
            if let event = batch.events.last {
                guard try EventLog.contains(event.id, tenant: tenant, in: tx) else { return nil }
            } else if !batch.inputs.isEmpty {
                let last = former.count + Int64(batch.inputs.count)
                guard try Journal.contains(last, of: former, in: tx) else { return nil }
            } else {
                // Rows that are written over: writing them again does no harm.
                return nil
            }
            guard let segment = try Journal.latest(Self.engine, tenant: tenant, in: tx) else { return nil }
            return try Journal.replay(segment.number, tenant: tenant, in: tx) { _ in }
        }
    }

    private func event(_ stamped: StampedFact) -> NewEvent { Self.event(stamped, id: ids.next()) }

    /// A fact as the event log has it.
    static func event(_ stamped: StampedFact, id: EventID) -> NewEvent {
        let row = FactRow(stamped.fact)
        return NewEvent(
            id: id, type: row.type, at: stamped.at, actor: "engine", interaction: row.interaction,
            agent: row.agent, queue: row.queue, payload: row.payload)
    }

    /// What a fact means for the record of its interaction; most facts mean nothing there.
    static func changes(
        _ stamped: StampedFact, arrivals: [InteractionID: DeskBatch.Arrival]
    ) -> [InteractionChange] {
        func change(_ id: InteractionID, _ kind: InteractionChange.Kind) -> [InteractionChange] {
            [InteractionChange(interaction: id, at: stamped.at, kind: kind)]
        }
        switch stamped.fact {
        case .arrived(let id, let number, let origin):
            guard let arrival = arrivals[id] else { return [] }
            return change(id, .arrived(number: number, origin: origin, caller: arrival.caller))
        case .answered(let id): return change(id, .answered)
        case .connected(let id, let agent): return change(id, .connected(agent))
        case .flow(let id, .rated(let score)): return change(id, .rated(score: score))
        case .ended(let id, let by, _): return change(id, .ended(by: by.rawValue))
        case .routing(.queued(let id, let queue, _, _)): return change(id, .queued(queue))
        case .routing(.conversationEnded(let id, _, _, let talked, let held)):
            return change(id, .conversationEnded(talked: talked, held: held))
        case .flow, .rejected, .recordingStarted, .agentLegLost, .agentLegBack, .handedToRating, .routing:
            return []
        }
    }

    /// A recording is listed from its first moment, so that a crash cannot hide it.
    private static func begunRecording(_ stamped: StampedFact) -> FinishedRecording? {
        guard case .recordingStarted(let id) = stamped.fact else { return nil }
        return FinishedRecording(
            interaction: id, startedAt: stamped.at,
            manifest: RecordingPath.manifest(of: id, startedAt: stamped.at), tracks: [])
    }

    /// From this commit on the caller may have got our 200, whatever the snapshot says: after a crash it gets a BYE.
    private func noteAnswered(_ id: InteractionID, in tx: any Transaction) throws {
        try tx.execute(
            """
            update call_dialog set is_answered = \(true)
            where tenant_id = \(tenant) and interaction_id = \(id) and leg = 0
            """)
    }

    private func save(_ snapshot: JSON<DialogSnapshot>?, of leg: LegID, in tx: any Transaction) throws {
        let (id, leg) = (leg.interaction, leg.number)
        guard let snapshot else {
            try tx.execute(
                """
                delete from call_dialog
                where tenant_id = \(tenant) and interaction_id = \(id) and leg = \(leg)
                """)
            return
        }
        try tx.execute(
            """
            insert into call_dialog (tenant_id, interaction_id, leg, snapshot)
            values (\(tenant), \(id), \(leg), \(snapshot))
            on conflict (tenant_id, interaction_id, leg) do update set snapshot = excluded.snapshot
            """)
    }

    private func save(_ kind: PhoneKind, of agent: AgentID, in tx: any Transaction) throws {
        try tx.execute(
            """
            insert into agent_phone (tenant_id, agent_id, kind) values (\(tenant), \(agent), \(kind.rawValue))
            on conflict (tenant_id, agent_id) do update set kind = excluded.kind
            """)
    }

    private func save(_ change: DeskBatch.BindingChange, at now: Timestamp, in tx: any Transaction) throws {
        let contact = change.binding.uri
        guard let expires = change.expires else {
            try tx.execute(
                """
                delete from phone_binding
                where tenant_id = \(tenant) and phone_user = \(change.user) and contact = \(contact)
                """)
            return
        }
        try tx.execute(
            """
            insert into phone_binding (tenant_id, phone_user, contact, binding, expires_at)
            values (\(tenant), \(change.user), \(contact), \(JSON(change.binding)),
                \(now + .seconds(Int64(expires))))
            on conflict (tenant_id, phone_user, contact) do update set
                binding = excluded.binding, expires_at = excluded.expires_at
            """)
    }
}

/// How engine values stand in the journal.
enum JournalCoding {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(value))
    }
    static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: [UInt8]) throws -> Value
    {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}

// MARK: recovery

/// What the desk finds after a start.
struct Recovered: Sendable {
    var routing: RoutingEngine
    /// Where the journal goes on: a segment opened by this start.
    var position: JournalPosition
    /// Calls that were going on when the program stopped; each has been ended and listed.
    var lost: [InteractionID]
    /// Their dialogs; each is owed a BYE or a CANCEL.
    var dialogs: [DialogSnapshot]
    var bindings: [(user: String, binding: Binding)]
    /// Recordings that were cut off.
    var recordings: [FinishedRecording]
}

extension DeskStore {
    /// Rebuilds the engine from the journal, ends what was going on, and opens a new segment with a snapshot.
    ///
    /// Inputs of another engine version are never replayed (decision 4): its snapshot is not read either, and the
    /// agents sign in again.
    func recover(at now: Timestamp) async throws -> Recovered {
        try await database.write { [self] tx in
            var routing = RoutingEngine()
            var stamp = now
            var former: JournalPosition?
            var facts: [StampedFact] = []
            let segment = try Journal.latest(Self.engine, tenant: tenant, in: tx)
            if let segment, segment.engineVersion != RoutingEngine.version {
                facts = try leftSignedIn(in: tx)
            } else if let segment {
                routing = try JournalCoding.decode(from: segment.snapshot)
                var ignored = RoutingOutcome()
                former = try Journal.replay(segment.number, tenant: tenant, in: tx) { entry in
                    ignored.removeAll()
                    routing.apply(try JournalCoding.decode(from: entry.input), at: entry.at, into: &ignored)
                    stamp = max(stamp, entry.at)
                }
            }
            let lost = try ledger.unfinished(in: tx)
            facts += Self.end(lost, in: &routing, at: stamp)
            if !facts.isEmpty { try EventLog.append(facts.map(event), tenant: tenant, in: tx) }
            try ledger.record(
                lost.map { InteractionChange(interaction: $0, at: stamp, kind: .lostInCrash) }, in: tx)
            let dialogs = try tx.rows(
                "select snapshot, is_answered from call_dialog where tenant_id = \(tenant)"
            )
            .map { row in
                var dialog = try JSONText.decode(DialogSnapshot.self, from: row.text("snapshot"))
                if try row.bool("is_answered") { dialog.phase = .answered }
                return dialog
            }
            let bindings = try tx.rows(
                "select phone_user, binding from phone_binding where tenant_id = \(tenant) and expires_at > \(now)"
            ).map {
                (
                    user: try $0.text("phone_user"),
                    binding: try JSONText.decode(Binding.self, from: $0.text("binding"))
                )
            }
            let recordings = try ledger.unfinishedRecordings(in: tx)
            if let former { try Journal.close(former, at: stamp, in: tx) }
            let position = try Journal.openSegment(
                Self.engine, version: RoutingEngine.version, settingsHash: String(routing.settingsVersion),
                snapshot: JournalCoding.encode(routing), at: stamp, tenant: tenant, in: tx)
            return Recovered(
                routing: routing, position: position, lost: lost, dialogs: dialogs, bindings: bindings,
                recordings: recordings)
        }
    }

    /// The sign-outs that an engine of another version owes: it cannot be asked who is there, so the log is. Their time
    /// ends with the last thing that it tells of.
    private func leftSignedIn(in tx: any Transaction) throws -> [StampedFact] {
        struct Seat: Decodable { var seat: SeatID }
        // Of the engine's own facts: others may be told late. An expression, so that the log is read from its end.
        let last = try tx.row(
            """
            select at from event where tenant_id = \(tenant) and type || '' like 'fact.%'
            order by seq desc limit 1
            """)?.timestamp("at")
        return try tx.rows(
            """
            select e.agent_id, e.at, e.payload from event e join (
                select max(seq) as seq from event where tenant_id = \(tenant)
                    and type in ('fact.agent.signedIn', 'fact.agent.signedOut') group by agent_id) newest
                on newest.seq = e.seq
            where e.tenant_id = \(tenant) and e.type = 'fact.agent.signedIn' order by e.seq
            """
        ).map { row in
            let (agent, since) = (try row.id("agent_id") as AgentID, try row.timestamp("at"))
            let seat = try JSONText.decode(Seat.self, from: row.text("payload")).seat
            let at = max(since, last ?? since)
            return StampedFact(at: at, fact: .routing(.agentSignedOut(agent, seat, signedIn: at - since)))
        }
    }

    /// What agents telephone with, as the last run left it.
    func phoneKinds() async throws -> [AgentID: PhoneKind] {
        let rows = try await database.read { [tenant] tx in
            try tx.rows("select agent_id, kind from agent_phone where tenant_id = \(tenant)")
                .map { (try $0.id("agent_id") as AgentID, try $0.text("kind")) }
        }
        var kinds: [AgentID: PhoneKind] = [:]
        for (agent, kind) in rows { kinds[agent] = PhoneKind(rawValue: kind) }
        return kinds
    }

    /// The recordings of a former run, repaired.
    func save(_ recordings: [FinishedRecording]) async throws {
        try await database.write { [ledger] tx in
            for recording in recordings { try ledger.record(recording, in: tx) }
        }
    }

    /// The dialogs of a former run have got their BYE: forget them.
    func forgetDialogs() async throws {
        try await database.write { [tenant] tx in
            try tx.execute("delete from call_dialog where tenant_id = \(tenant)")
        }
    }

    /// Tells the recovered engine, by ordinary inputs, that these calls are over. What does not apply is refused and
    /// changes nothing, so each call gets all three. Those that wait go first: an agent whose call is over would be offered
    /// the next one else.
    private static func end(
        _ lost: [InteractionID], in routing: inout RoutingEngine, at now: Timestamp
    ) -> [StampedFact] {
        var facts: [StampedFact] = []
        var outcome = RoutingOutcome()
        let waiting = lost.filter { routing.agent(of: $0) == nil }
        let withAgents = lost.filter { routing.agent(of: $0) != nil }
        for id in waiting + withAgents {
            let inputs: [RoutingInput] = [
                .interactionWithdrawn(id, .releasedBySystem), .conversationEnded(id, by: .system),
                .lineReleased(id),
            ]
            for input in inputs {
                outcome.removeAll()
                routing.apply(input, at: now, into: &outcome)
                facts += outcome.facts.compactMap { fact in
                    if case .refused = fact { nil } else { StampedFact(at: now, fact: .routing(fact)) }
                }
            }
            facts.append(StampedFact(at: now, fact: .ended(id, by: .system, lasted: .zero)))
        }
        return facts
    }
}
