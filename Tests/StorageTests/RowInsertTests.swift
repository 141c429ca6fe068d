import Kernel
import Testing

@testable import Storage

private let shelf = Migration(
    feature: "test", number: 1,
    statements: [
        """
        create table shelf (
            id bigint not null primary key, is_open boolean, width double precision, label text, cover \(SQL.blob),
            changes bigint not null)
        """
    ])

private let columns: [SQL] = ["id", "is_open", "width", "label", "cover", "changes"]

private func row(_ id: Int) -> [SQLValue] {
    let cover: [UInt8] = id % 3 == 0 ? [] : [0, 255, UInt8(id % 256)]
    return [
        .int(Int64(id)), .bool(id % 2 == 0), id % 5 == 0 ? .null : .double(Double(id) / 8),
        id % 7 == 0 ? .null : .text(id % 4 == 0 ? "" : "书架 '\(id)'"), .blob(cover), .int(0),
    ]
}

@Suite struct RowInsertTests {
    private func open(
        _ kind: DatabaseUnderTest, _ body: (any Database) async throws -> Void
    ) async throws {
        try await kind.open(migrations: StorageSchema.migrations + [shelf], body)
    }

    @Test(arguments: DatabaseUnderTest.all, [0, 1, 15, 16, 17, 300])
    func `Rows of every kind of value come back as they were, however many there are`(
        _ kind: DatabaseUnderTest, count: Int
    ) async throws {
        try await open(kind) { database in
            let changed = try await database.write { transaction in
                var rows = RowInsert(into: "shelf", columns: columns)
                rows.reserve(count)
                for id in 0..<count { rows.add(row(id)) }
                #expect(rows.count == count)
                return try transaction.insert(rows)
            }

            #expect(changed == count)
            let stored = try await database.read { try $0.rows("select * from shelf order by id") }
            #expect(stored.count == count)
            for (id, stored) in stored.enumerated() {
                let wanted = row(id)
                #expect(try stored.int("id") == Int64(id))
                #expect(try stored.bool("is_open") == (id % 2 == 0))
                #expect(try stored.optionalDouble("width").sqlValue == wanted[2])
                #expect(try stored.optionalText("label").sqlValue == wanted[3])
                #expect(try stored.blob("cover").sqlValue == wanted[4])
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A row that exists is changed when that was asked for, else nothing is kept`(
        _ kind: DatabaseUnderTest
    ) async throws {
        try await open(kind) { database in
            func insert(_ ids: Range<Int>, onConflict: SQL?) async throws {
                try await database.write { transaction in
                    var rows = RowInsert(into: "shelf", columns: columns, onConflict: onConflict)
                    for id in ids { rows.add(row(id)) }
                    try transaction.insert(rows)
                }
            }
            func changes() async throws -> [Int64] {
                try await database.read { transaction in
                    try transaction.rows("select changes from shelf order by id").map {
                        try $0.int("changes")
                    }
                }
            }
            try await insert(0..<200, onConflict: nil)
            try await insert(190..<210, onConflict: "(id) do update set changes = shelf.changes + 1")
            let expected = Array(repeating: Int64(0), count: 190) + Array(repeating: 1, count: 10)
            #expect(try await changes() == expected + Array(repeating: 0, count: 10))

            await #expect { try await insert(209..<400, onConflict: nil) } throws: {
                ($0 as? SQLError)?.kind == .unique
            }
            #expect(try await changes().count == 210)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `Values that make no whole rows are refused`(_ kind: DatabaseUnderTest) async throws {
        try await open(kind) { database in
            await #expect(throws: Problem.self) {
                try await database.write { transaction in
                    var rows = RowInsert(into: "shelf", columns: columns)
                    rows.add([.int(1), .null])
                    try transaction.insert(rows)
                }
            }
        }
    }

    @Test func `One statement never has more values than PostgreSQL takes`() {
        var rows = RowInsert(into: "wide", columns: Array(repeating: "a", count: 5_000))
        for _ in 0..<20 { rows.add(Array(repeating: .null, count: 5_000)) }

        #expect(rows.chunks().count == 20)
        var narrow = RowInsert(into: "narrow", columns: ["a"])
        for _ in 0..<300 { narrow.add([.null]) }
        #expect(narrow.chunks().map(\.count) == [128, 128, 16, 16] + Array(repeating: 1, count: 12))
        #expect(narrow.chunks().last == 299..<300)
        #expect(narrow.text(rows: 2, for: .postgres) == "insert into narrow (a) values ($1), ($2)")
    }
}
