import Foundation
import TestKit
import Testing

/// Agents at work, over HTTP against the whole product.
@Suite struct AgentTests {
    @Test(arguments: StoreUnderTest.all)
    func `an agent signs in, takes a break and signs out, and the live picture shows each`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func agents() async throws -> [JSONValue] { try await hotline.live(token)["agents"].items }
                func choose(_ body: String) async throws -> Int {
                    try await hotline.http.request(
                        "PUT", "/api/v1/agents/5001/presence", token: token, body: body
                    ).status
                }

                #expect(try await hotline.signIn("5001", at: "01", token).status == 204)
                let signedIn = try #require(try await agents().first)
                #expect(signedIn["number"].text == "5001" && signedIn["seat"].text == "01")
                #expect(signedIn["presence"].text == "notReady")
                #expect(try await hotline.live(token)["seats"]["inUse"].number == 1)

                #expect(try await choose(#"{"presence":"ready"}"#) == 204)
                #expect(try await agents().map { $0["presence"].text } == ["ready"])
                #expect(try await choose(#"{"presence":"break","reason":"lunch"}"#) == 204)
                #expect(try await agents().map { $0["presence"].text } == ["break"])

                let out = try await hotline.http.request(
                    "POST", "/api/v1/agents/5001/sign-out", token: token)
                #expect(out.status == 204)
                #expect(try await agents().isEmpty)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N18: the 41st agent is refused with the reason and the limit`(_ store: StoreUnderTest) async throws
    {
        try await Installation.with(store) { place in
            // The demonstration has as many seats as it may use, so it gets one more.
            let demo = try String(
                contentsOfFile: Installation.repository + "config/demo/centre.toml", encoding: .utf8)
            let file = place.folder + "/centre.toml"
            try
                (demo + """

                    [[seat]]
                    number = "41"
                    site = "main"
                    phone = { kind = "sip", user = "8041", password = "a-password-of-the-41st-seat" }
                    """).write(toFile: file, atomically: true, encoding: .utf8)
            try await place.running(.file(file)) { hotline in
                let token = try await hotline.token("supervisor")
                for number in 1...40 {
                    let seat = (number < 10 ? "0" : "") + "\(number)"
                    let reply = try await hotline.signIn("\(5_000 + number)", at: seat, token)
                    #expect(reply.status == 204, "agent \(number)")
                }

                let refused = try await hotline.signIn("5041", at: "41", token)
                #expect(refused.status == 429)
                #expect(refused.json["code"].text == "exhausted")
                #expect(refused.json["details"]["reason"].text == "seatLimitReached")
                #expect(refused.json["details"]["limit"].text == "40")

                _ = try await hotline.http.request("POST", "/api/v1/agents/5001/sign-out", token: token)
                #expect(try await hotline.signIn("5041", at: "41", token).status == 204)
                #expect(try await hotline.live(token)["seats"]["inUse"].number == 40)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `what cannot be is refused as problem+json that names the field`(_ store: StoreUnderTest)
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func expect(
                    _ reply: HTTPReply, _ status: Int, _ code: String, field: String? = nil,
                    reason: String? = nil, _ place: SourceLocation = #_sourceLocation
                ) {
                    #expect(reply.status == status, sourceLocation: place)
                    let type = reply.headers["content-type"]
                    #expect(type == "application/problem+json", sourceLocation: place)
                    #expect(
                        reply.json["type"].text == "urn:hotline:problem:" + code, sourceLocation: place)
                    #expect(reply.json["status"].number == status, sourceLocation: place)
                    #expect(reply.json["code"].text == code, sourceLocation: place)
                    #expect(reply.json["field"].text == field, sourceLocation: place)
                    #expect(reply.json["details"]["reason"].text == reason, sourceLocation: place)
                    #expect(reply.json["request"].text?.isEmpty == false, sourceLocation: place)
                }
                func presence(_ body: String) async throws -> HTTPReply {
                    try await hotline.http.request(
                        "PUT", "/api/v1/agents/5001/presence", token: token, body: body)
                }

                expect(
                    try await hotline.signIn("9999", at: "01", token), 404, "notFound", field: "number")
                expect(try await hotline.signIn("5001", at: "99", token), 404, "notFound", field: "seat")
                expect(
                    try await presence(#"{"presence":"ready"}"#), 409, "conflict", reason: "agentNotSignedIn"
                )
                #expect(try await hotline.signIn("5001", at: "01", token).status == 204)
                expect(
                    try await hotline.signIn("5002", at: "01", token), 409, "conflict", reason: "seatTaken")
                expect(
                    try await hotline.signIn("5001", at: "02", token), 409, "conflict",
                    reason: "agentSignedInElsewhere")
                expect(
                    try await presence(
                        #"{"presence":"break","reason":"\#(String(repeating: "x", count: 65))"}"#), 400,
                    "invalid", field: "reason")
                expect(
                    try await presence(#"{"presence":"asleep"}"#), 400, "invalid", field: "presence")
                expect(try await presence("{}"), 400, "invalid", field: "presence")
                expect(
                    try await hotline.http.request("POST", "/api/v1/agents/5001/hang-up", token: token), 409,
                    "conflict", reason: "notTalking")
                expect(
                    try await hotline.http.request(
                        "POST", "/api/v1/agents/5001/wrap-up/extend", token: token, body: #"{"seconds":0}"#),
                    400, "invalid", field: "seconds")
            }
        }
    }
}
