import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Testing

@testable import Web

@Suite struct WebServerTests {
    private let time = TestTime()
    private let made = Counter()

    private var routes: Routes {
        var routes = Routes()
        let made = made
        routes.open("GET", "/health", because: "a balancer asks without a token") { _, _ in
            try .json(["status": "ok"])
        }
        routes.get("/api/v1/queues", permission: "queue.read") { request, _, _ in
            let page = try PageRequest(request)
            let start = page.position.flatMap { Int($0) } ?? 0
            let found = (start..<7).prefix(page.limit + 1).map { $0 }
            return try .json(Page(found: Array(found), request: page) { "\($0 + 1)" })
        }
        routes.get("/api/v1/queues/{id}", permission: "queue.read") { request, principal, _ in
            let id: QueueID = try request.id("id")
            return try .json(["id": id.description, "by": principal.name])
        }
        routes.post("/api/v1/queues", permission: "queue.write") { request, _, _ in
            let queue = try request.json(NewQueue.self)
            return try .created(["name": queue.name, "number": "\(made.add())"], at: "/api/v1/queues/1")
        }
        routes.delete("/api/v1/queues/{id}", permission: "queue.write") { _, _, _ in .empty }
        routes.get("/api/v1/words/{word}", permission: .signedIn) { request, _, _ in
            try .json(["word": try request.parameter("word")])
        }
        routes.get("/api/v1/me", permission: .signedIn) { _, principal, context in
            try .json(["name": principal.name, "address": context.address])
        }
        routes.get("/api/v1/broken", permission: .signedIn) { _, _, _ in
            struct Secret: Error { let password = "hunter2" }
            throw Secret()
        }
        routes.get("/api/v1/problem/{code}", permission: .signedIn) { request, _, _ in
            let code = Problem.Code(rawValue: try request.parameter("code")) ?? .internal
            throw Problem(
                code, "The reason.", cause: CancellationError(), details: ["field": "x", "limit": "40"])
        }
        return routes
    }

    private func test(
        _ change: (inout WebSettings) -> Void = { _ in },
        _ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void
    ) async throws {
        let time = time
        var settings = WebSettings { time.now }
        change(&settings)
        let server = WebServer(
            port: 0, routes: routes, parts: .init(authenticator: FakeTokens()), settings: settings,
            logger: quiet)
        try await server.application().test(.router) { try await body($0) }
    }

    @Test func `a token opens the routes whose permission it has`() async throws {
        try await test { client in
            #expect(try await client.call("GET", "/api/v1/queues", token: "reader").code == 200)
            let denied = try await client.call("DELETE", "/api/v1/queues/\(QueueID(1))", token: "reader")
            #expect(denied.code == 403)
            #expect(try denied.problem().details == ["permission": "queue.write"])
            #expect(try await client.call("DELETE", "/api/v1/queues/\(QueueID(1))").code == 204)
            #expect(
                try await client.call("GET", "/api/v1/me", token: "reader").text.contains("\"name\":\"5001\"")
            )
            #expect(try await client.call("GET", "/health", token: nil).text == #"{"status":"ok"}"#)
        }
    }

    @Test func `without a good token nobody is signed in`() async throws {
        try await test { client in
            for headers in [[], [("Authorization", "Basic cm9vdA==")], [("Authorization", "Bearer")]] {
                let answer = try await client.call("GET", "/api/v1/queues", token: nil, headers: headers)
                #expect(answer.code == 401)
                #expect(answer.headers[.wwwAuthenticate] == "Bearer")
                #expect(answer.headers[.contentType] == "application/problem+json")
                #expect(try answer.problem().code == "unauthenticated")
            }
            #expect(try await client.call("GET", "/api/v1/queues", token: "stolen").code == 401)
            let long = String(repeating: "a", count: 5_000)
            #expect(try await client.call("GET", "/api/v1/queues", token: long).code == 401)
        }
    }

    @Test func `an address with too many failures waits`() async throws {
        let time = time
        try await test {
            $0.mostFailures = 3
        } _: { client in
            for _ in 0..<3 { #expect(try await client.call("GET", "/api/v1/me", token: "guess").code == 401) }
            let refused = try await client.call("GET", "/api/v1/me")
            #expect(refused.code == 429)
            #expect(refused.headers[.retryAfter] == "60")
            time.advance(.seconds(59))
            #expect(try await client.call("GET", "/api/v1/me").code == 429)
            time.advance(.seconds(1))
            #expect(try await client.call("GET", "/api/v1/me").code == 200)
        }
    }

    @Test func `the table lists every route with its permission`() throws {
        let table = routes.table.map { "\($0.method) \($0.path) \($0.permission)" }
        #expect(table.contains("GET /api/v1/queues queue.read"))
        #expect(table.contains("GET /api/v1/me signed in"))
        #expect(table.contains("GET /health open: a balancer asks without a token"))
        #expect(table.count == 9)
        var twice = routes
        twice.get("/api/v1/queues/{other}", permission: "queue.read") { _, _, _ in .empty }
        #expect { try twice.check() } throws: { ($0 as? Problem)?.code == .internal }
    }

    @Test(arguments: [
        ("", 400, "", "empty"),
        ("{", 400, "", "JSON"),
        ("[]", 400, "", "an object"),
        (#"{"members": []}"#, 400, "name", "missing"),
        (#"{"name": null, "members": []}"#, 400, "name", "null"),
        (#"{"name": 7, "members": []}"#, 400, "name", "text in quotes"),
        (#"{"name": "a", "members": {}}"#, 400, "members", "a list"),
        (
            #"{"name": "a", "members": [{"level": 1}, {"level": "x"}]}"#, 400, "members[1].level",
            "a whole number"
        ),
        (#"{"name": "a", "members": [{"level": 1.5}]}"#, 400, "", "fit"),
        (#"{"name": "a", "members": [{"level": 1}], "unknown": true}"#, 201, "", ""),
    ])
    func `a bad body is answered with the field and the remedy`(
        body: String, code: Int, field: String, word: String
    ) async throws {
        try await test { client in
            let answer = try await client.call("POST", "/api/v1/queues", body: body)
            #expect(answer.code == code)
            guard code == 400 else { return }
            let problem = try answer.problem()
            #expect(problem.field ?? "" == field)
            #expect(problem.detail.contains(word))
        }
    }

    @Test func `a body of another type or beyond the bound is refused`() async throws {
        try await test {
            $0.mostBody = 100
        } _: { client in
            let body = #"{"name":"a","members":[]}"#
            let form = try await client.call("POST", "/api/v1/queues", type: "text/plain", body: body)
            #expect(form.code == 415)
            #expect(try form.problem().field == "Content-Type")
            #expect(try await client.call("POST", "/api/v1/queues", type: nil, body: body).code == 415)
            let charset = "application/json; charset=utf-8"
            #expect(try await client.call("POST", "/api/v1/queues", type: charset, body: body).code == 201)
            let long = body + String(repeating: " ", count: 100)
            #expect(try await client.call("POST", "/api/v1/queues", body: long).code == 413)
        }
    }

    @Test(arguments: Problem.Code.allCases)
    func `every code has its status and shows no cause`(code: Problem.Code) async throws {
        try await test { client in
            let answer = try await client.call("GET", "/api/v1/problem/\(code.rawValue)")
            let problem = try answer.problem()
            #expect(answer.code == ProblemAnswer.status(of: code))
            #expect(problem.status == answer.code)
            #expect(problem.code == code.rawValue)
            #expect(!problem.request.isEmpty)
            #expect(!answer.text.contains("CancellationError"))
            if code == .internal {
                #expect(!answer.text.contains("reason") && problem.details == nil)
            } else {
                #expect(problem.detail == "The reason.")
                #expect(problem.field == "x")
                #expect(problem.details == ["limit": "40"])
            }
        }
    }

    @Test func `an unknown error shows nothing of the inside`() async throws {
        try await test { client in
            let answer = try await client.call("GET", "/api/v1/broken")
            #expect(answer.code == 500)
            #expect(!answer.text.contains("hunter2") && !answer.text.contains("Secret"))
            let problem = try answer.problem()
            #expect(answer.text.contains(problem.request))
        }
    }

    @Test func `what does not exist is a problem too`() async throws {
        try await test { client in
            let path = try await client.call("GET", "/nothing").problem()
            #expect(path.code == "notFound")
            let method = try await client.call("PUT", "/api/v1/queues", body: "{}").problem()
            #expect(method.code == "notFound")
            let id = try await client.call("GET", "/api/v1/queues/no-id").problem()
            #expect(id.code == "notFound" && id.field == "id")
        }
    }

    @Test func `a list is read page by page`() async throws {
        try await test { client in
            struct Read: Decodable {
                var items: [Int]
                var next: String?
            }
            var items: [[Int]] = []
            var next: String? = ""
            while let cursor = next {
                let uri = "/api/v1/queues?limit=3&colour=red" + (cursor.isEmpty ? "" : "&cursor=\(cursor)")
                let page = try JSONRequestReading.decode(
                    Read.self, from: try await client.call("GET", uri).body)
                items.append(page.items)
                next = page.next
            }
            #expect(items == [[0, 1, 2], [3, 4, 5], [6]])
            for query in ["limit=0", "limit=501", "limit=x", "cursor=%25", "cursor=AAAA", "cursor=MTo"] {
                let answer = try await client.call("GET", "/api/v1/queues?\(query)")
                #expect(answer.code == (query == "cursor=MTo" ? 200 : 400), "\(query)")
            }
        }
    }

    @Test func `a part of the path is what was meant by it`() async throws {
        try await test { client in
            for (path, word) in [
                ("plain-1.2", "plain-1.2"), ("%2B8613800138000", "+8613800138000"), ("a%20b", "a b"),
                ("%E6%8A%95%E8%AF%89", "投诉"), ("a%2Fb", "a/b"), ("100%25", "100%"), ("a+b", "a+b"),
            ] {
                let answer = try await client.call("GET", "/api/v1/words/\(path)")
                #expect(
                    answer.code == 200 && answer.text == "{\"word\":\"\(word)\"}", "\(path): \(answer.text)")
            }
            for path in ["%", "a%2", "%zz", "%FF", "%00"] {
                let answer = try await client.call("GET", "/api/v1/words/\(path)")
                #expect(answer.code == 400, "\(path)")
                #expect(try answer.problem().field == "word", "\(path)")
            }
        }
    }

    @Test func `every answer has the headers that keep a browser safe`() async throws {
        try await test { client in
            for path in ["/health", "/nothing", "/api/v1/broken"] {
                let headers = try await client.call("GET", path).headers
                #expect(headers[.contentSecurityPolicy]?.contains("default-src 'self'") == true)
                #expect(headers[.contentSecurityPolicy]?.contains("frame-ancestors 'none'") == true)
                #expect(headers[.xContentTypeOptions] == "nosniff")
                #expect(headers[HTTPField.Name("Referrer-Policy")!] == "no-referrer")
                #expect(headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test(arguments: [
        ("localhost", "localhost"), ("LOCALHOST:8080", "localhost"), ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8080", "[::1]"), ("[::1]", "[::1]"), ("evil.example:80", "evil.example"),
        ("", nil), ("localhost:", nil), ("localhost:x", nil), ("[::1", nil), ("[::1]x", nil), ("a:b:c", nil),
    ])
    func `the host name is read from the authority`(authority: String, name: String?) {
        #expect(HostCheck.name(in: authority) == name)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
        ("192.0.2.1", false), ("127.0.0.1.example", false), ("127.0.0.256", false), ("::", false),
        ("", false),
    ])
    func `plain HTTP is served on loopback only`(host: String, isServed: Bool) {
        let time = time
        let server = WebServer(
            host: host, port: 0, routes: Routes(), parts: .init(authenticator: FakeTokens()),
            settings: WebSettings { time.now },
            logger: quiet)
        if isServed {
            #expect(throws: Never.self) { try server.application() }
        } else {
            #expect { try server.application() } throws: {
                ($0 as? Problem)?.details["field"] == "http.listen"
            }
        }
    }
}
