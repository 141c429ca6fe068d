import Kernel
import Storage
import Testing

@Suite struct EventLogTests {
    @Test(arguments: DatabaseUnderTest.all)
    func `An event comes back as it was written`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            let written = NewEvent(
                id: ids.next(), type: "fact.answered", version: 2, at: morning, actor: "engine",
                cause: ids.next(),
                interaction: ids.next(), agent: ids.next(), queue: ids.next(), payload: #"{"waited":1200}"#)
            let range = try await database.write { transaction in
                try EventLog.append([event(), written], tenant: tenant, in: transaction)
            }
            #expect(range == 1...2)
            let read = try await database.read { try EventLog.read(tenant, after: 1, in: $0) }
            #expect(read.map(\.event) == [written])
            #expect(read.first?.sequence == 2)
            #expect(try read.first?.payload([String: Int].self) == ["waited": 1200])
            let ofInteraction = try await database.read { transaction in
                try EventLog.read(
                    tenant, interaction: written.interaction ?? InteractionID(0), in: transaction)
            }
            #expect(ofInteraction == read)
            let facts = try await database.read {
                try $0.rows("select id from fact where tenant_id = \(tenant)")
            }
            #expect(try facts.map { try $0.id("id", as: EventID.self) } == [written.id])
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `Sequences are gapless for each tenant under concurrent writers that sometimes fail`(
        _ kind: DatabaseUnderTest
    ) async throws {
        try await kind.open { database in
            let writers = 24
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<writers {
                    group.addTask {
                        let owner = number % 2 == 0 ? tenant : otherTenant
                        _ = try? await database.write { transaction in
                            let events = (0...number).map { _ in event() }
                            try EventLog.append(events, tenant: owner, in: transaction)
                            if number % 4 == 3 { throw Problem(.conflict, "changed its mind") }
                        }
                    }
                }
            }
            for (owner, kept) in [
                (tenant, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]), (otherTenant, [1, 5, 9, 13, 17, 21]),
            ] {
                let expected = kept.reduce(0) { $0 + $1 + 1 }
                let read = try await database.read { try EventLog.read(owner, after: 0, in: $0) }
                #expect(read.map(\.sequence) == Array(1...Int64(expected)))
                #expect(try await database.read { try EventLog.head(of: owner, in: $0) } == Int64(expected))
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A consumer's cursor moves with its work and never back`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            func cursor() async throws -> Int64 {
                try await database.read { try EventLog.cursor(of: "wallboard", tenant: tenant, in: $0) }
            }
            func move(to sequence: Int64) async throws {
                try await database.write {
                    try EventLog.moveCursor(of: "wallboard", tenant: tenant, to: sequence, in: $0)
                }
            }
            #expect(try await cursor() == 0)
            try await move(to: 5)
            try await move(to: 3)
            #expect(try await cursor() == 5)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A follower reads what is there, waits, and gets each later event once`(
        _ kind: DatabaseUnderTest
    ) async throws {
        try await kind.open { database in
            for number in 0..<5 { try await database.log(event("test.\(number)")) }
            try await database.log(event("test.other"), tenant: otherTenant)
            let total = 300
            async let writing: Void = {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask { for _ in 0..<((total - 5) / 4) { try await database.log(event()) } }
                    }
                    try await group.waitForAll()
                }
                for _ in 0..<((total - 5) % 4) { try await database.log(event()) }
            }()
            var seen: [Int64] = []
            for try await logged in EventFollower(database.tenant(tenant), after: 2) {
                #expect(logged.tenant == tenant)
                seen.append(logged.sequence)
                if logged.sequence == Int64(total) { break }
            }
            try await writing
            #expect(seen == Array(3...Int64(total)))

            // A second follower resumes where the first one stopped.
            var resumed = EventFollower(database.tenant(tenant), after: Int64(total)).makeAsyncIterator()
            try await database.log(event("test.late"))
            #expect(try await resumed.next()?.event.type == "test.late")
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `A follower ends when its task is cancelled`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            try await database.log(event())
            let (reached, reach) = AsyncStream<Int64>.makeStream()
            let following = Task {  // awaited below
                var count = 0
                for try await logged in EventFollower(database.tenant(tenant), after: 0) {
                    reach.yield(logged.sequence)
                    count += 1
                }
                return count
            }
            for await _ in reached { break }
            following.cancel()
            let count = try? await following.value
            #expect(count == nil || count == 1)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `Two tenants never see each other`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            let (mine, theirs) = (database.tenant(tenant), database.tenant(otherTenant))
            try await mine.write { try EventLog.append([event("mine.one")], tenant: tenant, in: $0) }
            try await theirs.write { transaction in
                try EventLog.append(
                    [event("theirs.one"), event("theirs.two")], tenant: otherTenant, in: transaction)
            }
            let seen = try await mine.read { try EventLog.read(tenant, after: 0, in: $0) }
            #expect(seen.map(\.event.type) == ["mine.one"])
            let others = try await theirs.read { try EventLog.read(otherTenant, after: 0, in: $0) }
            #expect(others.map(\.sequence) == [1, 2])
        }
    }
}
