import Channels
import Kernel

/// When an alarm is raised, and who is told step by step until somebody acknowledges it (mission G22).
struct AlarmRule: Codable, Hashable, Sendable {
    enum Figure: String, Codable, CaseIterable, Sendable {
        case waiting, longestWait, expectedWait, ready, idle, lines, abandonRate, serviceLevel, connectRate
    }
    enum Comparison: String, Codable, CaseIterable, Sendable { case above, below }
    enum Severity: String, Codable, CaseIterable, Sendable { case warning, critical }
    enum Channel: String, Codable, CaseIterable, Sendable { case screen, sms, email }
    /// Who is told, and how long after the alarm was raised without being acknowledged.
    struct Step: Codable, Hashable, Sendable {
        var afterSeconds: Int
        var channel: Channel
        /// Addresses or numbers; none for the screen.
        var to: [String]
    }

    /// Absent in a rule that is new; given by the service.
    var id: AlarmRuleID?
    var name: String
    var figure: Figure
    /// The key of a queue; `nil` for the whole centre.
    var queue: String?
    var comparison: Comparison
    /// Milliseconds for waits, per cent for rates, else a count.
    var threshold: Double
    /// How long it must hold before the alarm is raised, and must have ceased before it is cleared.
    var forSeconds: Int
    var severity: Severity
    var isOn: Bool
    var steps: [Step]

    static let mostSteps = 10
    static let mostRecipients = 20
    static let longestSeconds = 86_400

    func holds(_ value: Double) -> Bool {
        switch comparison {
        case .above: value > threshold
        case .below: value < threshold
        }
    }

    func check(at place: String, queues: Set<String>) throws {
        guard (1...80).contains(name.count) else {
            throw FigureSettings.fault("\(place).name", "A name has 1 to 80 characters.")
        }
        if let queue, !queues.contains(queue) {
            throw FigureSettings.fault("\(place).queue", "There is no queue '\(queue.prefix(64))'.")
        }
        if queue != nil, figure == .lines {
            throw FigureSettings.fault(
                "\(place).queue", "Lines belong to the whole centre; leave the queue out.")
        }
        guard threshold.isFinite, (0...1e9).contains(threshold) else {
            throw FigureSettings.fault("\(place).threshold", "A threshold is a number from 0 on.")
        }
        try FigureSettings.range(forSeconds, 0...Self.longestSeconds, "\(place).forSeconds")
        guard steps.count <= Self.mostSteps else {
            throw FigureSettings.fault("\(place).steps", "There may be at most \(Self.mostSteps) steps.")
        }
        for (index, step) in steps.enumerated() { try step.check(at: "\(place).steps[\(index)]") }
    }
}

extension AlarmRule.Step {
    fileprivate func check(at place: String) throws {
        try FigureSettings.range(afterSeconds, 0...AlarmRule.longestSeconds, "\(place).afterSeconds")
        guard to.count <= AlarmRule.mostRecipients else {
            throw FigureSettings.fault(
                "\(place).to", "At most \(AlarmRule.mostRecipients) are told in one step.")
        }
        switch channel {
        case .screen: break
        case .email:
            guard !to.isEmpty, to.allSatisfy(Mail.isAddress) else {
                throw FigureSettings.fault(
                    "\(place).to", "An e-mail needs addresses such as ops@example.com.")
            }
        case .sms:
            guard !to.isEmpty, to.allSatisfy(TextNumber.isNumber) else {
                throw FigureSettings.fault(
                    "\(place).to", "A text message needs numbers such as +8613800000000.")
            }
        }
    }
}

/// The rules with the version in which they are kept together.
struct AlarmRules: Codable, Hashable, Sendable {
    var version = 0
    var items: [AlarmRule] = []
    static let most = 200
}

/// Names the ids of rules and alarms.
enum AlarmRuleKind {}
enum AlarmKind {}
typealias AlarmRuleID = ID<AlarmRuleKind>
typealias AlarmID = ID<AlarmKind>

/// An alarm that was raised.
struct Alarm: Hashable, Sendable {
    enum State: String, Sendable { case raised, acknowledged, cleared }
    var id: AlarmID
    var rule: AlarmRuleID
    var name: String
    var figure: String
    var queue: String?
    var severity: AlarmRule.Severity
    var comparison: AlarmRule.Comparison
    var threshold: Double
    /// When it was raised.
    var value: Double
    var raisedAt: Timestamp
    var acknowledgedAt: Timestamp?
    var acknowledgedBy: AgentID?
    var note: String?
    var clearedAt: Timestamp?
    /// Steps that have been taken.
    var stepsTaken: Int = 0

    var state: State { clearedAt != nil ? .cleared : acknowledgedAt != nil ? .acknowledged : .raised }
}
