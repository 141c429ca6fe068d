import Kernel
import Testing

@testable import SignallingEngine

@Suite struct LossySimulationTests {
    @Test(arguments: 0..<11)
    func `whatever the wire does, calls keep to the event grammar and leave nothing behind`(batch: Int) {
        var seen: [String: Int] = [:]
        for seed in (batch * 20)..<(batch * 20 + 20) {
            var run = LossySimulation(seed: UInt64(seed))
            run.run(calls: 7)
            check(run, seed)
            for side in run.sides { seen.merge(side.counts, uniquingKeysWith: +) }
        }
        // The run must have met what it is there for.
        for kind in ["incoming", "ringing", "answered", "confirmed", "reoffered", "ended bye", "ended local"]
        {
            #expect(seen[kind, default: 0] > 0, "\(kind) never happened: \(seen)")
        }
    }

    @Test(arguments: 0..<20)
    func `over a stream too`(seed: Int) {
        var run = LossySimulation(seed: UInt64(seed), lossPercent: 0, transport: .tcp)
        run.run(calls: 7)
        check(run, seed)
    }

    @Test(arguments: 0..<20)
    func `with nine of ten messages lost every call still ends`(seed: Int) {
        var run = LossySimulation(seed: UInt64(seed), lossPercent: 90)
        run.run(calls: 7)
        check(run, seed)
    }

    @Test(arguments: 0..<40)
    func `either side may crash at any moment and take its legs up again`(seed: Int) {
        var run = LossySimulation(seed: UInt64(seed))
        run.crashes = true
        run.run(calls: 7)
        check(run, seed)
    }

    @Test func `the same seed gives the same run`() {
        var first = LossySimulation(seed: 7)
        var second = LossySimulation(seed: 7)
        first.run(calls: 7)
        second.run(calls: 7)
        #expect(first.sides.map(\.counts) == second.sides.map(\.counts))
        #expect(first.order == second.order)
    }

    private func check(_ run: LossySimulation, _ seed: Int) {
        for (index, side) in run.sides.enumerated() {
            #expect(side.grammar.faults == [], "seed \(seed), side \(index)")
            #expect(side.grammar.open == [], "seed \(seed), side \(index)")
            let load = side.engine.load
            #expect(load == (0, 0, 0, 0), "seed \(seed), side \(index), \(run.nerves)")
            #expect(side.engine.arrivals.isEmpty)
        }
    }
}
