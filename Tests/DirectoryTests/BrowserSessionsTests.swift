import Foundation
import Kernel
import Storage
import Testing
import Web

@testable import Directory

/// When sessions end, and what they cost.
@Suite struct BrowserSessionsTests {
    private func seenAt(_ database: any Database) async throws -> Int64 {
        try await database.read { try $0.row("select seen_at from web_session")?.int("seen_at") ?? 0 }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G06: a session ends after half an hour without a request, and after fourteen hours with them`(
        _ store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let sessions = bench.feature.sessions
            let idle = try await bench.token()
            #expect(try await sessions.principal(forSession: idle, at: bench.time.now) != nil)
            bench.time.advance(.minutes(30) - .milliseconds(1))
            #expect(try await sessions.principal(forSession: idle, at: bench.time.now) != nil)
            bench.time.advance(.minutes(30))
            let digest = SessionToken.digest(idle)
            #expect(await !sessions.isLive(digest, at: bench.time.now))
            #expect(try await sessions.principal(forSession: idle, at: bench.time.now) == nil)

            let busy = try await bench.token()
            let start = bench.time.now
            while bench.time.now - start < .hours(14) {
                #expect(try await sessions.principal(forSession: busy, at: bench.time.now) != nil)
                bench.time.advance(.minutes(20))
            }
            #expect(try await sessions.principal(forSession: busy, at: bench.time.now) == nil)
            try await bench.feature.sweepSessions()
            let left = try await database.read { try $0.rows("select digest from web_session") }
            #expect(left.isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `activity is written once a minute, not with each request`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let sessions = bench.feature.sessions
            let token = try await bench.token()
            let start = try await seenAt(database)
            for _ in 0..<59 {
                bench.time.advance(.seconds(1))
                #expect(try await sessions.principal(forSession: token, at: bench.time.now) != nil)
            }
            #expect(try await seenAt(database) == start)
            bench.time.advance(.seconds(1))
            _ = try await sessions.principal(forSession: token, at: bench.time.now)
            #expect(try await seenAt(database) == start + 60_000)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a restart forgets no session, and what another process ended ends within a minute`(
        _ store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let time = bench.time
            let token = try await bench.token()
            let digest = SessionToken.digest(token)
            #expect(try await bench.feature.sessions.principal(forSession: token, at: time.now) != nil)

            let other = DirectoryFeature(database.tenant(tenant), ids: IDSource(), clock: { time.now })
            #expect(
                try await other.sessions.principal(forSession: token, at: time.now)?.person == Bench.agent)
            try await other.accounts.end(
                digest, of: Bench.agent, actor: "person:x", address: "", at: time.now)
            try await other.accounts.end(
                digest, of: Bench.agent, actor: "person:x", address: "", at: time.now)
            #expect(try await bench.entries("session.ended").count == 1)

            time.advance(.seconds(59))
            #expect(try await bench.feature.sessions.principal(forSession: token, at: time.now) != nil)
            time.advance(.seconds(1))
            #expect(try await bench.feature.sessions.principal(forSession: token, at: time.now) == nil)
            #expect(await !bench.feature.sessions.isLive(digest, at: time.now))
        }
    }

    @Test func `who waits for the end of a session hears of it, and a cancelled wait ends`() async throws {
        try await StoreUnderTest.embedded.open { database in
            let bench = try await Bench(database)
            let sessions = try #require(bench.feature.sessions as? BrowserSessions)
            // Both are awaited below.
            let ended = Task { await sessions.untilEnded("a") }
            let cancelled = Task { await sessions.untilEnded("b") }
            while await sessions.waitingCount < 2 { await Task.yield() }
            await sessions.forget(["a"])
            await ended.value
            cancelled.cancel()
            await cancelled.value
            #expect(await sessions.waitingCount == 0)
        }
    }

    @Test func `the principal of a session has number, team, site and the grants of its roles`() async throws
    {
        try await StoreUnderTest.embedded.open { database in
            let bench = try await Bench(database)
            let found = try await bench.feature.sessions.principal(
                forSession: bench.token(), at: bench.time.now)
            let principal = try #require(found)
            #expect(principal.name == "5001" && principal.team == "a" && principal.site == "main")
            #expect(principal.actor == "person:\(Bench.agent)")
            #expect(try principal.scope(of: "agent.control") == .own)
            #expect(try principal.scope(of: "ticket.write") == .team)
            #expect(throws: Problem.self) { try principal.scope(of: "audit.read") }
            #expect(principal.covers("ticket.write", person: AgentID(9), team: "a"))
            #expect(!principal.covers("ticket.write", person: AgentID(9), team: "b"))
            #expect(!principal.covers("ticket.write", person: nil))
            #expect(principal.covers("agent.control", person: Bench.agent))
            #expect(!principal.covers("agent.control", person: AgentID(9), team: "a"))
        }
    }
}
