import App
import Foundation
import TestKit
import Testing

/// Prompts that are spoken into a telephone (G16): a person's browser and a telephone, the whole product between them.
@Suite struct PromptCallTests {
    /// Bytes of recordings that are under way: a second of A-law has 8,000.
    private static func recorded(below folder: String) -> Int {
        let spoken = folder + "/prompts/spoken"
        let files = FileManager.default.enumerator(atPath: spoken)?.compactMap { $0 as? String } ?? []
        return files.filter { $0.hasSuffix(".wav") }.reduce(0) { sum, file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: spoken + "/" + file)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }

    /// A code that is not open.
    private static func other(than dial: String) -> String {
        String(dial.dropLast()) + (dial.last == "0" ? "1" : "0")
    }

    @Test(arguments: StoreUnderTest.all)
    func `G16: what is said after the code until # becomes a draft of who asked, and the code is used up`(
        _ store: StoreUnderTest
    ) async throws {
        let phone = try await TestPhone.open()
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let sip = hotline.reach.sipPort
                func ask(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply {
                    try await hotline.http.request(method, "/api/v1" + path, token: token, body: body)
                }
                func code() async throws -> String {
                    let code = try await ask("POST", "/prompts/news/phone-code", #"{"language":"en"}"#)
                    #expect(code.status == 201 && code.json["expiresAt"].number ?? 0 > 0)
                    return try #require(code.json["dial"].text)
                }
                func versions() async throws -> [JSONValue] {
                    try await ask("GET", "/prompts/news/versions").json["items"].items
                }
                _ = try await ask("POST", "/prompts", #"{"key":"news","name":{"en":"News"}}"#)
                #expect(try await ask("POST", "/prompts/no/phone-code", #"{"language":"en"}"#).status == 404)
                let bad = try await ask("POST", "/prompts/news/phone-code", #"{"language":"!"}"#)
                #expect(bad.status == 400 && bad.json["field"].text == "language")

                let dial = try await code()
                let guess = await phone.call(Self.other(than: dial), at: sip)
                #expect(try await phone.outcome(of: guess) == 404)

                let call = await phone.call(dial, at: sip)
                #expect(try await phone.outcome(of: call) == 200)
                let again = await phone.call(dial, at: sip)
                #expect(try await phone.outcome(of: again) == 404)
                try await until("a second has been recorded") { Self.recorded(below: place.folder) > 8_000 }
                let live = try await hotline.live(token)
                #expect(live["calls"].number == 0 && live["lines"]["inUse"].number == 0)
                await phone.press("#", in: call)
                _ = try await phone.request("BYE", callID: call)
                let version = try await eventually("the version") { try await versions().first }
                #expect(version["source"].text == "phone" && version["language"].text == "en")
                #expect(version["by"].text == "token:supervisor" && version["isCurrent"] == .flag(false))
                #expect(version["durationMs"].number ?? 0 > 900)
                try await until("nothing is left of the call") { Self.recorded(below: place.folder) == 0 }
                let audit = try await hotline.http.request(
                    "GET", "/api/v1/audit?kind=prompt", token: try await hotline.token("admin")
                ).json["items"].items
                #expect(audit.first?["action"].text == "prompt.recorded")
                #expect(audit.first?["details"]["source"].text == "phone")

                // Nothing was said: no version. By the end of the next call it would have come.
                let silent = await phone.call(try await code(), at: sip)
                #expect(try await phone.outcome(of: silent) == 200)
                await phone.press("#", in: silent)
                _ = try await phone.request("BYE", callID: silent)
                let spoken = await phone.call(try await code(), at: sip)
                #expect(try await phone.outcome(of: spoken) == 200)
                try await until("a second has been recorded") { Self.recorded(below: place.folder) > 8_000 }
                await phone.hangUp(spoken)
                try await until("the other version") { try await versions().count > 1 }
                #expect(try await versions().count == 2)
                #expect(try await ask("GET", "/interactions").json["items"].items.isEmpty)
            }
        }
        await phone.close()
    }

    @Test func `G16: four telephones record at once, and a fifth is busy and keeps its code`() async throws {
        let phone = try await TestPhone.open()
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("admin")
                let sip = hotline.reach.sipPort
                _ = try await hotline.http.request(
                    "POST", "/api/v1/prompts", token: token, body: #"{"key":"p","name":{"en":"P"}}"#)
                var dials: [String] = []
                for language in ["en", "de", "fr", "it", "zh-CN"] {
                    let code = try await hotline.http.request(
                        "POST", "/api/v1/prompts/p/phone-code", token: token,
                        body: #"{"language":"\#(language)"}"#)
                    dials.append(try #require(code.json["dial"].text))
                }
                var calls: [String] = []
                for dial in dials {
                    let call = await phone.call(dial, at: sip)
                    #expect(try await phone.outcome(of: call) == (calls.count < 4 ? 200 : 486))
                    calls.append(call)
                }
                await phone.hangUp(calls[0])
                #expect(try await phone.status(of: "BYE", callID: calls[0]) == 200)
                let fifth = await phone.call(dials[4], at: sip)
                #expect(try await phone.outcome(of: fifth) == 200)
                for call in calls[1..<4] + [fifth] { await phone.hangUp(call) }
                #expect(try await phone.status(of: "BYE", callID: fifth) == 200)
            }
        }
        await phone.close()
    }
}
