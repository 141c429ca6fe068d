import Kernel
import Storage
import Testing

/// A schema with every column type and constraint that the layer knows.
private let shelf = Migration(
    feature: "test", number: 1,
    statements: [
        """
        create table shelf (
            id text not null primary key,
            is_open boolean not null,
            width double precision,
            book_count bigint not null,
            label text,
            stamp bigint,
            cover \(SQL.blob)
        )
        """,
        "create table book (title text not null primary key, shelf_id text not null references shelf (id))",
    ])

private struct Shelf: Decodable, Equatable {
    struct Label: Codable, Equatable {
        var colour: String
        var lines: [Int]
    }
    var id: SeatID
    var isOpen: Bool
    var width: Double?
    var bookCount: Int
    var stamp: Timestamp?
    var cover: [UInt8]?
}

private func addShelf(_ id: SeatID, in transaction: any Transaction) throws {
    try transaction.execute("insert into shelf (id, is_open, book_count) values (\(id), \(true), \(1))")
}

@Suite struct TransactionTests {
    @Test(arguments: DatabaseUnderTest.all)
    func `Every kind of value comes back as it went in`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: [shelf]) { database in
            let id: SeatID = ids.next()
            let bytes: [UInt8] = (0...255).map { UInt8($0) }
            let label = try JSON(Shelf.Label(colour: "绿色 \"'\\ ok", lines: [1, -2]))
            let width: Double? = 0.1 + 0.2
            try await database.write { transaction in
                try transaction.execute(
                    """
                    insert into shelf (id, is_open, width, book_count, label, stamp, cover)
                    values (\(id), \(false), \(width), \(Int64.min), \(label), \(morning), \(bytes))
                    """)
            }
            let row = try #require(
                try await database.read { try $0.row("select * from shelf where id = \(id)") })
            #expect(try row.id("id", as: SeatID.self) == id)
            #expect(try row.bool("is_open") == false)
            #expect(try row.double("width") == width)
            #expect(try row.int("book_count") == .min)
            #expect(try row.timestamp("stamp") == morning)
            #expect(try row.blob("cover") == bytes)
            let record = try row.decode(Shelf.self)
            let expected = Shelf(
                id: id, isOpen: false, width: width, bookCount: .min, stamp: morning, cover: bytes)
            #expect(record == expected)
            let kept = try JSONText.decode(Shelf.Label.self, from: try row.text("label"))
            #expect(kept == label.value)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `Sums, counts, nulls and lists are what they say`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: [shelf]) { database in
            let seats: [SeatID] = [SeatID(1), SeatID(2), SeatID(3)]
            try await database.write { transaction in
                for seat in seats { try addShelf(seat, in: transaction) }
            }
            let row = try #require(
                try await database.read { transaction in
                    try transaction.row(
                        """
                        select sum(book_count) as books, count(*) as shelves, max(stamp) as latest
                        from shelf where id in (\(list: [SeatID(1), SeatID(3), SeatID(9)]))
                        """)
                })
            #expect(try row.int("books") == 2)
            #expect(try row.int("shelves") == 2)
            #expect(try row.optionalTimestamp("latest") == nil)
            let none: [SeatID] = []
            let found = try await database.read { transaction in
                try transaction.rows("select id from shelf where id in (\(list: none))").count
            }
            #expect(found == 0)
        }
    }

    @Test func `A getter that does not fit names the column`() async throws {
        let database = try SQLiteDatabase.inMemory()
        let row = try #require(try await database.read { try $0.row("select 'x' as name, null as absent") })
        for getter in [
            { _ = try row.int("name") }, { _ = try row.text("absent") }, { _ = try row.bool("unknown") },
        ] {
            let problem = try #require(throws: Problem.self) { try getter() }
            #expect(problem.code == .internal)
            #expect(problem.details["column"] != nil)
        }
        #expect(try row.optionalText("absent") == nil)
    }

    @Test func `Only plain names can be pasted into a statement`() throws {
        #expect(throws: Problem.self) { try SQL.identifier("event; drop table event") }
        #expect(throws: Problem.self) { try SQL.identifier("") }
        _ = try SQL.identifier("event_2")
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `Refusals are told apart`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: [shelf]) { database in
            try await database.write { try addShelf(SeatID(1), in: $0) }
            let cases: [(SQL, SQLError.Kind)] = [
                ("insert into shelf (id, is_open, book_count) values (\(SeatID(1)), \(true), \(1))", .unique),
                ("insert into book (title, shelf_id) values ('A', \(SeatID(7)))", .foreignKey),
                ("insert into book (title, shelf_id) values ('A', null)", .notNull),
                ("select nonsense", .other),
            ]
            for (statement, expected) in cases {
                let error = await #expect(throws: SQLError.self) {
                    try await database.write { try $0.execute(statement) }
                }
                #expect(error?.kind == expected)
            }
            let error = await #expect(throws: SQLError.self) {
                try await database.read { try $0.execute("delete from shelf") }
            }
            #expect(error?.kind == .readOnly)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A body that swallows a refusal commits nothing`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open(migrations: [shelf]) { database in
            let error = await #expect(throws: SQLError.self) {
                try await database.write { transaction in
                    try addShelf(SeatID(1), in: transaction)
                    try? addShelf(SeatID(1), in: transaction)
                    try? addShelf(SeatID(2), in: transaction)
                }
            }
            #expect(error?.kind == .unique)
            let kept = try await count(in: database)
            #expect(kept == 0)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A read sees one snapshot`(_ kind: DatabaseUnderTest) async throws {
        // In memory there is one connection, so nothing can be written meanwhile.
        guard kind != .sqliteMemory else { return }
        try await kind.open(migrations: [shelf]) { database in
            let (asked, ask) = AsyncStream<Void>.makeStream()
            let gate = Gate()
            async let seen = database.read { transaction in
                let before = try transaction.rows("select id from shelf").count
                ask.yield()
                gate.wait()
                return (before, try transaction.rows("select id from shelf").count)
            }
            for await _ in asked { break }
            try await database.write { try addShelf(SeatID(1), in: $0) }
            gate.open()
            let (before, after) = try await seen
            #expect(before == 0)
            #expect(after == 0)
            #expect(try await count(in: database) == 1)
        }
    }

    private func count(in database: any Database) async throws -> Int64 {
        try await database.read { try $0.row("select count(*) as n from shelf")?.int("n") ?? -1 }
    }
}
