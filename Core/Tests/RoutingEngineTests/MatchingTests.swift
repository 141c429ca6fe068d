import Kernel
import Testing

@testable import RoutingEngine

/// The matching tables against the plain thing: sort everything and take the first.
@Suite struct MatchingTests {
    private var generator = SeededGenerator(seed: 11)
    private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

    @Test mutating func `a sorted line is a sorted array`() {
        var line = SortedLine<Int>()
        var plain: [Int] = []
        for step in 0..<6_000 {
            // Grows to some hundreds, then shrinks to nothing, again and again.
            let element = below(2_000)
            if step / 1_000 % 2 == 0 {
                if !plain.contains(element) {
                    line.insert(element)
                    plain.insert(element, at: plain.firstIndex { $0 > element } ?? plain.count)
                }
            } else if let index = plain.isEmpty ? nil : below(plain.count) {
                let gone = plain.remove(at: index)
                if !line.remove(gone) { Issue.record("\(gone) is missing") }
            }
            if line.contains(element) != plain.contains(element) || line.first != plain.first
                || line.rank(of: element) != plain.count(where: { $0 < element }) || line.count != plain.count
            {
                Issue.record("step \(step)")
                return
            }
        }
        #expect(line.elements == plain)
        let unknown = line.remove(-1)
        #expect(!unknown)
        #expect(SortedLine(ascending: Array(0..<1_000)).elements == Array(0..<1_000))
    }

    @Test(arguments: [AgentSelection.longestIdle, .highestLevel])
    mutating func `the best agent and the best interaction are those of a full search`(
        selection: AgentSelection
    ) {
        var supplies: [[SkillLevel]] = []
        for _ in 0..<200 {
            var skills: [SkillLevel] = []
            for _ in 0..<below(8) { skills.append(SkillLevel(skill: SkillID(below(12)), level: below(7))) }
            supplies.append(Matching.normalised(skills))
        }
        var matching = Matching(supplies: supplies, expectedDemands: 4)
        var idle: [(rank: IdleRank, supply: Int)] = []
        var waiting: [(rank: WaitingRank, demand: Demand, place: Int)] = []
        func level(_ supply: Int, _ demand: Demand) -> Int? {
            var sum = 0
            for required in demand.skills {
                guard let held = supplies[supply].first(where: { $0.skill == required.skill }),
                    held.level >= required.minimumLevel
                else { return nil }
                sum += held.level
            }
            return sum
        }
        for step in 0..<3_000 {
            if below(2) == 0 || idle.count < 40 {
                let supply = below(supplies.count)
                let rank = IdleRank(
                    since: Timestamp(milliseconds: Int64(below(500))), agent: AgentID(step), slot: step)
                matching.insertIdle(rank, supply: supply)
                idle.append((rank, supply))
            } else {
                let gone = idle.remove(at: below(idle.count))
                if !matching.removeIdle(gone.rank, supply: gone.supply) { Issue.record("step \(step)") }
            }
            if below(2) == 0 || waiting.count < 40 {
                var skills: [SkillRequirement] = []
                for _ in 0..<below(4) {
                    skills.append(SkillRequirement(skill: SkillID(below(13)), minimumLevel: below(6)))
                }
                let demand = Demand(skills, selection: selection)
                guard let place = matching.acquire(demand) else { continue }
                let rank = WaitingRank(
                    priority: below(3), arrivedAt: Timestamp(milliseconds: Int64(below(500))),
                    interaction: InteractionID(step), slot: step)
                matching.insertWaiting(rank, demand: place)
                waiting.append((rank, demand, place))
                var candidates: [(level: Int, rank: IdleRank)] = []
                for agent in idle {
                    guard let sum = level(agent.supply, demand) else { continue }
                    candidates.append((selection == .highestLevel ? -sum : 0, agent.rank))
                }
                let best = candidates.min { $0.level != $1.level ? $0.level < $1.level : $0.rank < $1.rank }
                #expect(matching.bestIdle(for: place) == best?.rank)
            } else {
                let gone = waiting.remove(at: below(waiting.count))
                if !matching.removeWaiting(gone.rank, demand: gone.place) { Issue.record("step \(step)") }
                matching.release(gone.place)
            }
            let supply = below(supplies.count)
            let best = waiting.filter { level(supply, $0.demand) != nil }.map(\.rank).min()
            if matching.bestWaiting(for: supply) != best { Issue.record("step \(step)") }
        }
        #expect(matching.allWaiting == waiting.map(\.rank).sorted())
    }

    @Test func `empty demand classes are used again`() {
        var matching = Matching(supplies: [], expectedDemands: 1)
        var most = 0
        for step in 0..<3_000 {
            let demand = Demand(
                [SkillRequirement(skill: SkillID(step), minimumLevel: 1)], selection: .longestIdle)
            guard let place = matching.acquire(demand) else { continue }
            most = max(most, place)
            matching.release(place)
        }
        #expect(most <= RoutingBounds.mostIdleDemandClasses + 1)
    }

    @Test func `different demands are bounded`() {
        var matching = Matching(supplies: [], expectedDemands: 1)
        for step in 0..<RoutingBounds.mostDemandClasses {
            let demand = Demand(
                [SkillRequirement(skill: SkillID(step), minimumLevel: 1)], selection: .longestIdle)
            if matching.acquire(demand) != step { Issue.record("step \(step)") }
        }
        let full = matching.acquire(Demand([], selection: .longestIdle))
        #expect(full == nil)
        matching.release(77)
        let again = matching.acquire(Demand([], selection: .longestIdle))
        #expect(again == 77)
    }

    @Test mutating func `deadlines come in order, swept or not`() {
        var heap = DeadlineHeap()
        var plain: [Int64] = []
        for step in 0..<2_000 {
            let time = Int64(below(1_000))
            heap.insert(Deadline(Timestamp(milliseconds: time), .ring, InteractionID(step)))
            plain.append(time)
            heap.sweep(3) { $0.time.milliseconds % 3 == 0 }
        }
        for _ in 0..<10 { heap.sweep(heap.count) { $0.time.milliseconds % 3 == 0 } }
        var order: [Int64] = []
        while let first = heap.first {
            order.append(first.time.milliseconds)
            heap.removeFirst()
        }
        #expect(order == plain.filter { $0 % 3 != 0 }.sorted())
    }
}
