import Contracts
import Foundation
import Kernel
import Logging
import Storage

@testable import Reporting

/// The databases that rows are tested on.
enum StoreUnderTest: String, CaseIterable, Sendable {
    case embedded, postgres

    static let server = ProcessInfo.processInfo.environment["HOTLINE_TEST_POSTGRES"]
    static let all: [StoreUnderTest] = server == nil ? [.embedded] : Array(allCases)

    /// Opens an empty database of its own for one test and removes it afterwards.
    func open<R>(_ body: (any Database) async throws -> R) async throws -> R {
        let migrations = StorageSchema.migrations + ReportingFeature.migrations
        guard self == .postgres, let server = Self.server else {
            let database = try SQLiteDatabase.inMemory()
            try await database.migrate(migrations)
            return try await body(database)
        }
        let schema = "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
        let database = PostgresDatabase("\(server) options='-c search_path=\(schema)'", connections: 4)
        defer { database.close() }
        try await database.write { try $0.execute("create schema \(SQL.identifier(schema))") }
        let outcome: Result<R, any Error>
        do {
            try await database.migrate(migrations)
            outcome = .success(try await body(database))
        } catch { outcome = .failure(error) }
        try await database.write { try $0.execute("drop schema \(SQL.identifier(schema)) cascade") }
        return try outcome.get()
    }
}

let tenant = TenantID(1)

/// A centre of two queues, three agents at two sites, in Shanghai's time, with a day that starts at midnight.
struct TestCentre: CentreSource {
    static let tea = QueueID(11)
    static let rail = QueueID(12)
    static let ann = AgentID(21)
    static let bo = AgentID(22)
    static let chen = AgentID(23)
    static let seats = [SeatID(31), SeatID(32), SeatID(33)]

    var dayStarts = LocalTime.midnight
    var calendars: [CentreCalendar] = []
    /// Numbers of those who work part of the time.
    var partTime: Set<String> = []

    func centre() async throws -> Centre {
        func queue(_ id: QueueID, _ key: String) -> CentreQueue {
            CentreQueue(id: id, key: key, names: ["en": key], skills: [])
        }
        let agents = [(Self.ann, "5001", "day", "north"), (Self.bo, "5002", "day", "south")]
        let people = (agents + [(Self.chen, "5003", "night", "south")]).map {
            CentrePerson(
                id: $0.0, number: $0.1, name: "Agent \($0.1)", roles: ["agent"], team: $0.2, site: $0.3,
                isPartTime: partTime.contains($0.1) ? true : nil)
        }
        return Centre(
            tenant: tenant, name: "Test", zone: "Asia/Shanghai", businessDayStarts: dayStarts, version: 1,
            queues: [queue(Self.tea, "tea"), queue(Self.rail, "rail")],
            agents: people.map { CentreAgent(id: $0.id, number: $0.number, name: $0.name, skills: []) },
            people: people,
            seats: zip(Self.seats, ["north", "south", "south"]).map {
                CentreSeat(id: $0, number: $0.description, phone: nil, site: $1)
            },
            calendars: calendars,
            breakReasons: [
                CentreBreakReason(key: "lunch", names: [:]),
                CentreBreakReason(key: "meeting", names: [:], isManagement: true),
            ],
            sites: [
                CentreSite(key: "north", names: ["en": "North"]),
                CentreSite(key: "south", names: ["en": "South"]),
            ])
    }
}

/// Writes facts as the routing desk does, at times of Shanghai's clock on one day.
final class FactWriter {
    private(set) var events: [NewEvent] = []
    private let ids = IDSource()
    private var contacts: UInt64 = 1_000

    /// 2026-11-24 00:00 in Shanghai.
    static let midnight = Timestamp(milliseconds: 1_795_449_600_000)
    static let day = CivilDate(year: 2026, month: 11, day: 24)!

    /// `09:30:05` of the day, or `24:00:10` of the next.
    static func clock(_ text: String) -> Timestamp {
        let parts = text.split(separator: ":").compactMap { Int64($0) }
        return midnight + .seconds(parts[0] * 3_600 + parts[1] * 60 + (parts.count > 2 ? parts[2] : 0))
    }

    func fact(
        _ type: String, at: Timestamp, _ interaction: InteractionID? = nil, agent: AgentID? = nil,
        queue: QueueID? = nil, payload: String = "{}"
    ) {
        events.append(
            NewEvent(
                id: ids.next(), type: type, at: at, actor: "engine", interaction: interaction, agent: agent,
                queue: queue, payload: payload))
    }

    func signIn(_ agent: AgentID, seat: Int, at: Timestamp, ready: Bool = true) {
        fact(
            "fact.agent.signedIn", at: at, agent: agent,
            payload: "{\"seat\":\"\(TestCentre.seats[seat])\"}")
        if ready { presence(agent, "ready", at: at) }
    }
    func presence(_ agent: AgentID, _ presence: String, reason: String? = nil, at: Timestamp) {
        fact(
            "fact.agent.presenceChanged", at: at, agent: agent,
            payload: "{\"presence\":\"\(presence)\",\"reason\":\(reason.map { "\"\($0)\"" } ?? "null")}")
    }
    func activity(_ agent: AgentID, _ activity: String, _ former: String, at: Timestamp) {
        fact(
            "fact.agent.activityChanged", at: at, agent: agent,
            payload: "{\"activity\":\"\(activity)\",\"former\":\"\(former)\",\"after\":0}")
    }
    func signOut(_ agent: AgentID, at: Timestamp) {
        fact("fact.agent.signedOut", at: at, agent: agent, payload: "{\"signedIn\":0}")
    }

    /// A call that is let in.
    func arrive(at: Timestamp, origin: String = "external", number: String = "5186", answered: Bool = true)
        -> InteractionID
    {
        contacts += 1
        let id = InteractionID(high: 0x7000, low: 0x8000_0000_0000_0000 | contacts)
        fact(
            "fact.call.arrived", at: at, id,
            payload: "{\"number\":\"\(number)\",\"origin\":\"\(origin)\"}")
        if answered { fact("fact.call.answered", at: at, id) }
        return id
    }
    func enter(_ id: InteractionID, _ queue: QueueID, at: Timestamp) {
        fact(
            "fact.queue.entered", at: at, id, queue: queue, payload: "{\"position\":1,\"expectedWait\":null}")
    }
    func leave(_ id: InteractionID, _ queue: QueueID, _ ending: String, waited: Int64, entered: Timestamp) {
        fact(
            "fact.queue.entryEnded", at: entered + .seconds(waited), id, queue: queue,
            payload: "{\"ending\":\"\(ending)\",\"waited\":\(waited * 1_000)}")
    }
    /// A contact that arrives, set beside the earlier ones of its caller; lengths of time in seconds.
    func trace(
        _ id: InteractionID, at: Timestamp, previous: InteractionID? = nil, after: Int64? = nil,
        servedAfter: Int64? = nil
    ) {
        let fields = [
            previous.map { "\"previous\":\"\($0)\"" }, after.map { "\"after\":\($0 * 1_000)" },
            servedAfter.map { "\"servedAfter\":\($0 * 1_000)" },
        ]
        fact(
            "interaction.traced", at: at, id,
            payload: "{\(fields.compactMap { $0 }.joined(separator: ","))}")
    }
    func end(_ id: InteractionID, at: Timestamp, by: String = "customer") {
        fact("fact.call.ended", at: at, id, payload: "{\"by\":\"\(by)\",\"lasted\":0}")
    }

    /// From entering a queue to the end of wrap-up, in seconds.
    func answer(
        _ id: InteractionID, _ queue: QueueID, by agent: AgentID, entered: Timestamp, wait: Int64,
        ring: Int64 = 2,
        talk: Int64, hold: Int64 = 0, wrapUp: Int64 = 10, rating: Int? = nil, asksRating: Bool = false
    ) {
        enter(id, queue, at: entered)
        let rings = entered + .seconds(wait - ring)
        fact("fact.offer.made", at: rings, id, agent: agent, queue: queue, payload: "{\"attempt\":1}")
        activity(agent, "ringing", "idle", at: rings)
        let connected = entered + .seconds(wait)
        fact(
            "fact.offer.ended", at: connected, id, agent: agent,
            payload: "{\"attempt\":1,\"outcome\":\"accepted\",\"rang\":\(ring * 1_000)}")
        fact(
            "fact.queue.entryEnded", at: connected, id, agent: agent, queue: queue,
            payload: "{\"ending\":\"answered\",\"waited\":\(wait * 1_000)}")
        activity(agent, "talking", "ringing", at: connected)
        if hold > 0 {
            activity(agent, "hold", "talking", at: connected + .seconds(talk))
        }
        let over = connected + .seconds(talk + hold)
        fact(
            "fact.conversation.ended", at: over, id, agent: agent,
            payload: "{\"by\":\"customer\",\"talked\":\(talk * 1_000),\"held\":\(hold * 1_000)}")
        if asksRating { fact("fact.call.handedToRating", at: over, id, agent: agent) }
        activity(agent, "wrapUp", hold > 0 ? "hold" : "talking", at: over)
        if let rating { fact("fact.flow.rated", at: over, id, payload: "{\"score\":\(rating)}") }
        end(id, at: over)
        fact(
            "fact.wrapUp.ended", at: over + .seconds(wrapUp), id, agent: agent,
            payload: "{\"lasted\":\(wrapUp * 1_000)}")
        activity(agent, "idle", "wrapUp", at: over + .seconds(wrapUp))
    }

    /// Writes everything in the order of time, as it happened.
    func write(to database: any Database) async throws {
        let ordered = events.enumerated().sorted {
            ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
        }.map(\.element)
        try await database.tenant(tenant).write { tx in
            try EventLog.append(ordered, tenant: tenant, in: tx)
        }
    }
}

extension ReportingFeature {
    static func over(
        _ database: any Database, centre: TestCentre = TestCentre(),
        now: Timestamp = FactWriter.clock("48:00:00")
    ) -> ReportingFeature {
        ReportingFeature(
            database.tenant(tenant), centre: centre, zone: { $0 == "Asia/Shanghai" ? .shanghai : nil },
            ids: IDSource(), now: { now }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }
}

extension SQLRow {
    /// The columns of the folded rows with their values, for comparing.
    var described: String {
        let columns = [
            "interaction_id", "ordinal", "channel", "origin", "number", "arrived_at", "answered_at",
            "entered_at",
            "ended_at", "is_rejected", "is_rating_asked", "rating", "entry_count", "queue_id", "request_type",
            "ending", "waited_ms", "rang_ms", "is_handled", "talked_ms", "held_ms", "wrapped_up_ms",
            "quarter_at",
            "agent_id", "seat_id", "is_traced", "served_before_ms", "again_after_ms", "what", "spent_ms",
            "times", "presence", "reason", "activity", "since",
        ]
        return columns.compactMap { column in
            // A table has some of them.
            (try? value(column)).map { "\(column) \($0)" }
        }.joined(separator: ", ")
    }
}
