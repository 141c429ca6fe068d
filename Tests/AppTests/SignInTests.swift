import App
import Foundation
import Kernel
import TestKit
import Testing

/// People in their browsers, against the whole product: who signs in, what each may do, what the audit says.
@Suite struct SignInTests {
    @Test(arguments: StoreUnderTest.all)
    func `G06: an agent signs in and out, and the audit tells of both`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let wrong = try await BrowserPeer.signIn(hotline.http, "5003", "hotline-5004")
                #expect(wrong.session.status == 401)
                #expect(wrong.session.json["details"]["reason"].text == "wrongCredentials")

                let agent = try await BrowserPeer.signIn(hotline.http, "5003", "hotline-5003")
                #expect(agent.session.status == 200)
                let body = agent.session.json
                #expect(body["person"]["number"].text == "5003" && body["person"]["name"].text == "张娜")
                #expect(body["person"]["roles"].items.compactMap(\.text) == ["agent"])
                #expect(body["permissions"]["agent.control"].text == "own")
                #expect(body["permissions"]["audit.read"].isNull)
                #expect(body["idleMs"].number == 1_800_000)
                #expect(body["centre"]["zone"].text == "Asia/Shanghai")
                let cookie = agent.session.headers["set-cookie"] ?? ""
                #expect(cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
                let again = try await agent.request("GET", "/api/v1/session")
                #expect(again.json == body)

                let seat = #"{"seat":"03"}"#
                let path = "/api/v1/agents/5003/sign-in"
                let forged = try await agent.request("POST", path, body: seat, headers: ["X-CSRF-Token": "x"])
                #expect(forged.status == 403 && forged.json["details"]["reason"].text == "csrf")
                #expect(try await agent.request("POST", path, body: seat).status == 204)
                let other = try await agent.request("POST", "/api/v1/agents/5004/sign-in", body: seat)
                #expect(other.status == 403)
                #expect(try await agent.request("GET", "/api/v1/audit").status == 403)

                let out = try await agent.request("DELETE", "/api/v1/session")
                #expect(out.status == 204 && out.headers["set-cookie"]?.contains("Max-Age=0") == true)
                #expect(try await agent.request("GET", "/api/v1/session").status == 401)

                let auditor = try await BrowserPeer.signIn(hotline.http, "9003", "hotline-9003")
                let entries = try await auditor.request("GET", "/api/v1/audit?actor=5003").json["items"].items
                #expect(entries.compactMap { $0["action"].text } == ["session.ended", "session.begun"])
                #expect(entries.allSatisfy { $0["number"].text == "5003" })
                #expect(entries.allSatisfy { $0["address"].text == "127.0.0.1" })
                let refused = try await auditor.request(
                    "GET", "/api/v1/audit?action=session.refused&limit=1")
                #expect(refused.json["items"].items.first?["actor"].text == "unknown")
                let verdict = try await auditor.request("GET", "/api/v1/audit/verdict").json
                #expect(verdict["state"].text == "intact")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G04: three administrators do three things, and none of them sees a customer`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                var peers: [String: BrowserPeer] = [:]
                for number in ["9001", "9002", "9003"] {
                    peers[number] = try await BrowserPeer.signIn(hotline.http, number, "hotline-\(number)")
                }
                let announcement = #"{"board":"faults","texts":{"en":"Mail is down."}}"#
                let orders: [(String, String, String?, String)] = [
                    ("POST", "/api/v1/announcements", announcement, "9001"),
                    ("GET", "/api/v1/accounts", nil, "9002"),
                    ("PUT", "/api/v1/accounts/5003/roles", #"{"roles":["agent","supervisor"]}"#, "9002"),
                    ("GET", "/api/v1/audit", nil, "9003"),
                ]
                for (method, path, body, owner) in orders {
                    for (number, peer) in peers {
                        let status = try await peer.request(method, path, body: body).status
                        #expect((status < 300) == (number == owner), "\(number) \(method) \(path): \(status)")
                    }
                }
                for (number, peer) in peers {
                    for path in ["/api/v1/interactions", "/api/v1/lost-calls"] {
                        #expect(try await peer.request("GET", path).status == 403, "\(number) \(path)")
                    }
                }
                let security = try #require(peers["9002"])
                let bad = try await security.request(
                    "PUT", "/api/v1/accounts/5003/roles", body: #"{"roles":["god"]}"#)
                #expect(bad.status == 400 && bad.json["field"].text == "roles")
                // What the system's administrator announced is in the audit with its thing.
                let auditor = try #require(peers["9003"])
                let made = try await auditor.request("GET", "/api/v1/audit?action=announcement.made")
                #expect(made.json["items"].items.map { $0["number"].text } == ["9001"])
            }
        }
    }

    @Test func `G06: a given password is changed at the first sign-in, and rules are kept`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let security = try await BrowserPeer.signIn(hotline.http, "9002", "hotline-9002")
                let given = try await security.request("POST", "/api/v1/accounts/5005/reset")
                let password = try #require(given.json["password"].text)
                let agent = try await BrowserPeer.signIn(hotline.http, "5005", password)
                #expect(agent.session.json["mustChangePassword"] == .flag(true))
                let centre = try await agent.request("GET", "/api/v1/centre")
                #expect(centre.json["details"]["reason"].text == "mustChangePassword")
                for (old, new, field, reason) in [
                    (password, "short", "new", "tooShort"), (password, "password12", "new", "tooCommon"),
                    (password, "my 5005 is here", "new", "containsNumber"),
                    (password, password, "new", "sameAsOld"),
                    ("wrong", "correct horse battery", "old", "wrongPassword"),
                ] {
                    let reply = try await agent.request(
                        "PUT", "/api/v1/session/password", body: #"{"old":"\#(old)","new":"\#(new)"}"#)
                    #expect(reply.status == 400 && reply.json["field"].text == field)
                    #expect(reply.json["details"]["reason"].text == reason)
                }
                let changed = try await agent.request(
                    "PUT", "/api/v1/session/password",
                    body: #"{"old":"\#(password)","new":"correct horse battery"}"#)
                #expect(changed.status == 204)
                // The same session goes on, with its permissions.
                #expect(try await agent.request("GET", "/api/v1/centre").status == 200)
                let body = try await agent.request("GET", "/api/v1/session").json
                #expect(body["mustChangePassword"] == .flag(false))
            }
        }
    }

    @Test func `G06: five wrong passwords shut an account, whoever knows the right one`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                for attempt in 1...6 {
                    let reply = try await BrowserPeer.signIn(hotline.http, "5006", "guess \(attempt)").session
                    #expect(reply.status == 401)
                    let reason = reply.json["details"]["reason"].text
                    #expect(reason == (attempt < 5 ? "wrongCredentials" : "locked"))
                }
                let right = try await BrowserPeer.signIn(hotline.http, "5006", "hotline-5006").session
                #expect(right.json["details"]["reason"].text == "locked")
                #expect(Int64(right.json["details"]["untilMs"].text ?? "") != nil)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G06: who reads about customers is written down`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let supervisor = try await BrowserPeer.signIn(hotline.http, "6001", "hotline-6001")
                #expect(try await supervisor.request("GET", "/api/v1/interactions").status == 200)
                #expect(try await supervisor.request("GET", "/api/v1/tickets").status == 200)
                // What is not there shows nobody.
                let id = InteractionID(7)
                for path in ["/api/v1/interactions/\(id)", "/api/v1/interactions/\(id)/recordings"] {
                    #expect(try await supervisor.request("GET", path).status == 404)
                }
                let auditor = try await BrowserPeer.signIn(hotline.http, "9003", "hotline-9003")
                let entries = try await auditor.request("GET", "/api/v1/audit?actor=6001&limit=2")
                let items = entries.json["items"].items
                #expect(items.map { $0["action"].text } == ["ticket.read", "interaction.read"])
                #expect(items.map { $0["object"].text } == ["", ""])
                let next = try #require(entries.json["next"].text)
                let rest = try await auditor.request("GET", "/api/v1/audit?actor=6001&cursor=\(next)")
                #expect(rest.json["items"].items.map { $0["action"].text } == ["session.begun"])
            }
        }
    }

    @Test func `G06: signing out ends the streams of the session`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let supervisor = try await BrowserPeer.signIn(hotline.http, "6001", "hotline-6001")
                let (opened, door) = AsyncStream.makeStream(of: Void.self)
                // Awaited below: it ends with the session.
                let stream = Task { try await supervisor.stream("/api/v1/events") { door.yield() } }
                for await _ in opened { break }
                #expect(try await supervisor.request("DELETE", "/api/v1/session").status == 204)
                #expect(try await !stream.value.isEmpty)
            }
        }
    }
}
