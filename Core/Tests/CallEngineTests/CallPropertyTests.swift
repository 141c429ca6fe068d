import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// What holds whatever happens in whatever order.
struct CallPropertyTests {
    private static let steps = 1_500

    @Test(arguments: 1...24)
    func `each call ends once, and each leg is joined or dropped, whatever happens`(seed: Int) {
        var centre = CentreFixture(lines: 4, ready: [1, 2, 3], longestWait: .seconds(90), mostOffers: 3)
        var inputs = RandomCalls(seed: UInt64(seed))
        var checker = CallChecker()
        let original = centre.settings
        for step in 1...Self.steps {
            centre.time = centre.time + inputs.pause()
            var input = inputs.next()
            if let settings = inputs.settings(original, version: step + 1) {
                input = .settingsChanged(settings)
            }
            centre.send(input)
            inputs.listen(centre.last.effects)
            checker.check(centre.last, after: input)
            guard checker.violations.isEmpty else { break }
        }
        for id in centre.engine.interactions {
            let input = CallInput.callerLeft(id)
            centre.send(input)
            checker.check(centre.last, after: input)
        }
        checker.close()
        #expect(checker.violations.prefix(3) == [])
        #expect(checker.joined > 0)
        #expect(checker.finished > 50)
        #expect(centre.engine.callCount == 0)
        #expect(centre.linesInUse == 0)
        centre.pass(.hours(1))
        #expect(centre.engine.nextDeadline == nil)
    }

    @Test func `the same inputs lead to the same facts and effects`() {
        func run() -> ([StampedFact], [CallEffect]) {
            var centre = CentreFixture(lines: 4, ready: [1, 2, 3])
            var inputs = RandomCalls(seed: 77)
            for _ in 1...Self.steps {
                centre.time = centre.time + inputs.pause()
                centre.send(inputs.next())
                inputs.listen(centre.last.effects)
            }
            return (centre.facts, centre.effects)
        }
        let (once, again) = (run(), run())
        #expect(once.0 == again.0)
        #expect(once.1 == again.1)
    }

    @Test func `a copy of the engine goes its own way`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        var copy = centre
        copy.leave(7)
        #expect(copy.engine.callCount == 0)
        #expect(centre.engine.callCount == 1)
        #expect(centre.send(.agentLeft(OfferID(7, 1))).first == .part(LegID(7, 1)))
    }

    @Test func `the routing inputs replayed alone lead to the same routing facts`() {
        var centre = CentreFixture(lines: 4, ready: [1, 2, 3], longestWait: .seconds(90))
        var journal: [StampedInput] = []
        var inputs = RandomCalls(seed: 5)
        let from = centre.facts.count
        var replayed = centre.engine.routing
        for _ in 1...Self.steps {
            centre.time = centre.time + inputs.pause()
            centre.send(inputs.next())
            inputs.listen(centre.last.effects)
            journal += centre.last.routingInputs
        }
        var facts: [RoutingFact] = []
        for entry in journal {
            var outcome = RoutingOutcome()
            replayed.apply(entry.input, at: entry.at, into: &outcome)
            facts += outcome.facts
        }
        let original = centre.facts[from...].compactMap {
            if case .routing(let fact) = $0.fact { fact } else { nil }
        }
        #expect(facts == original)
    }
}
