import Foundation
import Kernel
import Storage
import Testing

private let parent = Migration(
    feature: "test", number: 1,
    statements: [
        """
        create table zoo (tenant_id text not null, id text not null, is_open boolean not null,
            weight double precision, primary key (tenant_id, id))
        """,
        """
        create table animal (tenant_id text not null, zoo_id text not null, n bigint not null, picture \(SQL.blob),
            primary key (tenant_id, zoo_id, n), foreign key (tenant_id, zoo_id) references zoo (tenant_id, id))
        """,
    ])

/// Every kind of value, in more rows than one page and one insert take.
private func fill(_ database: any Database) async throws {
    try await database.write { transaction in
        for zoo in 0..<3 {
            let name = "zoo '\(zoo)'; 动物园"
            try transaction.execute(
                """
                insert into zoo (tenant_id, id, is_open, weight)
                values ('a', \(name), \(zoo == 1), \(zoo == 2 ? nil : 0.1 + Double(zoo)))
                """)
            for number in 0..<530 {
                let picture: [UInt8]? = number % 7 == 0 ? nil : [0, 255, UInt8(number % 256)]
                try transaction.execute(
                    """
                    insert into animal (tenant_id, zoo_id, n, picture)
                    values ('a', \(name), \(number), \(picture.sqlValue))
                    """)
            }
        }
        try EventLog.append([event(), event()], tenant: tenant, in: transaction)
    }
}

private func contents(of database: any Database) async throws -> [String] {
    try await database.read { transaction in
        let zoos = try transaction.rows("select id, is_open, weight from zoo order by id").map {
            "\(try $0.text("id")) \(try $0.bool("is_open")) \(String(describing: try $0.optionalDouble("weight")))"
        }
        let animals = try transaction.rows("select zoo_id, n, picture from animal order by zoo_id, n").map {
            "\(try $0.text("zoo_id")) \(try $0.int("n")) \(String(describing: try $0.optionalBlob("picture")))"
        }
        return zoos + animals
    }
}

@Suite struct TableCopyTests {
    private static let migrations = StorageSchema.migrations + [parent]

    @Test(arguments: DatabaseUnderTest.all)
    func `G10: every row of a database can be copied into a file and is the same there`(
        _ kind: DatabaseUnderTest
    )
        async throws
    {
        try await kind.open(migrations: Self.migrations) { source in
            try await fill(source)
            try await withFolder { folder in
                let target = try SQLiteDatabase(path: folder + "/copy.sqlite")
                try await target.migrate(try await source.applied(of: Self.migrations))
                let counts = try await source.read { rows in
                    try target.blockingWrite { try TableCopy.copy(from: rows, to: $0) }
                }
                #expect(counts.first { $0.table == "animal" }?.rows == 1_590)
                #expect(counts.first { $0.table == "event" }?.rows == 2)
                #expect(try await contents(of: target) == contents(of: source))
                #expect(try await Integrity.faults(of: target) == [])
                #expect(try await Integrity.faults(of: source) == [])
            }
        }
    }

    @Test(.enabled(if: DatabaseUnderTest.server != nil, "needs PostgreSQL"))
    func `G10: a file is copied into PostgreSQL, where each tenant sees its own rows`() async throws {
        try await DatabaseUnderTest.sqliteFile.open(migrations: Self.migrations) { source in
            try await fill(source)
            try await DatabaseUnderTest.postgres.open(migrations: Self.migrations) { target in
                let server = try #require(target as? PostgresDatabase)
                _ = try await source.read { rows in
                    try server.blockingWrite { try TableCopy.copy(from: rows, to: $0) }
                }
                #expect(try await contents(of: target) == contents(of: source))
                let (own, others) = (target.tenant(tenant), target.tenant(otherTenant))
                for (database, expected) in [(own, 2), (others, 0)] {
                    let seen = try await database.read { try $0.rows("select seq from event").count }
                    #expect(seen == expected)
                }
                // A second copy is refused, and the first stays.
                let problem = await #expect(throws: Problem.self) {
                    try await source.read { rows in
                        try server.blockingWrite { try TableCopy.copy(from: rows, to: $0) }
                    }
                }
                #expect(problem?.details["reason"] == "copy.notEmpty")
                #expect(try await contents(of: target).count == 1_593)
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `a gap in the event log is found`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            for _ in 0..<4 { try await database.log(event()) }
            #expect(try await Integrity.faults(of: database) == [])
            try await database.write { try $0.execute("delete from event where seq = 2") }
            #expect(try await Integrity.faults(of: database).count == 1)
            try await database.write { try $0.execute("delete from event where seq >= 2") }
            #expect(try await Integrity.faults(of: database).count == 1)
        }
    }

    @Test(.enabled(if: DatabaseUnderTest.server != nil, "needs PostgreSQL"))
    func `G10: PostgreSQL is copied to a file before its schema changes`() async throws {
        try await withFolder { folder in
            try await DatabaseUnderTest.postgres.open(migrations: Self.migrations) { database in
                try await fill(database)
                let next = Migration(
                    feature: "test", number: 2, statements: ["alter table zoo add column m bigint"])
                let again = try await DatabaseUnderTest.anotherProcess(on: database, backupFolder: folder)
                #expect(try await again.migrate(Self.migrations + [next]) == ["test.2"])
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                #expect(names == ["postgres.before-migration-5.sqlite"])
                let copy = try SQLiteDatabase.copy(at: folder + "/" + (names.first ?? ""))
                #expect(try await contents(of: copy) == contents(of: database))
                #expect(try await copy.applied(of: Self.migrations).count == 4)
                #expect(try await Integrity.faults(of: copy) == [])
            }
        }
    }
}
