import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Testing

@testable import Web

@Suite struct IdempotencyTests {
    private let time = TestTime()

    private func key(_ text: String) -> IdempotencyKey {
        IdempotencyKey(tenant: tenant, principal: "5001", route: "POST /x", key: text)
    }

    private let answer = RecordedAnswer(status: 201, headers: [], body: Array(repeating: 1, count: 10))

    @Test func `a repeated request gets the first answer and is done once`() async throws {
        let made = Counter()
        var routes = Routes()
        routes.post("/things", permission: .signedIn) { request, _, _ in
            let number = made.add()
            if request.body == Array("\"bad\"".utf8) { throw Problem(.conflict, "no") }
            return try .created(["number": number], at: "/things/\(number)")
        }
        let time = time
        let server = WebServer(
            port: 0, routes: routes, parts: .init(authenticator: FakeTokens()),
            settings: WebSettings { time.now }, logger: quiet)
        try await server.application().test(.router) { client in
            func post(_ key: String, _ body: String = "1", token: String = "chief") async throws
                -> TestResponse
            {
                try await client.call(
                    "POST", "/things", token: token, body: body, headers: [("Idempotency-Key", key)])
            }
            let first = try await post("a")
            let again = try await post("a")
            #expect(first.code == 201 && again.code == 201)
            #expect(first.text == again.text)
            #expect(again.headers[.location] == "/things/1")
            #expect(again.headers[.contentType] == "application/json")
            #expect(again.headers[HTTPField.Name("Idempotency-Replayed")!] == "true")
            #expect(made.count == 1)

            let other = try await post("a", "2")
            #expect(other.code == 409)
            #expect(try other.problem().details == ["reason": "otherBody"])
            // Another person's key is another key.
            #expect(try await post("a", token: "reader").code == 201)
            #expect(made.count == 2)
            // A failed request may be tried again with the same key.
            #expect(try await post("b", "\"bad\"").code == 409)
            #expect(try await post("b", "1").code == 201)
            let long = try await post(String(repeating: "k", count: 256)).problem()
            #expect(long.field == "Idempotency-Key")

            time.advance(.hours(24))
            #expect(try await post("a", "2").code == 201)
        }
    }

    @Test func `a request that is still being done is not done twice`() async throws {
        let store = MemoryIdempotencyStore()
        let body = BodyDigest(of: [1])
        #expect(try await store.begin(key("a"), body: body, at: time.now) == .proceed)
        #expect(try await store.begin(key("a"), body: body, at: time.now) == .inFlight)
        #expect(try await store.begin(key("a"), body: BodyDigest(of: [2]), at: time.now) == .otherBody)
        await store.finish(key("a"), answer: answer, at: time.now)
        #expect(try await store.begin(key("a"), body: body, at: time.now) == .replay(answer))
    }

    @Test func `the store is bounded and forgets the oldest finished key first`() async throws {
        let store = MemoryIdempotencyStore(mostKeys: 2, mostBytes: 25)
        let body = BodyDigest(of: [])
        #expect(try await store.begin(key("a"), body: body, at: time.now) == .proceed)
        #expect(try await store.begin(key("b"), body: body, at: time.now) == .proceed)
        await #expect { try await store.begin(key("c"), body: body, at: time.now) } throws: {
            ($0 as? Problem)?.code == .exhausted
        }
        await store.finish(key("b"), answer: answer, at: time.now)
        #expect(try await store.begin(key("c"), body: body, at: time.now) == .proceed)
        #expect(try await store.begin(key("a"), body: body, at: time.now) == .inFlight)
        await store.abandon(key("a"))
        await store.abandon(key("c"))
        // Three answers of ten bytes do not fit into twenty-five.
        let roomy = MemoryIdempotencyStore(mostKeys: 10, mostBytes: 25)
        for name in ["a", "b", "c"] {
            #expect(try await roomy.begin(key(name), body: body, at: time.now) == .proceed)
            await roomy.finish(key(name), answer: answer, at: time.now)
        }
        #expect(try await roomy.begin(key("a"), body: body, at: time.now) == .proceed)
        #expect(try await roomy.begin(key("c"), body: body, at: time.now) == .replay(answer))
    }

    @Test func `the table of failed addresses is bounded and joins an IPv6 network`() async {
        let throttle = AttemptThrottle(most: 2, span: .minutes(1), mostAddresses: 2)
        await throttle.failed("2001:db8:1:2::1", at: time.now)
        await throttle.failed("2001:db8:1:2:ffff::9", at: time.now)
        #expect(await throttle.refusal(of: "2001:db8:1:2:3::4", at: time.now) == 60)
        #expect(await throttle.refusal(of: "2001:db8:1:3::1", at: time.now) == nil)
        for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            time.advance(.milliseconds(1))
            await throttle.failed(address, at: time.now)
        }
        #expect(await throttle.addresses == 2)
        #expect(await throttle.refusal(of: "2001:db8:1:2::1", at: time.now) == nil)
    }
}
