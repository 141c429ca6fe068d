import Contracts
import Kernel
import Logging
import Storage
import TestKit
import Testing

@testable import Interactions

/// Who is said to have been here before (mission D13), on real databases.
@Suite struct ContactTracerTests {
    private static let tenant = TenantID(1)
    private static let agent = AgentID(7)
    /// 2026-11-24 00:00 UTC.
    private static let midnight = Timestamp(milliseconds: 1_795_478_400_000)
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct Trace: Decodable, Equatable {
        var previous: InteractionID?
        var after: Int64?
        var servedAfter: Int64?
    }

    /// A record of contacts in an empty database.
    private struct Record {
        let database: TenantDatabase
        let store: InteractionStore
        private let ids = IDSource()

        init(_ place: Installation) async throws {
            let database = try place.database()
            try await database.migrate(StorageSchema.migrations + InteractionsFeature.migrations)
            self.database = database.tenant(tenant)
            store = InteractionStore(self.database)
        }

        /// A contact that arrives some minutes after midnight, with an id as they are minted.
        func arrive(
            _ minutes: Int64, from number: String?, origin: String = "external", talksAfter: Int64? = nil
        ) async throws -> InteractionID {
            let at = midnight + .milliseconds(minutes * minute)
            let unique: EventID = ids.next()
            let id = InteractionID(high: UInt64(at.milliseconds) << 16, low: unique.low)
            let caller = number.map { PhoneNumber(.global($0)) } ?? .anonymous
            var changes = [
                InteractionChange(
                    interaction: id, at: at, kind: .arrived(number: "5186", origin: origin, caller: caller))
            ]
            if let talksAfter {
                changes.append(
                    InteractionChange(
                        interaction: id, at: at + .milliseconds(talksAfter * minute), kind: .connected(agent))
                )
            }
            let arrival = NewEvent(
                id: ids.next(), type: "fact.call.arrived", at: at, actor: "engine", interaction: id)
            let noise = (0..<3).map { _ in NewEvent(id: ids.next(), type: "fact.line.held", at: at) }
            try await database.write { [changes, store] tx in
                try store.record(changes, in: tx)
                try EventLog.append([arrival] + noise, tenant: tenant, in: tx)
            }
            return id
        }

        func tracer(stretch: Int64 = ContactTracer.stretch) -> ContactTracer {
            ContactTracer(database, ids: ids, stretch: stretch, logger: silent)
        }

        /// What has been said of each contact; the test fails when it was said twice.
        func traces() async throws -> [InteractionID: Trace] {
            let events = try await database.read { tx in
                try EventLog.read(tenant, after: 0, upTo: 100_000, types: [ContactTracer.type], in: tx)
            }
            var traces: [InteractionID: Trace] = [:]
            for event in events {
                let contact = try #require(event.event.interaction)
                #expect(traces[contact] == nil, "\(contact) was traced twice")
                traces[contact] = try event.payload()
            }
            return traces
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `D13: a contact is set beside the last one of its number, and the last in which somebody had spoken`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            let record = try await Record(place)
            let first = try await record.arrive(0, from: "8613912345678", talksAfter: 1)
            let second = try await record.arrive(10, from: "8613912345678")
            let third = try await record.arrive(30, from: "8613912345678", talksAfter: 1)
            let other = try await record.arrive(31, from: "8613800138000")
            let withheld = try await record.arrive(32, from: nil)
            let withheldAgain = try await record.arrive(33, from: nil)
            let test = try await record.arrive(34, from: "8613800138000", origin: "test", talksAfter: 1)
            let otherAgain = try await record.arrive(35, from: "8613800138000")
            try await record.tracer().traceAll()
            let traces = try await record.traces()
            #expect(traces[first] == Trace())
            #expect(
                traces[second]
                    == Trace(previous: first, after: 10 * Self.minute, servedAfter: 10 * Self.minute))
            #expect(
                traces[third]
                    == Trace(previous: second, after: 20 * Self.minute, servedAfter: 30 * Self.minute))
            #expect(traces[other] == Trace())
            // A test of a flow is nobody's, and is no contact before another.
            #expect(traces[otherAgain] == Trace(previous: other, after: 4 * Self.minute))
            #expect(traces.count == 5)
            for contact in [withheld, withheldAgain, test] { #expect(traces[contact] == nil) }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `D13: what is found is the same whenever it is looked up`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            let record = try await Record(place)
            // Two at once through one switchboard: the first is spoken with after the second has arrived.
            let first = try await record.arrive(0, from: "862112345678", talksAfter: 5)
            let second = try await record.arrive(1, from: "862112345678", talksAfter: 1)
            // Many who gave up in between hide nobody who was served.
            var last = second
            for number in 0..<40 { last = try await record.arrive(10 + Int64(number), from: "862112345678") }
            let served = try await record.arrive(60, from: "862112345678")
            // Longer ago than any window.
            let late = try await record.arrive(60 + 31 * 24 * 60 + 1, from: "862112345678")
            try await record.tracer().traceAll()
            let traces = try await record.traces()
            #expect(traces[first] == Trace())
            #expect(traces[second] == Trace(previous: first, after: Self.minute))
            #expect(
                traces[served]
                    == Trace(previous: last, after: 11 * Self.minute, servedAfter: 59 * Self.minute))
            #expect(traces[late] == Trace())
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `D13: each contact is traced once, by several programs, in short stretches, and after a restart`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            let record = try await Record(place)
            for number in 0..<30 {
                _ = try await record.arrive(Int64(number), from: "86139\(10_000_000 + number % 7)")
            }
            // A program that was overtaken gives up until it is called again, as `run` does.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for stretch in [Int64(1), 3, 7, 20_000] {
                    let tracer = record.tracer(stretch: stretch)
                    group.addTask { for _ in 0..<20 { try await tracer.traceAll() } }
                }
                try await group.waitForAll()
            }
            #expect(try await record.traces().count == 30)
            let head = try await record.database.read { try EventLog.head(of: Self.tenant, in: $0) }
            try await record.tracer().traceAll()
            #expect(try await record.database.read { try EventLog.head(of: Self.tenant, in: $0) } == head)
            #expect(try await record.traces().values.count { $0.previous == nil } == 7)
        }
    }

    @Test func `D13: contacts are traced as they arrive, and one that was erased before is not`() async throws
    {
        try await Installation.with(.embedded) { place in
            let record = try await Record(place)
            let erased = try await record.arrive(0, from: "8613912345678", talksAfter: 1)
            try await record.database.write { tx in
                try tx.execute(
                    "delete from interaction_party where tenant_id = \(Self.tenant) and interaction_id = \(erased)"
                )
            }
            let tracer = record.tracer()
            let running = Task { await tracer.run() }
            let next = try await record.arrive(5, from: "8613912345678")
            try await until("the contact is traced") { try await record.traces()[next] != nil }
            let after = try await record.arrive(6, from: "8613912345678")
            try await until("the next one is traced") { try await record.traces()[after] != nil }
            running.cancel()
            await running.value
            let traces = try await record.traces()
            #expect(traces[erased] == nil && traces[next] == Trace())
            #expect(traces[after] == Trace(previous: next, after: Self.minute))
        }
    }
}
