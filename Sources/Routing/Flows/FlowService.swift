import Contracts
import FlowEngine
import Kernel

/// What people do with flows on the screen: draft, check, publish, go back.
struct FlowService: Sendable {
    /// Letters of a key, with its ending.
    static let longestKey = 64
    /// Letters of a flow's name.
    static let longestName = 100
    /// Flows of a centre; the flow of every number and those in preparation.
    static let mostFlows = 500
    /// The name that the routes of test calls take.
    private static let takenKey = "test-calls"

    let store: FlowStore
    let library: FlowLibrary
    let centre: any CentreSource
    /// Lets the desk take new settings.
    let settings: SettingsDelivery

    /// A flow with what is wrong with its draft, or with what is published.
    struct View: Sendable {
        var entry: FlowStore.Entry
        var numbers: [String]
        var findings: [FlowRemark]
    }

    func flows() async throws -> [View] {
        let numbers = try await numbers()
        return try await store.entries().map { View(entry: $0, numbers: numbers[$0.key] ?? [], findings: []) }
    }

    func flow(_ key: String) async throws -> View {
        let entry = try await entry(key)
        let document = entry.draft?.document ?? entry.published?.document
        let findings = try await document.asyncMap { try await check($0, of: key) } ?? []
        return View(entry: entry, numbers: try await numbers()[key] ?? [], findings: findings)
    }

    private func numbers() async throws -> [String: [String]] {
        Dictionary(grouping: try await centre.centre().numbers, by: \.flow).mapValues { $0.map(\.number) }
    }

    private func entry(_ key: String) async throws -> FlowStore.Entry {
        guard let entry = try await store.entry(key) else { throw Self.missing(key) }
        return entry
    }

    /// Makes a draft under a new key: a copy of another flow, or a greeting and a hang-up. Returns the key.
    func create(key: String?, name: String, from source: String?, doing deed: FlowDeed) async throws -> String
    {
        guard (1...Self.longestName).contains(name.count) else {
            throw Problem(
                .invalid, "The flow needs a name of at most \(Self.longestName) letters.",
                details: ["field": "name"])
        }
        let taken = Set(try await store.entries().map(\.key))
        guard taken.count < Self.mostFlows else {
            throw Problem(.exhausted, "There are \(Self.mostFlows) flows; remove one first.")
        }
        let key = try key.map(Self.checked) ?? Self.key(for: name, besides: taken)
        guard !taken.contains(key) else { throw Self.exists(key) }
        var document = FlowDocument.start
        if let source {
            let original = try await entry(source)
            document = original.draft?.document ?? original.published?.document ?? document
        }
        document.name = name
        // `nil` when somebody has made the same key in this moment.
        guard try await store.save(document, of: key, over: nil, doing: deed) != nil else {
            throw Self.exists(key)
        }
        return key
    }

    /// Saves the draft, with faults or without. Returns its revision and what is wrong with it.
    ///
    /// Throws `Problem(.conflict)` with reason `changedMeanwhile`.
    func save(_ document: FlowDocument, of key: String, over revision: Int?, doing deed: FlowDeed)
        async throws -> (revision: Int, findings: [FlowRemark])
    {
        _ = try await entry(key)
        let findings = try await check(document, of: key)
        guard let saved = try await store.save(document, of: key, over: revision, doing: deed) else {
            throw Self.changedMeanwhile
        }
        return (saved, findings)
    }

    func discard(_ key: String, doing deed: FlowDeed) async throws {
        _ = try await entry(key)
        try await store.discard(key, doing: deed)
    }

    func check(_ document: FlowDocument, of key: String) async throws -> [FlowRemark] {
        let world = try await library.world(of: centre.centre())
        return library.check(document, key: key, version: 0, in: world).findings
    }

    /// Publishes the draft of this revision; calls that stand go on with their version. Returns the version.
    func publish(_ key: String, revision: Int, doing deed: FlowDeed) async throws -> Int {
        guard let draft = try await entry(key).draft, draft.revision == revision else {
            throw Self.changedMeanwhile
        }
        return try await publish(draft.document, of: key, revision: revision, "flow.published", deed)
    }

    /// Publishes what a former version said once more, checked again. Returns the new version.
    func restore(_ version: Int, of key: String, doing deed: FlowDeed) async throws -> Int {
        let former = try await self.version(version, of: key)
        return try await publish(former.document, of: key, revision: nil, "flow.restored", deed)
    }

    private func publish(
        _ document: FlowDocument, of key: String, revision: Int?, _ action: String, _ deed: FlowDeed
    ) async throws -> Int {
        let findings = try await check(document, of: key)
        guard findings.isEmpty else { throw FlowRemark.refusal(findings) }
        let published = try await store.publish(
            document, of: key, revision: revision, action: action, doing: deed)
        guard let published else { throw Self.changedMeanwhile }
        try await settings.deliver()
        return published
    }

    func version(_ version: Int, of key: String) async throws -> FlowStore.Published {
        _ = try await entry(key)
        guard let found = try await store.version(version, of: key) else {
            throw Problem(
                .notFound, "The flow \(key) has no version \(version).", details: ["field": "n"])
        }
        return found
    }

    /// Newest first, each with what it changed; one more than the limit when there are more.
    func versions(of key: String, before: Int?, limit: Int) async throws -> [(
        version: FlowStore.Published, difference: FlowDifference
    )] {
        _ = try await entry(key)
        let found = try await store.versions(of: key, before: before, limit: limit + 2)
        return found.prefix(limit + 1).enumerated().map { index, version in
            let former = index + 1 < found.count ? found[index + 1].document : nil
            return (version, FlowDifference(from: former, to: version.document))
        }
    }

    /// Removes a flow that answers no number; its versions stay in the history.
    func remove(_ key: String, doing deed: FlowDeed) async throws {
        if let uses = try await numbers()[key] {
            throw Problem(
                .conflict, "The flow answers \(uses.joined(separator: ", ")); give these another flow first.",
                details: ["reason": "inUse"])
        }
        guard try await store.remove(key, doing: deed) else { throw Self.missing(key) }
    }

    /// The flow that a test call runs: a document, else the draft, else what is published; without faults.
    func tested(_ key: String, _ document: FlowDocument?) async throws -> Flow {
        let entry = try await entry(key)
        guard let document = document ?? entry.draft?.document ?? entry.published?.document else {
            throw Self.missing(key)
        }
        let world = try await library.world(of: centre.centre())
        let (flow, findings) = library.check(document, key: key, version: 0, in: world)
        guard let flow, findings.isEmpty else { throw FlowRemark.refusal(findings) }
        return flow
    }

    // MARK: keys

    /// A key from lower-case letters, digits and hyphens, with `.toml` at the end, which is added.
    static func checked(_ key: String) throws(Problem) -> String {
        let stem = key.hasSuffix(".toml") ? key.dropLast(5) : key[...]
        let isPlain = stem.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard isPlain, !stem.isEmpty, key.utf8.count <= longestKey, key != takenKey else {
            throw Problem(
                .invalid, "A key has lower-case letters, digits and hyphens, such as flow-night.toml.",
                details: ["field": "key"])
        }
        // Numbers name the file of a flow, and so do those that have none.
        return "\(stem).toml"
    }

    /// A key from what a name has of letters and digits; names in Chinese are numbered.
    private static func key(for name: String, besides taken: Set<String>) -> String {
        let plain = name.lowercased().utf8.filter {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
        }
        let stem = "flow-" + (plain.isEmpty ? "1" : String(decoding: plain.prefix(40), as: UTF8.self))
        let candidates = ["\(stem).toml"] + (2...(mostFlows + 2)).map { "\(stem)-\($0).toml" }
        return candidates.first { !taken.contains($0) } ?? "\(stem).toml"
    }

    private static func missing(_ key: String) -> Problem {
        Problem(.notFound, "There is no flow \(key.prefix(longestKey)).", details: ["field": "key"])
    }
    private static func exists(_ key: String) -> Problem {
        Problem(.conflict, "There is a flow \(key) already.", details: ["field": "key", "reason": "exists"])
    }
    private static let changedMeanwhile = Problem(
        .conflict, "Somebody has changed this draft meanwhile; read it again and apply your change to it.",
        details: ["reason": "changedMeanwhile"])
}

extension FlowDocument {
    /// What a new flow begins with: a greeting and a hang-up.
    static var start: FlowDocument {
        var (welcome, bye) = (
            FlowDocumentNode(name: "welcome", kind: "say"), FlowDocumentNode(name: "bye", kind: "hang_up")
        )
        welcome.prompts = ["welcome"]
        welcome.next = "bye"
        bye.prompts = []
        return FlowDocument(
            name: "", languages: ["zh-CN", "en"], entry: "welcome", nodes: [welcome, bye],
            prompts: ["welcome": ["zh-CN": "您好，欢迎致电。", "en": "Hello and welcome."]])
    }
}

extension Optional {
    fileprivate func asyncMap<Other>(_ change: (Wrapped) async throws -> Other) async rethrows -> Other? {
        if let self { try await change(self) } else { nil }
    }
}

/// Brings the centre with its flows to the desk, one time after the other: what was read later arrives later.
actor SettingsDelivery {
    private let work: @Sendable () async throws -> Void
    private var last: Task<Void, any Error>?

    init(_ work: @escaping @Sendable () async throws -> Void) { self.work = work }

    /// Returns when settings that were read after this call have been taken.
    func deliver() async throws {
        let (former, work) = (last, work)
        // Awaited below, and by the next delivery.
        let task = Task {
            _ = await former?.result
            try await work()
        }
        last = task
        try await task.value
    }
}
