import Foundation
import Kernel
import Storage
import TestKit
import Testing

@testable import App

/// Data of released versions go on being served (decision 15). `Tests/fixtures` makes the one of the present version.
@Suite struct ReleasedSchemaTests {
    private static let folder = Installation.repository + "Tests/AppTests/Fixtures"
    private static let fixtures =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".sqlite") }.sorted()

    @Test func `there is a fixture of every released version`() {
        #expect(Self.fixtures.contains("schema-0.1.0.sqlite"))
    }

    @Test(arguments: fixtures, StoreUnderTest.all)
    func `G10: data of a released version are migrated and served`(_ fixture: String, _ store: StoreUnderTest)
        async throws
    {
        try await Installation.with(.embedded) { old in
            let path = old.folder + "/hotline.sqlite"
            try FileManager.default.copyItem(atPath: Self.folder + "/" + fixture, toPath: path)
            guard store == .postgres else { return try await Self.check(old) }
            try await Installation.with(.postgres) { new in
                _ = try await Move(
                    directory: old.folder, to: try #require(new.conninfo), progress: { _ in }
                ).run()
                try await Self.check(new)
            }
        }
    }

    /// The one call of the fixture is there, and the next one is taken.
    private static func check(_ place: Installation) async throws {
        try await withPhones { caller, agent in
            try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                let token = try await hotline.token("supervisor")
                let kept = try await hotline.newestInteraction(token)
                let id = try #require(kept["id"].text)
                #expect(kept["endedBy"].text == "customer")
                #expect(try await hotline.timeline(id, token).count > 5)
                let call = await caller.call("support", at: hotline.reach.sipPort)
                #expect(try await caller.outcome(of: call) == 200)
                await caller.hangUp(call)
                _ = try await hotline.newestInteraction(of: 2, token)
            }
            #expect(try await Integrity.faults(of: place.database()) == [])
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `G10: a schema of a later version is refused with the versions and the remedy`(
        _ store: StoreUnderTest
    )
        async throws
    {
        try await Installation.with(store) { place in
            try await place.running(.demonstration) { _ in }
            try await place.database().write { transaction in
                try transaction.execute(
                    """
                    insert into schema_migration (position, name, digest, applied_at)
                    values (999, 'future.1', 'crc64-xz:0', 0)
                    """)
            }
            let problem = await #expect(throws: Problem.self) {
                try await place.running(.demonstration) { _ in }
            }
            #expect(problem?.details["reason"] == "schema.newer")
            let message = problem?.message ?? ""
            for part in ["future.1", "\(Hotline.migrations.count + 1) steps", "restore the backup"] {
                #expect(message.contains(part), "\(part)")
            }
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["HOTLINE_WRITE_FIXTURES"] != nil, "writes a file"))
    func `the fixture of this version is written`() async throws {
        try await withPhones { caller, agent in
            try await Installation.with(.embedded) { place in
                try await place.running(.straightThrough(agents: 1, phone: agent.port)) { hotline in
                    let token = try await hotline.token("supervisor")
                    let call = await caller.call("support", at: hotline.reach.sipPort)
                    #expect(try await caller.outcome(of: call) == 200)
                    _ = try await agent.request("INVITE")
                    await caller.hangUp(call)
                    try await until("the call is over") {
                        try await hotline.live(token)["calls"].number == 0
                    }
                }
                let target = Self.folder + "/schema-\(Version.text).sqlite"
                try FileManager.default.createDirectory(
                    atPath: Self.folder, withIntermediateDirectories: true)
                if FileManager.default.fileExists(atPath: target) {
                    try FileManager.default.removeItem(atPath: target)
                }
                try await SQLiteDatabase(path: place.folder + "/hotline.sqlite").backup(to: target)
            }
        }
    }
}
