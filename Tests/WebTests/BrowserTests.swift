import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Sessions in memory: the token is `a` or `b` 64 times; they end when the test says so.
final class FakeSessions: SessionAuthenticator {
    private let ended = Mutex<Set<String>>([])
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    static let agent = String(repeating: "a", count: 64)
    static let newcomer = String(repeating: "b", count: 64)

    func principal(forSession token: String, at now: Timestamp) async throws -> Principal? {
        guard !ended.withLock({ $0.contains(token) }) else { return nil }
        let grants = ["queue.read": Grant(.own, data: [.figures]), "queue.write": Grant(.team)]
        return switch token {
        case Self.agent:
            Principal(tenant: tenant, person: AgentID(1), name: "5001", grants: grants, session: token)
        case Self.newcomer:
            Principal(
                tenant: tenant, person: AgentID(3), name: "5003", grants: grants, session: token,
                mustChangePassword: true)
        default: nil
        }
    }

    func isLive(_ session: String, at now: Timestamp) async -> Bool {
        !ended.withLock { $0.contains(session) }
    }

    func untilEnded(_ session: String) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in waiting.withLock { $0.append(continuation) } }
        } onCancel: {
            for continuation in take() { continuation.resume() }
        }
    }

    /// Ends by time: nobody is told.
    func expire(_ session: String) { _ = ended.withLock { $0.insert(session) } }
    /// Ends by order.
    func end(_ session: String) {
        expire(session)
        for continuation in take() { continuation.resume() }
    }
    var isWaitedFor: Bool { waiting.withLock { !$0.isEmpty } }

    private func take() -> [CheckedContinuation<Void, Never>] {
        waiting.withLock { list in
            defer { list = [] }
            return list
        }
    }
}

/// Keeps what it is told; refuses when the test says so.
final class FakeAuditor: ReadAuditor {
    private let reads = Mutex<[AuditedRead]>([])
    private let broken = Mutex(false)
    var all: [AuditedRead] { reads.withLock { $0 } }
    func breakDown() { broken.withLock { $0 = true } }

    func audit(_ read: AuditedRead) async throws {
        if broken.withLock({ $0 }) { throw Problem(.unavailable, "The disk is full.") }
        reads.withLock { $0.append(read) }
    }
}

/// What a browser may do with the cookie of its session.
@Suite struct BrowserTests {
    private let time = TestTime()
    private let sessions = FakeSessions()
    private let auditor = FakeAuditor()

    private var routes: Routes {
        var routes = Routes()
        routes.open("POST", "/api/v1/session", because: "signing in", countsFailures: true) {
            request, context in
            guard request.header("x-password") == "right" else {
                throw Problem(.unauthenticated, "Wrong.", details: ["reason": "wrongCredentials"])
            }
            var answer = WebAnswer.empty
            answer.headers.append(SessionCookie.setting(FakeSessions.agent, isSecure: context.isSecure))
            answer.headers.append(("X-On-Machine", "\(context.isOnMachine)"))
            return answer
        }
        routes.get("/api/v1/session", permission: .signedIn) { _, principal, _ in
            try .json(["name": principal.name])
        }
        routes.get("/api/v1/queues", permission: "queue.read", scoping: .obeyed) { _, principal, _ in
            try .json(["scope": try principal.scope(of: "queue.read").rawValue])
        }
        routes.get("/api/v1/queues/{id}/notes", permission: "queue.read", data: .freeText) { _, _, _ in .empty
        }
        routes.get("/api/v1/parties/{id}", permission: "queue.read", audits: .read) { _, _, _ in .empty }
        routes.get("/api/v1/lost/{id}", permission: "queue.read", audits: .read) { _, _, _ in
            throw Problem(.notFound, "There is none.")
        }
        routes.post("/api/v1/queues", permission: "queue.write") { _, _, _ in .empty }
        return routes
    }

    private func test(_ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void) async throws
    {
        let time = time
        var settings = WebSettings { time.now }
        settings.mostFailures = 3
        let server = WebServer(
            port: 0, routes: routes,
            parts: .init(authenticator: FakeTokens(), sessions: sessions, auditor: auditor),
            settings: settings, logger: quiet)
        try await server.application().test(.router) { try await body($0) }
    }

    private static func cookie(_ token: String = FakeSessions.agent) -> (String, String) {
        ("Cookie", "theme=dark; hotline_session=\(token)")
    }
    private static let csrf = ("X-CSRF-Token", SessionCookie.forgeryToken(for: FakeSessions.agent))

    @Test func `G06: a cookie opens reading, and changing only with the session's own token`() async throws {
        try await test { client in
            let read = try await client.call("GET", "/api/v1/queues", token: nil, headers: [Self.cookie()])
            #expect(read.text == #"{"scope":"own"}"#)
            let cases: [([(String, String)], Int, String?)] = [
                ([Self.cookie()], 403, "csrf"),
                ([Self.cookie(), ("X-CSRF-Token", "0000")], 403, "csrf"),
                ([Self.cookie(), ("X-CSRF-Token", SessionCookie.forgeryToken(for: "other"))], 403, "csrf"),
                ([Self.cookie(), Self.csrf], 204, nil),
                ([Self.cookie(), Self.csrf, ("Origin", "http://localhost")], 204, nil),
                ([Self.cookie(), Self.csrf, ("Origin", "https://evil.example")], 403, "foreignOrigin"),
                ([Self.cookie(), Self.csrf, ("Origin", "http://localhost:81")], 403, "foreignOrigin"),
                ([Self.cookie(), Self.csrf, ("Origin", "null")], 403, "foreignOrigin"),
                ([Self.cookie(), Self.csrf, ("Sec-Fetch-Site", "same-origin")], 204, nil),
                ([Self.cookie(), Self.csrf, ("Sec-Fetch-Site", "cross-site")], 403, "foreignOrigin"),
                ([Self.cookie(), Self.csrf, ("Sec-Fetch-Site", "same-site")], 403, "foreignOrigin"),
            ]
            for (headers, code, reason) in cases {
                let answer = try await client.call("POST", "/api/v1/queues", token: nil, headers: headers)
                #expect(answer.code == code, "\(headers)")
                if let reason { #expect(try answer.problem().details?["reason"] == reason) }
            }
            // A token needs neither.
            #expect(try await client.call("POST", "/api/v1/queues").code == 204)
            let both = try await client.call("POST", "/api/v1/queues", headers: [Self.cookie()])
            #expect(both.code == 204)
        }
    }

    @Test func `sessions that have run out shut the door on nobody`() async throws {
        try await test { client in
            for _ in 0..<10 {
                let answer = try await client.call(
                    "GET", "/api/v1/session", token: nil,
                    headers: [Self.cookie(String(repeating: "c", count: 64))])
                #expect(answer.code == 401)
                #expect(try answer.problem().details?["reason"] == "noSession")
            }
            // Wrong passwords do, for the address that they come from; sessions that stand go on.
            for _ in 0..<3 {
                #expect(try await client.call("POST", "/api/v1/session", token: nil).code == 401)
            }
            let right = ("X-Password", "right")
            #expect(
                try await client.call("POST", "/api/v1/session", token: nil, headers: [right]).code == 429)
            let mine = try await client.call("GET", "/api/v1/session", token: nil, headers: [Self.cookie()])
            #expect(mine.code == 200)
            time.advance(.minutes(1))
            #expect(
                try await client.call("POST", "/api/v1/session", token: nil, headers: [right]).code == 204)
        }
    }

    @Test func `the cookie is for this server alone, and another page cannot sign anybody in`() async throws {
        try await test { client in
            let right = ("X-Password", "right")
            let answer = try await client.call("POST", "/api/v1/session", token: nil, headers: [right])
            #expect(
                answer.headers[.setCookie]
                    == "hotline_session=\(FakeSessions.agent); Path=/; HttpOnly; SameSite=Strict")
            let foreign = try await client.call(
                "POST", "/api/v1/session", token: nil, headers: [right, ("Origin", "https://evil.example")])
            #expect(foreign.code == 403)
        }
        #expect(SessionCookie.setting("t", isSecure: true).value.hasSuffix("; Secure"))
        #expect(SessionCookie.clearing(isSecure: false).value.contains("Max-Age=0"))
    }

    @Test func `who has to change the password reaches nothing else`() async throws {
        try await test { client in
            let newcomer = Self.cookie(FakeSessions.newcomer)
            let session = try await client.call("GET", "/api/v1/session", token: nil, headers: [newcomer])
            #expect(session.code == 200)
            let queues = try await client.call("GET", "/api/v1/queues", token: nil, headers: [newcomer])
            #expect(queues.code == 403)
            #expect(try queues.problem().details?["reason"] == "mustChangePassword")
        }
    }

    @Test func `G04: a route shows only the classes of data that the permission opens`() async throws {
        try await test { client in
            let path = "/api/v1/queues/1/notes"
            let answer = try await client.call("GET", path, token: nil, headers: [Self.cookie()])
            #expect(answer.code == 403)
            #expect(try answer.problem().details == ["permission": "queue.read", "data": "freeText"])
            #expect(try await client.call("GET", path, token: "reader").code == 204)
        }
    }

    @Test func `G06: a read of personal data is written down first, or not answered`() async throws {
        try await test { client in
            for (path, code) in [
                ("/api/v1/parties/77", 204), ("/api/v1/lost/77", 404), ("/api/v1/queues", 200),
            ] {
                let answer = try await client.call("GET", path, token: nil, headers: [Self.cookie()])
                #expect(answer.code == code, "\(path)")
            }
            #expect(auditor.all.map(\.route) == ["GET /api/v1/parties/{id}"])
            #expect(auditor.all[0].object == "77")
            #expect(auditor.all[0].principal.actor == "person:\(AgentID(1))")
            auditor.breakDown()
            let unwritten = try await client.call(
                "GET", "/api/v1/parties/78", token: nil, headers: [Self.cookie()])
            #expect(unwritten.code == 503)
        }
    }

    @Test(arguments: [
        ("hotline_session=" + FakeSessions.agent, FakeSessions.agent),
        ("a=1;hotline_session=" + FakeSessions.agent + " ;b=2", FakeSessions.agent),
        ("hotline_session=short", nil), ("xhotline_session=" + FakeSessions.agent, nil), ("", nil),
        ("hotline_session=" + String(repeating: "Z", count: 64), nil),
    ])
    func `the token is found among the cookies`(header: String, token: String?) {
        #expect(SessionCookie.token(in: header) == token)
    }

    @Test func `tokens are long, differ, and their tokens against forgery tell nothing of them`() {
        let (one, other) = (SessionCookie.newToken(), SessionCookie.newToken())
        #expect(one.count == 64 && one != other)
        let forgery = SessionCookie.forgeryToken(for: one)
        #expect(forgery.count == 32 && forgery != SessionCookie.forgeryToken(for: other))
        #expect(!one.contains(forgery.prefix(8)))
    }

    @Test(arguments: [
        ("127.0.0.1", "localhost:8080", nil, true), ("::1", "[::1]:8080", nil, true),
        ("127.0.0.1", "hotline.example", nil, false), ("192.0.2.1", "localhost", nil, false),
        ("127.0.0.1", "localhost", "192.0.2.7", false),
    ])
    func `behind a proxy nobody is on this machine`(
        address: String, host: String, forwarded: String?, isHere: Bool
    ) {
        var head = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/")
        if let forwarded { head.headerFields[HTTPField.Name("X-Forwarded-For")!] = forwarded }
        let request = Request(head: head, body: .init(buffer: ByteBuffer()))
        #expect(RequestOrigin.isOnMachine(request, address: address) == isHere)
    }

    @Test(arguments: [true, false])
    func `G06: a stream of events ends with its session`(isTold: Bool) async throws {
        let (time, sessions) = (time, sessions)
        var routes = Routes()
        // Asked for a second event, the first has been written; there is none until the reader is cancelled.
        let asked = Mutex(0)
        let events = AsyncStream<ServerEvent> {
            let count = asked.withLock {
                $0 += 1
                return $0
            }
            if count == 1 { return ServerEvent(id: 1, event: "fact", data: "{}") }
            try? await Task.sleep(for: .seconds(3_600))
            return nil
        }
        routes.get("/api/v1/events", permission: .signedIn) { _, _, _ in .events(EventStreamResponse(events))
        }
        var server = WebServer(
            port: 0, routes: routes, parts: .init(authenticator: FakeTokens(), sessions: sessions),
            settings: WebSettings { time.now }, logger: quiet)
        // The heartbeat beats as often as it can; who is told does not need it.
        if isTold {
            server.pace.sleep = { _ in try await Task.sleep(for: .seconds(3_600)) }
        } else {
            server.pace.sleep = { _ in
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        try await server.application().test(.router) { client in
            // Awaited below.
            let answer = Task {
                try await client.call("GET", "/api/v1/events", token: nil, headers: [Self.cookie()])
            }
            while !sessions.isWaitedFor || asked.withLock({ $0 }) < 2 { await Task.yield() }
            if isTold { sessions.end(FakeSessions.agent) } else { sessions.expire(FakeSessions.agent) }
            let text = try await answer.value.text
            #expect(text.contains("event: fact"))
        }
    }
}
