import Simulation

/// What the command line asks for.
struct Options {
    /// Days in one run of `--seeds`; a longer range is a slip of the finger.
    static let mostSeeds: UInt64 = 1_000_000

    var plans: [CentrePlan] = []
    var isRange = false
    var isDay = false
    var isVerbose = false
    /// The routing engine alone, without calls and flows.
    var isRoutingOnly = false

    /// `nil` when the arguments make no sense.
    init?(_ arguments: some Sequence<String>) {
        var seed: UInt64 = 1
        var range: ClosedRange<UInt64>?
        let arguments = Array(arguments)
        var plan = arguments.contains("--day") ? CentrePlan.day(seed: 1) : CentrePlan(seed: 1)
        var isAsked = false
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--day": (isDay, isAsked) = (true, true)
            case "--verbose": isVerbose = true
            case "--routing": isRoutingOnly = true
            default:
                guard let value = rest.popFirst() else { return nil }
                switch name {
                case "--seed":
                    guard let number = UInt64(value) else { return nil }
                    (seed, isAsked) = (number, true)
                case "--seeds":
                    let ends = value.split(separator: "-").compactMap { UInt64($0) }
                    guard ends.count == 2, ends[0] <= ends[1], ends[1] - ends[0] < Self.mostSeeds else {
                        return nil
                    }
                    (range, isAsked) = (ends[0]...ends[1], true)
                case "--faults":
                    guard let level = FaultLevel(rawValue: value) else { return nil }
                    plan.faults = level
                default:
                    guard let number = Int(value), number > 0, plan.set(name, to: number) else { return nil }
                }
            }
        }
        guard isAsked else { return nil }
        isRange = range != nil
        if let range {
            plans = range.map { CentrePlan.small(seed: $0) }
        } else {
            plan.seed = seed
            plans = [plan]
        }
    }
}

extension CentrePlan {
    /// Sets the figure with this name; `false` for a name that is none.
    fileprivate mutating func set(_ name: String, to number: Int) -> Bool {
        switch name {
        case "--contacts": contacts = number
        case "--agents": agents = number
        case "--hours": hours = number
        case "--lines": lines = number
        case "--seats": seats = number
        default: return false
        }
        return true
    }
}
