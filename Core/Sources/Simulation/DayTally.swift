public import RoutingEngine

/// What happened on a virtual day, counted from the facts.
public struct DayTally: Equatable, Sendable {
    public var arrived = 0
    public var rejected = 0
    public var ended = 0
    public var lostInCrash = 0
    /// Queue entries, and how they ended.
    public var offered = 0
    public var endings: [QueueEnding: Int] = [:]
    /// Attempts to reach an agent, and those that were accepted.
    public var offers = 0
    public var accepted = 0
    public var conversations = 0
    public var recorded = 0
    public var rated = 0
    public var linesRefused = 0
    public var mostLines = 0
    public var mostSeats = 0
    public var refused: [Refusal.Reason: Int] = [:]
}

/// A rule that did not hold, and where to find it again.
public struct Violation: Error, Equatable, Sendable, CustomStringConvertible {
    public var rule: String
    public var seed: UInt64
    public var step: Int
    public var description: String { "seed \(seed), step \(step): \(rule)" }
}

/// A virtual day that kept every rule.
public struct DayReport: Equatable, Sendable {
    public var seed: UInt64
    /// Inputs that the call engine was given.
    public var steps: Int
    public var crashes: Int
    /// Stands for every fact with its time, in order.
    public var digest: UInt64
    public var tally: DayTally

    /// One line, for ranges of seeds.
    public var line: String {
        "seed \(seed): digest \(String(digest, radix: 16)), \(tally.arrived) calls, \(tally.conversations) conversations"
    }

    /// A few lines for people.
    public var text: String {
        let endings = QueueEnding.allCases.compactMap { ending in
            tally.endings[ending].map { "\(ending.rawValue) \($0)" }
        }
        let refused = Refusal.Reason.allCases.compactMap { reason in
            tally.refused[reason].map { "\(reason.rawValue) \($0)" }
        }
        return """
            seed \(seed): digest \(String(digest, radix: 16)), \(steps) steps, \(crashes) crashes
              calls: \(tally.arrived) arrived, \(tally.rejected) rejected, \(tally.ended) ended, \
            \(tally.lostInCrash) lost in a crash
              queues: \(tally.offered) entries: \(endings.joined(separator: ", "))
              agents: \(tally.offers) offers, \(tally.conversations) conversations, \(tally.recorded) recorded, \
            \(tally.rated) rated
              at most: \(tally.mostLines) lines (\(tally.linesRefused) refused), \(tally.mostSeats) seats
              refused inputs: \(refused.isEmpty ? "none" : refused.joined(separator: ", "))
            """
    }
}
