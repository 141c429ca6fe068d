import Foundation
import Kernel
import RoutingEngine
import Testing

/// One line of a recorded journal: an input, its time, and the facts that it led to.
private struct Entry: Codable, Equatable {
    var at: Timestamp
    var input: RoutingInput
    var facts: [RoutingFact]
}

/// Journals of released engine versions: what was decided then is decided now, fact for fact (decision 4).
@Suite struct ReplayTests {
    private static let recording = "RECORD_ROUTING_JOURNAL"
    private let journal = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/routing-engine-1.jsonl")

    @Test func `engine version 1 repeats its recorded journal`() throws {
        #expect(RoutingEngine.version == 1)
        let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 251)
        var engine = RoutingEngine()
        var outcome = RoutingOutcome()
        for (number, line) in lines.enumerated() {
            let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
            outcome.removeAll()
            engine.apply(entry.input, at: entry.at, into: &outcome)
            try #require(outcome.facts == entry.facts, "line \(number + 1)")
        }
    }

    /// Writes the journal of a new engine version; run with the environment variable set, then commit the file.
    @Test(.enabled(if: ProcessInfo.processInfo.environment[recording] != nil))
    func `a journal is recorded`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var inputs = RandomInputs(seed: 2_026)
        var engine = RoutingEngine()
        var outcome = RoutingOutcome()
        var text = ""
        for step in 0...250 {
            outcome.removeAll()
            let input = step == 0 ? .settingsChanged(inputs.settings()) : inputs.next()
            engine.apply(input, at: inputs.time, into: &outcome)
            inputs.listen(outcome)
            let line = try encoder.encode(Entry(at: inputs.time, input: input, facts: outcome.facts))
            text += String(decoding: line, as: UTF8.self) + "\n"
        }
        try FileManager.default.createDirectory(
            at: journal.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: journal, atomically: true, encoding: .utf8)
    }
}
