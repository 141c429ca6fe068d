import App
import Foundation
import TestKit
import Testing

/// Flows on the screen (G01), over HTTP against the whole product.
@Suite struct FlowTests {
    private static let key = "flow-5186.toml"

    /// A document as JSON with a text changed.
    private static func changed(_ document: JSONValue, welcome: String) throws -> JSONValue {
        guard case .object(var fields) = document, case .object(var prompts)? = fields["prompts"] else {
            return document
        }
        prompts["welcome"] = .object(["zh-CN": .text(welcome), "en": .text(welcome)])
        fields["prompts"] = .object(prompts)
        return .object(fields)
    }

    private static func body(_ fields: [String: JSONValue]) throws -> String {
        String(decoding: try JSONEncoder().encode(JSONValue.object(fields)), as: UTF8.self)
    }

    @Test(arguments: StoreUnderTest.all)
    func `a flow is drafted, published, compared and restored, and each is in the audit`(
        _ store: StoreUnderTest
    )
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply {
                    try await hotline.http.request(method, "/api/v1/flows" + path, token: token, body: body)
                }
                let list = try await ask("GET", "").json["items"].items
                #expect(list.count == 1 && list[0]["key"].text == Self.key)
                #expect(list[0]["publishedBy"].text == "file" && list[0]["version"].number == 1)
                #expect(list[0]["numbers"].items.map(\.text) == ["5186"])

                let flow = try await ask("GET", "/\(Self.key)").json
                #expect(flow["findings"].items.isEmpty && flow["draft"].isNull)
                let document = try Self.changed(flow["document"], welcome: "New words.")

                let saved = try await ask("PUT", "/\(Self.key)/draft", Self.body(["document": document]))
                #expect(saved.status == 200 && saved.json["findings"].items.isEmpty)
                let revision = try #require(saved.json["revision"].number)
                let stale = try await ask("PUT", "/\(Self.key)/draft", Self.body(["document": document]))
                #expect(stale.status == 409 && stale.json["details"]["reason"].text == "changedMeanwhile")

                let wrong = try await ask("POST", "/\(Self.key)/publish", #"{"revision":99}"#)
                #expect(wrong.status == 409)
                let published = try await ask("POST", "/\(Self.key)/publish", #"{"revision":\#(revision)}"#)
                #expect(published.status == 200 && published.json["version"].number == 2)

                let versions = try await ask("GET", "/\(Self.key)/versions").json["items"].items
                #expect(versions.map { $0["version"].number } == [2, 1])
                #expect(versions[0]["texts"].items.map(\.text) == ["welcome"])
                #expect(versions[0]["changed"].items.isEmpty && versions[0]["by"].text == "token:admin")
                let paged = try await ask("GET", "/\(Self.key)/versions?limit=1").json
                #expect(paged["items"].items.count == 1 && !paged["next"].isNull)

                let restored = try await ask("POST", "/\(Self.key)/versions/1/restore")
                #expect(restored.json["version"].number == 3)
                #expect(try await ask("GET", "/\(Self.key)").json["document"] == flow["document"])
                #expect(try await ask("GET", "/\(Self.key)/versions/2").json["document"] == document)
                #expect(try await ask("DELETE", "/\(Self.key)").json["details"]["reason"].text == "inUse")

                let audit = try await hotline.http.request(
                    "GET", "/api/v1/audit?kind=flow", token: token
                ).json["items"].items.compactMap { $0["action"].text }
                #expect(audit == ["flow.restored", "flow.published", "flow.drafted", "flow.published"])
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a flow with faults is saved and not published, and says where they are`(_ store: StoreUnderTest)
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply {
                    try await hotline.http.request(method, "/api/v1/flows" + path, token: token, body: body)
                }
                let made = try await ask("POST", "", #"{"name":"Night"}"#)
                #expect(made.status == 201 && made.json["key"].text == "flow-night.toml")
                #expect(made.headers["location"] == "/api/v1/flows/flow-night.toml")
                #expect(try await ask("POST", "", #"{"key":"flow-night.toml","name":"N"}"#).status == 409)
                #expect(try await ask("POST", "", #"{"key":"../x","name":"N"}"#).json["field"].text == "key")
                let copy = try await ask("POST", "", #"{"key":"copy","name":"Copy","from":"\#(Self.key)"}"#)
                #expect(copy.status == 201)
                #expect(try await ask("GET", "/copy.toml").json["draft"]["document"]["node"].items.count > 10)

                let broken = """
                    {"name":"Night","languages":["en"],"entry":"a","prompts":{},"node":[
                    {"name":"a","kind":"menu","prompts":["x"],"choices":{"1":"b"},"no_input":"c","no_match":"b"},
                    {"name":"b","kind":"queue","queue":"nobody","after_conversation":"b","dissuaded":"b"}]}
                    """
                let found = try await ask("POST", "/flow-night.toml/check", #"{"document":\#(broken)}"#)
                #expect(found.json["findings"].items.map { $0["code"].text } == ["unknownQueue"])
                let revision = try #require(
                    try await ask("GET", "/flow-night.toml").json["draft"]["revision"].number)
                let saved = try await ask(
                    "PUT", "/flow-night.toml/draft", #"{"document":\#(broken),"revision":\#(revision)}"#)
                #expect(saved.status == 200 && saved.json["findings"].items.count == 1)
                let refused = try await ask(
                    "POST", "/flow-night.toml/publish", #"{"revision":\#(revision + 1)}"#)
                #expect(refused.status == 400 && refused.json["details"]["reason"].text == "flowFindings")
                let findings = try #require(refused.json["details"]["findings"].text)
                #expect(findings.contains(#""field":"queue""#) && findings.contains(#""node":"b""#))

                #expect(try await ask("DELETE", "/flow-night.toml/draft").status == 204)
                #expect(try await ask("GET", "/flow-night.toml").status == 404)
                #expect(try await ask("DELETE", "/copy.toml").status == 204)
                #expect(try await ask("GET", "").json["items"].items.count == 1)
            }
        }
    }

    @Test func `what the screen published survives a restart with an unchanged file`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let path = "/api/v1/flows/\(Self.key)"
                let flow = try await hotline.http.request("GET", path, token: token).json
                let document = try Self.changed(flow["document"], welcome: "Other words.")
                let saved = try await hotline.http.request(
                    "PUT", path + "/draft", token: token, body: Self.body(["document": document]))
                let revision = try #require(saved.json["revision"].number)
                let published = try await hotline.http.request(
                    "POST", path + "/publish", token: token, body: #"{"revision":\#(revision)}"#)
                #expect(published.status == 200)
            }
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let flow = try await hotline.http.request(
                    "GET", "/api/v1/flows/\(Self.key)", token: token
                ).json
                #expect(flow["version"].number == 2)
                #expect(flow["document"]["prompts"]["welcome"]["en"].text == "Other words.")
            }
        }
    }

    @Test func `who may not write flows is told so`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let agent = try await hotline.token("agent", agent: "5001")
                let supervisor = try await hotline.token("supervisor")
                for token in [agent, supervisor] {
                    let read = try await hotline.http.request("GET", "/api/v1/flows", token: token)
                    #expect(read.status == 200)
                    let made = try await hotline.http.request(
                        "POST", "/api/v1/flows", token: token, body: #"{"name":"x"}"#)
                    #expect(made.status == 403 && made.json["details"]["permission"].text == "flow.write")
                    let called = try await hotline.http.request(
                        "POST", "/api/v1/flows/\(Self.key)/test-calls", token: token, body: #"{"sdp":"v=0"}"#)
                    #expect(called.status == 403)
                }
            }
        }
    }

    @Test func `a test call needs a description that can be answered and a flow without faults`() async throws
    {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let path = "/api/v1/flows/\(Self.key)/test-calls"
                let bad = try await hotline.http.request("POST", path, token: token, body: #"{"sdp":"v=0"}"#)
                #expect(bad.status == 400 && bad.json["field"].text == "sdp")
                let broken = #"{"name":"x","languages":[],"entry":"","prompts":{},"node":[]}"#
                let faulty = try await hotline.http.request(
                    "POST", path, token: token, body: #"{"sdp":"v=0","document":\#(broken)}"#)
                #expect(faulty.json["details"]["reason"].text == "flowFindings")
                let gone = try await hotline.http.request(
                    "GET", "/api/v1/flows/test-calls/nothing", token: token)
                #expect(gone.status == 404)
            }
        }
    }

    @Test func `G16: urgent news begin and end by themselves, and every flow speaks them first`() async throws
    {
        try await withPhones { caller, _ in
            try await Installation.with(.embedded) { place in
                try await place.running(.demonstration) { hotline in
                    let token = try await hotline.token("admin")
                    // Far enough ahead that the first call comes before it on a busy machine too.
                    let until = Int(Date().timeIntervalSince1970 * 1_000) + 8_000
                    let made = try await hotline.http.request(
                        "POST", "/api/v1/announcements", token: token,
                        body: #"{"board":"urgent","texts":{"en":"Line 1 is closed."},"until":\#(until)}"#)
                    #expect(made.status == 201)
                    let first = try await nodes(caller, hotline, token, calls: 1)
                    #expect(first.first == "!urgent" && first.contains("welcome"))
                    try await Self.untilPassed(until)
                    let later = try await nodes(caller, hotline, token, calls: 2)
                    #expect(later.first == "welcome")
                }
            }
        }
    }

    /// Looks at the clock until a moment has passed.
    private static func untilPassed(_ milliseconds: Int) async throws {
        try await until("the announcement has ended") {
            Int(Date().timeIntervalSince1970 * 1_000) > milliseconds + 300
        }
    }

    /// Calls 5186, hangs up in the menu, and returns the nodes.
    private func nodes(_ caller: TestPhone, _ hotline: RunningHotline, _ token: String, calls: Int)
        async throws
        -> [String]
    {
        let call = await caller.call("5186", at: hotline.reach.sipPort)
        #expect(try await caller.outcome(of: call) == 200)
        let id = try #require(try await hotline.newestInteraction(of: calls, token)["id"].text)
        let nodes = try await eventually("the menu") {
            let nodes = try await hotline.timeline(id, token).filter {
                $0["type"].text == "fact.flow.nodeEntered"
            }.compactMap { $0["payload"]["node"].text }
            return nodes.contains("menu") ? nodes : nil
        }
        await caller.hangUp(call)
        try await until("the call is over") { try await hotline.live(token)["calls"].number == 0 }
        return nodes
    }
}
