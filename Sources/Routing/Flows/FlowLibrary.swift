import Contracts
package import FlowEngine
import Kernel
import Storage

/// Where flows are written before they are published.
package enum FlowSource: Sendable {
    /// What was published before is used.
    case published
    /// The file of this name in the directory.
    case files(directory: String)
    case documents([String: FlowDocument])

    /// - Throws: `Problem` naming the file.
    func document(_ key: String) throws -> FlowDocument? {
        switch self {
        case .published: nil
        case .files(let directory): try FlowFile.read("\(directory)/\(key)")
        case .documents(let documents): documents[key]
        }
    }
}

/// The flows that answer the centre's numbers: reads them, checks them, publishes them.
struct FlowLibrary: Sendable {
    let store: FlowStore
    let prompts: PromptStore
    let tenant: TenantID
    /// Is told of a flow that cannot be spoken any more.
    var report: @Sendable (String) -> Void = { _ in }

    /// Publishes the flow of each number from where it is written. A file that says what it said when it was last
    /// published is not published again, so that what was published from the screen since stays in force; a file that
    /// has changed wins, and what it replaces stays in the history.
    ///
    /// - Throws: `Problem(.invalid)` naming the flow, the node and the remedy; what comes after is not published.
    func publish(_ source: FlowSource, for centre: Centre, at now: Timestamp) async throws {
        let world = try await world(of: centre)
        for key in Set(centre.numbers.map(\.flow)).sorted() {
            // A flow that was made on the screen has no file.
            if case .files = source, try await store.isFromScreenAlone(key) { continue }
            guard let document = try source.document(key),
                try await !store.isPublishedFile(document, of: key)
            else { continue }
            let findings = check(document, key: key, version: 0, in: world).findings
            guard findings.isEmpty else {
                let list = findings.map { "\($0.node): \($0.message)" }.joined(separator: "\n  ")
                throw Problem(
                    .invalid, "The flow \(key) cannot be published:\n  \(list)", details: ["field": "flow"])
            }
            _ = try await store.publishFile(document, of: key, doing: .file(at: now))
        }
    }

    /// The newest published version of each flow that a number names. One that names what the centre no longer has is left
    /// out and reported: callers of its numbers hear that the number is unknown, all others go on.
    func published(for centre: Centre) async throws -> [String: Flow] {
        let world = try await world(of: centre)
        var flows: [String: Flow] = [:]
        for key in Set(centre.numbers.map(\.flow)).sorted() {
            guard let newest = try await store.newest(key) else { continue }
            let (flow, findings) = check(newest.document, key: key, version: newest.version, in: world)
            guard let flow else {
                let list = findings.map { "\($0.node): \($0.message)" }.joined(separator: "\n  ")
                report("The flow \(key) cannot be read:\n  \(list)")
                continue
            }
            flows[key] = flow
        }
        return flows
    }

    /// What flows may refer to now.
    func world(of centre: Centre) async throws -> FlowWorld {
        FlowWorld(centre, recordings: try await prompts.recordings())
    }

    /// What is wrong with a document, and the flow that it means, if it means one.
    func check(
        _ document: FlowDocument, key: String, version: Int, in world: FlowWorld
    ) -> (flow: Flow?, findings: [FlowRemark]) {
        let trespasses = document.trespasses
        guard !trespasses.contains(where: { $0.code == "tooLarge" }) else { return (nil, trespasses) }
        let built = document.completed(by: world.recordings).flow(
            id: Self.id(of: key, tenant: tenant), version: version, queues: world.queues,
            calendars: world.calendars, skills: world.skills)
        switch built {
        case .failure(let problems):
            let remarks = problems.problems.map {
                FlowRemark(
                    node: $0.node, field: $0.field, code: $0.code, message: "'\($0.field)': \($0.what).")
            }
            return (nil, trespasses + remarks)
        case .success(let flow):
            let findings = FlowChecker.check(
                flow, queues: Set(world.queues.values), calendars: Set(world.calendars.values))
            return (flow, trespasses + findings.map { FlowRemark($0, in: flow) })
        }
    }

    /// The same key in the same tenant is the same flow, whenever and wherever it is read.
    static func id(of key: String, tenant: TenantID) -> FlowID {
        var digest = SHA256()
        digest.update("\(tenant)/flow/\(key)".utf8)
        let bytes = digest.finish()
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        // Version 8 (RFC 9562, 5.8): made from a name by a rule of our own.
        return FlowID(
            high: word(0..<8) & ~0xF000 | 0x8000, low: word(8..<16) & ~(3 << 62) | 1 << 63)
    }
}

extension FlowRemark {
    /// A finding of the checker; one about the flow as a whole names no node.
    init(_ finding: FlowFinding, in flow: Flow) {
        let isOfFlow = finding.field == "entry" || finding.field == "languages"
        self.init(
            node: isOfFlow ? "" : finding.node, field: finding.field, code: finding.code.rawValue,
            message: finding.message)
    }
}
