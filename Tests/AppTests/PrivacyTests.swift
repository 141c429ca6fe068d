import App
import Foundation
import Kernel
import Logging
import Storage
import TestKit
import Testing

/// What is held of customers, over HTTP against the whole product (missions G02 and G03).
@Suite struct PrivacyTests {
    private static let number = "13912345678"
    private static let other = "13800138000"
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    @Sendable private static func quiet(_ text: String) {}
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func post(
        _ path: String, _ body: String, _ hotline: RunningHotline, _ token: String
    ) async throws -> HTTPReply {
        try await hotline.http.request("POST", "/api/v1/\(path)", token: token, body: body)
    }

    /// A call that is answered, talked, recorded and ended, with a note in its form; its id.
    private static func talk(
        _ hotline: RunningHotline, from number: String, note: String, _ caller: TestPhone, _ agent: TestPhone,
        earlier: Int, _ token: String
    ) async throws -> String {
        let call = await caller.call("support", at: hotline.reach.sipPort, from: number)
        #expect(try await caller.outcome(of: call) == 200)
        try await until("the agent talks") {
            try await hotline.live(token)["agents"].items.first?["activity"].text == "talking"
        }
        await caller.hangUp(call)
        try await until("the call is over") { try await hotline.live(token)["calls"].number == 0 }
        let id = try #require(try await hotline.newestInteraction(of: earlier + 1, token)["id"].text)
        _ = try await eventually("the recording is sealed") {
            try await hotline.http.request("GET", "/api/v1/interactions/\(id)/recordings", token: token)
                .json["items"].items.first {
                    !$0["tracks"].items.isEmpty
                        && $0["tracks"].items.allSatisfy { $0["path"].text?.hasSuffix(".sealed") == true }
                }
        }
        let form = try await hotline.http.request(
            "PUT", "/api/v1/interactions/\(id)/form", token: token, body: #"{"notes":"\#(note)"}"#)
        #expect(form.status < 300, "\(form.text)")
        try await until("the agent is free again") {
            try await hotline.live(token)["agents"].items.first?["activity"].text == "idle"
        }
        return id
    }

    /// Where words are found: in the rows of every table, and in every file of the data directory, that of the embedded
    /// database and its log among them.
    private static func traces(of words: [String], in place: Installation) async throws -> [String] {
        let database = try place.database()
        let tables = try await database.read { tx in
            try TableCopy.tables(in: tx)
        }
        var found: [String] = []
        for table in tables {
            let rows = try await database.read { tx in
                try tx.rows("select * from \(SQL.identifier(table.name))").map { "\($0)" }
            }
            for row in rows {
                for word in words where row.contains(word) { found.append("\(table.name): \(row)") }
            }
        }
        for path in try FileManager.default.subpathsOfDirectory(atPath: place.folder) {
            guard let content = FileManager.default.contents(atPath: place.folder + "/" + path)
            else { continue }
            let text = String(decoding: content, as: UTF8.self)
            for word in words where text.contains(word) || path.contains(word) { found.append(path) }
        }
        return found
    }

    /// The archive holds what is known of the person, and nothing of others.
    private static func expectExport(
        of contact: String, _ hotline: RunningHotline, _ token: String
    ) async throws {
        let export = try await Self.post(
            "subjects/export", #"{"number":"+86\#(Self.number)"}"#, hotline, token)
        #expect(export.status == 200 && export.headers["content-type"] == "application/zip")
        let text = String(decoding: export.body, as: UTF8.self)
        for part in [
            "about.json", "interactions.json", "secretword one", "care.json", "reads.json",
            "interaction.read", "recordings/\(contact)/", "customer.wav", "WAVEfmt ",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(!text.contains("another person"))
    }

    /// A hold keeps everything until it is lifted.
    private static func expectHeld(
        _ hotline: RunningHotline, _ token: String
    ) async throws {
        // A hold keeps everything, whoever asks.
        let hold = try await Self.post(
            "legal-holds", #"{"number":"\#(Self.number)","reason":"case 7"}"#, hotline, token)
        #expect(hold.status == 201)
        let held = try await Self.post("subjects/erase", Self.erasure, hotline, token)
        #expect(held.status == 409 && held.json["details"]["reason"].text == "subject.held")
        let holdID = try #require(hold.json["id"].text)
        let lifted = try await Self.post(
            "legal-holds/\(holdID)/lift", #"{"reason":"case closed"}"#, hotline, token)
        #expect(lifted.json["liftReason"].text == "case closed")
        #expect(
            try await Self.post(
                "legal-holds/\(holdID)/lift", #"{"reason":"again"}"#, hotline, token
            ).status == 409)
    }

    /// A person with an open ticket is not erased.
    private static func expectOpenMatter(
        of contact: String, _ hotline: RunningHotline, _ token: String
    ) async throws {
        // An open matter is closed first.
        let type = try await Self.post(
            "centre/request-types", #"{"key":"consultation","name":{"en":"Consultation"},"answerHours":2}"#,
            hotline, token)
        #expect(type.status == 201, "\(type.text)")
        let ticket = try await Self.post(
            "tickets", #"{"type":"consultation","title":"secretword ticket","interaction":"\#(contact)"}"#,
            hotline, token)
        #expect(ticket.status == 201, "\(ticket.text)")
        let ticketID = try #require(ticket.json["id"].text)
        let open = try await Self.post("subjects/erase", Self.erasure, hotline, token)
        #expect(open.json["details"]["reason"].text == "subject.openTicket")
        let closed = try await hotline.http.request(
            "PUT", "/api/v1/tickets/\(ticketID)", token: token,
            body: #"{"type":"consultation","title":"secretword ticket","text":"","state":"done","version":1}"#
        )
        #expect(closed.status == 200, "\(closed.text)")
    }

    private static let erasure = #"{"number":"\#(number)","reason":"asked by letter"}"#

    @Test(arguments: StoreUnderTest.all)
    func `G02: a person is found, handed out and erased; nothing is left, and the figures stay`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                var place = place
                place.sealsRecordings = true
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("admin")
                    let first = try await Self.talk(
                        hotline, from: Self.number, note: "secretword one", caller, agent, earlier: 0, token)
                    let second = try await Self.talk(
                        hotline, from: Self.number, note: "secretword two", caller, agent, earlier: 1, token)
                    _ = try await Self.talk(
                        hotline, from: Self.other, note: "another person", caller, agent, earlier: 2, token)
                    let care = try await hotline.http.request(
                        "PUT", "/api/v1/interactions/\(first)/care", token: token,
                        body: #"{"flags":["vip"],"note":"secretword care"}"#)
                    #expect(care.status < 300, "\(care.text)")
                    #expect(
                        try await hotline.http.request(
                            "GET", "/api/v1/interactions/\(second)", token: token
                        ).status == 200)
                    let figures = { () async throws -> JSONValue in
                        let report = try await hotline.http.request(
                            "GET", "/api/v1/figures?by=queue", token: token
                        ).json
                        return .list([report["rows"], report["total"]["terms"], report["checks"]])
                    }
                    try await until("the figures know all three") {
                        try await figures().items[1]["handled"].number == 3
                    }
                    let before = try await figures()

                    let found = try await Self.post(
                        "subjects/search", #"{"number":"\#(Self.number)"}"#, hotline, token)
                    #expect(
                        found.json["number"].text == "+86\(Self.number)" && found.json["contacts"].number == 2
                    )
                    let kinds = found.json["holdings"].items.map {
                        "\($0["kind"].text ?? "") \(Int($0["items"].number ?? 0))"
                    }
                    #expect(kinds == ["party 2", "care 1", "recording 2", "notes 2"])

                    try await Self.expectExport(of: first, hotline, token)
                    try await Self.expectHeld(hotline, token)
                    try await Self.expectOpenMatter(of: second, hotline, token)
                    let proof = try await Self.post("subjects/erase", Self.erasure, hotline, token)
                    #expect(proof.status == 200, "\(proof.text)")
                    #expect(proof.json["left"].number == 0 && proof.json["keys"].number == 1)
                    #expect(proof.json["interactions"].number == 2)
                    let proofID = try #require(proof.json["id"].text)
                    let again = try await Self.post(
                        "deletions/\(proofID)/verify", #"{"number":"\#(Self.number)"}"#, hotline, token)
                    #expect(again.json["left"].number == 0)
                    #expect(try await Self.post("subjects/erase", Self.erasure, hotline, token).status == 404)

                    let traces = try await Self.traces(of: [Self.number, "secretword"], in: place)
                    #expect(traces == [])
                    #expect(try await !Self.traces(of: [Self.other, "another person"], in: place).isEmpty)
                    #expect(try await figures() == before)
                    let day = try #require(
                        try await hotline.http.request("GET", "/api/v1/figures", token: token).json["from"]
                            .text)
                    let (compared, differences) = try await hotline.hotline.verifyFigures(
                        day: day, rebuilds: false)
                    #expect(compared > 10 && differences.isEmpty)
                    #expect(try await hotline.hotline.auditVerdict().hasPrefix("intact"))
                    let gone = try await hotline.http.request(
                        "GET", "/api/v1/interactions/\(first)/recordings", token: token)
                    #expect(gone.json["items"].items.isEmpty)
                }
            }
        }
    }
}

/// Retention, and what a restored backup brings back.
extension PrivacyTests {
    @Test(arguments: StoreUnderTest.all)
    func `G03: each class goes when its days are over, but not what is held, and the sweep leaves its proof`(
        _ store: StoreUnderTest
    ) async throws {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                var place = place
                place.sealsRecordings = true
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("admin")
                    let first = try await Self.talk(
                        hotline, from: Self.number, note: "secretword one", caller, agent, earlier: 0, token)
                    let second = try await Self.talk(
                        hotline, from: Self.other, note: "kept words", caller, agent, earlier: 1, token)
                    // As if a year had gone by: ids are the time of contacts.
                    try await Self.age(first, in: place)
                    try await Self.age(second, in: place)
                    let hold = try await Self.post(
                        "legal-holds", #"{"interaction":"\#(Self.aged(second))","reason":"case 8"}"#, hotline,
                        token)
                    #expect(hold.status == 201, "\(hold.text)")

                    let bad = try await hotline.http.request(
                        "PUT", "/api/v1/retention", token: token,
                        body: #"{"version":0,"days":{"recording":0}}"#)
                    #expect(bad.status == 400 && bad.json["field"].text == "days.recording")
                    let set = try await hotline.http.request(
                        "PUT", "/api/v1/retention", token: token,
                        body: #"{"version":0,"days":{"recording":180,"freeText":300}}"#)
                    #expect(set.json["version"].number == 1 && set.json["days"]["identity"].isNull)
                    #expect(
                        set.json["due"]["recording"].number == 1 && set.json["due"]["freeText"].number == 1)
                    let late = try await hotline.http.request(
                        "PUT", "/api/v1/retention", token: token, body: #"{"version":0,"days":{}}"#)
                    #expect(late.status == 409)

                    let proofs = try await hotline.hotline.sweepRetention().joined(separator: "\n")
                    #expect(proofs.contains("recording recording: 1") && proofs.contains("freeText notes: 1"))
                    #expect(proofs.contains("looked for again: 0 left"))
                    #expect(try await hotline.hotline.sweepRetention() == [])
                    let traces = try await Self.traces(of: ["secretword"], in: place)
                    #expect(traces == [])
                    let kept = try await Self.traces(of: ["kept words", Self.number], in: place)
                    #expect(kept.contains { $0.contains("kept words") }, "held")
                    #expect(kept.contains { $0.hasPrefix("interaction_party") }, "numbers have no end here")
                    let deletions = try await hotline.http.request(
                        "GET", "/api/v1/deletions?limit=1", token: token)
                    #expect(deletions.json["items"].items.count == 1 && deletions.json["next"].text != nil)
                    #expect(deletions.json["items"].items.first?["basis"].text == "retention")
                    let files = try FileManager.default.subpathsOfDirectory(
                        atPath: place.folder + "/recordings")
                    #expect(files.contains { $0.contains(second) } && !files.contains { $0.contains(first) })
                }
            }
        }
    }

    /// The id of a contact a year before.
    private static func aged(_ id: String) -> String { "0190" + id.dropFirst(4) }

    private static func age(_ id: String, in place: Installation) async throws {
        let database = try place.database()
        try await database.write { tx in
            for (table, column) in [
                ("interaction", "id"), ("interaction_party", "interaction_id"),
                ("recording", "interaction_id"),
                ("interaction_form", "interaction_id"),
            ] {
                try tx.execute(
                    """
                    update \(SQL.identifier(table)) set \(SQL.identifier(column)) = \(aged(id))
                    where \(SQL.identifier(column)) = \(id)
                    """)
            }
        }
    }

    @Test func `G02 G09: who was erased since a backup is erased again when it is put back`() async throws {
        try await withPhones { caller, agent in
            try await Installation.with(.embedded) { place in
                try await Installation.with(.embedded) { image in
                    var place = place
                    place.sealsRecordings = true
                    let copies = place.folder + "-copies"
                    defer { try? FileManager.default.removeItem(atPath: copies) }
                    try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                        let token = try await hotline.token("admin")
                        _ = try await Self.talk(
                            hotline, from: Self.number, note: "secretword", caller, agent, earlier: 0, token)
                        _ = try await Backup(place.configuration, progress: Self.quiet)
                            .write(to: copies, at: Self.now)
                        let proof = try await Self.post(
                            "subjects/erase", #"{"number":"\#(Self.number)","reason":"asked"}"#, hotline,
                            token)
                        #expect(proof.json["left"].number == 0)
                    }
                    let names = try FileManager.default.subpathsOfDirectory(atPath: copies)
                    #expect(!names.contains { $0.contains("master.key") || $0.contains("erasures.log") })
                    _ = try await Restore(copies, progress: Self.quiet).run(into: image.configuration)
                    // Without the key the product goes on, and says what it cannot open.
                    let keyless = try await Hotline(image.configuration, logger: Self.silent)
                    #expect(throws: Problem.self) { try keyless.masterKeyFingerprint() }
                    try Restore.putBack(key: place.folder + "/keys/master.key", image.configuration)
                    let restored = try await Hotline(image.configuration, logger: Self.silent)
                    #expect(try restored.masterKeyFingerprint().count == 16)
                    let before = try await Self.traces(of: ["secretword"], in: image)
                    #expect(!before.isEmpty)
                    #expect(
                        try await restored.repeatErasures(ledger: place.folder + "/erasures.log").again == 1)
                    let after = try await Self.traces(of: ["secretword", Self.number], in: image)
                    #expect(after == [])
                    #expect(
                        try await restored.repeatErasures(ledger: place.folder + "/erasures.log").again == 0)
                }
            }
        }
    }
}
