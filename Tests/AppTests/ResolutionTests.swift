import App
import Foundation
import Kernel
import Logging
import Storage
import TestKit
import Testing

/// First-contact resolution of real calls, over HTTP against the whole product (mission D13).
@Suite struct ResolutionTests {
    private static let comesAgain = "13912345678"
    private static let comesOnce = "13800138000"
    /// More than the usual window of 72 hours.
    private static let fourDays: Int64 = 4 * 86_400_000

    /// A call in which an agent speaks with the caller.
    private static func talk(
        _ hotline: RunningHotline, from number: String, _ caller: TestPhone, _ token: String
    )
        async throws
    {
        let call = await caller.call("support", at: hotline.reach.sipPort, from: number)
        #expect(try await caller.outcome(of: call) == 200)
        try await until("the agent talks") {
            try await hotline.live(token)["agents"].items.first?["activity"].text == "talking"
        }
        await caller.hangUp(call)
        try await until("the agent is free again") {
            let live = try await hotline.live(token)
            return live["calls"].number == 0 && live["agents"].items.first?["activity"].text == "idle"
        }
    }

    /// How many contacts have been traced, and how many of them name an earlier one.
    private static func traces(_ database: any Database) async throws -> (all: Int, later: Int) {
        let payloads = try await database.read { tx in
            try tx.rows("select payload from event where type = 'interaction.traced'").map {
                try $0.text("payload")
            }
        }
        return (payloads.count, payloads.count { $0.contains("previous") })
    }

    /// Moves all that happened four days back, and forgets that it was traced and counted: as an installation whose
    /// former version did neither.
    private static func moveBack(_ database: any Database) async throws {
        let moved: [SQL] = [
            "update event set at = at - \(fourDays)",
            """
            update interaction set arrived_at = arrived_at - \(fourDays),
                connected_at = connected_at - \(fourDays), ended_at = ended_at - \(fourDays)
            """,
            "delete from event where type = 'interaction.traced'",
            "delete from event_cursor where consumer in ('traces', 'figures')",
            "delete from figure_contact", "delete from figure_entry", "delete from figure_staff",
            "delete from figure_stay",
        ]
        try await database.write { tx in
            for statement in moved { try tx.execute(statement) }
        }
    }

    /// The day of the calls, with the terms and the figure of its report once the calls are in it.
    private static func report(_ hotline: RunningHotline, day: String?, _ token: String) async throws
        -> JSONValue
    {
        let query = day.map { "?from=\($0)&to=\($0)&compare=year" } ?? ""
        return try await eventually("the calls are counted") {
            let report = try await hotline.http.request("GET", "/api/v1/figures\(query)", token: token).json
            return report["total"]["terms"]["handled"].number == 3 ? report : nil
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func
        `D13: who calls again is known when a call has ended, also of calls that were before, and after erasure`(
            _ store: StoreUnderTest
        ) async throws
    {
        try await withPhones { caller, agent in
            try await Installation.with(store) { place in
                var today = ""
                // Migrated first, so that it can be looked at beside the program.
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { _ in }
                let database = try place.database()
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    for number in [Self.comesAgain, Self.comesOnce, Self.comesAgain] {
                        try await Self.talk(hotline, from: number, caller, token)
                    }
                    try await until("the calls are traced") { try await Self.traces(database) == (3, 1) }
                    let report = try await Self.report(hotline, day: nil, token)
                    // Nobody can know yet whether they call again.
                    #expect(report["total"]["terms"]["issues"].isNull)
                    #expect(report["total"]["values"]["firstContactResolution"].isNull)
                    today = try #require(report["from"].text)
                }
                try await Self.moveBack(database)
                let day = try #require(CivilDate(today)).advanced(by: -4).description
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("admin")
                    try await until("the calls are traced") { try await Self.traces(database) == (3, 1) }
                    try await until("the first of two is counted") {
                        let terms = try await Self.report(hotline, day: day, token)["total"]["terms"]
                        return terms["issues"].number == 2 && terms["resolvedFirst"].number == 1
                    }
                    let report = try await Self.report(hotline, day: day, token)
                    #expect(report["total"]["values"]["firstContactResolution"].number == 50)
                    let figure = report["figures"].items.first { $0["key"].text == "firstContactResolution" }
                    #expect(figure?["names"]["en"].text == "First-contact resolution (72 h)")
                    // A year before there was nothing: a difference, and no per cent.
                    let changes = report["comparison"]["changes"]
                    #expect(changes["contacts"]["difference"].number == 3)
                    #expect(changes["contacts"]["percent"].isNull && changes["firstContactResolution"].isNull)
                    let behind = try await hotline.http.request(
                        "GET", "/api/v1/figures/contacts?term=resolvedFirst&from=\(day)&to=\(day)",
                        token: token)
                    #expect(behind.json["items"].items.count == 1)

                    let erased = try await hotline.http.request(
                        "POST", "/api/v1/subjects/erase", token: token,
                        body: #"{"number":"\#(Self.comesAgain)","reason":"asked by letter"}"#)
                    #expect(erased.status == 200 || erased.status == 201, "\(erased.text)")
                }
                // Counted anew out of the events, which name nobody.
                let hotline = try await Hotline(
                    place.configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                let (compared, differences) = try await hotline.verifyFigures(day: day, rebuilds: true)
                #expect(compared > 10 && differences.isEmpty)
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let report = try await Self.report(hotline, day: day, token)
                    #expect(report["total"]["values"]["firstContactResolution"].number == 50)
                }
            }
        }
    }
}
