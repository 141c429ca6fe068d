import Kernel

/// Something that stands in an order in which `worst` comes after everything real.
protocol Ranked: Comparable, Sendable {
    static var worst: Self { get }
}

/// Where a waiting interaction stands: priority, then arrival, then id.
struct WaitingRank: Ranked {
    /// Higher goes first.
    var priority: Int
    var arrivedAt: Timestamp
    var interaction: InteractionID
    /// The interaction's place in the engine's table; no part of the order.
    var slot: Int

    static var worst: WaitingRank {
        WaitingRank(
            priority: .min, arrivedAt: .distantFuture, interaction: ID(high: .max, low: .max), slot: -1)
    }
    static func == (a: WaitingRank, b: WaitingRank) -> Bool {
        a.interaction == b.interaction && a.arrivedAt == b.arrivedAt && a.priority == b.priority
    }
    static func < (a: WaitingRank, b: WaitingRank) -> Bool {
        if a.priority != b.priority { return a.priority > b.priority }
        if a.arrivedAt != b.arrivedAt { return a.arrivedAt < b.arrivedAt }
        return a.interaction < b.interaction
    }
}

/// Where an idle agent stands among those of the same level: idle longest first, then id.
struct IdleRank: Ranked {
    var since: Timestamp
    var agent: AgentID
    /// The agent's place in the engine's table; no part of the order.
    var slot: Int

    static var worst: IdleRank {
        IdleRank(since: .distantFuture, agent: ID(high: .max, low: .max), slot: -1)
    }
    static func == (a: IdleRank, b: IdleRank) -> Bool { a.agent == b.agent && a.since == b.since }
    static func < (a: IdleRank, b: IdleRank) -> Bool {
        a.since != b.since ? a.since < b.since : a.agent < b.agent
    }
}

/// The first of each of many lines, and the best of those that a mask allows.
///
/// A search reads one bit per line and looks at a line's head only when the mask allows it and its block of 64 can
/// still win: n / 64 words for n lines, and few heads beside.
struct Heads<Rank: Ranked>: Sendable {
    private var heads: [Rank]
    private var blockBest: [Rank]
    private(set) var occupied: [UInt64]

    init(count: Int) {
        let words = Bits.words(count)
        heads = Array(repeating: .worst, count: words * 64)
        blockBest = Array(repeating: .worst, count: words)
        occupied = Array(repeating: 0, count: words)
    }

    /// Makes room for more lines.
    mutating func grow(to count: Int) {
        let words = Bits.words(count)
        guard words > occupied.count else { return }
        let more = words - occupied.count
        heads.append(contentsOf: repeatElement(.worst, count: more * 64))
        blockBest.append(contentsOf: repeatElement(.worst, count: more))
        occupied.append(contentsOf: repeatElement(0, count: more))
    }

    /// Tells the new head of a line; `nil` when the line is empty.
    mutating func set(_ line: Int, _ head: Rank?) {
        let block = line >> 6
        let former = heads[line]
        let rank = head ?? .worst
        heads[line] = rank
        Bits.set(&occupied, line, head != nil)
        if rank < blockBest[block] {
            blockBest[block] = rank
        } else if former == blockBest[block] {
            var best = Rank.worst
            var bits = occupied[block]
            while bits != 0 {
                let index = block << 6 | bits.trailingZeroBitCount
                if heads[index] < best { best = heads[index] }
                bits &= bits - 1
            }
            blockBest[block] = best
        }
    }

    /// The line whose head is first among those whose bit is set in `words` of `mask` from `start`.
    func best(in mask: [UInt64], from start: Int, words: Int) -> Rank? {
        var best = Rank.worst
        var found = false
        for word in 0..<min(words, occupied.count) {
            var bits = mask[start + word] & occupied[word]
            guard bits != 0, blockBest[word] < best else { continue }
            while bits != 0 {
                let line = word << 6 | bits.trailingZeroBitCount
                if heads[line] < best {
                    best = heads[line]
                    found = true
                }
                bits &= bits - 1
            }
        }
        return found ? best : nil
    }
}

/// Sets of small numbers as words of 64 bits.
enum Bits {
    static func words(_ count: Int) -> Int { (count + 63) >> 6 }
    static func has(_ words: [UInt64], _ index: Int, from start: Int = 0) -> Bool {
        words[start + (index >> 6)] >> UInt64(index & 63) & 1 == 1
    }
    static func set(_ words: inout [UInt64], _ index: Int, from start: Int = 0, _ value: Bool) {
        let bit = UInt64(1) << UInt64(index & 63)
        if value { words[start + (index >> 6)] |= bit } else { words[start + (index >> 6)] &= ~bit }
    }
    /// Calls with each number in the set, in ascending order.
    static func forEach(_ words: [UInt64], _ body: (Int) -> Void) {
        for (word, value) in words.enumerated() {
            var bits = value
            while bits != 0 {
                body(word << 6 | bits.trailingZeroBitCount)
                bits &= bits - 1
            }
        }
    }
}
