import TestKit
import Testing

/// The inventory of components with their health, over HTTP against the whole product.
@Suite struct ComponentTests {
    @Test(arguments: StoreUnderTest.all)
    func `N17 seven components are listed with their health`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let reply = try await hotline.http.request("GET", "/api/v1/components", token: token)
                #expect(reply.status == 200)
                let items = reply.json["items"].items
                #expect(
                    items.compactMap { $0["key"].text } == [
                        "access", "cti", "tts", "ivr", "recording", "database", "application",
                    ])
                let states = items.reduce(into: [:]) { $0[$1["key"].text ?? ""] = $1["state"].text }
                for key in ["access", "cti", "ivr", "database", "application"] {
                    #expect(states[key] == "ok", "\(key)")
                }
                // The installation under test has no speech program, and says so with the remedy.
                #expect(states["tts"] == "failed")
                #expect(items[2]["detail"].text?.contains("espeak-ng") == true)
                #expect(items.first?["names"]["zh-CN"].text == "接入设备")
                #expect(items[3]["detail"].text == "1 of 1 flows published")
            }
        }
    }
}
