import Contracts
import Kernel
import Logging
import Storage

/// Sets each contact that has ended beside the earlier ones of its caller, and says so once in the event log: how long
/// after the last one it came, and how long after the last one in which somebody spoke with the caller. Whether a matter
/// was settled by the first contact (mission D13) is counted from these events, which name nobody and stay when a person
/// is erased.
///
/// Late: contacts that ended while the program was away, or under a version that did not trace, are traced at the next
/// start. Twice: never, the cursor moves in the transaction of the events. Never: a withheld number, a test call, and
/// a contact that was erased before it was looked at are not traced.
actor ContactTracer {
    /// The name of the cursor in the event log.
    static let consumer = "traces"
    static let type = "interaction.traced"
    private static let endedType = "fact.call.ended"
    /// Events looked through at once when many are waiting; few of them are ends of calls.
    private static let stretch: Int64 = 20_000
    /// Between two attempts when the database did not answer.
    private static let pause = Duration.seconds(2)

    /// What an event says; without any, the caller has not been here before.
    private struct Trace: Encodable {
        /// The contact before this one.
        var previous: InteractionID?
        /// Milliseconds from its arrival to this one's.
        var after: Int64?
        /// The same from the last contact in which somebody spoke with the caller.
        var servedAfter: Int64?
    }

    private let database: TenantDatabase
    private let ids: IDSource
    private let logger: Logger
    /// Where the cursor is.
    private var sequence: Int64 = 0

    init(_ database: TenantDatabase, ids: IDSource, logger: Logger) {
        self.database = database
        self.ids = ids
        self.logger = logger
    }

    /// Traces until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await traceAll()
                var events = EventFollower(database, after: sequence).makeAsyncIterator()
                while let batch = try await events.nextBatch(), let last = batch.last {
                    let ended = batch.filter { $0.event.type == Self.endedType }
                    guard !ended.isEmpty else { continue }
                    guard try await trace(ended, upTo: last.sequence) else { break }
                }
            } catch is CancellationError {
                return
            } catch {
                logger.error("Contacts cannot be traced", metadata: ["error": "\(error)"])
                // Only a cancelled task does not sleep, and the loop ends then.
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    /// Traces what is in the log already.
    private func traceAll() async throws {
        let tenant = database.tenant
        sequence = try await database.read { tx in
            try EventLog.cursor(of: Self.consumer, tenant: tenant, in: tx)
        }
        while true {
            let after = sequence
            let (ended, end) = try await database.read { tx in
                let end = min(after + Self.stretch, try EventLog.head(of: tenant, in: tx))
                return (
                    try EventLog.read(tenant, after: after, upTo: end, types: [Self.endedType], in: tx), end
                )
            }
            // Its own events are among them: without an end of a call there is nothing to write down.
            guard !ended.isEmpty || end - after == Self.stretch else { return }
            guard try await trace(ended, upTo: end) else { return }
        }
    }

    /// - Returns: `false` when another process was first; nothing was written then.
    private func trace(_ ended: [LoggedEvent], upTo last: Int64) async throws -> Bool {
        let former = sequence
        let isFirst = try await database.write { [tenant = database.tenant, ids] tx in
            guard
                try EventLog.advanceCursor(
                    of: Self.consumer, tenant: tenant, from: former, to: last, in: tx)
            else { return false }
            let traces = try ended.compactMap { try Self.trace($0.event, id: ids.next(), tenant, in: tx) }
            if !traces.isEmpty { try EventLog.append(traces, tenant: tenant, in: tx) }
            return true
        }
        if isFirst { sequence = last }
        return isFirst
    }

    private static func trace(
        _ end: NewEvent, id: EventID, _ tenant: TenantID, in tx: any Transaction
    ) throws -> NewEvent? {
        guard let contact = end.interaction,
            let row = try tx.row(
                """
                select i.arrived_at, p.canonical from interaction i join interaction_party p
                    on p.tenant_id = i.tenant_id and p.interaction_id = i.id and p.role = 'customer'
                where i.tenant_id = \(tenant) and i.id = \(contact)
                    and i.origin <> \(InteractionFilter.testOrigin)
                """),
            let caller = try row.optionalText("canonical"), caller != PhoneNumber.anonymous.canonical
        else { return nil }
        let arrivedAt = try row.timestamp("arrived_at")
        let earlier = try InteractionStore.earlier(of: caller, before: contact, tenant, in: tx)
        func gap(_ one: InteractionStore.Earlier?) -> Int64? {
            one.map { (arrivedAt - $0.arrivedAt).milliseconds }
        }
        let trace = Trace(
            previous: earlier.first?.id, after: gap(earlier.first),
            servedAfter: gap(earlier.first { $0.connectedAt != nil }))
        return NewEvent(
            id: id, type: type, at: end.at, cause: end.id, interaction: contact,
            payload: try JSONText.encode(trace))
    }
}
