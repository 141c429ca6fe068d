import Contracts
import Foundation
import Kernel
import Storage
import Testing
import Web

@testable import Directory

/// Accounts on both databases: who gets in, who does not, and what the audit says about it (G06).
@Suite struct AccountTests {
    @Test(arguments: StoreUnderTest.all)
    func `G06: a right password begins a session whose token is nowhere kept`(_ store: StoreUnderTest)
        async throws
    {
        try await store.open { database in
            let bench = try await Bench(database)
            let token = try await bench.token()
            #expect(token.count == 64)
            let rows = try await database.read { tx in
                try tx.rows("select digest, person_id, ends_at, started_at from web_session")
            }
            #expect(rows.count == 1)
            #expect(try rows[0].text("digest") != token)
            #expect(try rows[0].int("ends_at") - rows[0].int("started_at") == 14 * 3_600_000)
            let begun = try await bench.entries("session.begun")
            #expect(begun.map(\.actor) == ["person:\(Bench.agent)"])
            #expect(begun[0].address == "127.0.0.1")
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `what was typed by somebody who is not known stands nowhere`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            for (user, password) in [
                ("my-secret-word", "5001"), ("5002", "hotline-5001"), ("7001", "whatever"), ("", ""),
                (String(repeating: "x", count: 9_999), String(repeating: "x", count: 9_999)),
            ] {
                let outcome = try await bench.service.signIn(
                    user, password, from: Bench.here, at: bench.time.now)
                #expect(outcome == .wrong)
            }
            let refused = try await bench.entries("session.refused")
            #expect(refused.count == 5)
            #expect(refused.allSatisfy { $0.actor == "unknown" && $0.object.isEmpty })
            let text = try await bench.entries().map { "\($0)" }.joined()
            #expect(!text.contains("my-secret-word"))
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G06: five wrong passwords shut an account for fifteen minutes, the right one too`(
        _ store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            func attempt(_ password: String) async throws -> AccountService.SignIn {
                try await bench.service.signIn("5001", password, from: Bench.here, at: bench.time.now)
            }
            for _ in 0..<4 { #expect(try await attempt("wrong") == .wrong) }
            // A right one in between begins the count anew.
            _ = try await bench.token()
            for _ in 0..<4 { #expect(try await attempt("wrong") == .wrong) }
            let until = bench.time.now + .minutes(15)
            #expect(try await attempt("wrong") == .locked(until: until))
            #expect(try await attempt("hotline-5001") == .locked(until: until))
            // Others are not shut out.
            _ = try await bench.token("6001", "hotline-6001")
            bench.time.advance(.minutes(15) - .milliseconds(1))
            #expect(try await attempt("hotline-5001") == .locked(until: until))
            bench.time.advance(.milliseconds(1))
            _ = try await bench.token()
            let locked = try await bench.entries("account.locked")
            #expect(locked.map(\.details) == [["until": "\(until.milliseconds)"]])
            #expect(locked[0].object == Bench.agent.description)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G06: an account of the demonstration opens from this machine alone`(_ store: StoreUnderTest)
        async throws
    {
        try await store.open { database in
            let bench = try await Bench(database)
            let outcome = try await bench.service.signIn(
                "5001", "hotline-5001", from: Bench.elsewhere, at: bench.time.now)
            #expect(outcome == .demoElsewhere)
            #expect(
                try await bench.entries("session.refused").map(\.details) == [
                    ["reason": "demoOnLoopbackOnly"]
                ])
            // One that an administrator gave is good everywhere, also in place of the public password.
            for number in ["7001", "5001"] {
                let given = try await bench.service.reset(
                    number: number, actor: "system", address: "", at: bench.time.now)
                let other = try await bench.service.signIn(
                    number, given.password, from: Bench.elsewhere, at: bench.time.now)
                guard case .begun = other else {
                    Issue.record("\(number): \(other)")
                    return
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G06: a new password ends the other sessions, and the old one opens nothing`(
        _ store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let (mine, other) = (try await bench.token(), try await bench.token())
            func change(_ old: String, _ new: String) async throws -> AccountService.Change {
                try await bench.service.changePassword(
                    of: Bench.agent, old: old, new: new, keeping: SessionToken.digest(mine),
                    from: Bench.here, at: bench.time.now)
            }
            #expect(try await change("wrong", "correct horse battery") == .wrongOld)
            #expect(try await change("hotline-5001", "short") == .refused(.tooShort))
            #expect(try await change("hotline-5001", "hotline-5001") == .refused(.sameAsOld))
            #expect(
                try await change("hotline-5001", "correct horse battery")
                    == .done(ended: [SessionToken.digest(other)]))
            let sessions = bench.feature.sessions
            #expect(try await sessions.principal(forSession: other, at: bench.time.now) == nil)
            #expect(try await sessions.principal(forSession: mine, at: bench.time.now)?.name == "5001")
            let old = try await bench.service.signIn(
                "5001", "hotline-5001", from: Bench.here, at: bench.time.now)
            #expect(old == .wrong)
            _ = try await bench.token("5001", "correct horse battery")
            #expect(try await bench.entries("password.changed").count == 1)
            #expect(try await bench.entries("password.refused").count == 1)
            // Loading the file again does not bring the public password back.
            let again = try await bench.feature.centre()
            try await bench.feature.load(
                CentreImport(centre: again, demoPasswords: [Bench.agent: "hotline-5001"]),
                at: bench.time.now)
            let public5001 = try await bench.service.signIn(
                "5001", "hotline-5001", from: Bench.here, at: bench.time.now)
            #expect(public5001 == .wrong)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a given password must be changed before anything else`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let given = try await bench.service.reset(
                number: "7001", actor: "system", address: "", at: bench.time.now)
            #expect(given.password.count == 19 && given.ended.isEmpty)
            let token = try await bench.token("7001", given.password)
            let sessions = bench.feature.sessions
            let first = try await sessions.principal(forSession: token, at: bench.time.now)
            #expect(first?.mustChangePassword == true && first?.grants.isEmpty == true)
            let digest = SessionToken.digest(token)
            let change = try await bench.service.changePassword(
                of: Bench.nobody, old: given.password, new: "correct horse battery", keeping: digest,
                from: Bench.here, at: bench.time.now)
            #expect(change == .done(ended: []))
            // Again: the sessions of the former password end.
            let second = try await bench.service.reset(
                number: "7001", actor: "system", address: "", at: bench.time.now)
            #expect(second.ended == [digest] && second.password != given.password)
            #expect(try await bench.entries("account.made").count == 3)
            #expect(try await bench.entries("password.reset").count == 1)
            await #expect(throws: Problem.self) {
                try await bench.service.reset(number: "9999", actor: "", address: "", at: bench.time.now)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G04: other roles end the sessions that had the former ones`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            let token = try await bench.token()
            let ended = try await bench.service.setRoles(
                [.auditAdmin], number: "5001", actor: "person:x", address: "192.0.2.9", at: bench.time.now)
            #expect(ended == [SessionToken.digest(token)])
            let next = try await bench.token()
            let principal = try await bench.feature.sessions.principal(
                forSession: next, at: bench.time.now)
            #expect(principal?.permissions == ["audit.read"])
            #expect(try await bench.entries("account.rolesSet").map(\.details) == [["roles": "auditAdmin"]])
            let removed = try await bench.service.remove(
                number: "5001", actor: "person:x", address: "", at: bench.time.now)
            #expect(removed == [SessionToken.digest(next)])
            let gone = try await bench.service.signIn(
                "5001", "hotline-5001", from: Bench.here, at: bench.time.now)
            #expect(gone == .wrong)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `the oldest of too many sessions gives way`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let bench = try await Bench(database)
            var tokens: [String] = []
            for _ in 0..<11 {
                tokens.append(try await bench.token())
                bench.time.advance(.seconds(1))
            }
            var alive: [Bool] = []
            for token in tokens {
                alive.append(
                    try await bench.feature.sessions.principal(forSession: token, at: bench.time.now) != nil)
            }
            #expect(alive == [false] + Array(repeating: true, count: 10))
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `accounts and sessions of another tenant open nothing here`(_ store: StoreUnderTest) async throws {
        try await store.open { database in
            let mine = try await Bench(database)
            let other = try await Bench(database, tenant: stranger)
            _ = try await mine.service.changePassword(
                of: Bench.agent, old: "hotline-5001", new: "correct horse battery", keeping: nil,
                from: Bench.here, at: mine.time.now)
            let outcome = try await other.service.signIn(
                "5001", "correct horse battery", from: Bench.here, at: other.time.now)
            #expect(outcome == .wrong)
            let token = try await other.token()
            #expect(try await mine.feature.sessions.principal(forSession: token, at: mine.time.now) == nil)
            #expect(try await mine.service.list().count == 2)
        }
    }
}

/// What a hash is and what it costs.
@Suite struct PasswordHasherTests {
    @Test func `a hash is yescrypt with a salt of its own and fits its password alone`() async throws {
        let hasher = PasswordHasher()
        let (first, second) = (try await hasher.hash("您好 hotline"), try await hasher.hash("您好 hotline"))
        #expect(first.hasPrefix("$y$j9T$") && first != second)
        #expect(try await hasher.isRight("您好 hotline", for: first))
        #expect(try await hasher.isRight("您好 hotline", for: second))
        #expect(try await !hasher.isRight("您好 Hotline", for: first))
        #expect(try await !hasher.isRight("您好 hotline", for: nil))
        for broken in ["", "*0", "$y$", "plain"] {
            #expect(try await !hasher.isRight("您好 hotline", for: broken), "\(broken)")
        }
    }

    @Test func `too many at the same time are told to come again`() async throws {
        let hasher = PasswordHasher()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<(PasswordHasher.mostWaiting * 2) {
                group.addTask { (try? await hasher.hash("x", cost: .demonstration)) != nil }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        // How many got through depends on the machine; those that did not were told at once and nobody waits.
        #expect(outcomes.count { $0 } >= PasswordHasher.mostAtOnce)
        #expect(try await hasher.isRight("y", for: hasher.hash("y", cost: .demonstration)))
    }
}

/// The rules for passwords, by value.
@Suite struct PasswordRulesTests {
    @Test(arguments: [
        ("short", PasswordRules.Fault.tooShort), ("123456789", .tooShort),
        (String(repeating: "ab1!", count: 65), .tooLong), ("hotline-5001", .containsNumber),
        ("my Zhang Wei 3", .containsNumber), ("the old one", .sameAsOld), ("Password123!", .tooCommon),
        ("2023kefuzhongxin", .tooCommon), ("1234567890", .tooCommon), ("0987654321", .tooCommon),
        ("qwertyuiop", .tooCommon), ("1qaz2wsx3edc", .tooCommon), ("aaaaaaaaaaaa", .tooCommon),
        ("abababababab", .tooCommon), ("ADMIN-ADMIN-1", .tooCommon), ("woaini1314520", .tooCommon),
    ])
    func `G06: what anybody tries first is no password`(password: String, fault: PasswordRules.Fault) {
        #expect(
            PasswordRules.fault(of: password, number: "5001", name: "Zhang Wei", old: "the old one") == fault)
    }

    @Test(arguments: [
        "correct horse battery", "床前明月光疑是地上霜", "8301947562", "x7xw-csEr-9Jvn-8hnA", "Tr0ub4dor&3",
    ])
    func `length and surprise make a password`(password: String) {
        #expect(PasswordRules.fault(of: password, number: "5001", name: "王伟", old: nil) == nil)
    }
}
