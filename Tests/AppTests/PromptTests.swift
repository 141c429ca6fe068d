import App
import Foundation
import TestKit
import Testing

/// The prompt library (G16), over HTTP against the whole product.
@Suite struct PromptTests {
    /// A second of a tone, 16 bit mono at 16,000 samples per second.
    private static func tone(_ frequency: Double) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let samples = (0..<16_000).flatMap { index in
            little(Int(8_000 * sin(2 * .pi * frequency * Double(index) / 16_000)), 2)
        }
        let format =
            little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2) + little(16, 2)
        return Array("RIFF".utf8) + little(36 + samples.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
            + format
            + Array("data".utf8) + little(samples.count, 4) + samples
    }

    /// Requests of one person.
    private struct Asker {
        let hotline: RunningHotline
        let token: String

        func callAsFunction(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply
        {
            try await hotline.http.request(method, "/api/v1" + path, token: token, body: body)
        }
    }

    /// A flow that is published speaks the prompt, which then stays.
    private static func publish(_ flow: String, _ ask: Asker) async throws {
        let saved = try await ask(
            "PUT", "/flows/night.toml/draft", #"{"document":\#(flow),"revision":1}"#)
        let revision = try #require(saved.json["revision"].number)
        #expect(
            try await ask("POST", "/flows/night.toml/publish", #"{"revision":\#(revision)}"#).status == 200
        )
        let used = try await ask("GET", "/prompts").json["items"].items.first?["usedBy"].items.first
        #expect(used?["flow"].text == "night.toml" && used?["nodes"].items.map(\.text) == ["a"])
        let kept = try await ask("DELETE", "/prompts/closing")
        #expect(kept.status == 409 && kept.json["details"]["reason"].text == "inUse")
    }

    /// Forward and back: rolling back is using the former one.
    private static func goBack(_ ask: Asker) async throws {
        #expect(try await ask("POST", "/prompts/closing/versions/2/use").status == 204)
        #expect(try await ask("POST", "/prompts/closing/versions/1/use").status == 204)
        #expect(try await ask("POST", "/prompts/closing/versions/9/use").status == 404)
        let versions = try await ask("GET", "/prompts/closing/versions").json["items"].items
        #expect(versions.map { $0["version"].number } == [3, 2, 1])
        #expect(versions.map { $0["isCurrent"] } == [.flag(true), .flag(false), .flag(true)])

        let audio = try await ask("GET", "/prompts/closing/versions/1/audio")
        #expect(audio.headers["content-type"] == "audio/wav")
        #expect(audio.headers["cache-control"] == "private")
        #expect(audio.headers["x-content-type-options"] == "nosniff")
        #expect(Array(audio.body.prefix(4)) == Array("RIFF".utf8))
        #expect((16_000...16_100).contains(audio.body.count))
    }

    @Test(arguments: StoreUnderTest.all)
    func `a prompt is uploaded as a draft, used, heard, rolled back, and not removed while a flow speaks it`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let admin = try await hotline.token("admin")
                func ask(_ method: String, _ path: String, _ body: String? = nil, _ token: String? = nil)
                    async throws -> HTTPReply
                {
                    try await hotline.http.request(
                        method, "/api/v1" + path, token: token ?? admin, body: body)
                }
                func upload(_ bytes: [UInt8], _ query: String) async throws -> HTTPReply {
                    try await hotline.http.upload(
                        bytes, to: "/api/v1/prompts/closing/versions?\(query)", type: "audio/wav",
                        token: token)
                }
                let made = try await ask(
                    "POST", "/prompts", #"{"key":"closing","name":{"en":"We close early"}}"#, token)
                #expect(made.status == 201)
                #expect(
                    try await ask("POST", "/prompts", #"{"key":"closing","name":{"en":"x"}}"#).status == 409)
                #expect(
                    try await ask("POST", "/prompts", #"{"key":"Closing!","name":{"en":"x"}}"#).json["field"]
                        .text == "key")

                let first = try await upload(Self.tone(500), "language=en")
                #expect(first.status == 201 && first.json["version"].number == 1)
                #expect(first.json["durationMs"].number == 1_000 && first.json["isCurrent"] == .flag(false))
                #expect(first.json["source"].text == "upload" && first.json["by"].text == "token:supervisor")
                #expect(
                    try await upload(Self.tone(700), "language=en&source=browser").json["version"].number == 2
                )
                #expect(try await upload(Self.tone(900), "language=zh-CN").json["version"].number == 3)
                let bad = try await upload(Array("no sound".utf8), "language=en")
                #expect(bad.status == 400 && bad.json["field"].text == "file")
                #expect(try await upload(Self.tone(500), "language=!").json["field"].text == "language")
                #expect(
                    try await upload(Self.tone(500), "language=en&source=phone").json["field"].text
                        == "source")

                // Nothing is current: the flow that speaks it is not whole.
                let flow = """
                    {"name":"n","languages":["en","zh-CN"],"entry":"a","prompts":{},"node":[
                    {"name":"a","kind":"hang_up","prompts":["closing"]}]}
                    """
                _ = try await ask("POST", "/flows", #"{"key":"night","name":"n"}"#)
                let check = #"{"document":\#(flow)}"#
                func findings() async throws -> Int {
                    try await ask("POST", "/flows/night.toml/check", check).json["findings"].items.count
                }
                #expect(try await findings() == 2)
                #expect(try await ask("POST", "/prompts/closing/versions/1/use", nil, token).status == 204)
                #expect(try await findings() == 1)
                #expect(try await ask("POST", "/prompts/closing/versions/3/use", nil, token).status == 204)
                #expect(try await findings() == 0)

                let item = try await ask("GET", "/prompts?text=early").json["items"].items.first
                #expect(item?["current"]["en"]["version"].number == 1)
                #expect(item?["draft"]["en"]["version"].number == 2)
                #expect(item?["usedBy"].items.isEmpty == true)
                #expect(try await ask("GET", "/prompts?text=nothing").json["items"].items.isEmpty)

                try await Self.publish(flow, Asker(hotline: hotline, token: admin))
                try await Self.goBack(Asker(hotline: hotline, token: admin))

                #expect(try await ask("DELETE", "/flows/night.toml").status == 204)
                #expect(try await ask("DELETE", "/prompts/closing").status == 204)
                #expect(try await ask("GET", "/prompts/closing/versions").status == 404)
                let actions = try await ask("GET", "/audit?kind=prompt").json["items"].items.compactMap {
                    $0["action"].text
                }
                #expect(actions.first == "prompt.removed" && actions.last == "prompt.made")
                #expect(actions.count { $0 == "prompt.used" } == 4)
            }
        }
    }

    @Test func `a file may be longer than a megabyte, and what cannot be spoken is told`()
        async throws
    {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let big = [UInt8](repeating: 0, count: 2 * 1_024 * 1_024)
                _ = try await hotline.http.request(
                    "POST", "/api/v1/prompts", token: token, body: #"{"key":"p","name":{"en":"P"}}"#)
                let file = try await hotline.http.upload(
                    big, to: "/api/v1/prompts/p/versions?language=en", type: "audio/wav", token: token)
                #expect(file.status == 400 && file.json["field"].text == "file")
                let wrong = try await hotline.http.upload(
                    big, to: "/api/v1/prompts/p/versions?language=en", type: "audio/ogg", token: token)
                #expect(wrong.status == 415)
                // The installation of tests has no speech.
                let spoken = try await hotline.http.request(
                    "POST", "/api/v1/prompts/p/speech", token: token,
                    body: #"{"language":"en","text":"Hello"}"#)
                #expect(spoken.status == 503)
            }
        }
    }
}
