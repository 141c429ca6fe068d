import CallEngine
package import Contracts
package import Kernel
import RoutingEngine
import Simulation
package import Storage

/// Writes a virtual day of the routing engine into an empty event log, as the desk would have: for trying reports, and
/// for measuring them at the size that the product is built for.
package struct RehearsedDay: Sendable {
    /// Facts in one transaction.
    private static let batch = 10_000

    /// When the virtual day opens, unless it is moved.
    private static let opening = Timestamp(milliseconds: 1_780_272_000_000)

    private let database: TenantDatabase
    private let ids: IDSource
    private let centre: Centre
    private let shift: TimeSpan

    /// - Parameters:
    ///   - centre: whose queues, agents and seats stand for the virtual ones, in order, as far as there are any.
    ///   - start: when the day begins.
    package init(_ database: TenantDatabase, ids: IDSource, centre: Centre, start: Timestamp) {
        self.database = database
        self.ids = ids
        self.centre = centre
        shift = start - Self.opening
    }

    /// Writes the day and says after each batch how many facts there are.
    ///
    /// - Returns: how many contacts and how many facts it had.
    /// - Throws: `Problem(.conflict)` when the installation has events already, `Problem(.internal)` when the engine broke
    ///   one of its rules.
    package func write(
        contacts: Int, agents: Int, seed: UInt64, progress: @Sendable (Int) -> Void
    ) async throws -> (contacts: Int, facts: Int) {
        let head = try await database.read { [tenant = database.tenant] tx in
            try EventLog.head(of: tenant, in: tx)
        }
        guard head == 0 else {
            throw Problem(
                .conflict,
                "This installation has events already; a day is rehearsed in an empty data directory.",
                details: ["field": "data"])
        }
        var plan = CentrePlan.day(seed: seed)
        plan.contacts = contacts
        plan.agents = agents
        plan.keepsFacts = true
        var day = VirtualCentre(plan)
        day.begin()
        var written = 0
        var pending: [NewEvent] = []
        while day.advance() {
            for fact in day.takeFacts() { pending.append(event(fact)) }
            if pending.count >= Self.batch { try await append(&pending, &written, progress) }
        }
        let report: DayReport
        do { report = try day.finish() } catch {
            throw Problem(.internal, "The engine broke a rule: \(error)")
        }
        for fact in day.takeFacts() { pending.append(event(fact)) }
        try await append(&pending, &written, progress)
        return (report.tally.arrived, written)
    }

    /// The fact under the ids of the real centre and at the time of the wanted day.
    private func event(_ fact: StampedFact) -> NewEvent {
        var event = DeskStore.event(fact, id: ids.next())
        event.at = event.at + shift
        event.agent = event.agent.map { Self.real($0, of: centre.agents.map(\.id)) }
        event.queue = event.queue.map { Self.real($0, of: centre.queues.map(\.id)) }
        if case .routing(.agentSignedIn(_, let seat)) = fact.fact {
            event.payload = "{\"seat\":\"\(Self.real(seat, of: centre.seats.map(\.id)))\"}"
        }
        return event
    }

    /// Virtual ids count from 1.
    private static func real<Kind>(_ id: ID<Kind>, of real: [ID<Kind>]) -> ID<Kind> {
        let index = Int(id.low) - 1
        return real.indices.contains(index) ? real[index] : id
    }

    private func append(
        _ pending: inout [NewEvent], _ written: inout Int, _ progress: @Sendable (Int) -> Void
    ) async throws {
        guard !pending.isEmpty else { return }
        let events = pending
        try await database.write { [tenant = database.tenant] tx in
            try EventLog.append(events, tenant: tenant, in: tx)
        }
        written += events.count
        pending.removeAll(keepingCapacity: true)
        progress(written)
    }
}
