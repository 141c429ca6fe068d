import App
import Foundation
import Kernel
import TestKit
import Testing

/// Whole calls: a caller's phone and an agent's phone on SIP, the product between them.
@Suite struct CallTests {
    @Test(arguments: StoreUnderTest.all)
    func `a call rings straight through to an agent and leaves its facts and its record`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")

                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    let invite = try await agent.request("INVITE")
                    _ = try await agent.request("ACK", callID: invite.callID)
                    #expect(invite.startLine.hasPrefix("INVITE sip:agent1@127.0.0.1:\(agent.port)"))
                    try await until("the agent talks") {
                        try await hotline.live(token)["agents"].items.first?["activity"].text == "talking"
                    }
                    let live = try await hotline.live(token)
                    #expect(live["calls"].number == 1)
                    // Lines are those of the IVR: a number that rings straight through holds none.
                    #expect(live["lines"]["inUse"].number == 0)
                    let id = try #require(live["agents"].items.first?["interaction"].text)
                    #expect(invite["X-Interaction"] == id)

                    await caller.hangUp(call)
                    #expect(try await caller.status(of: "BYE", callID: call) == 200)
                    _ = try await agent.request("BYE", callID: invite.callID)
                    try await until("the call is over") {
                        try await hotline.live(token)["calls"].number == 0
                    }

                    let record = try await hotline.newestInteraction(token)
                    #expect(record["id"].text == id)
                    #expect(record["channel"].text == "voice" && record["number"].text == "support")
                    #expect(record["origin"].text == "external" && record["endedBy"].text == "customer")
                    for moment in ["arrivedAt", "answeredAt", "queuedAt", "connectedAt", "endedAt"] {
                        #expect(!record[moment].isNull, "\(moment)")
                    }
                    #expect(!record["queue"].isNull && !record["agent"].isNull)
                    let one = try await hotline.http.request(
                        "GET", "/api/v1/interactions/\(id)", token: token)
                    #expect(one.json == record)

                    let events = try await hotline.timeline(id, token)
                    let types = events.compactMap { $0["type"].text }
                    #expect(types.first == "fact.call.arrived")
                    for type in [
                        "fact.flow.started", "fact.queue.entered", "fact.offer.made",
                        "fact.offer.ended", "fact.queue.entryEnded", "fact.call.answered",
                        "fact.call.connected",
                        "fact.conversation.ended", "fact.call.ended",
                    ] {
                        #expect(types.count { $0 == type } == 1, "\(type)")
                    }
                    let sequence = events.compactMap { $0["seq"].number }
                    #expect(sequence == sequence.sorted() && Set(sequence).count == sequence.count)
                    let offer = events.first { $0["type"].text == "fact.offer.ended" }
                    #expect(offer?["payload"]["outcome"].text == "accepted")
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `a recorded call has its tracks on disk and can be heard in stereo`(_ store: StoreUnderTest)
        async throws
    {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    let invite = try await agent.request("INVITE")
                    _ = try await agent.request("ACK", callID: invite.callID)
                    // The agent ends it this time.
                    await agent.hangUp(invite.callID)
                    _ = try await caller.request("BYE", callID: call)

                    let id = try #require(try await hotline.newestInteraction(token)["id"].text)
                    let path = "/api/v1/interactions/\(id)/recordings"
                    let recording = try await eventually("the recording is finished") {
                        try await hotline.http.request("GET", path, token: token).json["items"].items
                            .first { !$0["tracks"].items.isEmpty }
                    }
                    #expect(recording["interaction"].text == id)
                    for track in recording["tracks"].items {
                        let file = try #require(track["path"].text)
                        #expect(FileManager.default.fileExists(atPath: place.folder + "/" + file))
                        #expect(track["digest"].text?.hasPrefix("sha256:") == true)
                    }
                    let start = try #require(recording["startedAt"].number)
                    let stereo = try await hotline.http.request(
                        "GET", "\(path)/\(start)/stereo", token: token)
                    #expect(stereo.status == 200 && stereo.headers["content-type"] == "audio/wav")
                    #expect(Array(stereo.body.prefix(4)) == Array("RIFF".utf8))
                    let missing = try await hotline.http.request("GET", "\(path)/1/stereo", token: token)
                    #expect(missing.status == 404 && missing.json["field"].text == "startedAt")
                }
            }
        }
    }

    @Test func `an unknown number hears 404, and nothing is left of it but its record`() async throws {
        try await withPhones { caller, agent in
            try await Installation.with(.embedded) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("nobody-here", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 404)
                    try await until("nothing is left") {
                        let live = try await hotline.live(token)
                        return live["calls"].number == 0 && live["lines"]["inUse"].number == 0
                    }
                }
            }
        }
    }

    @Test func `a call that one agent declines goes to the other`() async throws {
        try await withPhones { caller, agent in
            await agent.behave(.refusesFirst(603))
            try await Installation.with(.embedded) { place in
                try await place.running(.straightThrough(agents: 2, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    let id = try #require(try await hotline.newestInteraction(token)["id"].text)
                    let ended = try await hotline.timeline(id, token).filter {
                        $0["type"].text == "fact.offer.ended"
                    }
                    #expect(ended.map { $0["payload"]["outcome"].text } == ["declined", "accepted"])
                    #expect(Set(ended.map { $0["agent"] }).count == 2)
                    await caller.hangUp(call)
                    try await until("the call is over") {
                        try await hotline.live(token)["calls"].number == 0
                    }
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N21: an announcement reaches the next caller, and the one after its removal hears none`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, _ in
            try await Installation.with(store) { place in
                try await place.running(.demonstration) { hotline in
                    let token = try await hotline.token("admin")
                    let made = try await hotline.http.request(
                        "POST", "/api/v1/announcements", token: token,
                        body: #"{"board":"faults","texts":{"zh-CN":"邮件系统正在抢修。","en":"Mail is down."}}"#)
                    #expect(made.status == 201)
                    let announcement = try #require(made.json["id"].text)
                    #expect(made.headers["location"] == "/api/v1/announcements/\(announcement)")
                    let list = try await hotline.http.request("GET", "/api/v1/announcements", token: token)
                    #expect(list.json["items"].items.map { $0["id"].text } == [announcement])

                    #expect(try await spoken(caller, hotline, token, calls: 1) == [announcement])

                    let path = "/api/v1/announcements/\(announcement)"
                    let gone = try await hotline.http.request("DELETE", path, token: token)
                    #expect(gone.status == 204)
                    let twice = try await hotline.http.request("DELETE", path, token: token)
                    #expect(twice.status == 404 && twice.json["field"].text == "id")
                    #expect(try await spoken(caller, hotline, token, calls: 2).isEmpty)
                }
            }
        }
    }

    /// Calls 5186 and hangs up in the menu; returns the announcements that were spoken before it.
    private func spoken(_ caller: TestPhone, _ hotline: RunningHotline, _ token: String, calls: Int)
        async throws -> [String]
    {
        let call = await caller.call("5186", at: hotline.reach.sipPort)
        #expect(try await caller.outcome(of: call) == 200)
        let id = try #require(try await hotline.newestInteraction(of: calls, token)["id"].text)
        let events = try await eventually("the menu") {
            let events = try await hotline.timeline(id, token)
            let isThere = events.contains { $0["payload"]["node"].text == "menu" }
            return isThere ? events : nil
        }
        await caller.hangUp(call)
        try await until("the call is over") { try await hotline.live(token)["calls"].number == 0 }
        return events.filter { $0["type"].text == "fact.flow.announcementSpoken" }
            .compactMap { $0["payload"]["announcement"].text }
    }
}

/// Two phones for one test.
func withPhones<R>(_ body: (_ caller: TestPhone, _ agent: TestPhone) async throws -> R) async throws -> R {
    let (caller, agent) = (try await TestPhone.open(), try await TestPhone.open())
    do {
        let result = try await body(caller, agent)
        await caller.close()
        await agent.close()
        return result
    } catch {
        await caller.close()
        await agent.close()
        throw error
    }
}
