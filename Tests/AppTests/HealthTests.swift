import App
import Foundation
import Synchronization
import TestKit
import Testing

/// Readiness, metrics and a disk that fills (G11, N13, N17), against the whole product.
@Suite struct HealthTests {
    /// A disk that has as much room as the test says.
    private final class FakeDisk: Sendable {
        private let mebibytes = Mutex<Int64>(1_000_000)
        func set(_ free: Int64) { mebibytes.withLock { $0 = free } }
        var free: Int64 { mebibytes.withLock { $0 } * 1_048_576 }
    }

    private func metrics(_ hotline: RunningHotline) async throws -> [String: String] {
        let reply = try await hotline.http.request("GET", "/metrics")
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
        let lines = String(decoding: reply.body, as: UTF8.self).split(separator: "\n")
        return lines.filter { !$0.hasPrefix("#") }.reduce(into: [:]) { values, line in
            let parts = line.split(separator: " ")
            values[String(parts[0])] = parts.count == 2 ? String(parts[1]) : nil
        }
    }

    private func state(_ key: String, _ hotline: RunningHotline, _ token: String) async throws -> String? {
        try await hotline.http.request("GET", "/api/v1/components", token: token).json["items"].items
            .first { $0["key"].text == key }?["state"].text
    }

    @Test(arguments: StoreUnderTest.all)
    func `G11: readiness and metrics tell of calls, queues and agents`(_ store: StoreUnderTest) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await place.running(.straightThrough(agents: 2, phone: agent.port)) { hotline in
                    #expect(try await hotline.http.request("GET", "/readyz").json["status"].text == "ready")
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    try await until("an agent talks") {
                        try await metrics(hotline)["hotline_agents{activity=\"talking\"}"] == "1"
                    }
                    let values = try await metrics(hotline)
                    #expect(values["hotline_calls"] == "1")
                    #expect(values["hotline_ready"] == "1")
                    #expect(values["hotline_agents{activity=\"idle\"}"] == "1")
                    #expect(values["hotline_database_up"] == "1")
                    #expect(values.keys.contains { $0.hasPrefix("hotline_queue_waiting{queue=") })
                    #expect(Double(values["process_resident_memory_bytes"] ?? "") ?? 0 > 1_000_000)
                    #expect(Double(values["process_open_fds"] ?? "") ?? 0 > 3)
                    #expect(Double(values["hotline_events_total"] ?? "") ?? 0 > 3)
                    // Nothing personal: the caller's number and the agents' names are not in it.
                    let text = String(
                        decoding: try await hotline.http.request("GET", "/metrics").body, as: UTF8.self)
                    let name = try #require(try await hotline.live(token)["agents"].items.first?["name"].text)
                    #expect(!text.contains(name))
                }
            }
        }
    }

    @Test func `G11: metrics ask another machine for a token with the permission`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                // What a proxy hands on may come from anywhere.
                let far = ["X-Forwarded-For": "192.0.2.1"]
                func status(_ token: String?) async throws -> Int {
                    try await hotline.http.request("GET", "/metrics", token: token, headers: far).status
                }
                let agent = try await hotline.token("agent", agent: "5001")
                let supervisor = try await hotline.token("supervisor")
                for (token, expected) in [(nil, 401), ("nonsense", 401), (agent, 403), (supervisor, 200)] {
                    #expect(try await status(token) == expected)
                }
            }
        }
    }

    @Test func `G11: the dashboard names no figure that is not told`() async throws {
        let path = Installation.repository + "config/grafana/hotline.json"
        let dashboard = try String(contentsOfFile: path, encoding: .utf8)
        let named = Set(dashboard.matches(of: #/\b(?:hotline|process)_[a-z_]+/#).map { String($0.output) })
        #expect(named.count > 20)
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { hotline in
                let told = Set(try await metrics(hotline).keys.map { String($0.prefix { $0 != "{" }) })
                #expect(named.subtracting(told) == [])
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N17: a disk that fills stops recording first and takes no calls last, and recovers`(
        _ store: StoreUnderTest
    ) async throws {
        let disk = FakeDisk()
        try await withPhones { caller, agent in
            try await Installation.with(store) { empty in
                var place = empty
                place.freeSpace = { disk.free }
                try await place.running(.straightThrough(agents: 2, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let first = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: first) == 200)
                    let id = try #require(try await hotline.newestInteraction(token)["id"].text)
                    let path = "/api/v1/interactions/\(id)/recordings"

                    disk.set(3_000)
                    try await until("the first mark is seen") {
                        try await state("recording", hotline, token) == "impaired"
                    }
                    #expect(try await metrics(hotline)["hotline_disk_low"] == "1")
                    let begun = try await hotline.http.request("GET", path, token: token).json["items"].items
                    #expect(begun.count == 1 && begun.allSatisfy { $0["tracks"].items.isEmpty })

                    // The standing recording is closed in good order while its call goes on.
                    disk.set(900)
                    let recording = try await eventually("the recording is closed") {
                        try await hotline.http.request("GET", path, token: token).json["items"].items
                            .first { !$0["tracks"].items.isEmpty }
                    }
                    #expect(recording["tracks"].items.allSatisfy { $0["digest"].text != nil })
                    #expect(try await hotline.live(token)["calls"].number == 1)
                    #expect(try await state("recording", hotline, token) == "failed")
                    #expect(try await hotline.http.request("GET", "/readyz").status == 200)
                    await caller.hangUp(first)
                    let second = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: second) == 200)
                    let other = try #require(try await hotline.newestInteraction(of: 2, token)["id"].text)
                    await caller.hangUp(second)
                    try await until("the second call is over") {
                        try await hotline.live(token)["calls"].number == 0
                    }
                    let none = try await hotline.http.request(
                        "GET", "/api/v1/interactions/\(other)/recordings", token: token)
                    #expect(none.json["items"].items.isEmpty)

                    disk.set(100)
                    try await until("calls are refused") {
                        try await hotline.http.request("GET", "/readyz").status == 503
                    }
                    let reply = try await hotline.http.request("GET", "/readyz")
                    #expect(reply.json["details"]["reason"].text == "disk")
                    #expect(try await state("cti", hotline, token) == "failed")
                    let third = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: third) == 503)

                    // A little above the mark is not enough; well above it calls are taken again.
                    disk.set(270)
                    #expect(try await hotline.http.request("GET", "/readyz").status == 503)
                    disk.set(50_000)
                    try await until("calls are taken again") {
                        try await hotline.http.request("GET", "/readyz").status == 200
                    }
                    let fourth = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: fourth) == 200)
                    await caller.hangUp(fourth)
                }
            }
        }
    }
}
