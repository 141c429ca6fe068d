import App
import Foundation
import TestKit
import Testing

/// The centre is changed over HTTP while the product runs: rows, history, the way back, what holds after a restart.
@Suite struct AdministrationTests {
    /// The product with the demonstration and a token of its administrator.
    private func with(
        _ store: StoreUnderTest, _ body: (RunningHotline, String, Installation) async throws -> Void
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                try await body(hotline, try await hotline.token("admin"), place)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a group is added, changed, found and removed, and each step is a version that can be taken back`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store) { hotline, admin, _ in
            let path = "/api/v1/centre/queues"
            let made = try await hotline.http.request(
                "POST", path, token: admin,
                body:
                    #"{"key":"night","name":{"zh-CN":"夜班","en":"Night"},"skills":{"operator":1},"ringSeconds":20}"#
            )
            #expect(made.status == 201 && made.json["row"]["ringSeconds"].number == 20)
            let version = try #require(made.json["version"].number)
            let found = try await hotline.http.request("GET", path + "?text=%E5%A4%9C", token: admin).json
            #expect(found["items"].items.map { $0["key"].text } == ["night"])
            // The routing engine knows it at once.
            let live = try await hotline.live(admin)
            #expect(live["queues"].items.contains { $0["key"].text == "night" })

            let changed = try await hotline.http.request(
                "PUT", path + "/night?version=\(version)", token: admin,
                body: #"{"key":"night","name":{"zh-CN":"夜班","en":"Night"},"ringSeconds":25,"mostOnBreak":2}"#)
            #expect(changed.status == 200 && changed.json["version"].number == version + 1)
            // Read at the version before, the row is not what it was.
            let late = try await hotline.http.request(
                "PUT", path + "/night?version=\(version)", token: admin,
                body: #"{"key":"night","name":{"en":"Late"}}"#)
            #expect(late.status == 409 && late.json["details"]["reason"].text == "changedMeanwhile")

            let history = try await hotline.http.request("GET", "/api/v1/centre/versions", token: admin).json
            #expect(history["items"].items[0]["changes"].items.map { $0["kind"].text } == ["changed"])
            #expect(history["items"].items[1]["changes"].items.map { $0["kind"].text } == ["added"])
            let detail = try await hotline.http.request(
                "GET", "/api/v1/centre/versions/\(version + 1)", token: admin
            ).json
            let fields = detail["changes"].items[0]["fields"].items
            #expect(Set(fields.compactMap { $0["field"].text }) == ["ringSeconds", "mostOnBreak", "skills"])

            let undone = try await hotline.http.request(
                "POST", "/api/v1/centre/versions/\(version)/restore?version=\(version + 1)", token: admin)
            #expect(undone.status == 200 && undone.json["version"].number == version + 2)
            let row = try await hotline.http.request("GET", path + "/night", token: admin).json["row"]
            #expect(row["ringSeconds"].number == 20)
            let stale = try await hotline.http.request(
                "POST", "/api/v1/centre/versions/\(version)/restore?version=\(version + 1)", token: admin)
            #expect(stale.status == 409)

            let removed = try await hotline.http.request("DELETE", path + "/night", token: admin)
            #expect(removed.status == 200)
            let gone = try await hotline.http.request("GET", path + "/night", token: admin)
            #expect(gone.status == 404)
            let audit = try await hotline.http.request(
                "GET", "/api/v1/audit?kind=queue", token: admin
            ).json["items"].items
            #expect(
                audit.compactMap { $0["action"].text }
                    == ["centre.removed", "centre.changed", "centre.added"])
            #expect(audit[1]["details"]["fields"].text?.contains("ringSeconds") == true)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `what a flow, a queue or somebody at work needs cannot be removed`(_ store: StoreUnderTest)
        async throws
    {
        try await with(store) { hotline, admin, _ in
            func reason(_ method: String, _ path: String, _ body: String? = nil) async throws -> (
                Int, String?, String
            ) {
                let reply = try await hotline.http.request(
                    method, "/api/v1/centre" + path, token: admin, body: body)
                return (
                    reply.status, reply.json["details"]["reason"].text,
                    reply.json["details"]["uses"].text ?? ""
                )
            }
            let queue = try await reason("DELETE", "/queues/marketing")
            #expect(queue.0 == 409 && queue.1 == "inUse" && queue.2.contains("flow flow-5186.toml"))
            let skill = try await reason("DELETE", "/skills/erp")
            #expect(skill.0 == 409 && skill.2.contains("[[queue]] erp, skills"))
            let own = try await hotline.token("agent", agent: "5001")
            #expect(try await hotline.signIn("5001", at: "01", own).status == 204)
            let person = try await reason("DELETE", "/people/5001")
            #expect(person.0 == 409 && person.2.contains("agent 5001 is signed in"))
            let seat = try await reason("DELETE", "/seats/01")
            #expect(seat.0 == 409 && seat.2.contains("seat 01"))
            let number = try await reason(
                "POST", "/numbers", #"{"number":"5187","flow":"flow-none.toml","trunk":"loopback"}"#)
            #expect(number.0 == 400 && number.1 == "flowUnknown")
            let twice = try await reason("POST", "/people", #"{"number":"5001","name":"x"}"#)
            #expect(twice.0 == 409 && twice.1 == "exists")
            let wrong = try await hotline.http.request(
                "POST", "/api/v1/centre/people", token: admin,
                body: #"{"number":"5999","name":"x","skills":{"erp":9,"none":1}}"#)
            #expect(wrong.status == 400 && wrong.json["field"].text == "skills")
            #expect(wrong.json["details"]["findings"].text?.contains("there is no skill 'none'") == true)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G04: an agent reads the settings and changes nothing, a supervisor changes skills alone`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store) { hotline, _, _ in
            let agent = try await hotline.token("agent", agent: "5001")
            let supervisor = try await hotline.token("supervisor")
            let body = #"{"skills":{"erp":5}}"#
            for token in [agent, supervisor] {
                let read = try await hotline.http.request("GET", "/api/v1/centre/seats/01", token: token)
                #expect(read.status == 200 && read.json["row"]["phone"]["password"].isNull)
                let write = try await hotline.http.request(
                    "DELETE", "/api/v1/centre/sites/main", token: token)
                #expect(write.status == 403)
            }
            let own = try await hotline.http.request(
                "PUT", "/api/v1/centre/people/5001/skills", token: agent, body: body)
            #expect(own.status == 403)
            let skills = try await hotline.http.request(
                "PUT", "/api/v1/centre/people/5001/skills", token: supervisor, body: body)
            #expect(skills.status == 200 && skills.json["row"]["skills"]["erp"].number == 5)
            #expect(skills.json["row"]["name"].text?.isEmpty == false)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `what was changed on screens stays over a restart, and a changed file wins`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            let path = place.folder + "/centre.toml"
            let text = try String(
                contentsOfFile: Installation.repository + "config/demo/centre.toml", encoding: .utf8)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            func name(_ hotline: RunningHotline) async throws -> (String?, Int?) {
                let admin = try await hotline.token("admin")
                let reply = try await hotline.http.request("GET", "/api/v1/centre/general", token: admin).json
                return (reply["row"]["name"].text, reply["version"].number)
            }
            try await place.running(.file(path)) { hotline in
                let admin = try await hotline.token("admin")
                let done = try await hotline.http.request(
                    "PUT", "/api/v1/centre/general", token: admin,
                    body: #"{"name":"夜间中心","zone":"Asia/Shanghai","seats":40,"lines":25}"#)
                #expect(done.status == 200)
            }
            try await place.running(.file(path)) { hotline in
                let found = try await name(hotline)
                #expect(found.0 == "夜间中心" && found.1 == 2)
            }
            try text.replacingOccurrences(of: "5186客服中心", with: "新中心")
                .write(toFile: path, atomically: true, encoding: .utf8)
            try await place.running(.file(path)) { hotline in
                let found = try await name(hotline)
                #expect(found.0 == "新中心" && found.1 == 3)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N25: an announcement is published, changed, acknowledged once by each agent`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store) { hotline, admin, _ in
            let path = "/api/v1/announcements"
            let made = try await hotline.http.request(
                "POST", path, token: admin,
                body: #"{"board":"news","texts":{"zh-CN":"今晚系统升级"},"needsReceipt":true}"#)
            #expect(made.status == 201 && made.json["needsReceipt"] == .flag(true))
            let id = try #require(made.json["id"].text)
            let backwards = try await hotline.http.request(
                "PUT", "\(path)/\(id)", token: admin,
                body: #"{"board":"news","texts":{"zh-CN":"x"},"from":2000,"until":1000}"#)
            #expect(backwards.status == 400 && backwards.json["field"].text == "until")
            let changed = try await hotline.http.request(
                "PUT", "\(path)/\(id)", token: admin,
                body: #"{"board":"news","texts":{"zh-CN":"今晚两点系统升级"},"needsReceipt":true}"#)
            #expect(changed.status == 200)
            let agent = try await hotline.token("agent", agent: "5002")
            for _ in 1...2 {
                let receipt = try await hotline.http.request("POST", "\(path)/\(id)/receipt", token: agent)
                #expect(receipt.status == 204)
            }
            let own = try await hotline.http.request("GET", path, token: agent).json["items"].items
            #expect(own[0]["texts"]["zh-CN"].text == "今晚两点系统升级" && !own[0]["receivedAt"].isNull)
            let receipts = try await hotline.http.request(
                "GET", "\(path)/\(id)/receipts", token: admin
            ).json["items"].items
            #expect(receipts.count == 45)
            #expect(receipts.filter { !$0["at"].isNull }.compactMap { $0["number"].text } == ["5002"])
            let forbidden = try await hotline.http.request("GET", "\(path)/\(id)/receipts", token: agent)
            #expect(forbidden.status == 403)
            let audited = try await hotline.http.request(
                "GET", "/api/v1/audit?action=announcement.received", token: admin
            ).json["items"].items
            #expect(audited.count == 1)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `R06: a place without a telephone takes an agent whose telephone is the browser`(
        _ store: StoreUnderTest
    ) async throws {
        try await with(store) { hotline, admin, _ in
            let seat = try await hotline.http.request(
                "POST", "/api/v1/centre/seats", token: admin, body: #"{"number":"H1","site":"main"}"#)
            #expect(seat.status == 201)
            let agent = try await hotline.token("agent", agent: "5003")
            let phone = try await hotline.http.request(
                "POST", "/api/v1/agents/5003/sign-in", token: agent, body: #"{"seat":"H1","phone":"sip"}"#)
            #expect(phone.status == 409 && phone.json["details"]["reason"].text == "phoneMissing")
            let browser = try await hotline.http.request(
                "POST", "/api/v1/agents/5003/sign-in", token: agent, body: #"{"seat":"H1","phone":"browser"}"#
            )
            #expect(browser.status == 204)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func
        `a trunk that is changed lets others call at once, and a flow that lost its group takes no number over`(
            _ store: StoreUnderTest
        ) async throws
    {
        try await withPhones { caller, _ in
            try await with(store) { hotline, admin, _ in
                let path = "/api/v1/centre/trunks/loopback"
                let row = try await hotline.http.request("GET", path, token: admin).json["row"]
                #expect(row["addresses"].items.map(\.text) == ["127.0.0.1"])
                func trunk(_ address: String) async throws {
                    let changed = try await hotline.http.request(
                        "PUT", path, token: admin,
                        body: """
                            {"key":"loopback","addresses":["\(address)"],"origin":"internal","homeArea":"571",
                            "shortCodes":["5186"]}
                            """)
                    #expect(changed.status == 200)
                }
                try await trunk("192.0.2.9")
                let stranger = await caller.call("5186", at: hotline.reach.sipPort)
                #expect(try await caller.outcome(of: stranger) == 403)
                try await trunk("127.0.0.1")
                let known = await caller.call("5186", at: hotline.reach.sipPort)
                #expect(try await caller.outcome(of: known) == 200)
                await caller.hangUp(known)

                func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> HTTPReply {
                    try await hotline.http.request(method, "/api/v1" + path, token: admin, body: body)
                }
                let queue = #"{"key":"night","name":{"en":"Night"},"skills":{"operator":1}}"#
                #expect(try await send("POST", "/centre/queues", queue).status == 201)
                let document = """
                    {"name":"n","languages":["en"],"entry":"a","prompts":{"bye":{"en":"Bye"}},"node":[
                    {"name":"a","kind":"queue","queue":"night","recorded":false,"after_conversation":"b",
                    "dissuaded":"b"},{"name":"b","kind":"hang_up","prompts":["bye"]}]}
                    """
                #expect(try await send("POST", "/flows", #"{"key":"night.toml","name":"n"}"#).status == 201)
                let saved = try await send(
                    "PUT", "/flows/night.toml/draft", #"{"document":\#(document),"revision":1}"#)
                let revision = try #require(saved.json["revision"].number)
                let published = try await send(
                    "POST", "/flows/night.toml/publish", #"{"revision":\#(revision)}"#)
                #expect(published.status == 200, "\(published.json)")
                #expect(try await send("DELETE", "/centre/queues/night").status == 200)
                let taken = try await send(
                    "PUT", "/centre/numbers/5186",
                    #"{"number":"5186","flow":"night.toml","trunk":"loopback","webCalls":true}"#)
                #expect(taken.status == 409 && taken.json["details"]["reason"].text == "inUse")
                let again = await caller.call("5186", at: hotline.reach.sipPort)
                #expect(try await caller.outcome(of: again) == 200)
                await caller.hangUp(again)
            }
        }
    }

    @Test func `general settings that somebody else changed meanwhile are not overwritten`() async throws {
        try await with(.embedded) { hotline, admin, _ in
            let path = "/api/v1/centre/general"
            let version = try #require(
                try await hotline.http.request("GET", path, token: admin).json["version"].number)
            func put(_ lines: Int) async throws -> Int {
                try await hotline.http.request(
                    "PUT", path + "?version=\(version)", token: admin,
                    body: #"{"name":"x","zone":"Asia/Shanghai","lines":\#(lines)}"#
                ).status
            }
            #expect(try await put(10) == 200)
            #expect(try await put(20) == 409)
        }
    }
}
