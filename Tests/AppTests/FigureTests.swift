import App
import Foundation
import Kernel
import TestKit
import Testing

/// Figures of real calls, over HTTP against the whole product.
@Suite struct FigureTests {
    private func figures(_ hotline: RunningHotline, _ token: String, _ query: String = "") async throws
        -> JSONValue
    {
        try await hotline.http.request("GET", "/api/v1/figures\(query)", token: token).json
    }

    /// One call that is answered and ended, one that is abandoned while the agent's phone rings.
    private func makeCalls(
        _ hotline: RunningHotline, _ caller: TestPhone, _ agent: TestPhone, _ token: String
    )
        async throws
    {
        let call = await caller.call("support", at: hotline.reach.sipPort)
        #expect(try await caller.outcome(of: call) == 200)
        let invite = try await agent.request("INVITE")
        _ = try await agent.request("ACK", callID: invite.callID)
        try await until("the agent talks") {
            try await hotline.live(token)["agents"].items.first?["activity"].text == "talking"
        }
        let live = try await hotline.live(token)["agents"].items.first
        #expect(live?["call"]["number"].text == "support" && live?["queue"].text != nil)
        await caller.hangUp(call)
        _ = try await agent.request("BYE", callID: invite.callID)
        try await until("the figures know of it") {
            try await figures(hotline, token)["total"]["terms"]["handled"].number == 1
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N26 D29 a call is in the figures with formula and terms, in files, and equal by the other path`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    try await makeCalls(hotline, caller, agent, token)

                    let report = try await figures(hotline, token, "?by=interval&interval=15&compare=week")
                    let terms = report["total"]["terms"]
                    for term in [
                        "offered", "answered", "handled", "contacts", "answeredIn", "inHoursOffered",
                    ] {
                        #expect(terms[term].number == 1, "\(term)")
                    }
                    #expect(report["rows"].items.count == 96)
                    #expect(report["rows"].items.count { $0["terms"]["offered"].number == 1 } == 1)
                    #expect(report["checks"]["holds"] == .flag(true))
                    #expect(report["comparison"]["rows"].items.count == 96)
                    #expect(report["total"]["values"]["serviceLevel"].number == 100)
                    #expect(report["comparison"]["total"]["values"]["serviceLevel"].isNull)
                    let level = report["figures"].items.first { $0["key"].text == "serviceLevel" }
                    #expect(level?["formula"].text == "(answeredIn + abandonedIn) / (answered + abandoned)")
                    #expect(level?["terms"].items.count == 4 && level?["version"].number == 1)

                    let day = try #require(report["from"].text)
                    let sheet = try await hotline.http.request(
                        "GET", "/api/v1/figures/export?by=queue&format=csv&language=en", token: token)
                    #expect(sheet.headers["content-type"] == "text/csv; charset=utf-8")
                    #expect(
                        sheet.text.contains("Queue,Name,Offered") && sheet.text.contains("\r\nTotal,,1,1,"))
                    let book = try await hotline.http.request(
                        "GET", "/api/v1/reports/day/\(day)?format=xlsx", token: token)
                    #expect(
                        book.status == 200 && book.headers["content-disposition"]?.contains(".xlsx") == true)
                    let page = try await hotline.http.request(
                        "GET", "/api/v1/reports/day/\(day)?format=html&language=en", token: token)
                    #expect(page.text.contains("<h2>Queue</h2>"))

                    let (compared, differences) = try await hotline.hotline.verifyFigures(
                        day: day, rebuilds: false)
                    #expect(differences.isEmpty && compared > 10)
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `D16 D29 D30 the variant, own figures and marks are settings with a version, and every day follows`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func put(_ path: String, _ body: String) async throws -> HTTPReply {
                    try await hotline.http.request("PUT", "/api/v1/figures/\(path)", token: token, body: body)
                }
                let plain =
                    #""serviceLevelSeconds":30,"connectSeconds":15,"serviceLevelVariant":3,"satisfiedFrom":4,"queues":{}"#
                let own =
                    #"{"key":"loss","names":{"en":"Loss"},"unit":"percent","decimals":2,"formula":"abandoned / offered","better":"lower"}"#
                let changed = try await put("settings", "{\"version\":0,\(plain),\"own\":[\(own)]}")
                #expect(changed.status == 200 && changed.json["version"].number == 1)
                #expect(changed.json["own"].items.first?["version"].number == 1)
                let late = try await put("settings", "{\"version\":0,\(plain),\"own\":[]}")
                #expect(late.status == 409 && late.json["details"]["reason"].text == "versionChanged")
                let bad = own.replacing("abandoned / offered", with: "abandoned / ofered")
                let refused = try await put("settings", "{\"version\":1,\(plain),\"own\":[\(bad)]}")
                #expect(refused.status == 400 && refused.json["field"].text == "own[0].formula")
                #expect(refused.json["details"]["position"].text == "13")
                let largest = try await put(
                    "settings", "{\"version\":9223372036854775807,\(plain),\"own\":[]}")
                #expect(largest.status == 400 && largest.json["field"].text == "version")
                let again = own.replacing("abandoned / offered", with: "abandoned / (offered - waiting)")
                let second = try await put("settings", "{\"version\":1,\(plain),\"own\":[\(again)]}")
                #expect(second.json["own"].items.first?["version"].number == 2)

                let report = try await figures(hotline, token)
                let level = report["figures"].items.first { $0["key"].text == "serviceLevel" }
                #expect(level?["formula"].text == "answeredIn / (answered + abandoned)")
                #expect(level?["names"]["en"].text == "Service level (30 s)")
                #expect(report["figures"].items.last?["key"].text == "loss")

                let mark = #"{"figure":"connectRate","kind":"benchmark","value":88.7}"#
                let sourceless = try await put("marks", "{\"version\":0,\"items\":[\(mark)]}")
                #expect(sourceless.status == 400 && sourceless.json["field"].text == "items[0].source")
                let sourced = mark.replacing("}", with: #","source":"industry survey","year":2023}"#)
                #expect(try await put("marks", "{\"version\":0,\"items\":[\(sourced)]}").status == 200)
                #expect(try await figures(hotline, token)["marks"].items.count == 1)

                let noted = try await hotline.http.request(
                    "POST", "/api/v1/figures/annotations", token: token,
                    body: #"{"day":"2026-11-20","text":"New menu"}"#)
                #expect(noted.status == 201)
                let period = "?from=2026-11-19&to=2026-11-21&by=day"
                #expect(try await figures(hotline, token, period)["annotations"].items.count == 1)
                let id = try #require(noted.json["id"].text)
                let removed = try await hotline.http.request(
                    "DELETE", "/api/v1/figures/annotations/\(id)", token: token)
                #expect(removed.status == 204)
            }
        }
    }

    @Test func `P09 an agent sees own figures only, whatever is asked for`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let own = try await hotline.token("agent", agent: "5001")
                let report = try await figures(hotline, own, "?by=agent&agent=5002")
                #expect(report["rows"].items.allSatisfy { $0["key"].text == "5001" })
                let day = try #require(report["from"].text)
                for path in ["/api/v1/reports/day/\(day)", "/api/v1/wallboard", "/api/v1/alarms"] {
                    #expect(try await hotline.http.request("GET", path, token: own).status == 403, "\(path)")
                }
                let put = try await hotline.http.request(
                    "PUT", "/api/v1/figures/marks", token: own, body: "{}")
                #expect(put.status == 403)
            }
        }
    }

    @Test(arguments: [
        "by=moon", "interval=7", "day=today", "from=2026-11-02&to=2026-11-01", "queue=none", "agent=1",
    ])
    func `A question that cannot be answered names its field`(_ query: String) async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let reply = try await hotline.http.request(
                    "GET", "/api/v1/figures?\(query)&by=interval", token: token)
                #expect(reply.status == 400 && reply.json["field"].text != nil)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `P16 G22 a threshold that is passed raises an alarm, which is told, acknowledged and cleared`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func rules(_ threshold: Int, version: Int) async throws -> HTTPReply {
                    try await hotline.http.request(
                        "PUT", "/api/v1/alarm-rules", token: token,
                        body: """
                            {"version":\(version),"items":[{"name":"Nobody is ready","figure":"ready","comparison":"below",
                            "threshold":\(threshold),"forSeconds":0,"severity":"critical","isOn":true,"steps":[
                            {"afterSeconds":0,"channel":"screen","to":[]},
                            {"afterSeconds":0,"channel":"sms","to":["+8613800000000"]}]}]}
                            """)
                }
                let made = try await rules(1, version: 0)
                #expect(made.status == 200 && made.json["canSend"]["sms"] == .flag(false))
                let alarm = try await eventually("an alarm that was told") {
                    let list = try await hotline.http.request("GET", "/api/v1/alarms", token: token).json[
                        "items"
                    ].items
                    return list.first { $0["notices"].items.count == 2 }
                }
                #expect(alarm["state"].text == "raised" && alarm["severity"].text == "critical")
                // Nothing is swallowed: who could not be told stands there with the reason.
                let failed = alarm["notices"].items.first { $0["channel"].text == "sms" }
                #expect(failed?["state"].text == "failed" && failed?["error"].text?.contains("[sms]") == true)
                let board = try await hotline.http.request("GET", "/api/v1/wallboard", token: token).json
                #expect(board["alarms"].items.count == 1 && board["queues"].items.count == 7)

                let id = try #require(alarm["id"].text)
                for note in ["I look", "twice"] {
                    let reply = try await hotline.http.request(
                        "POST", "/api/v1/alarms/\(id)/acknowledge", token: token,
                        body: #"{"note":"\#(note)"}"#)
                    #expect(reply.status == 200 && reply.json["note"].text == "I look")
                }
                #expect(try await hotline.signIn("5001", at: "01", token).status == 204)
                let ready = try await hotline.http.request(
                    "PUT", "/api/v1/agents/5001/presence", token: token, body: #"{"presence":"ready"}"#)
                #expect(ready.status == 204)
                try await until("the alarm is cleared") {
                    let open = try await hotline.http.request("GET", "/api/v1/alarms", token: token).json[
                        "items"
                    ].items
                    return open.isEmpty
                }
                let all = try await hotline.http.request("GET", "/api/v1/alarms?state=all", token: token).json
                #expect(all["items"].items.first?["state"].text == "cleared")
                #expect(try await rules(1, version: 0).status == 409)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G20 schedules are kept, and sending without a server says what is missing`(_ store: StoreUnderTest)
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let body =
                    #"{"report":"day","time":"08:00","weekdays":[1],"recipients":["a@b.example"],"language":"en","format":"xlsx","isOn":true}"#
                let made = try await hotline.http.request(
                    "POST", "/api/v1/report-schedules", token: token, body: body)
                #expect(made.status == 201)
                let id = try #require(made.json["id"].text)
                let sent = try await hotline.http.request(
                    "POST", "/api/v1/report-schedules/\(id)/send", token: token, body: "{}")
                #expect(sent.json["details"]["reason"].text == "mailNotConfigured")
                let list = try await hotline.http.request("GET", "/api/v1/report-schedules", token: token)
                    .json
                #expect(list["items"].items.count == 1 && list["canSend"] == .flag(false))
                let removed = try await hotline.http.request(
                    "DELETE", "/api/v1/report-schedules/\(id)", token: token)
                #expect(removed.status == 204)
            }
        }
    }
}
