import Foundation
import Kernel
import Storage
import Testing

private let tally = Migration(
    feature: "test", number: 1,
    statements: ["create table tally (number bigint not null primary key, filler text)"])

@Suite struct GroupCommitTests {
    /// Holds the writer until `count` more writes wait behind it, so that they share the next transaction.
    private func gathered(
        _ count: Int, in database: SQLiteDatabase, _ write: @escaping @Sendable (Int) async -> Void
    )
        async throws
    {
        let gate = Gate()
        let (started, start) = AsyncStream<Void>.makeStream()
        async let holder: Void = database.write { _ in
            start.yield()
            gate.wait()
        }
        for await _ in started { break }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count { group.addTask { await write(number) } }
            while database.waitingWrites < count + 1 { await Task.yield() }
            gate.open()
            try await group.waitForAll()
        }
        try await holder
    }

    private func numbers(in database: any Database) async throws -> [Int64] {
        try await database.read {
            try $0.rows("select number from tally order by number").map { try $0.int("number") }
        }
    }

    @Test func `64 concurrent writers share one commit`() async throws {
        let database = try SQLiteDatabase.inMemory()
        try await database.migrate([tally])
        let before = database.commitCount
        try await gathered(64, in: database) { number in
            _ = try? await database.write { try $0.execute("insert into tally (number) values (\(number))") }
        }
        #expect(database.commitCount - before == 2)  // the one that held the writer, and the 64
        #expect(try await numbers(in: database) == Array(0..<64))
    }

    @Test func `A body that fails takes back its own work only`() async throws {
        let database = try SQLiteDatabase.inMemory()
        try await database.migrate([tally])
        let (outcomes, report) = AsyncStream<(Int, Bool)>.makeStream()
        try await gathered(10, in: database) { number in
            do {
                try await database.write { transaction in
                    try transaction.execute("insert into tally (number) values (\(number))")
                    if number % 3 == 0 { throw Problem(.conflict, "third") }
                    if number % 5 == 0 {
                        try transaction.execute("insert into tally (number) values (\(number))")
                    }
                }
                report.yield((number, true))
            } catch { report.yield((number, false)) }
        }
        report.finish()
        var succeeded: [Int] = []
        for await (number, hasSucceeded) in outcomes where hasSucceeded { succeeded.append(number) }
        #expect(succeeded.sorted() == [1, 2, 4, 7, 8])
        #expect(try await numbers(in: database) == [1, 2, 4, 7, 8])
    }

    @Test(arguments: [DatabaseUnderTest.sqliteFile, .sqliteMemory])
    func `N18 A full disk refuses the batch and writing works again when there is room`(
        _ kind: DatabaseUnderTest
    ) async throws {
        try await kind.open(migrations: [tally]) { opened in
            let database = try #require(opened as? SQLiteDatabase)
            try await database.write { try $0.execute("insert into tally (number) values (0)") }
            let pages = try await database.read { try $0.row("pragma page_count")?.int("page_count") ?? 0 }
            func limit(to pages: Int64) async throws {
                try await database.write { transaction in
                    _ = try transaction.rows(SQL(stringLiteral: "pragma max_page_count = \(pages)"))
                }
            }
            try await limit(to: pages + 2)
            let filler = String(repeating: "满", count: 20_000)
            let (errors, report) = AsyncStream<SQLError.Kind?>.makeStream()
            try await gathered(8, in: database) { number in
                do {
                    try await database.write { transaction in
                        try transaction.execute(
                            "insert into tally (number, filler) values (\(number + 1), \(filler))")
                    }
                    report.yield(nil)
                } catch { report.yield((error as? SQLError)?.kind) }
            }
            report.finish()
            var kinds: [SQLError.Kind?] = []
            for await kind in errors { kinds.append(kind) }
            let kept = try await numbers(in: database)
            #expect(kinds.count == 8)
            #expect(kinds.contains(.full))
            // Who got no error finds its row; who got one does not.
            #expect(kept.count == 1 + kinds.filter { $0 == nil }.count)

            try await limit(to: pages + 1_000)
            try await database.write {
                try $0.execute("insert into tally (number, filler) values (100, \(filler))")
            }
            #expect(try await numbers(in: database).contains(100))
        }
    }

    @Test func `When the commit fails, everyone in it is told and nothing is kept`() async throws {
        let database = try SQLiteDatabase.inMemory()
        // A deferred constraint is checked by the commit itself.
        let debt = Migration(
            feature: "test", number: 2,
            statements: [
                "create table debt (number bigint references tally (number) deferrable initially deferred)"
            ])
        try await database.migrate([tally, debt])
        let (errors, report) = AsyncStream<SQLError.Kind?>.makeStream()
        try await gathered(5, in: database) { number in
            do {
                try await database.write { transaction in
                    try transaction.execute("insert into tally (number) values (\(number))")
                    if number == 2 { try transaction.execute("insert into debt (number) values (77)") }
                }
                report.yield(nil)
            } catch { report.yield((error as? SQLError)?.kind) }
        }
        report.finish()
        var kinds: [SQLError.Kind?] = []
        for await kind in errors { kinds.append(kind) }
        #expect(kinds == Array(repeating: .foreignKey, count: 5))
        #expect(try await numbers(in: database).isEmpty)
        try await database.write { try $0.execute("insert into tally (number) values (1)") }
        #expect(try await numbers(in: database) == [1])
    }

    @Test func `N18 Acknowledged writes are in the files whenever the process is killed, and no others`()
        async throws
    {
        try await withFolder { folder in
            let database = try SQLiteDatabase(path: folder + "/hotline.sqlite")
            try await database.migrate([tally])
            // What a killed process leaves is what a copy of the files holds at that moment.
            func survivors(of moment: String) async throws -> [Int64] {
                for suffix in ["", "-wal"] {
                    try FileManager.default.copyItem(
                        atPath: folder + "/hotline.sqlite" + suffix, toPath: folder + "/" + moment + suffix)
                }
                return try await numbers(in: try SQLiteDatabase(path: folder + "/" + moment))
            }
            for number in 0..<5 {
                try await database.write { try $0.execute("insert into tally (number) values (\(number))") }
                #expect(try await survivors(of: "after-\(number)") == Array(0...Int64(number)))
            }
            let gate = Gate()
            let (started, start) = AsyncStream<Void>.makeStream()
            async let unfinished = database.write { transaction in
                try transaction.execute("insert into tally (number) values (5)")
                start.yield()
                gate.wait()
            }
            for await _ in started { break }
            let found = try await survivors(of: "during")
            gate.open()
            try await unfinished
            #expect(found == [0, 1, 2, 3, 4])
        }
    }

    @Test func `Too many waiting writes are refused at once`() async throws {
        let database = try SQLiteDatabase.inMemory()
        let refusals = 3
        let (problems, report) = AsyncStream<Problem>.makeStream()
        let gate = Gate()
        let (started, start) = AsyncStream<Void>.makeStream()
        async let holder: Void = database.write { _ in
            start.yield()
            gate.wait()
        }
        for await _ in started { break }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<SQLiteDatabase.maximumWaitingWrites - 1 + refusals {
                group.addTask {
                    do { try await database.write { _ in } } catch {
                        if let problem = error as? Problem { report.yield(problem) }
                    }
                }
            }
            var seen = 0
            for await problem in problems {
                #expect(problem.code == .unavailable)
                seen += 1
                if seen == refusals { break }
            }
            gate.open()
        }
        try? await holder
        try await database.write { _ in }
    }

    @Test func `The file is written with full durability and a write-ahead log`() async throws {
        try await DatabaseUnderTest.sqliteFile.open { database in
            let settings = try await database.write { transaction in
                [
                    try transaction.row("pragma synchronous")?.int("synchronous"),
                    try transaction.row("pragma foreign_keys")?.int("foreign_keys"),
                    try transaction.row("pragma journal_mode")?.text("journal_mode") == "wal" ? 1 : 0,
                ]
            }
            #expect(settings == [2, 1, 1])
        }
    }
}
