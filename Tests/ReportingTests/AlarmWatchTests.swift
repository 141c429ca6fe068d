import Kernel
import Testing

@testable import Reporting

@Suite struct AlarmWatchTests {
    private static let ruleID = AlarmRuleID(1)
    private func rule(forSeconds: Int = 10, isOn: Bool = true) -> AlarmRule {
        AlarmRule(
            id: Self.ruleID, name: "Long line", figure: .waiting, queue: "tea", comparison: .above,
            threshold: 5, forSeconds: forSeconds, severity: .critical, isOn: isOn,
            steps: [
                .init(afterSeconds: 0, channel: .screen, to: []),
                .init(afterSeconds: 60, channel: .sms, to: ["13800000000"]),
                .init(afterSeconds: 300, channel: .email, to: ["chief@example.com"]),
            ])
    }
    private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_000_000) + .seconds(seconds) }
    private func sample(_ waiting: Double?) -> AlarmWatch.Sample {
        waiting.map { [.waiting: ["tea": $0]] } ?? [:]
    }

    @Test func `G22 an alarm is raised when it has held long enough, told step by step, and cleared`() {
        var watch = AlarmWatch()
        func take(_ waiting: Double?, _ seconds: Int64) -> [AlarmWatch.Change] {
            watch.take(sample(waiting), rules: [rule()], at: at(seconds)) { AlarmID(7) }
        }
        #expect(take(6, 0).isEmpty)
        #expect(take(5, 5).isEmpty, "the threshold itself is not above it")
        #expect(take(9, 6).isEmpty)
        let raised = take(9, 16)
        guard case .raised(let alarm) = raised.first else {
            Issue.record("nothing was raised")
            return
        }
        #expect(alarm.value == 9 && alarm.queue == "tea" && alarm.severity == .critical)
        #expect(raised.count == 2, "the screen is told at once")
        #expect(take(9, 70).isEmpty)
        guard case .told(_, let step, let number) = take(9, 76).first else {
            Issue.record("nobody was told after a minute")
            return
        }
        #expect(step.channel == .sms && number == 2)
        #expect(take(3, 80).isEmpty, "it must have ceased for as long as it had to hold")
        #expect(take(3, 90) == [.cleared(alarm.id)])
        #expect(take(3, 500).isEmpty)
    }

    @Test func `G22 who acknowledges is followed by nobody else`() {
        var watch = AlarmWatch()
        _ = watch.take(sample(9), rules: [rule(forSeconds: 0)], at: at(0)) { AlarmID(7) }
        watch.acknowledge(AlarmID(7), at: at(30))
        #expect(watch.take(sample(9), rules: [rule(forSeconds: 0)], at: at(1_000)) { AlarmID(8) }.isEmpty)
        #expect(watch.open[Self.ruleID]?.state == .acknowledged)
    }

    @Test func `A figure without a value changes nothing, a rule that is switched off ends its alarm`() {
        var watch = AlarmWatch()
        _ = watch.take(sample(9), rules: [rule(forSeconds: 0)], at: at(0)) { AlarmID(7) }
        #expect(watch.take(sample(nil), rules: [rule(forSeconds: 0)], at: at(1)) { AlarmID(8) }.isEmpty)
        let off = watch.take(sample(9), rules: [rule(isOn: false)], at: at(2)) { AlarmID(8) }
        #expect(off == [.cleared(AlarmID(7))])
    }

    @Test func `An older sample and the same one again change nothing`() {
        var watch = AlarmWatch()
        _ = watch.take(sample(9), rules: [rule(forSeconds: 0)], at: at(10)) { AlarmID(7) }
        #expect(watch.take(sample(0), rules: [rule(forSeconds: 0)], at: at(10)) { AlarmID(8) }.isEmpty)
        #expect(watch.take(sample(0), rules: [rule(forSeconds: 0)], at: at(5)) { AlarmID(8) }.isEmpty)
    }

    @Test func `After a restart open alarms go on where they were`() {
        var watch = AlarmWatch()
        _ = watch.take(sample(9), rules: [rule(forSeconds: 0)], at: at(0)) { AlarmID(7) }
        var again = AlarmWatch(open: Array(watch.open.values))
        let changes = again.take(sample(9), rules: [rule(forSeconds: 0)], at: at(61)) { AlarmID(8) }
        #expect(changes.count == 1, "only the second step")
    }

    @Test(arguments: [
        (AlarmRule.Channel.email, ["nobody"], "to"), (.sms, ["dial 1"], "to"), (.email, [], "to"),
    ])
    func `A step that reaches nobody is refused`(channel: AlarmRule.Channel, to: [String], field: String) {
        var rule = rule()
        rule.steps = [.init(afterSeconds: 0, channel: channel, to: to)]
        let problem = #expect(throws: Problem.self) { try rule.check(at: "items[0]", queues: ["tea"]) }
        #expect(problem?.details["field"] == "items[0].steps[0].\(field)")
    }
}
