import App
import Foundation
import TestKit
import Testing

/// G23: breaks that are asked for, with a quota, over HTTP against the whole product.
@Suite struct BreakTests {
    /// The product with group ERP wanting approval and letting `most` go; two of its agents are signed in.
    private func with(
        _ store: StoreUnderTest, most: Int,
        _ body: (RunningHotline, _ supervisor: String, _ agents: [String: String]) async throws -> Void
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let admin = try await hotline.token("admin")
                let path = "/api/v1/centre/queues/erp"
                let row = try await hotline.http.request("GET", path, token: admin).json["row"]
                let changed = try await hotline.http.request(
                    "PUT", path, token: admin,
                    body: """
                        {"key":"erp","name":{"en":"ERP"},"skills":{"erp":1},"mostOnBreak":\(most),
                        "breaksNeedApproval":true,"whenTooLong":"overflow:operator","mostWaiting":25}
                        """)
                #expect(changed.status == 200 && row["breaksNeedApproval"] == .flag(false))
                let people = try await hotline.http.request(
                    "GET", "/api/v1/centre/people?limit=100", token: admin
                ).json["items"].items
                let skilled = people.filter { !$0["skills"]["erp"].isNull }.compactMap { $0["number"].text }
                var agents: [String: String] = [:]
                for (seat, number) in skilled.prefix(2).enumerated() {
                    let token = try await hotline.token("agent", agent: number)
                    agents[number] = token
                    #expect(try await hotline.signIn(number, at: "0\(seat + 1)", token).status == 204)
                }
                #expect(agents.count == 2)
                try await body(hotline, try await hotline.token("supervisor"), agents)
            }
        }
    }

    private func ask(_ hotline: RunningHotline, _ number: String, _ token: String) async throws -> HTTPReply {
        try await hotline.http.request(
            "PUT", "/api/v1/agents/\(number)/presence", token: token,
            body: #"{"presence":"break","reason":"rest"}"#)
    }

    private func desk(_ hotline: RunningHotline, _ token: String) async throws -> JSONValue {
        try await hotline.http.request("GET", "/api/v1/desk", token: token).json
    }

    @Test(arguments: StoreUnderTest.all)
    func `G23: a break waits for a supervisor, is granted or refused with words, and the quota holds`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store, most: 1) { hotline, supervisor, agents in
            let numbers = agents.keys.sorted()
            let (first, second) = (numbers[0], numbers[1])
            let (own, other) = (agents[first] ?? "", agents[second] ?? "")
            let asked = try await ask(hotline, first, own)
            #expect(asked.status == 202)
            let id = try #require(asked.json["request"]["id"].text)
            // Asking twice is one request; nobody is on a break yet.
            #expect(try await ask(hotline, first, own).json["request"]["id"].text == id)
            let waiting = try await desk(hotline, own)
            #expect(waiting["presence"].text == "notReady")
            #expect(waiting["breakRequest"]["state"].text == "waiting")
            #expect(try await hotline.live(supervisor)["breakRequests"].number == 1)
            let list = try await hotline.http.request(
                "GET", "/api/v1/break-requests", token: supervisor
            ).json["items"].items
            #expect(list.map { $0["agent"]["number"].text } == [first])
            let erp = try #require(list[0]["queues"].items.first { $0["key"].text == "erp" })
            #expect(erp["onBreak"].number == 0 && erp["mostOnBreak"].number == 1)
            // An agent decides nothing.
            let forbidden = try await hotline.http.request(
                "POST", "/api/v1/break-requests/\(id)/grant", token: other)
            #expect(forbidden.status == 403)

            let path = "/api/v1/break-requests/\(id)"
            #expect(try await hotline.http.request("POST", path + "/grant", token: supervisor).status == 204)
            let late = try await hotline.http.request("POST", path + "/grant", token: supervisor)
            #expect(late.status == 409 && late.json["details"]["reason"].text == "changedMeanwhile")
            let onBreak = try await desk(hotline, own)
            #expect(onBreak["presence"].text == "break" && onBreak["breakRequest"].isNull)

            let next = try #require(try await ask(hotline, second, other).json["request"]["id"].text)
            let full = try await hotline.http.request(
                "POST", "/api/v1/break-requests/\(next)/grant", token: supervisor)
            #expect(full.status == 409 && full.json["details"]["reason"].text == "breakQuotaReached")
            #expect(full.json["details"]["queue"].text == "erp" && full.json["details"]["limit"].text == "1")
            let refused = try await hotline.http.request(
                "POST", "/api/v1/break-requests/\(next)/refuse", token: supervisor,
                body: #"{"text":"等王芳回来"}"#)
            #expect(refused.status == 204)
            let told = try await desk(hotline, other)["breakRequest"]
            #expect(told["state"].text == "refused" && told["text"].text == "等王芳回来")
            let dismissed = try await hotline.http.request(
                "DELETE", "/api/v1/break-requests/\(next)", token: other)
            #expect(dismissed.status == 204)
            #expect(try await desk(hotline, other)["breakRequest"].isNull)
            let admin = try await hotline.token("admin")
            let audit = try await hotline.http.request(
                "GET", "/api/v1/audit?kind=break", token: admin
            ).json["items"].items
            #expect(
                audit.compactMap { $0["action"].text }
                    == ["break.refused", "break.asked", "break.granted", "break.asked"])
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G23: a request outlives a restart, is withdrawn by its agent alone, and goes with the sign-out`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store, most: 5) { hotline, supervisor, agents in
            let numbers = agents.keys.sorted()
            let (own, other) = (agents[numbers[0]] ?? "", agents[numbers[1]] ?? "")
            let id = try #require(try await ask(hotline, numbers[0], own).json["request"]["id"].text)
            let foreign = try await hotline.http.request(
                "DELETE", "/api/v1/break-requests/\(id)", token: other)
            #expect(foreign.status == 204)
            #expect(try await desk(hotline, own)["breakRequest"]["state"].text == "waiting")
            #expect(
                try await hotline.http.request("DELETE", "/api/v1/break-requests/\(id)", token: own).status
                    == 204)
            #expect(try await desk(hotline, own)["breakRequest"].isNull)
            _ = try await ask(hotline, numbers[0], own)
            let out = try await hotline.http.request(
                "POST", "/api/v1/agents/\(numbers[0])/sign-out", token: own)
            #expect(out.status == 204)
            #expect(try await hotline.live(supervisor)["breakRequests"].number == 0)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G23: a waiting request is still there after a restart`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let admin = try await hotline.token("admin")
                let changed = try await hotline.http.request(
                    "PUT", "/api/v1/centre/queues/operator", token: admin,
                    body: """
                        {"key":"operator","name":{"en":"Operator"},"skills":{"operator":1},
                        "breaksNeedApproval":true}
                        """)
                #expect(changed.status == 200)
                let token = try await hotline.token("agent", agent: "5001")
                #expect(try await hotline.signIn("5001", at: "01", token).status == 204)
                #expect(try await ask(hotline, "5001", token).status == 202)
            }
            try await place.running(.demonstration) { hotline in
                let supervisor = try await hotline.token("supervisor")
                let list = try await hotline.http.request(
                    "GET", "/api/v1/break-requests", token: supervisor
                ).json["items"].items
                #expect(list.map { $0["agent"]["number"].text } == ["5001"])
            }
        }
    }
}
