import Kernel

/// What waiting interactions ask of an agent, and how they choose among several: interactions with the same demand
/// can be taken by the same agents in the same order.
struct Demand: Hashable, Sendable {
    /// By skill, each skill once, levels from 1 to `RoutingBounds.highestLevel`.
    let skills: [SkillRequirement]
    let selection: AgentSelection

    init(_ requirements: [SkillRequirement], selection: AgentSelection) {
        self.selection = selection
        guard requirements.count > 1 else {
            skills = requirements.map { SkillRequirement(skill: $0.skill, minimumLevel: Self.level($0)) }
            return
        }
        var merged: [SkillRequirement] = []
        for requirement in requirements.sorted(by: { $0.skill < $1.skill }) {
            let level = Self.level(requirement)
            if let last = merged.last, last.skill == requirement.skill {
                merged[merged.count - 1].minimumLevel = max(last.minimumLevel, level)
            } else {
                merged.append(SkillRequirement(skill: requirement.skill, minimumLevel: level))
            }
        }
        skills = merged
    }

    private static func level(_ requirement: SkillRequirement) -> Int {
        min(max(requirement.minimumLevel, 1), RoutingBounds.highestLevel)
    }
}

/// Finds the best idle agent for an interaction and the best waiting interaction for an agent.
///
/// Agents with the same skills and levels form a supply class, interactions with the same demand a demand class.
/// Each class is a line in order (`SortedLine`); the heads of all lines of a kind stand in a table (`Heads`). Which
/// supply serves which demand is a bit, kept both ways: a search takes the mask of its own class and looks at the
/// heads of occupied lines only. So with S supply classes and D demand classes
/// * the best agent for an interaction costs S / 64 words and the heads that pass the pruning (at most S),
/// * the best interaction for an agent costs D / 64 words and the heads that pass (at most D),
/// * becoming idle or beginning to wait is one insertion into one line, however many skills are involved,
/// * a demand never seen before costs one AND of masks per skill and one bit for each supply class that serves it.
struct Matching: Sendable {
    /// A demand class and the supply classes that serve it.
    private struct DemandClass: Sendable {
        var demand: Demand
        var line = SortedLine<WaitingRank>()
        /// The supply classes that serve the demand.
        var supplies: [UInt64]
        /// The same by sum of levels, highest first; empty when the selection does not look at levels.
        var byLevel: [[UInt64]] = []
        /// Interactions that wait or ring with this demand, and queues that ask for exactly this.
        var users = 1
        /// Whether it stands in `emptied`.
        var isListed = false
    }

    private var supplySkills: [[SkillLevel]] = []
    private var idle: [SortedLine<IdleRank>] = []
    private var idleHeads: Heads<IdleRank>
    private var signedIn: [Int] = []
    private var signedInSupplies: [UInt64]
    /// The number of each skill that anybody has.
    private var skillIndex: [SkillID: Int] = [:]
    /// For each skill and each level from 1, the mask of the supply classes that hold it at that level or above.
    private var holders: [UInt64] = []

    private var demands: [DemandClass] = []
    private var demandIndex: [Demand: Int] = [:]
    private var waitingHeads = Heads<WaitingRank>(count: 0)
    /// For each supply class, a bit for each demand class that it serves; `demandWords` words each.
    private var served: [UInt64] = []
    private var demandWords = 0
    /// Demand classes that became empty, oldest first; they are used again when there are too many.
    private var emptied: [Int] = []

    var supplyCount: Int { supplySkills.count }
    private(set) var idleCount = 0
    private(set) var waitingCount = 0

    /// Lays out the tables for the distinct skill sets of all agents.
    init(supplies: [[SkillLevel]], expectedDemands: Int) {
        let words = Bits.words(supplies.count)
        supplySkills = supplies
        idle = Array(repeating: SortedLine(), count: supplies.count)
        idleHeads = Heads(count: supplies.count)
        signedIn = Array(repeating: 0, count: supplies.count)
        signedInSupplies = Array(repeating: 0, count: words)
        let levels = RoutingBounds.highestLevel
        for (supply, skills) in supplies.enumerated() {
            for held in skills {
                let skill = skillIndex[held.skill] ?? skillIndex.count
                if skill == skillIndex.count {
                    skillIndex[held.skill] = skill
                    holders.append(contentsOf: repeatElement(0, count: levels * words))
                }
                Bits.set(&holders, supply, from: (skill * levels + held.level - 1) * words, true)
            }
        }
        // Who holds a skill at a level holds it at the levels below.
        for skill in 0..<skillIndex.count {
            for level in (0..<levels - 1).reversed() {
                let lower = (skill * levels + level) * words
                for word in lower..<lower + words { holders[word] |= holders[word + words] }
            }
        }
        demandWords = Bits.words(max(expectedDemands, 1))
        served = Array(repeating: 0, count: demandWords * supplies.count)
        waitingHeads.grow(to: demandWords * 64)
    }

    /// By skill, each skill once, levels from 1 to `RoutingBounds.highestLevel`: the form in which sets are compared.
    static func normalised(_ skills: [SkillLevel]) -> [SkillLevel] {
        var result: [SkillLevel] = []
        for skill in skills.sorted(by: { $0.skill != $1.skill ? $0.skill < $1.skill : $0.level > $1.level })
        where skill.level >= 1 && result.last?.skill != skill.skill {
            result.append(SkillLevel(skill: skill.skill, level: min(skill.level, RoutingBounds.highestLevel)))
        }
        return result
    }

    // MARK: Demand classes

    /// The class of a demand with one user more, made when it is new; `nil` when there are too many different ones.
    mutating func acquire(_ demand: Demand) -> Int? {
        if let known = demandIndex[demand] {
            demands[known].users += 1
            return known
        }
        let supplies = suppliers(of: demand)
        let new = DemandClass(
            demand: demand, supplies: supplies,
            byLevel: demand.selection == .highestLevel ? byLevel(demand, supplies) : [])
        guard let place = freePlace() else { return nil }
        if place < demands.count {
            Bits.forEach(demands[place].supplies) {
                Bits.set(&served, place, from: $0 * demandWords, false)
            }
            demandIndex[demands[place].demand] = nil
            demands[place] = new
        } else {
            demands.append(new)
            if demands.count > demandWords * 64 { widen() }
        }
        demandIndex[demand] = place
        Bits.forEach(supplies) { Bits.set(&served, place, from: $0 * demandWords, true) }
        return place
    }

    /// One more user of a class that has users.
    mutating func retain(_ demand: Int) { demands[demand].users += 1 }

    /// One user less; a class without users may become another.
    mutating func release(_ demand: Int) {
        demands[demand].users -= 1
        guard demands[demand].users == 0, !demands[demand].isListed else { return }
        demands[demand].isListed = true
        emptied.append(demand)
    }

    /// A place for a new demand class: an old empty one, or the next.
    private mutating func freePlace() -> Int? {
        let full = demands.count >= RoutingBounds.mostDemandClasses
        if emptied.count > RoutingBounds.mostIdleDemandClasses || full {
            // Classes that were used again in the meantime are dropped from the list as they come up.
            var used = 0
            defer { emptied.removeFirst(used) }
            while used < emptied.count {
                let candidate = emptied[used]
                used += 1
                demands[candidate].isListed = false
                if demands[candidate].users == 0 { return candidate }
            }
        }
        return full ? nil : demands.count
    }

    /// Doubles the width of the table of served demands.
    private mutating func widen() {
        let wide = demandWords * 2
        var table = [UInt64](repeating: 0, count: wide * supplySkills.count)
        for supply in 0..<supplySkills.count {
            for word in 0..<demandWords { table[supply * wide + word] = served[supply * demandWords + word] }
        }
        served = table
        demandWords = wide
        waitingHeads.grow(to: wide * 64)
    }

    /// The supply classes that hold all skills of a demand at its levels.
    private func suppliers(of demand: Demand) -> [UInt64] {
        let words = signedInSupplies.count
        var mask = [UInt64](repeating: .max, count: words)
        let used = supplySkills.count & 63
        if used != 0, words > 0 { mask[words - 1] = (1 << UInt64(used)) - 1 }
        for requirement in demand.skills {
            guard let skill = skillIndex[requirement.skill] else { return Array(repeating: 0, count: words) }
            let holding = (skill * RoutingBounds.highestLevel + requirement.minimumLevel - 1) * words
            for word in 0..<words { mask[word] &= holders[holding + word] }
        }
        return mask
    }

    private func byLevel(_ demand: Demand, _ supplies: [UInt64]) -> [[UInt64]] {
        var masks: [Int: [UInt64]] = [:]
        Bits.forEach(supplies) { supply in
            let level = self.level(supply: supply, for: demand)
            masks[level, default: Array(repeating: 0, count: supplies.count)][supply >> 6] |=
                1 << UInt64(supply & 63)
        }
        return masks.sorted { $0.key > $1.key }.map(\.value)
    }

    /// Sum of the levels that a supply class has in the skills of a demand.
    private func level(supply: Int, for demand: Demand) -> Int {
        var sum = 0
        for requirement in demand.skills { sum += level(supply: supply, in: requirement.skill) }
        return sum
    }

    private func level(supply: Int, in skill: SkillID) -> Int {
        let skills = supplySkills[supply]
        var low = 0
        var high = skills.count
        while low < high {
            let middle = (low + high) / 2
            if skills[middle].skill < skill { low = middle + 1 } else { high = middle }
        }
        return low < skills.count && skills[low].skill == skill ? skills[low].level : 0
    }

    /// Sum of the levels of a supply class over the skills of a demand class; 0 when it does not serve it.
    func level(supply: Int, demand: Int) -> Int {
        serves(supply: supply, demand: demand) ? level(supply: supply, for: demands[demand].demand) : 0
    }

    func serves(supply: Int, demand: Int) -> Bool {
        Bits.has(served, demand, from: supply * demandWords)
    }

    /// The demand classes that a supply class serves, in ascending order.
    func demands(of supply: Int) -> [Int] {
        var result: [Int] = []
        Bits.forEach(Array(served[supply * demandWords..<(supply + 1) * demandWords])) { result.append($0) }
        return result
    }

    // MARK: Agents

    /// Counts an agent of a class in (1) or out (-1); says whether it was the first in or the last out.
    mutating func count(supply: Int, by change: Int) -> Bool {
        signedIn[supply] += change
        Bits.set(&signedInSupplies, supply, signedIn[supply] > 0)
        return signedIn[supply] == 0 || signedIn[supply] == change
    }

    /// Whether anybody who could serve the demand is signed in.
    func isStaffed(_ demand: Int) -> Bool {
        for (word, supplies) in demands[demand].supplies.enumerated()
        where supplies & signedInSupplies[word] != 0 { return true }
        return false
    }

    mutating func insertIdle(_ rank: IdleRank, supply: Int) {
        idle[supply].insert(rank)
        idleHeads.set(supply, idle[supply].first)
        idleCount += 1
    }

    @discardableResult mutating func removeIdle(_ rank: IdleRank, supply: Int) -> Bool {
        guard idle[supply].remove(rank) else { return false }
        idleHeads.set(supply, idle[supply].first)
        idleCount -= 1
        return true
    }

    func isIdle(_ rank: IdleRank, supply: Int) -> Bool { idle[supply].contains(rank) }

    /// The idle agent who should take an interaction of this demand.
    func bestIdle(for demand: Int) -> IdleRank? {
        if demands[demand].demand.selection == .longestIdle {
            return idleHeads.best(in: demands[demand].supplies, from: 0, words: signedInSupplies.count)
        }
        for level in 0..<demands[demand].byLevel.count {
            let best = idleHeads.best(
                in: demands[demand].byLevel[level], from: 0, words: signedInSupplies.count)
            if let best { return best }
        }
        return nil
    }

    // MARK: Interactions

    mutating func insertWaiting(_ rank: WaitingRank, demand: Int) {
        demands[demand].line.insert(rank)
        waitingHeads.set(demand, demands[demand].line.first)
        waitingCount += 1
    }

    @discardableResult mutating func removeWaiting(_ rank: WaitingRank, demand: Int) -> Bool {
        guard demands[demand].line.remove(rank) else { return false }
        waitingHeads.set(demand, demands[demand].line.first)
        waitingCount -= 1
        return true
    }

    func isWaiting(_ rank: WaitingRank, demand: Int) -> Bool { demands[demand].line.contains(rank) }

    /// The waiting interaction that an agent of this class should take.
    func bestWaiting(for supply: Int) -> WaitingRank? {
        waitingHeads.best(in: served, from: supply * demandWords, words: demandWords)
    }

    /// Those who wait with a demand, in order.
    func waiting(_ demand: Int) -> [WaitingRank] { demands[demand].line.elements }

    /// Everybody who waits, in order.
    var allWaiting: [WaitingRank] { demands.flatMap { $0.line.elements }.sorted() }
}
