import Contracts
import Kernel
import Logging
import Storage

/// Sets each contact that arrives beside the earlier ones of its caller, and says so once in the event log: how long
/// after the last one it came, and how long after the last one in which somebody had spoken with the caller. Whether an
/// issue was settled by the first contact (mission D13) is counted from these events, which name nobody and stay when a
/// person is erased.
///
/// Late: contacts that arrived while the program was away, or under a version that did not trace, are traced at the next
/// start, with the same result. Twice: never, the cursor moves in the transaction of the events. Never: a withheld number,
/// a test call, and a contact that was erased before it was looked at are not traced.
actor ContactTracer {
    /// The name of the cursor in the event log.
    static let consumer = "traces"
    static let type = "interaction.traced"
    private static let arrivedType = "fact.call.arrived"
    /// Events looked through at once when many are waiting; few of them are arrivals.
    static let stretch: Int64 = 20_000
    /// How far back earlier contacts are looked for: longer than any window that figures compare with.
    private static let lookBack = TimeSpan.hours(31 * 24)
    /// Between two attempts when the database did not answer.
    private static let pause = Duration.seconds(2)

    /// What an event says; without any, the caller has not been here before.
    private struct Trace: Encodable {
        /// The contact before this one.
        var previous: InteractionID?
        /// Milliseconds from its arrival to this one's.
        var after: Int64?
        /// The same from the last contact in which somebody had spoken with the caller before this one arrived.
        var servedAfter: Int64?
    }

    private let database: TenantDatabase
    private let ids: IDSource
    private let logger: Logger
    private let stretch: Int64
    /// Where the cursor is.
    private var sequence: Int64 = 0

    init(_ database: TenantDatabase, ids: IDSource, stretch: Int64 = stretch, logger: Logger) {
        self.database = database
        self.ids = ids
        self.stretch = stretch
        self.logger = logger
    }

    /// Traces until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await traceAll()
                var events = EventFollower(database, after: sequence).makeAsyncIterator()
                while let batch = try await events.nextBatch(), let last = batch.last {
                    let arrivals = batch.filter { $0.event.type == Self.arrivedType }
                    guard !arrivals.isEmpty else { continue }
                    guard try await trace(arrivals, upTo: last.sequence) else { break }
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
    func traceAll() async throws {
        let (tenant, stretch) = (database.tenant, stretch)
        sequence = try await database.read { tx in
            try EventLog.cursor(of: Self.consumer, tenant: tenant, in: tx)
        }
        while true {
            let after = sequence
            let (arrivals, end) = try await database.read { tx in
                let end = min(after + stretch, try EventLog.head(of: tenant, in: tx))
                return (
                    try EventLog.read(tenant, after: after, upTo: end, types: [Self.arrivedType], in: tx), end
                )
            }
            // Its own events are among them: without an arrival there is nothing to write down.
            guard !arrivals.isEmpty || end - after == stretch else { return }
            guard try await trace(arrivals, upTo: end) else { return }
        }
    }

    /// Looks up beside the calls and writes only what was found.
    ///
    /// - Returns: `false` when another process was first; nothing was written then.
    private func trace(_ arrivals: [LoggedEvent], upTo last: Int64) async throws -> Bool {
        let (former, tenant, ids) = (sequence, database.tenant, ids)
        let traces = try await database.read { tx in
            try arrivals.compactMap { try Self.trace($0.event, id: ids.next(), tenant, in: tx) }
        }
        let isFirst = try await database.write { tx in
            guard
                try EventLog.advanceCursor(
                    of: Self.consumer, tenant: tenant, from: former, to: last, in: tx)
            else { return false }
            if !traces.isEmpty { try EventLog.append(traces, tenant: tenant, in: tx) }
            return true
        }
        if isFirst { sequence = last }
        return isFirst
    }

    private static func trace(
        _ arrival: NewEvent, id: EventID, _ tenant: TenantID, in tx: any Transaction
    ) throws -> NewEvent? {
        guard let contact = arrival.interaction,
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
        // Ids are in order of arrival.
        let oldest = InteractionID(
            high: UInt64(max(0, (arrivedAt - lookBack).milliseconds)) << 16, low: 0)
        func earlier(_ condition: SQL) throws -> (id: InteractionID, gap: Int64)? {
            try tx.row(
                """
                select i.id, i.arrived_at from interaction_party p
                    join interaction i on i.tenant_id = p.tenant_id and i.id = p.interaction_id
                where p.tenant_id = \(tenant) and p.canonical = \(caller) and p.role = 'customer'
                    and p.interaction_id >= \(oldest) and p.interaction_id < \(contact)
                    and i.origin <> \(InteractionFilter.testOrigin) and \(condition)
                order by p.interaction_id desc limit 1
                """
            ).map { (try $0.id("id"), (arrivedAt - (try $0.timestamp("arrived_at"))).milliseconds) }
        }
        let last = try earlier("1 = 1")
        // Known by now and not changed any more, whenever this is looked up.
        let served = try earlier("i.connected_at < cast(\(arrivedAt) as bigint)")
        let trace = Trace(previous: last?.id, after: last?.gap, servedAfter: served?.gap)
        return NewEvent(
            id: id, type: type, at: arrival.at, cause: arrival.id, interaction: contact,
            payload: try JSONText.encode(trace))
    }
}
