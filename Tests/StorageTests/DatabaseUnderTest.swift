import Foundation
import Kernel
import Storage
import Testing

/// The databases that every test of this target runs on.
enum DatabaseUnderTest: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqliteFile, sqliteMemory, postgres

    /// Where the test server is; without it the tests on PostgreSQL are left out, and one test says so.
    static let server = ProcessInfo.processInfo.environment["HOTLINE_TEST_POSTGRES"]

    /// Those that can be had here.
    static let all: [DatabaseUnderTest] = server == nil ? [.sqliteFile, .sqliteMemory] : Array(allCases)

    var testDescription: String { rawValue }

    /// Opens an empty database of its own for one test, migrated unless told otherwise, and removes it afterwards.
    func open<R>(
        migrations: [Migration] = StorageSchema.migrations, _ body: (any Database) async throws -> R
    ) async throws -> R {
        switch self {
        case .sqliteMemory:
            let database = try SQLiteDatabase.inMemory()
            try await database.migrate(migrations)
            return try await body(database)
        case .sqliteFile:
            return try await withFolder { folder in
                let database = try SQLiteDatabase(path: folder + "/hotline.sqlite")
                try await database.migrate(migrations)
                return try await body(database)
            }
        case .postgres:
            let schema = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
            let database = PostgresDatabase(try Self.conninfo(schema: schema), connections: 4)
            defer { database.close() }
            try await database.write { try $0.execute("create schema \(SQL.identifier(schema))") }
            do {
                try await database.migrate(migrations)
                let result = try await body(database)
                try await database.write { try $0.execute("drop schema \(SQL.identifier(schema)) cascade") }
                return result
            } catch {
                _ = try? await database.write {
                    try $0.execute("drop schema \(SQL.identifier(schema)) cascade")
                }
                throw error
            }
        }
    }

    /// The test server with a schema, and an application name, of one test.
    private static func conninfo(schema: String) throws -> String {
        let server = try #require(server)
        return "\(server) application_name=\(schema) options='-c search_path=\(schema)'"
    }

    /// The same PostgreSQL schema as another node of the product would open it.
    static func anotherProcess(on database: any Database, backupFolder: String? = nil) async throws
        -> PostgresDatabase
    {
        let schema = try await database.read { try $0.row("select current_schema() as name")?.text("name") }
        return PostgresDatabase(
            try conninfo(schema: try #require(schema)), connections: 2, backupFolder: backupFolder)
    }
}

/// A new folder for one test.
func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hotline-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Tenants, agents and times for all tests.
let tenant = TenantID(1)
let otherTenant = TenantID(2)
let ids = IDSource()
let morning = Timestamp(milliseconds: 1_790_000_000_000)

/// An event of which only the type matters.
func event(_ type: String = "test.happened", payload: String = "{}") -> NewEvent {
    NewEvent(id: ids.next(), type: type, at: morning, payload: payload)
}

extension Database {
    /// Appends one event in a transaction of its own and returns its sequence.
    @discardableResult func log(_ event: NewEvent, tenant owner: TenantID = StorageTests.tenant) async throws
        -> Int64
    {
        try await write { try EventLog.append([event], tenant: owner, in: $0).lowerBound }
    }
}

@Test(.enabled(if: DatabaseUnderTest.server == nil, "PostgreSQL is tested"))
func `PostgreSQL is not tested here: HOTLINE_TEST_POSTGRES is not set, start a server with Tests/postgres`() {
    print("StorageTests: HOTLINE_TEST_POSTGRES is not set, the tests on PostgreSQL are skipped")
}
