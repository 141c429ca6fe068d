import Foundation
import Kernel
import RoutingEngine
import Testing

/// Reads facts as a report would and complains when they do not add up.
private struct Ledger {
    var open: [InteractionID: QueueID] = [:]
    var offers: [InteractionID: OfferID] = [:]
    var entered = 0
    var ended: [QueueEnding: Int] = [:]
    var activities: [AgentID: Activity] = [:]
    var complaints: [String] = []

    mutating func read(_ fact: RoutingFact) {
        switch fact {
        case .queued(let interaction, let queue, let position, _):
            if open[interaction] != nil { complaints.append("\(interaction) is in two queues") }
            if position < 1 { complaints.append("position \(position)") }
            open[interaction] = queue
            entered += 1
        case .queueEntryEnded(let interaction, let queue, let ending, let waited, let agent):
            if open.removeValue(forKey: interaction) != queue {
                complaints.append("\(interaction) ended in a queue it was not in")
            }
            if (ending == .answered) != (agent != nil) { complaints.append("\(ending) by \(agent as Any)") }
            if waited < .zero { complaints.append("waited \(waited)") }
            if offers[interaction] != nil { complaints.append("\(interaction) left while ringing") }
            ended[ending, default: 0] += 1
        case .offered(let offer, _, let queue, let reason):
            if open[offer.interaction] != queue { complaints.append("\(offer) is not in its queue") }
            if offers.updateValue(offer, forKey: offer.interaction) != nil {
                complaints.append("\(offer.interaction) rings twice")
            }
            if reason.waited < .zero || reason.idle < .zero { complaints.append("\(reason)") }
        case .offerEnded(let offer, _, _, let rang):
            if offers.removeValue(forKey: offer.interaction) != offer {
                complaints.append("\(offer) ended but did not ring")
            }
            if rang < .zero { complaints.append("rang \(rang)") }
        case .activityChanged(let agent, let activity, let former, let after):
            if activities[agent] ?? .idle != former || after < .zero {
                complaints.append("\(agent) was \(activities[agent] ?? .idle), not \(former)")
            }
            activities[agent] = activity
        case .agentSignedOut(let agent, _, _):
            if activities.removeValue(forKey: agent) ?? .idle != .idle {
                complaints.append("\(agent) signed out while busy")
            }
        case .conversationEnded(_, _, _, let talked, let held):
            if talked < .zero || held < .zero { complaints.append("talked \(talked), held \(held)") }
        default: break
        }
    }
}

@Suite struct PropertyTests {
    /// Applies random inputs from one seed; `each` sees the engine and what each input led to.
    private func run(
        seed: UInt64, inputs count: Int, each: (inout RoutingEngine, RoutingInput, RoutingOutcome) -> Void
    ) {
        var inputs = RandomInputs(seed: seed)
        var engine = RoutingEngine()
        var outcome = RoutingOutcome()
        engine.apply(.settingsChanged(inputs.settings()), at: inputs.time, into: &outcome)
        for _ in 0..<count {
            outcome.removeAll()
            let input = inputs.next()
            engine.apply(input, at: inputs.time, into: &outcome)
            inputs.listen(outcome)
            each(&engine, input, outcome)
        }
    }

    @Test func `whatever happens, the state is consistent and every queue entry ends exactly once`() {
        var ended: [QueueEnding: Int] = [:]
        for seed in 1...40 as ClosedRange<UInt64> {
            var ledger = Ledger()
            var problems: [String] = []
            var step = 0
            run(seed: seed, inputs: 500) { engine, input, outcome in
                for fact in outcome.facts { ledger.read(fact) }
                step += 1
                guard problems.isEmpty, step.isMultiple(of: 3) else { return }
                problems = engine.violations().map { "\($0) after \("\(input)".prefix(60))" }
                // Who is in a queue by the facts has a position, and nobody else.
                for interaction in ledger.open.keys
                where engine.position(of: interaction, at: Timestamp(milliseconds: 0)) == nil {
                    problems.append("\(interaction) has no position")
                }
                let waiting = engine.overview(at: Timestamp(milliseconds: 0)).queues.reduce(0) {
                    $0 + $1.waiting
                }
                if waiting != ledger.open.count { problems.append("\(waiting) wait") }
            }
            #expect(problems.isEmpty, "seed \(seed): \(problems.prefix(3))")
            #expect(ledger.complaints.isEmpty, "seed \(seed): \(ledger.complaints.prefix(3))")
            // O = A + B + Bs + F + ... + who is still waiting.
            #expect(ledger.entered == ledger.ended.values.reduce(0, +) + ledger.open.count)
            ended.merge(ledger.ended, uniquingKeysWith: +)
        }
        // The inputs reach every ending.
        for ending in QueueEnding.allCases { #expect(ended[ending] ?? 0 > 0, "no \(ending)") }
    }

    @Test func `the same inputs lead to the same facts and effects`() {
        for seed in 1...10 as ClosedRange<UInt64> {
            var first: [RoutingOutcome] = []
            var second: [RoutingOutcome] = []
            run(seed: seed, inputs: 500) { _, _, outcome in first.append(outcome) }
            run(seed: seed, inputs: 500) { _, _, outcome in second.append(outcome) }
            #expect(first.map(\.facts) == second.map(\.facts))
            #expect(first.map(\.effects) == second.map(\.effects))
        }
    }

    @Test func `a restored snapshot goes on exactly like the original`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for seed in 1...12 as ClosedRange<UInt64> {
            var original = RandomInputs(seed: seed)
            let settings = original.settings()
            var engine = RoutingEngine()
            var copy = engine
            var outcome = RoutingOutcome()
            var repeated = RoutingOutcome()
            engine.apply(.settingsChanged(settings), at: original.time, into: &outcome)
            copy.apply(.settingsChanged(settings), at: original.time, into: &repeated)
            for step in 0..<300 {
                outcome.removeAll()
                repeated.removeAll()
                let input = original.next()
                if original.below(10) == 0 {
                    let snapshot = try encoder.encode(copy)
                    copy = try JSONDecoder().decode(RoutingEngine.self, from: snapshot)
                    try #require(encoder.encode(copy) == snapshot)
                }
                engine.apply(input, at: original.time, into: &outcome)
                copy.apply(input, at: original.time, into: &repeated)
                original.listen(outcome)
                try #require(outcome.facts == repeated.facts, "seed \(seed), step \(step), \(input)")
                try #require(outcome.effects == repeated.effects, "seed \(seed), step \(step), \(input)")
                try #require(engine.nextDeadline == copy.nextDeadline, "seed \(seed), step \(step), \(input)")
            }
            #expect(try encoder.encode(engine) == encoder.encode(copy))
        }
    }

    @Test func `deadlines take effect one by one or all at once with the same facts`() {
        for seed in 1...12 as ClosedRange<UInt64> {
            var inputs = RandomInputs(seed: seed)
            var punctual = RoutingEngine()
            var late = RoutingEngine()
            var first = RoutingOutcome()
            var second = RoutingOutcome()
            let settings = inputs.settings()
            punctual.apply(.settingsChanged(settings), at: inputs.time, into: &first)
            late.apply(.settingsChanged(settings), at: inputs.time, into: &second)
            for _ in 0..<300 {
                let input = inputs.next()
                var rounds = 0
                while let due = punctual.nextDeadline, due <= inputs.time, rounds < 10_000 {
                    punctual.apply(.clockAdvanced, at: due, into: &first)
                    rounds += 1
                }
                let before = first.effects.count
                punctual.apply(input, at: inputs.time, into: &first)
                late.apply(input, at: inputs.time, into: &second)
                var news = RoutingOutcome()
                news.effects = Array(first.effects[before...])
                inputs.listen(news)
            }
            #expect(first.facts == second.facts)
            #expect(first.effects == second.effects)
        }
    }
}
