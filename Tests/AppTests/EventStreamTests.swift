import TestKit
import Testing

/// The event stream, as a screen follows it.
@Suite struct EventStreamTests {
    @Test(arguments: StoreUnderTest.all)
    func `a screen that comes back with Last-Event-ID misses nothing and sees nothing twice`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let first = try await EventsPeer.open(hotline.http, token: token)
                #expect(try await hotline.signIn("5001", at: "01", token).status == 204)
                let seen = try await first.first("fact.agent.signedIn")
                #expect(seen.data["seq"].number == seen.id)
                await first.close()

                // While nobody looks.
                #expect(try await hotline.signIn("5002", at: "02", token).status == 204)
                let out = try await hotline.http.request(
                    "POST", "/api/v1/agents/5002/sign-out", token: token)
                #expect(out.status == 204)

                let second = try await EventsPeer.open(hotline.http, token: token, lastEventID: seen.id)
                _ = try await second.first("fact.agent.signedOut")
                let ids = await second.events.map(\.id)
                #expect(ids == Array((seen.id + 1)..<(seen.id + 1 + ids.count)))
                await second.close()

                let whole = try await EventsPeer.open(hotline.http, token: token, after: 0)
                _ = try await whole.first("fact.agent.signedOut")
                #expect(await whole.events.first?.id == 1)
                await whole.close()

                let wrong = try await hotline.http.request("GET", "/api/v1/events?after=x", token: token)
                #expect(wrong.status == 400 && wrong.json["field"].text == "after")
            }
        }
    }
}
