import App
import Foundation
import Kernel
import TestKit
import Testing

/// Copies of the whole product, and what is made of them.
@Suite struct BackupTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    @Sendable private static func quiet(_ text: String) {}

    /// What the interface tells of an installation: everything that a move or a restore must keep.
    private static func answers(_ hotline: RunningHotline) async throws -> [JSONValue] {
        let token = try await hotline.token("admin")
        var answers: [JSONValue] = []
        for path in ["interactions", "centre/general", "centre/people", "prompts", "lost-calls"] {
            let reply = try await hotline.http.request("GET", "/api/v1/\(path)", token: token)
            #expect(reply.status == 200, "\(path)")
            answers.append(reply.json)
        }
        for interaction in answers[0]["items"].items {
            let id = try #require(interaction["id"].text)
            answers.append(.list(try await hotline.timeline(id, token)))
            answers.append(
                try await hotline.http.request(
                    "GET", "/api/v1/interactions/\(id)/recordings", token: token
                ).json)
        }
        return answers
    }

    /// Some calls, each talked and recorded.
    private static func callSome(
        _ count: Int, _ hotline: RunningHotline, _ caller: TestPhone, _ agent: TestPhone
    ) async throws {
        let token = try await hotline.token("supervisor")
        for number in 1...count {
            let call = await caller.call("support", at: hotline.reach.sipPort)
            #expect(try await caller.outcome(of: call) == 200)
            let invite = try await agent.request("INVITE")
            _ = try await agent.request("ACK", callID: invite.callID)
            await caller.hangUp(call)
            _ = try await agent.request("BYE", callID: invite.callID)
            try await until("the call is over") {
                try await hotline.live(token)["calls"].number == 0
            }
            let id = try #require(try await hotline.newestInteraction(of: number, token)["id"].text)
            _ = try await eventually("the recording is finished") {
                try await hotline.http.request(
                    "GET", "/api/v1/interactions/\(id)/recordings", token: token
                ).json["items"].items.first { !$0["tracks"].items.isEmpty }
            }
            try await until("the agent is free again") {
                try await hotline.live(token)["agents"].items.first?["activity"].text == "idle"
            }
        }
    }

    @Test(arguments: StoreUnderTest.all, ["backup", "backup.tar"])
    func `G09: a backup taken while calls go on is proved, put back, and answers the same`(
        _ store: StoreUnderTest, _ name: String
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                try await Installation.with(store) { image in
                    let copies = place.folder + "-copies"
                    defer { try? FileManager.default.removeItem(atPath: copies) }
                    try FileManager.default.createDirectory(
                        atPath: copies, withIntermediateDirectories: true)
                    let backup = copies + "/" + name
                    let answers = try await place.running(.straightThrough(agents: 1, phone: agent.port)) {
                        hotline in
                        try await Self.callSome(2, hotline, caller, agent)
                        let call = await caller.call("support", at: hotline.reach.sipPort)
                        let answers = try await Self.answers(hotline)
                        let summary = try await Backup(place.configuration, progress: Self.quiet)
                            .write(to: backup, at: Self.now)
                        #expect(summary.files > 2)
                        await caller.hangUp(call)
                        return answers
                    }
                    #expect(try FileManager.default.contentsOfDirectory(atPath: copies) == [name])
                    let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions]
                    #expect(((mode as? NSNumber)?.intValue ?? 0o777) & 0o077 == 0, "nobody else reads it")
                    let restore = Restore(backup, progress: Self.quiet)
                    #expect(try await restore.faults() == [])
                    _ = try await restore.run(into: image.configuration)
                    _ = answers
                    try await image.running(.straightThrough(agents: 1, phone: agent.port)) { again in
                        let after = try await Self.answers(again)
                        let kept = { (answers: [JSONValue]) in
                            answers[0]["items"].items.filter {
                                !$0["endedAt"].isNull && $0["endedBy"].text != "crash"
                            }
                        }
                        #expect(kept(after).count >= 2)
                        #expect(kept(answers).allSatisfy(kept(after).contains))
                        #expect(answers[1] == after[1] && answers[2] == after[2])
                        let token = try await again.token("supervisor")
                        let id = try #require(kept(after).last?["id"].text)
                        let path = "/api/v1/interactions/\(id)/recordings"
                        let start = try #require(
                            try await again.http.request("GET", path, token: token).json["items"].items
                                .first?[
                                    "startedAt"
                                ].number)
                        let heard = try await again.http.request(
                            "GET", "\(path)/\(start)/stereo", token: token)
                        #expect(heard.status == 200)
                    }
                    // Once more is refused, and says what to do.
                    let problem = await #expect(throws: Problem.self) {
                        try await restore.run(into: image.configuration)
                    }
                    #expect(problem?.details["reason"] == "restore.notEmpty")
                }
            }
        }
    }

    @Test func `G09: damage to a backup is named, and a damaged one is not put back`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { _ in }
            let prompts = place.folder + "/prompts"
            try FileManager.default.createDirectory(atPath: prompts, withIntermediateDirectories: true)
            try Data("a recorded prompt".utf8).write(to: URL(filePath: prompts + "/welcome.wav"))
            let (backup, image) = (place.folder + "-backup", place.folder + "-image")
            defer {
                for path in [backup, image] { try? FileManager.default.removeItem(atPath: path) }
            }
            _ = try await Backup(place.configuration, progress: Self.quiet).write(to: backup, at: Self.now)
            #expect(!FileManager.default.fileExists(atPath: backup + "/data/tls"))
            #expect(!FileManager.default.fileExists(atPath: backup + "/data/hotline.sqlite"))
            let restore = Restore(backup, progress: Self.quiet)
            #expect(try await restore.faults() == [])

            let prompt = backup + "/data/prompts/welcome.wav"
            try Data("A recorded prompt".utf8).write(to: URL(filePath: prompt))
            #expect(try await restore.faults().first?.contains("welcome.wav was changed") == true)
            try FileManager.default.removeItem(atPath: prompt)
            #expect(try await restore.faults().first?.contains("welcome.wav is missing") == true)
            var target = Configuration()
            target.data.directory = image
            let problem = await #expect(throws: Problem.self) { try await restore.run(into: target) }
            #expect(problem?.details["reason"] == "backup.damaged")
            #expect(try FileManager.default.contentsOfDirectory(atPath: image) == [])

            // A place that is taken is not written over, and a folder without a manifest is no backup.
            await #expect(throws: Problem.self) {
                try await Backup(place.configuration, progress: Self.quiet).write(to: backup, at: Self.now)
            }
            try FileManager.default.removeItem(atPath: backup + "/manifest.json")
            let none = await #expect(throws: Problem.self) { try await restore.faults() }
            #expect(none?.details["reason"] == "backup.none")
        }
    }

    @Test(.enabled(if: StoreUnderTest.all.count > 1, "needs PostgreSQL"))
    func `G10: a day of calls moves to PostgreSQL with the same answers, but not under a running program`()
        async throws
    {
        try await withPhones { caller, agent in
            try await Installation.with(.embedded) { place in
                try await Installation.with(.postgres) { image in
                    let target = try #require(image.conninfo)
                    let move = Move(directory: place.folder, to: target, progress: Self.quiet)
                    let before = try await place.running(.straightThrough(agents: 1, phone: agent.port)) {
                        hotline in
                        try await Self.callSome(3, hotline, caller, agent)
                        let problem = await #expect(throws: Problem.self) { try await move.run() }
                        #expect(problem?.details["reason"] == "data.inUse")
                        return try await Self.answers(hotline)
                    }
                    let counts = try await move.run()
                    #expect(counts.first { $0.name == "interaction" }?.rows == 3)
                    #expect(counts.allSatisfy { $0.rows >= 0 } && counts.count > 20)
                    // Recordings stay where they are: here the data directory goes with its program.
                    try FileManager.default.copyItem(
                        atPath: place.folder + "/recordings", toPath: image.folder + "/recordings")
                    let after = try await image.running(.straightThrough(agents: 1, phone: agent.port)) {
                        try await Self.answers($0)
                    }
                    #expect(after == before)
                    let again = await #expect(throws: Problem.self) { try await move.run() }
                    #expect(again?.details["reason"] == "copy.notEmpty")
                }
            }
        }
    }

    @Test func `one program alone serves on a data directory`() async throws {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { _ in
                let problem = await #expect(throws: Problem.self) {
                    try await place.running(.demonstration) { _ in }
                }
                #expect(problem?.details["reason"] == "data.inUse")
            }
            try await place.running(.demonstration) { _ in }
        }
    }
}
