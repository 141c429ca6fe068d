import Foundation
import Kernel
import RoutingEngine
import Simulation
import Testing

@Suite struct SimulationTests {
    /// Small centres of all fault levels. Every one is checked fact by fact; the engine's own contradictions are
    /// looked for after every step in some and now and then in the others.
    @Test(arguments: 0..<8) func `two hundred seeds keep every rule`(share: UInt64) throws {
        for seed in (share * 25 + 1)...(share * 25 + 25) {
            var plan = CentrePlan.small(seed: seed)
            plan.checksEvery = seed % 20 == 0 ? 1 : 50
            var centre = VirtualCentre(plan)
            let report = try centre.run()
            #expect(report.tally.arrived > 0, "seed \(seed)")
        }
    }

    @Test func `the same seed leads to the same day, another seed to another`() throws {
        for faults in FaultLevel.allCases {
            let days = try ([7, 7, 8] as [UInt64]).map { seed in
                var centre = VirtualCentre(
                    CentrePlan(seed: seed, contacts: 40, agents: 4, faults: faults, checksEvery: 0))
                return try centre.run()
            }
            #expect(days[0] == days[1])
            #expect(days[0].digest != days[2].digest)
        }
    }

    @Test
    func `a crash whose snapshot went through its encoded form leads to the same day as a copy in memory`()
        throws
    {
        var crashes = 0
        for seed in [2, 5, 8, 11] as [UInt64] {
            let plan = CentrePlan(seed: seed, contacts: 50, agents: 5, faults: .many, checksEvery: 20)
            var copied = VirtualCentre(plan)
            var encoded = VirtualCentre(plan) { engine in
                guard let data = try? JSONEncoder().encode(engine) else { return RoutingEngine() }
                return (try? JSONDecoder().decode(RoutingEngine.self, from: data)) ?? RoutingEngine()
            }
            let report = try encoded.run()
            #expect(try report == copied.run())
            crashes += report.crashes
        }
        #expect(crashes >= 4)
    }

    @Test func `a crash that forgets is noticed`() {
        var centre = VirtualCentre(
            CentrePlan(seed: 3, contacts: 60, agents: 5, faults: .many, checksEvery: 0)
        ) { _ in
            RoutingEngine()
        }
        #expect(throws: Violation.self) { try centre.run() }
    }

    @Test func `N18 with 25 lines and 40 seats no more are ever in use, and the next ones are refused`()
        throws
    {
        var plan = CentrePlan(
            seed: 5, contacts: 1_200, agents: 44, hours: 1, faults: .none, lines: 25, seats: 40,
            checksEvery: 100)
        plan.meanTalk = .seconds(240)
        var centre = VirtualCentre(plan)
        let tally = try centre.run().tally
        #expect(tally.mostSeats == 40)
        #expect(tally.mostLines == 25)
        #expect(tally.linesRefused > 0)
        #expect(tally.refused[.seatLimitReached] == 4)
    }

    @Test func `a quiet day without faults loses nobody and refuses nothing but late wrap-ups`() throws {
        var plan = CentrePlan(seed: 1, contacts: 60, agents: 12, faults: .none, checksEvery: 10)
        plan.meanPatience = .hours(2)
        var centre = VirtualCentre(plan)
        let report = try centre.run()
        #expect(report.tally.ended == report.tally.arrived)
        #expect(report.tally.lostInCrash == 0)
        #expect(
            report.tally.offered == QueueEnding.allCases.reduce(0) { $0 + (report.tally.endings[$1] ?? 0) })
        #expect(report.tally.recorded == report.tally.conversations)
        #expect(Set(report.tally.refused.keys).isSubset(of: [.notInWrapUp]))
    }

    @Test func `a day of the routing engine alone adds up and can be repeated`() throws {
        let plan = CentrePlan(seed: 4, contacts: 800, agents: 12, hours: 2, faults: .none, checksEvery: 0)
        let days = try (0..<2).map { _ in
            var day = RoutingDay(plan)
            return try day.run()
        }
        #expect(days[0] == days[1])
        #expect(days[0].tally.conversations > 0)
        #expect(days[0].tally.endings[.abandoned] ?? 0 > 0)
    }
}
