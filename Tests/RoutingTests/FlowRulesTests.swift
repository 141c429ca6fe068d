import CallEngine
import Contracts
import FlowEngine
import Kernel
import Storage
import Testing

@testable import Routing

/// Flows from the screen, by value and on the embedded database.
@Suite struct FlowRulesTests {
    private static let tenant = TenantID(1)
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    private static let world = FlowWorld(Centre(tenant: tenant, name: "c", zone: "Asia/Shanghai", version: 1))
    private static let person = FlowDeed(actor: "person:x", by: "9001", address: "127.0.0.1", at: now)

    private static func library() async throws -> FlowLibrary {
        let sqlite = try SQLiteDatabase.inMemory()
        try await sqlite.migrate(StorageSchema.migrations + RoutingFeature.migrations)
        let database = sqlite.tenant(tenant)
        return FlowLibrary(
            store: FlowStore(database: database), prompts: PromptStore(database: database), tenant: tenant)
    }

    private static func document(_ text: String = "Hello.") -> FlowDocument {
        var document = FlowDocument.start
        document.name = "night"
        document.prompts["welcome"] = ["zh-CN": text, "en": text]
        return document
    }

    // MARK: findings

    @Test func `what a new flow begins with has no fault`() async throws {
        let checked = try await Self.library().check(.start, key: "k", version: 1, in: Self.world)
        #expect(checked.findings == [] && checked.flow != nil)
    }

    @Test func `findings name node, field and code, of the document and of the checker alike`() async throws {
        let library = try await Self.library()
        var document = Self.document()
        document.nodes[0].next = "gone"
        document.nodes[1].prompts = ["farewell"]
        let found = library.check(document, key: "k", version: 1, in: Self.world).findings
        #expect(
            found.map { "\($0.node) \($0.field ?? "-") \($0.code)" }.sorted() == [
                "bye - unreachable", "bye prompts missingPrompt", "welcome next unknownTarget",
            ])
        document.nodes[0].next = nil
        let unread = library.check(document, key: "k", version: 1, in: Self.world)
        #expect(unread.flow == nil && unread.findings.map(\.code) == ["missing"])
        #expect(unread.findings.first?.field == "next")
        document = Self.document()
        document.entry = "gone"
        let entry = library.check(document, key: "k", version: 1, in: Self.world).findings.first
        #expect(entry?.node == "" && entry?.field == "entry" && entry?.code == "noEntry")
    }

    @Test func `no author takes a reserved name or leaves the folder of prompts`() async throws {
        var document = Self.document()
        document.nodes[1].name = "!urgent"
        document.nodes[0].next = "!urgent"
        document.files = [
            "welcome": ["en": "../recordings/a.wav", "zh-CN": "/etc/passwd"], "x": ["en": "a/b.wav"],
        ]
        let found = try await Self.library().check(document, key: "k", version: 1, in: Self.world).findings
        #expect(found.map(\.code) == ["reservedName", "unsafeFile", "unsafeFile"])
    }

    @Test
    func `G16: the library speaks where the flow has no prompt of that name, and must have its languages`()
        async throws
    {
        let library = try await Self.library()
        var document = Self.document()
        document.nodes[0].prompts = ["welcome", "closing-early"]
        var world = Self.world
        func codes() -> [String] {
            library.check(document, key: "k", version: 1, in: world).findings.map(\.code)
        }
        #expect(codes() == ["missingPrompt"])
        world.recordings = ["closing-early": ["en": "library/a.wav"], "welcome": ["en": "library/b.wav"]]
        #expect(codes() == ["missingTranslation"])
        world.recordings["closing-early"]?["zh-CN"] = "library/c.wav"
        #expect(codes() == [])
        let flow = library.check(document, key: "k", version: 1, in: world).flow
        #expect(flow?.prompts["closing-early"]?.files == ["en": "library/a.wav", "zh-CN": "library/c.wav"])
        #expect(flow?.prompts["welcome"]?.files == [:], "the flow's own wins")
    }

    @Test func `a difference names nodes and texts`() {
        let former = Self.document()
        var later = former
        later.nodes[0].next = "new"
        later.nodes.append(FlowDocumentNode(name: "new", kind: "hang_up"))
        later.nodes.remove(at: 1)
        later.prompts["welcome"]?["en"] = "Good night."
        let difference = FlowDifference(from: former, to: later)
        #expect(
            difference.added == ["new"] && difference.removed == ["bye"] && difference.changed == ["welcome"])
        #expect(difference.texts == ["welcome"])
        #expect(FlowDifference(from: nil, to: former).added == ["bye", "welcome"])
    }

    @Test func `keys are plain`() throws {
        for key in ["flow-night.toml", "a", "5186"] {
            #expect(try FlowService.checked(key) == (key.hasSuffix(".toml") ? key : key + ".toml"))
        }
        for key in [
            "", ".toml", "Night", "a/b", "../a", "a.toml.toml", "test-calls",
            String(repeating: "a", count: 65),
        ] {
            #expect(throws: Problem.self) { try FlowService.checked(key) }
        }
    }

    // MARK: drafts and versions

    @Test func `a draft is saved over the revision that was read and no other, and revisions go on`()
        async throws
    {
        let store = try await Self.library().store
        let document = Self.document()
        #expect(try await store.save(document, of: "k", over: nil, doing: Self.person) == 1)
        #expect(try await store.save(document, of: "k", over: nil, doing: Self.person) == nil)
        #expect(try await store.save(document, of: "k", over: 1, doing: Self.person) == 2)
        #expect(
            try await store.publish(document, of: "k", revision: 1, action: "a", doing: Self.person) == nil)
        #expect(try await store.publish(document, of: "k", revision: 2, action: "a", doing: Self.person) == 1)
        #expect(try await store.entry("k")?.draft == nil)
        // A page that still has the published draft does not meet the next one by chance.
        #expect(try await store.save(document, of: "k", over: 2, doing: Self.person) == nil)
        #expect(try await store.save(document, of: "k", over: nil, doing: Self.person) == 3)
        #expect(try await store.entry("k")?.draft?.base == 1)
        try await store.discard("k", doing: Self.person)
        #expect(try await store.entry("k")?.draft == nil)
    }

    @Test func `a restart keeps what the screen published until the file says something new`() async throws {
        let library = try await Self.library()
        let store = library.store
        var centre = Centre(tenant: Self.tenant, name: "c", zone: "Asia/Shanghai", version: 1)
        centre.numbers = [CentreNumber(number: "1", flow: "k")]
        func start(_ text: String) async throws -> String? {
            try await library.publish(.documents(["k": Self.document(text)]), for: centre, at: Self.now)
            return try await library.published(for: centre)["k"]?.prompts["welcome"]?.texts["en"]
        }
        #expect(try await start("file") == "file")
        #expect(try await start("file") == "file")
        let screen = Self.document("screen")
        #expect(try await store.publish(screen, of: "k", revision: nil, action: "a", doing: Self.person) == 2)
        #expect(try await start("file") == "screen")
        #expect(try await start("new file") == "new file")
        #expect(try await start("new file") == "new file")
        // A file that has not changed is not asked whether it still fits the centre: what is in force does.
        var broken = Self.document("broken")
        broken.entry = "nowhere"
        _ = try await store.publishFile(broken, of: "other", doing: .file(at: Self.now))
        var further = centre
        further.numbers = [CentreNumber(number: "2", flow: "other")]
        try await library.publish(.documents(["other": broken]), for: further, at: Self.now)
        let history = try await store.versions(of: "k", before: nil, limit: 10)
        #expect(history.map(\.by) == ["file", "9001", "file"])
        #expect(history.map(\.version) == [3, 2, 1])
    }

    @Test func `a flow that was removed is gone, its history is not, and its numbers go on`() async throws {
        let store = try await Self.library().store
        let document = Self.document()
        _ = try await store.publish(document, of: "k", revision: nil, action: "a", doing: Self.person)
        #expect(try await store.remove("k", doing: Self.person))
        #expect(try await store.entry("k") == nil)
        #expect(try await store.newest("k") == nil)
        #expect(try await store.entries().isEmpty)
        #expect(try await store.remove("k", doing: Self.person) == false)
        #expect(
            try await store.publish(document, of: "k", revision: nil, action: "a", doing: Self.person) == 2)
        #expect(try await store.entries().map(\.key) == ["k"])
    }

    // MARK: urgent news

    @Test func `G16: urgent news come first in every flow, and only while they are in force`() async throws {
        let built = try await Self.library().check(Self.document(), key: "k", version: 4, in: Self.world).flow
        let flow = try #require(built)
        var centre = Centre(tenant: Self.tenant, name: "c", zone: "Asia/Shanghai", version: 1)
        centre.numbers = [CentreNumber(number: "1", flow: "k")]
        let (from, until) = (Self.now + .hours(1), Self.now + .hours(2))
        centre.announcements = [
            CentreAnnouncement(
                id: AnnouncementID(1), board: "urgent", texts: ["en": "x"], from: from, until: until),
            CentreAnnouncement(id: AnnouncementID(2), board: "faults", texts: ["en": "y"]),
        ]
        func entry(_ now: Timestamp) -> String? {
            CentreSettings.callSettings(centre, flows: ["k": flow], at: now).numbers["1"]?.flow.entry
        }
        #expect(entry(Self.now) == "welcome")
        #expect(entry(from) == "!urgent")
        #expect(entry(until) == "welcome")
        #expect(CentreSettings.nextChange(centre, after: Self.now) == from)
        #expect(CentreSettings.nextChange(centre, after: from) == until)
        #expect(CentreSettings.nextChange(centre, after: until) == nil)
        let first = UrgentNews.first(in: flow)
        #expect(Array(first.nodes.prefix(flow.nodes.count)) == flow.nodes)
        #expect(FlowChecker.check(first, queues: [], calendars: []).isEmpty)
    }

    // MARK: test calls

    @Test func `a test call shows the way that the facts tell`() {
        let id = InteractionID(1)
        var calls = TestCalls()
        calls.add(id, secret: "s")
        func note(_ fact: CallFact) { calls.note([StampedFact(at: Self.now, fact: fact)]) }
        note(.answered(id))
        note(.flow(id, .nodeEntered("welcome")))
        note(.flow(id, .nodeLeft("welcome", exit: "played")))
        note(.flow(id, .nodeEntered("menu")))
        note(.flow(InteractionID(2), .nodeEntered("other")))
        #expect(calls["s"]?.isAnswered == true && calls.standing == 1)
        #expect(
            calls["s"]?.trail == [
                TestCalls.Step(node: "welcome", at: Self.now, exit: "played"),
                TestCalls.Step(node: "menu", at: Self.now, exit: nil),
            ])
        note(.ended(id, by: .customer, lasted: .zero))
        #expect(calls["s"]?.hasEnded == true && calls.standing == 0)
        for number in 0..<200 { calls.add(InteractionID(number + 10), secret: "\(number)") }
        #expect(calls.calls.count == TestCalls.mostKept && calls["s"] == nil)
    }
}
