import Kernel
import Storage
import Testing

/// What only PostgreSQL has: locks between writers, row-level security, a server that goes away.
@Suite(.enabled(if: DatabaseUnderTest.server != nil, "HOTLINE_TEST_POSTGRES is not set"))
struct PostgresTests {
    /// Waits until a transaction of this schema waits for a lock.
    private func untilSomeoneWaits(in database: any Database) async throws {
        while true {
            let count = try await database.read { transaction in
                try transaction.row(
                    """
                    select count(*) as n from pg_stat_activity
                    where application_name = current_setting('application_name') and wait_event_type = 'Lock'
                    """)?.int("n") ?? 0
            }
            if count > 0 { return }
            await Task.yield()
        }
    }

    @Test(arguments: [true, false])
    func `N18 A second writer waits for the first, so sequences are in commit order without gaps`(
        _ firstCommits: Bool
    ) async throws {
        try await DatabaseUnderTest.postgres.open { database in
            let gate = Gate()
            let (taken, take) = AsyncStream<Void>.makeStream()
            async let first = database.write { transaction -> Bool in
                try EventLog.append([event("first")], tenant: tenant, in: transaction)
                take.yield()
                gate.wait()
                if !firstCommits { throw Problem(.conflict, "changed its mind") }
                return true
            }
            for await _ in taken { break }
            async let second = database.log(event("second"))
            // Another tenant is not held up.
            #expect(try await database.log(event("other"), tenant: otherTenant) == 1)
            try await untilSomeoneWaits(in: database)
            #expect(try await database.read { try EventLog.read(tenant, after: 0, in: $0) }.isEmpty)
            gate.open()
            let hasCommitted = (try? await first) ?? false
            #expect(hasCommitted == firstCommits)
            #expect(try await second == (firstCommits ? 2 : 1))
            let types = try await database.read {
                try EventLog.read(tenant, after: 0, in: $0).map(\.event.type)
            }
            #expect(types == (firstCommits ? ["first", "second"] : ["second"]))
        }
    }

    @Test
    func `Row-level security hides and refuses another tenant's rows even if a statement forgets the tenant`()
        async throws
    {
        try await DatabaseUnderTest.postgres.open { database in
            #expect(await database.health().hasRowSecurity)
            try await database.log(event("mine"), tenant: tenant)
            try await database.log(event("theirs"), tenant: otherTenant)
            let mine = database.tenant(tenant)
            let seen = try await mine.read {
                try $0.rows("select type from event").map { try $0.text("type") }
            }
            #expect(seen == ["mine"])
            let changed = try await mine.write { transaction in
                try transaction.execute("delete from event where type = 'theirs'")
            }
            #expect(changed == 0)
            await #expect(throws: SQLError.self) {
                try await mine.write { try EventLog.append([event()], tenant: otherTenant, in: $0) }
            }
            let all = try await database.read { try $0.rows("select type from event").count }
            #expect(all == 2)
        }
    }

    @Test func `Transactions that cannot be serialised are tried again`() async throws {
        let table = Migration(
            feature: "test", number: 1,
            statements: [
                "create table pot (n bigint not null primary key, coins bigint not null)",
                "insert into pot values (1, 0), (2, 0)",
            ])
        try await DatabaseUnderTest.postgres.open(migrations: [table]) { database in
            // Locked in opposite orders, they run into deadlocks.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await database.write { transaction in
                            for pot in number % 2 == 0 ? [1, 2] : [2, 1] {
                                try transaction.execute("update pot set coins = coins + 1 where n = \(pot)")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let coins = try await database.read {
                try $0.row("select sum(coins) as coins from pot")?.int("coins")
            }
            #expect(coins == 40)
        }
    }

    @Test func `After the server has dropped every connection the next transaction works`() async throws {
        try await DatabaseUnderTest.postgres.open { database in
            try await database.log(event())
            try await dropConnections(of: database)
            let suicide = await #expect(throws: Problem.self) {
                try await database.write { try $0.execute("select pg_terminate_backend(pg_backend_pid())") }
            }
            #expect(suicide?.code == .unavailable)
            #expect(suicide?.details["reason"] == "database.unreachable")
            let sequence = try await database.log(event())
            #expect(sequence == 2)
        }
    }

    @Test func `A follower on another node goes on after the server has dropped its connections`()
        async throws
    {
        try await DatabaseUnderTest.postgres.open { database in
            let other = try await DatabaseUnderTest.anotherProcess(on: database)
            defer { other.close() }
            var events = EventFollower(other.tenant(tenant), after: 0).makeAsyncIterator()
            try await database.log(event("one"))
            let one = try await events.next()
            #expect(one?.event.type == "one")
            try await dropConnections(of: database)
            async let next = first(in: other, after: 1)
            try await database.log(event("two"))
            #expect(try await next?.event.type == "two")
        }
    }

    /// Ends all sessions of this test but the one that asks.
    private func dropConnections(of database: any Database) async throws {
        try await database.write { transaction in
            _ = try transaction.rows(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where application_name = current_setting('application_name') and pid <> pg_backend_pid()
                """)
        }
    }

    private func first(in database: any Database, after sequence: Int64) async throws -> LoggedEvent? {
        var events = EventFollower(database.tenant(tenant), after: sequence).makeAsyncIterator()
        return try await events.next()
    }

    @Test func `A follower is woken by the commits of another process`() async throws {
        try await DatabaseUnderTest.postgres.open { database in
            let other = try await DatabaseUnderTest.anotherProcess(on: database)
            defer { other.close() }
            async let following = first(in: other, after: 1)
            try await database.log(event("one"))
            try await database.log(event("two"))
            #expect(try await following?.event.type == "two")
        }
    }

    @Test func `Text that the server cannot keep is refused, not cut`() async throws {
        try await DatabaseUnderTest.postgres.open { database in
            await #expect(throws: SQLError.self) { try await database.log(event("a\0b")) }
            let sequence = try await database.log(event("ab"))
            #expect(sequence == 1)
        }
    }
}

@Suite struct UnreachableServerTests {
    @Test func `A server that is not there is a clear problem`() async throws {
        let database = PostgresDatabase("host=/nonexistent user=nobody dbname=nothing")
        defer { database.close() }
        let problem = await #expect(throws: Problem.self) {
            try await database.read { try $0.rows("select 1 as n") }
        }
        #expect(problem?.code == .unavailable)
        #expect(problem?.details["reason"] == "database.unreachable")
        let health = await database.health()
        #expect(!health.isReachable)
        #expect(health.complaint != nil)
    }
}
