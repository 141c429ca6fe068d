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

    /// Commits a batch and returns where the journal goes on.
    ///
    /// - Parameter snapshot: the engine after the batch, when the journal's segment is long enough to open the next.
    func commit(
        _ batch: DeskBatch, at position: JournalPosition, snapshot: RoutingEngine? = nil
    ) async throws -> JournalPosition {
        let inputs = try batch.outcome.routingInputs.map { ($0.at, try JournalCoding.encode($0.input)) }
        let events = batch.outcome.facts.map(event)
        let changes = batch.outcome.facts.flatMap { Self.changes($0, arrivals: batch.arrivals) }
        let encoded = try snapshot.map { try JournalCoding.encode($0) }
        let settings = snapshot.map { String($0.settingsVersion) } ?? ""
        let begun = batch.outcome.facts.compactMap(Self.begunRecording)
        let answered = batch.outcome.effects.compactMap { effect -> InteractionID? in
            if case .answer(let id) = effect { id } else { nil }
        }
        let (dialogs, recordings, bindings, at) = (batch.dialogs, batch.recordings, batch.bindings, batch.at)
        return try await database.write { [self] tx in
            var next = try Journal.append(inputs, at: position, in: tx)
            if !events.isEmpty { try EventLog.append(events, tenant: tenant, in: tx) }
            try ledger.record(changes, in: tx)
            for recording in begun + recordings { try ledger.record(recording, in: tx) }
            for dialog in dialogs { try save(dialog, in: tx) }
            for id in answered { try noteAnswered(id, in: tx) }
            for binding in bindings { try save(binding, at: at, in: tx) }
            if let encoded {
                try Journal.close(next, at: at, in: tx)
                next = try Journal.openSegment(
                    Self.engine, version: RoutingEngine.version, settingsHash: settings, snapshot: encoded,
                    at: at, tenant: tenant, in: tx)
            }
            return next
        }
    }

    private func event(_ stamped: StampedFact) -> NewEvent {
        let row = FactRow(stamped.fact)
        return NewEvent(
            id: ids.next(), type: row.type, at: stamped.at, actor: "engine", interaction: row.interaction,
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
        case .flow, .rejected, .recordingStarted, .routing: return []
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

    private func save(_ dialog: DeskBatch.DialogChange, in tx: any Transaction) throws {
        let (id, leg) = (dialog.leg.interaction, dialog.leg.number)
        guard let snapshot = dialog.snapshot else {
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
            values (\(tenant), \(id), \(leg), \(JSON(snapshot)))
            on conflict (tenant_id, interaction_id, leg) do update set snapshot = excluded.snapshot
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
            if let segment = try Journal.latest(Self.engine, tenant: tenant, in: tx),
                segment.engineVersion == RoutingEngine.version
            {
                routing = try JournalCoding.decode(from: segment.snapshot)
                var ignored = RoutingOutcome()
                former = try Journal.replay(segment.number, tenant: tenant, in: tx) { entry in
                    ignored.removeAll()
                    routing.apply(try JournalCoding.decode(from: entry.input), at: entry.at, into: &ignored)
                    stamp = max(stamp, entry.at)
                }
            }
            let lost = try ledger.unfinished(in: tx)
            let facts = Self.end(lost, in: &routing, at: stamp)
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
    /// changes nothing, so each call gets all three.
    private static func end(
        _ lost: [InteractionID], in routing: inout RoutingEngine, at now: Timestamp
    ) -> [StampedFact] {
        var facts: [StampedFact] = []
        var outcome = RoutingOutcome()
        for id in lost {
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
