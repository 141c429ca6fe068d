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
    let tenant: TenantID

    /// Publishes the flow of each number from where it is written. A version that says the same as the newest is not
    /// published again.
    ///
    /// - Throws: `Problem(.invalid)` naming the flow, the node and the remedy; what comes after is not published.
    func publish(_ source: FlowSource, for centre: Centre, at now: Timestamp) async throws {
        for key in Set(centre.numbers.map(\.flow)).sorted() {
            guard let document = try source.document(key) else { continue }
            let findings = try check(document, key: key, version: 0, centre).findings
            guard findings.isEmpty else {
                let list = findings.map { "\($0.node): \($0.message)" }.joined(separator: "\n  ")
                throw Problem(
                    .invalid, "The flow \(key) cannot be published:\n  \(list)", details: ["field": "flow"])
            }
            _ = try await store.publish(key, document, at: now)
        }
    }

    /// The newest published version of each flow that a number names.
    func published(for centre: Centre) async throws -> [String: Flow] {
        var flows: [String: Flow] = [:]
        for key in Set(centre.numbers.map(\.flow)).sorted() {
            guard let newest = try await store.newest(key) else { continue }
            flows[key] = try check(newest.document, key: key, version: newest.version, centre).flow
        }
        return flows
    }

    /// What the checker says of a document in this centre.
    func check(
        _ document: FlowDocument, key: String, version: Int, _ centre: Centre
    ) throws -> (flow: Flow, findings: [FlowFinding]) {
        let queues = Dictionary(
            centre.queues.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        let calendars = Dictionary(
            centre.calendars.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        let built = document.flow(
            id: Self.id(of: key, tenant: tenant), version: version, queues: queues, calendars: calendars)
        switch built {
        case .failure(let problems):
            throw Problem(
                .invalid, "The flow \(key) cannot be read:\n  \(problems)", details: ["field": "flow"])
        case .success(let flow):
            let findings = FlowChecker.check(
                flow, queues: Set(queues.values), calendars: Set(calendars.values))
            return (flow, findings)
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
