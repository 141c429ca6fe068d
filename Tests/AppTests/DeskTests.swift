import App
import Foundation
import TestKit
import Testing

/// The desk of an agent over HTTP against the whole product, without a browser: its state, forms and tickets.
@Suite struct DeskTests {
    @Test(arguments: StoreUnderTest.all)
    func `the desk says where the agent sits and with which telephone, and a seat shows who sits there`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let own = try await hotline.token("agent", agent: "5001")
                func desk() async throws -> JSONValue {
                    try await hotline.http.request("GET", "/api/v1/desk", token: own).json
                }
                let before = try await desk()
                #expect(before["presence"].text == "offline" && before["seat"].isNull)
                let reply = try await hotline.http.request(
                    "POST", "/api/v1/agents/5001/sign-in", token: own,
                    body: #"{"seat":"03","phone":"browser"}"#)
                #expect(reply.status == 204)
                let after = try await desk()
                #expect(after["seat"].text == "03" && after["phone"].text == "browser")
                #expect(after["leg"].text == "none" && after["activity"].text == "idle")
                #expect(after["queues"].items.count == 3)
                let seats = try await hotline.http.request("GET", "/api/v1/seats", token: own).json["items"]
                #expect(seats.items.count == 40)
                #expect(seats.items[2]["by"].text == "5001")

                let wrong = try await hotline.http.request(
                    "POST", "/api/v1/agents/5001/sign-in", token: own,
                    body: #"{"seat":"03","phone":"pigeon"}"#)
                #expect(wrong.status == 400 && wrong.json["field"].text == "phone")
                let offer = try await hotline.http.request(
                    "POST", "/api/v1/agents/5001/leg", token: own, body: #"{"sdp":"v=0"}"#)
                #expect(offer.status == 400 && offer.json["field"].text == "sdp")
                let answer = try await hotline.http.request(
                    "POST", "/api/v1/agents/5001/answer", token: own)
                #expect(answer.status == 409 && answer.json["details"]["reason"].text == "offerUnknown")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a form is saved and read by who spoke, and nobody else`(_ store: StoreUnderTest) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 2, phone: agent.port)) { hotline in
                    let supervisor = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    let invite = try await agent.request("INVITE")
                    _ = try await agent.request("ACK", callID: invite.callID)
                    let record = try await hotline.newestInteraction(supervisor)
                    let id = try #require(record["id"].text)
                    let number = try await eventually("somebody talks") {
                        try await hotline.live(supervisor)["agents"].items.first {
                            $0["activity"].text == "talking"
                        }?["number"].text
                    }
                    let own = try await hotline.token("agent", agent: number)
                    let other = try await hotline.token("agent", agent: number == "1" ? "2" : "1")
                    let path = "/api/v1/interactions/\(id)/form"
                    let saved = try await hotline.http.request(
                        "PUT", path, token: own, body: #"{"notes":"called about the bill"}"#)
                    #expect(saved.status == 200 && !saved.json["savedAt"].isNull)
                    let read = try await hotline.http.request("GET", path, token: own)
                    #expect(read.json["notes"].text == "called about the bill")
                    let foreign = try await hotline.http.request("GET", path, token: other)
                    #expect(foreign.status == 403 && foreign.json["details"]["reason"].text == "notYours")
                    let unknown = try await hotline.http.request(
                        "PUT", path, token: own, body: #"{"requestType":"nonsense","notes":""}"#)
                    #expect(unknown.status == 400 && unknown.json["field"].text == "requestType")
                    // The contact itself: the own one is seen, another agent does not know of it.
                    let mine = try await hotline.http.request("GET", "/api/v1/interactions/\(id)", token: own)
                    #expect(mine.status == 200)
                    let theirs = try await hotline.http.request(
                        "GET", "/api/v1/interactions/\(id)", token: other)
                    #expect(theirs.status == 404)
                    await caller.hangUp(call)
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N22: a ticket is made with one of the seven types, changed at its version, and found again`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func send(_ method: String, _ path: String, _ body: String?) async throws -> HTTPReply {
                    try await hotline.http.request(method, path, token: token, body: body)
                }
                let types = try await send("GET", "/api/v1/request-types", nil).json["items"].items
                #expect(types.count == 8 && types.first?["initials"].text == "ywzx")
                let made = try await send(
                    "POST", "/api/v1/tickets",
                    #"{"type":"fault","title":" Printer is dead ","text":"50% of paper","owner":"5001"}"#)
                #expect(made.status == 201)
                #expect(made.json["title"].text == "Printer is dead" && made.json["state"].text == "open")
                #expect(made.json["number"].text == "T-00001")
                #expect(made.json["owner"]["number"].text == "5001")
                let id = try #require(made.json["id"].text)
                let done = #"{"type":"fault","title":"Printer works","text":"","state":"done","version":1}"#
                let changed = try await send("PUT", "/api/v1/tickets/\(id)", done)
                #expect(changed.status == 200 && changed.json["version"].number == 2)
                let late = try await send("PUT", "/api/v1/tickets/\(id)", done)
                #expect(late.status == 409 && late.json["details"]["reason"].text == "changedMeanwhile")
                let bad = try await send("POST", "/api/v1/tickets", #"{"type":"wish","title":"x"}"#)
                #expect(bad.status == 400 && bad.json["field"].text == "type")
                let untitled = try await send("POST", "/api/v1/tickets", #"{"type":"fault","title":"  "}"#)
                #expect(untitled.status == 400 && untitled.json["field"].text == "title")

                _ = try await send("POST", "/api/v1/tickets", #"{"type":"praise","title":"50 percent"}"#)
                let found = try await send("GET", "/api/v1/tickets?text=50%25", nil)
                #expect(found.json["items"].items.isEmpty, "a percent sign stands for itself")
                let open = try await send("GET", "/api/v1/tickets?state=open", nil).json["items"].items
                #expect(open.map { $0["number"].text } == ["T-00002"])
                // Who made and changed what is in the audit, without what it says.
                let auditor = try await hotline.token("admin")
                let audited = try await hotline.http.request(
                    "GET", "/api/v1/audit?kind=ticket", token: auditor)
                let actions = audited.json["items"].items.compactMap { $0["action"].text }
                #expect(actions.filter { $0 == "ticket.created" }.count == 2)
                #expect(actions.filter { $0 == "ticket.changed" }.count == 1)
                // An agent sees own tickets and not those of others.
                let agent = try await hotline.token("agent", agent: "5002")
                let seen = try await hotline.http.request("GET", "/api/v1/tickets", token: agent)
                #expect(seen.status == 200 && seen.json["items"].items.isEmpty)
                let hidden = try await hotline.http.request("GET", "/api/v1/tickets/\(id)", token: agent)
                #expect(hidden.status == 404)
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func
        `R16: a lost bag is a ticket with its train and seat, found by them, and closed with what came of it`(
            _ store: StoreUnderTest
        ) async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                func send(_ method: String, _ path: String, _ body: String?) async throws -> HTTPReply {
                    try await hotline.http.request(method, path, token: token, body: body)
                }
                let types = try await send("GET", "/api/v1/request-types", nil).json["items"].items
                let lost = try #require(types.first { $0["code"].text == "lost-property" })
                #expect(lost["fields"].items.map { $0["key"].text } == ["item", "train", "seat"])
                let start = #"{"type":"lost-property","title":"黑色背包","owner":"5002""#
                let missing = try await send("POST", "/api/v1/tickets", start + #","fields":{"item":"背包"}}"#)
                #expect(missing.status == 400 && missing.json["field"].text == "fields.train")
                let stranger = try await send(
                    "POST", "/api/v1/tickets",
                    start + #","fields":{"item":"背包","train":"G7301","colour":"黑"}}"#)
                #expect(stranger.status == 400 && stranger.json["field"].text == "fields.colour")
                let made = try await send(
                    "POST", "/api/v1/tickets",
                    start + #","fields":{"item":"背包","train":"G7301","seat":" 05A "}}"#)
                #expect(made.status == 201 && made.json["fields"]["seat"].text == "05A")
                let found = try await send("GET", "/api/v1/tickets?text=g7301", nil).json["items"].items
                #expect(found.count == 1)
                let id = try #require(made.json["id"].text)
                // Fields that are left out stay; what came of it is kept.
                let closed = try await send(
                    "PUT", "/api/v1/tickets/\(id)",
                    #"{"type":"lost-property","title":"黑色背包","text":"","owner":"5002","state":"done","version":1,"result":"05A座下找到，存杭州东站服务台"}"#
                )
                #expect(closed.status == 200 && closed.json["fields"]["train"].text == "G7301")
                let read = try await send("GET", "/api/v1/tickets/\(id)", nil).json
                #expect(read["result"].text == "05A座下找到，存杭州东站服务台" && read["state"].text == "done")
                // A type that asks for less, or is gone, takes nothing away that was filled in.
                let admin = try await hotline.token("admin")
                let type = "/api/v1/centre/request-types/lost-property"
                let less = try await hotline.http.request(
                    "PUT", type, token: admin,
                    body: #"{"key":"lost-property","name":{"en":"Lost"},"answerHours":2}"#)
                #expect(less.status == 200)
                let change =
                    #"{"type":"lost-property","title":"黑色背包","text":"","state":"open","version":2}"#
                let kept = try await send("PUT", "/api/v1/tickets/\(id)", change)
                #expect(kept.status == 200 && kept.json["fields"]["train"].text == "G7301")
                #expect(try await hotline.http.request("DELETE", type, token: admin).status == 200)
                let bare =
                    #"{"type":"lost-property","title":"x","text":"","state":"done","version":3,"fields":{}}"#
                let last = try await send("PUT", "/api/v1/tickets/\(id)", bare)
                #expect(last.status == 200 && last.json["fields"]["seat"].text == "05A")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `what is to be known about a caller is kept by the number and stands on the next offer`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let own = try await hotline.token("agent", agent: "1")
                    func desk() async throws -> JSONValue {
                        try await hotline.http.request("GET", "/api/v1/desk", token: own).json["call"]
                    }
                    let first = await caller.call("support", at: hotline.reach.sipPort)
                    _ = try await agent.request("INVITE")
                    #expect(try await caller.outcome(of: first) == 200)
                    let id = try #require(try await desk()["interaction"].text)
                    let path = "/api/v1/interactions/\(id)/care"
                    let wrong = try await hotline.http.request(
                        "PUT", path, token: own, body: #"{"flags":["rich"]}"#)
                    #expect(wrong.status == 400 && wrong.json["field"].text == "flags")
                    let saved = try await hotline.http.request(
                        "PUT", path, token: own, body: #"{"flags":["vip","elderly"],"note":"请说慢一点"}"#)
                    #expect(saved.status == 200)
                    // The screen of the call in hand shows it at once.
                    #expect(try await desk()["care"]["note"].text == "请说慢一点")
                    await caller.hangUp(first)
                    _ = try await eventually("the agent is free again") {
                        try await desk().isNull ? true : nil
                    }
                    let second = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: second) == 200)
                    let care = try await eventually("the caller is recognised") {
                        let care = try await desk()["care"]
                        return care.isNull ? nil : care
                    }
                    #expect(care["flags"].items.compactMap(\.text) == ["vip", "elderly"])
                    await caller.hangUp(second)
                }
            }
        }
    }
}
