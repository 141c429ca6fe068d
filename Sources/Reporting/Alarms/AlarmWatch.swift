import Kernel

/// Decides when alarms are raised, told and cleared. Pure: rules and a sample in, changes out.
///
/// Late: a sample that is older than the last one changes nothing. Twice: the same sample raises nothing again. Never:
/// a figure without a value (nobody called yet) neither raises nor clears.
struct AlarmWatch: Sendable {
    /// Figures at one moment: by figure, and by the key of the queue or `""` for the whole centre.
    typealias Sample = [AlarmRule.Figure: [String: Double]]

    enum Change: Hashable, Sendable {
        case raised(Alarm)
        case told(AlarmID, AlarmRule.Step, number: Int)
        case cleared(AlarmID)
    }

    private(set) var open: [AlarmRuleID: Alarm]
    /// Since when a rule's condition holds, or has ceased for an open alarm.
    private var since: [AlarmRuleID: Timestamp] = [:]
    private var last = Timestamp(milliseconds: .min)

    init(open: [Alarm] = []) {
        self.open = Dictionary(open.map { ($0.rule, $0) }, uniquingKeysWith: { first, _ in first })
    }

    mutating func take(
        _ sample: Sample, rules: [AlarmRule], at now: Timestamp, newID: () -> AlarmID
    ) -> [Change] {
        guard now > last else {
            // A clock that was set back by more than a hiccup: waits begin anew by the new time.
            if last - now > .seconds(5) { (last, since) = (now, [:]) }
            return []
        }
        last = now
        var changes: [Change] = []
        for rule in rules {
            guard let id = rule.id else { continue }
            let value = sample[rule.figure]?[rule.queue ?? ""]
            if rule.isOn, let value { follow(rule, id, value, now, newID, &changes) }
            escalate(rule, id, now, &changes)
        }
        // A rule that was switched off or removed has no alarm any more.
        let living = Set(rules.filter(\.isOn).compactMap(\.id))
        for (rule, alarm) in open.sorted(by: { $0.key < $1.key }) where !living.contains(rule) {
            open[rule] = nil
            since[rule] = nil
            changes.append(.cleared(alarm.id))
        }
        return changes
    }

    private mutating func follow(
        _ rule: AlarmRule, _ id: AlarmRuleID, _ value: Double, _ now: Timestamp, _ newID: () -> AlarmID,
        _ changes: inout [Change]
    ) {
        let isOpen = open[id] != nil
        guard rule.holds(value) != isOpen else {
            since[id] = nil
            return
        }
        let start = since[id] ?? now
        since[id] = start
        guard now - start >= .seconds(Int64(rule.forSeconds)) else { return }
        since[id] = nil
        if let alarm = open[id] {
            open[id] = nil
            changes.append(.cleared(alarm.id))
        } else {
            let alarm = Alarm(
                id: newID(), rule: id, name: rule.name, figure: rule.figure.rawValue, queue: rule.queue,
                severity: rule.severity, comparison: rule.comparison, threshold: rule.threshold,
                value: value, raisedAt: now)
            open[id] = alarm
            changes.append(.raised(alarm))
        }
    }

    /// Takes the steps whose time has come, unless somebody has acknowledged.
    private mutating func escalate(
        _ rule: AlarmRule, _ id: AlarmRuleID, _ now: Timestamp, _ changes: inout [Change]
    ) {
        guard let alarm = open[id], alarm.acknowledgedAt == nil else { return }
        let steps = rule.steps.sorted { $0.afterSeconds < $1.afterSeconds }
        for (index, step) in steps.enumerated() where index >= alarm.stepsTaken {
            guard now - alarm.raisedAt >= .seconds(Int64(step.afterSeconds)) else { break }
            open[id]?.stepsTaken = index + 1
            changes.append(.told(alarm.id, step, number: index + 1))
        }
    }

    /// Notes that somebody has seen it: nobody else is told.
    mutating func acknowledge(_ id: AlarmID, at now: Timestamp) {
        for (rule, alarm) in open where alarm.id == id { open[rule]?.acknowledgedAt = now }
    }
}
