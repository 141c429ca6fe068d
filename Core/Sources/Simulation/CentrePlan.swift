public import Kernel

/// How much goes wrong in a virtual centre.
public enum FaultLevel: String, Sendable, CaseIterable {
    case none, some, many

    /// How often a message is lost, late or doubled, in a thousand.
    var perMille: Int {
        switch self {
        case .none: 0
        case .some: 20
        case .many: 120
        }
    }
}

/// Everything that makes one virtual day what it is; equal plans give equal days.
public struct CentrePlan: Sendable {
    public var seed: UInt64
    /// Calls to expect (Poisson, following the profile of a day).
    public var contacts: Int
    public var agents: Int
    /// Length of the day during which calls arrive.
    public var hours: Int
    public var faults: FaultLevel
    /// Mission N18: what may be in use at the same time; `nil` is unlimited.
    public var lines: Int?
    public var seats: Int?
    public var meanTalk = TimeSpan.seconds(120)
    public var meanPatience = TimeSpan.seconds(150)
    /// The engine looks for contradictions in itself after every so many steps; 0 for never.
    public var checksEvery: Int
    /// Every fact is checked against the ledger.
    public var keepsLedger = true
    /// Facts are kept until `takeFacts` is called, for who writes them down.
    public var keepsFacts = false

    public init(
        seed: UInt64, contacts: Int = 80, agents: Int = 8, hours: Int = 1, faults: FaultLevel = .some,
        lines: Int? = nil, seats: Int? = nil, checksEvery: Int = 1
    ) {
        self.seed = seed
        self.contacts = contacts
        self.agents = agents
        self.hours = hours
        self.faults = faults
        self.lines = lines
        self.seats = seats
        self.checksEvery = checksEvery
    }

    /// A small centre whose size, limits and faults follow from the seed, for looking at many of them.
    public static func small(seed: UInt64) -> CentrePlan {
        var dice = SeededGenerator(seed: seed ^ 0xC0FF_EE00)
        var plan = CentrePlan(
            seed: seed, contacts: 20 + dice.below(40), agents: 2 + dice.below(9), hours: 1,
            faults: FaultLevel.allCases[Int(seed % 3)])
        if dice.chance(400) { plan.lines = 2 + dice.below(8) }
        if dice.chance(300) { plan.seats = 1 + dice.below(plan.agents) }
        plan.meanPatience = dice.span(.seconds(20), .seconds(300))
        plan.meanTalk = dice.span(.seconds(20), .seconds(240))
        return plan
    }

    /// The size that one node is built for: 320,000 calls and 1,600 agents in a day of 24 hours.
    public static func day(seed: UInt64) -> CentrePlan {
        var plan = CentrePlan(
            seed: seed, contacts: 320_000, agents: 1_600, hours: 24, faults: .none, checksEvery: 0)
        plan.keepsLedger = false
        return plan
    }
}

/// The share of a day's calls in each half hour, in thousandths: quiet nights, a peak in the morning and one in the
/// afternoon. A shorter day takes the hours from 8 o'clock on.
enum DayProfile {
    static let interval = TimeSpan.minutes(30)
    private static let weights = [
        4, 3, 3, 2, 2, 2, 2, 2, 3, 4, 6, 8, 11, 15, 20, 26, 32, 37, 41, 44, 45, 44, 41, 37,
        33, 31, 31, 33, 36, 39, 41, 42, 41, 38, 34, 30, 26, 22, 19, 16, 14, 12, 11, 9, 8, 7, 6, 5,
    ]

    /// Calls to expect in each half hour of the plan's day.
    static func calls(_ plan: CentrePlan) -> [Double] {
        let count = max(1, min(48, plan.hours * 2))
        let first = plan.hours >= 24 ? 0 : 16
        let share = (0..<count).map { Double(weights[(first + $0) % weights.count]) }
        let sum = share.reduce(0, +)
        return share.map { $0 / sum * Double(plan.contacts) }
    }

    /// The next arrival of a Poisson process whose rate changes every half hour: without memory, so the draw begins
    /// anew at each border. `nil` after the last.
    static func arrival(
        after now: Timestamp, _ load: [Double], from opening: Timestamp, to closing: Timestamp,
        _ dice: inout SeededGenerator
    ) -> Timestamp? {
        var time = max(now, opening)
        while time < closing {
            let place = Int((time - opening).milliseconds / interval.milliseconds)
            let border = opening + interval * Int64(place + 1)
            let calls = load[min(place, load.count - 1)]
            if calls > 0 {
                let gap = Double(interval.milliseconds) / calls
                let next = time + dice.exponential(mean: .milliseconds(max(1, Int64(gap))))
                if next < border { return next }
            }
            time = border
        }
        return nil
    }
}
