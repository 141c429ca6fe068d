import App
import Kernel
import Storage
import TestKit
import Testing

/// What outlives a stop and a crash.
@Suite struct RecoveryTests {
    @Test(arguments: StoreUnderTest.all)
    func `a restart keeps who sits where, and the version of the flow`(_ store: StoreUnderTest) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                var versions: [Int?] = []
                for run in 1...2 {
                    try await place.running(.straightThrough(agents: 2, phone: agent.port)) { hotline in
                        let token = try await hotline.token("supervisor")
                        let call = await caller.call("support", at: hotline.reach.sipPort)
                        #expect(try await caller.outcome(of: call) == 200)
                        let id = try #require(try await hotline.newestInteraction(of: run, token)["id"].text)
                        let started = try await hotline.timeline(id, token).first {
                            $0["type"].text == "fact.flow.started"
                        }
                        versions.append(started?["payload"]["version"].number)
                        await caller.hangUp(call)
                        try await until("the call is over") {
                            try await hotline.live(token)["calls"].number == 0
                        }
                        #expect(hotline.reach.lostInCrash == 0)
                    }
                }
                #expect(versions == [1, 1])
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `an agent who was on a break is on a break after the restart`(_ store: StoreUnderTest) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                #expect(try await hotline.signIn("5001", at: "07", token).status == 204)
                let chosen = try await hotline.http.request(
                    "PUT", "/api/v1/agents/5001/presence", token: token,
                    body: #"{"presence":"break","reason":"lunch"}"#)
                #expect(chosen.status == 204)
            }
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                let agents = try await hotline.live(token)["agents"].items
                #expect(agents.map { $0["number"].text } == ["5001"])
                #expect(agents.map { $0["seat"].text } == ["07"])
                #expect(agents.map { $0["presence"].text } == ["break"])
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `an engine of another version signs out whom the former one left, for the figures too`(
        _ store: StoreUnderTest
    ) async throws {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                #expect(try await hotline.signIn("5001", at: "07", token).status == 204)
                #expect(try await hotline.signIn("5002", at: "08", token).status == 204)
                #expect(
                    try await hotline.http.request("POST", "/api/v1/agents/5002/sign-out", token: token)
                        .status
                        == 204)
            }
            try await place.database().write { tx in
                _ = try Journal.openSegment(
                    "routing", version: 1_000, settingsHash: "", snapshot: [],
                    at: Timestamp(milliseconds: 1_790_000_000_000), tenant: Hotline.embeddedTenant, in: tx)
            }
            try await place.running(.demonstration) { hotline in
                let token = try await hotline.token("supervisor")
                #expect(try await hotline.live(token)["agents"].items.isEmpty)
                let signedOut = try await place.database().read { tx in
                    try tx.rows("select at from event where type = 'fact.agent.signedOut' order by seq").count
                }
                #expect(signedOut == 2)
                let report = try await eventually("the figures have folded it") {
                    let report = try await hotline.http.request(
                        "GET", "/api/v1/figures?by=agent", token: token
                    ).json
                    return report["rows"].items.count == 2 ? report : nil
                }
                let day = try #require(report["from"].text)
                let (compared, differences) = try await hotline.hotline.verifyFigures(
                    day: day, rebuilds: false)
                #expect(compared > 1 && differences.isEmpty)
                #expect(
                    try await hotline.signIn("5001", at: "07", token).status == 204,
                    "who comes back signs in again")
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G12: a call that stood when the power went is listed, ended and holds no line`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    let invite = try await agent.request("INVITE")
                    try await until("the agent talks") {
                        try await hotline.live(token)["agents"].items.first?["activity"].text == "talking"
                    }
                    let id = try #require(try await hotline.newestInteraction(token)["id"].text)

                    try await place.withPowerLost { after in
                        try await after.running(.straightThrough(agents: 1, phone: agent.port)) { again in
                            #expect(again.reach.lostInCrash == 1)
                            let live = try await again.live(token)
                            #expect(live["calls"].number == 0 && live["lines"]["inUse"].number == 0)
                            #expect(live["agents"].items.map { $0["activity"].text } == ["idle"])

                            let lost = try await again.http.request("GET", "/api/v1/lost-calls", token: token)
                            #expect(lost.json["items"].items.map { $0["id"].text } == [id])
                            #expect(!(lost.json["items"].items.first?["agent"].isNull ?? true))
                            #expect(try await again.newestInteraction(token)["endedBy"].text == "crash")
                            let types = try await again.timeline(id, token).compactMap { $0["type"].text }
                            for type in [
                                "fact.conversation.ended", "fact.call.ended",
                            ] {
                                #expect(types.count { $0 == type } == 1, "\(type)")
                            }
                            // Both parties are told.
                            _ = try await caller.request("BYE", callID: call)
                            _ = try await agent.request("BYE", callID: invite.callID)

                            let next = await caller.call("support", at: again.reach.sipPort)
                            #expect(try await caller.outcome(of: next) == 200)
                            await caller.hangUp(next)
                        }
                    }
                }
            }
        }
    }
}
