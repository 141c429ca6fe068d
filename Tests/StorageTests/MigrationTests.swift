import Foundation
import Kernel
import Storage
import Testing

private let first = Migration(
    feature: "test", number: 1,
    statements: ["create table one (n bigint not null)", "insert into one values (1)"])
private let second = Migration(
    feature: "test", number: 2,
    statements: ["alter table one add column m bigint", "\(sqlite: "", postgres: "")"])

@Suite struct MigrationTests {
    @Test(arguments: DatabaseUnderTest.all)
    func `Migrations run once, in order, and only what is missing`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: []) { database in
            #expect(try await database.migrate([first]) == ["test.1"])
            #expect(try await database.migrate([first]) == [])
            #expect(try await database.migrate([first, second]) == ["test.2"])
            #expect(try await database.migrate([first, second]) == [])
            let rows = try await database.read { try $0.rows("select n, m from one").count }
            #expect(rows == 1)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A schema that is newer, edited or in another order is refused`(_ kind: DatabaseUnderTest)
        async throws
    {
        try await kind.open(migrations: [first, second]) { database in
            let edited = Migration(
                feature: "test", number: 2, statements: ["alter table one add column k bigint"])
            let stranger = Migration(feature: "other", number: 1, statements: ["create table two (n bigint)"])
            let cases: [([Migration], String)] = [
                ([first], "schema.newer"), ([], "schema.newer"), ([first, edited], "schema.edited"),
                ([first, stranger, second], "schema.order"),
            ]
            for (list, reason) in cases {
                let problem = await #expect(throws: Problem.self) { try await database.migrate(list) }
                #expect(problem?.code == .conflict)
                #expect(problem?.details["reason"] == reason)
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A migration that fails leaves nothing behind`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: [first]) { database in
            let broken = Migration(
                feature: "test", number: 3, statements: ["create table three (n bigint)", "create nonsense"])
            await #expect(throws: SQLError.self) { try await database.migrate([first, second, broken]) }
            let ran = try await database.migrate([first, second])
            #expect(ran == ["test.2"])
        }
    }

    @Test func `A file is backed up before its schema changes`() async throws {
        try await withFolder { folder in
            let path = folder + "/hotline.sqlite"
            let database = try SQLiteDatabase(path: path)
            try await database.migrate([first])
            #expect(!FileManager.default.fileExists(atPath: path + ".before-migration-1"))
            try await database.migrate([first, second])
            let copy = try SQLiteDatabase(path: path + ".before-migration-2")
            let row = try await copy.read { try $0.row("select * from one") }
            #expect(try row?.int("n") == 1)
            #expect(throws: Problem.self) { try row?.int("m") }
            #expect(try await copy.migrate([first, second]) == ["test.2"])
        }
    }

    @Test func `A backup taken while writing is a complete database`() async throws {
        try await withFolder { folder in
            let database = try SQLiteDatabase(path: folder + "/hotline.sqlite")
            try await database.migrate(StorageSchema.migrations)
            for _ in 0..<20 { try await database.log(event()) }
            async let more: Void = { for _ in 0..<20 { try await database.log(event()) } }()
            try await database.backup(to: folder + "/copy.sqlite")
            try await more
            let copy = try SQLiteDatabase(path: folder + "/copy.sqlite")
            let (head, count) = try await copy.read { transaction in
                (
                    try EventLog.head(of: tenant, in: transaction),
                    try EventLog.read(tenant, after: 0, in: transaction).count
                )
            }
            #expect(head >= 20)
            #expect(Int(head) == count)
            await #expect(throws: SQLError.self) { try await database.backup(to: folder + "/copy.sqlite") }
        }
    }
}
