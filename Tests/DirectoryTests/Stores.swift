import Contracts
import Foundation
import Kernel
import Storage
import Synchronization
import Testing

@testable import Directory

/// The databases that rows are tested on.
enum StoreUnderTest: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case embedded, postgres

    static let server = ProcessInfo.processInfo.environment["HOTLINE_TEST_POSTGRES"]
    static let all: [StoreUnderTest] = server == nil ? [.embedded] : Array(allCases)

    var testDescription: String { rawValue }

    /// Opens an empty database of its own for one test and removes it afterwards.
    func open<R>(_ body: (any Database) async throws -> R) async throws -> R {
        let migrations = StorageSchema.migrations + DirectoryFeature.migrations
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
let stranger = TenantID(2)

/// A clock that the test sets.
final class TestTime: Sendable {
    private let milliseconds = Mutex<Int64>(1_790_000_000_000)
    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }
    func advance(_ span: TimeSpan) { milliseconds.withLock { $0 += span.milliseconds } }
}

/// A small centre with accounts: an agent, a supervisor, and somebody without an account.
struct Bench: Sendable {
    static let agent = AgentID(1)
    static let supervisor = AgentID(2)
    static let nobody = AgentID(3)
    static let here = AccountService.Asker(address: "127.0.0.1", isOnMachine: true)
    static let elsewhere = AccountService.Asker(address: "192.0.2.7", isOnMachine: false)

    let database: any Database
    let feature: DirectoryFeature
    let time = TestTime()
    var service: AccountService { feature.accounts }

    init(_ database: any Database, tenant: TenantID = tenant) async throws {
        self.database = database
        let time = time
        feature = DirectoryFeature(database.tenant(tenant), ids: IDSource(), clock: { time.now })
        let people = [
            CentrePerson(
                id: Self.agent, number: "5001", name: "王伟", roles: ["agent"], team: "a", site: "main"),
            CentrePerson(id: Self.supervisor, number: "6001", name: "Zheng", roles: ["supervisor"]),
            CentrePerson(id: Self.nobody, number: "7001", name: "Li", roles: ["securityAdmin"]),
        ]
        try await feature.load(
            CentreImport(
                centre: Centre(tenant: tenant, name: "Test", zone: "UTC", version: 0, people: people),
                demoPasswords: [Self.agent: "hotline-5001", Self.supervisor: "hotline-6001"]),
            at: time.now)
    }

    /// Signs in and gives the token.
    func token(_ user: String = "5001", _ password: String = "hotline-5001") async throws -> String {
        let outcome = try await service.signIn(user, password, from: Self.here, at: time.now)
        guard case .begun(let token, _, _, _) = outcome else {
            Issue.record("\(user) was refused: \(outcome)")
            return ""
        }
        return token
    }

    func entries(_ action: String? = nil) async throws -> [AuditEntry] {
        try await database.read { tx in
            try AuditLog.read(tenant, AuditLog.Filter(action: action), in: tx).map(\.entry)
        }
    }
}
