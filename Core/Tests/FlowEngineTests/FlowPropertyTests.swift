import FlowEngine
import Kernel
import Testing

/// Random flows and random callers: what the checker lets through never fails.
@Suite struct FlowPropertyTests {
    private static let flows: UInt64 = 3_000
    private static let eventsPerCall = 120

    @Test func `a flow that passes the checker never fails in a session, whatever happens`() {
        var passed = 0
        for seed in 0..<Self.flows {
            var dice = Dice(seed: seed)
            let flow = dice.flow()
            let isFine = FlowChecker.check(flow, queues: [QueueID(1)], calendars: [CalendarID(1)]).isEmpty
            passed += isFine ? 1 : 0
            var walk = Walk(flow, context: dice.context())
            walk.on(.started)
            for _ in 0..<Self.eventsPerCall where !walk.hasHungUp {
                walk.now = walk.now + .milliseconds(Int64(dice.below(20_000)))
                walk.on(dice.event(walk.lastPlay))
            }
            let failures = walk.facts.filter { if case .flowFailed = $0 { true } else { false } }
            #expect(!isFine || failures.isEmpty, "seed \(seed)")
            #expect(walk.actions.count { $0 == .hangUp } <= 1, "seed \(seed)")
            if walk.hasHungUp { #expect(walk.actions.last == .hangUp, "seed \(seed)") }
            let plays = walk.actions.compactMap(\.number)
            #expect(
                plays == Array(plays.sorted().prefix(plays.count)) && Set(plays).count == plays.count,
                "seed \(seed)")
        }
        // The generator must make enough of both kinds for the test to mean something.
        #expect(passed > Self.flows / 20)
        #expect(passed < Self.flows)
    }

    @Test
    func `a silent caller always comes to an end or to a queue, and hears the notice before a recorded one`()
    {
        for seed in 0..<Self.flows {
            var dice = Dice(seed: seed)
            let flow = dice.flow()
            guard FlowChecker.check(flow, queues: [QueueID(1)], calendars: [CalendarID(1)]).isEmpty else {
                continue
            }
            var walk = Walk(flow, context: dice.context())
            walk.on(.started)
            var steps = 0
            while !walk.hasHungUp && !walk.isQueued && steps < 10_000 {
                steps += 1
                if walk.listen().isEmpty { walk.waitForDeadline() }
            }
            #expect(walk.hasHungUp || walk.isQueued, "seed \(seed)")
            guard case .enterQueue(let queue)? = walk.queueAction, queue.isRecorded else { continue }
            let wasTold = walk.facts.contains { if case .recordingNoticeGiven = $0 { true } else { false } }
            #expect(wasTold, "seed \(seed)")
        }
    }

    @Test func `the same events lead to the same actions`() {
        for seed in 0..<200 as Range<UInt64> {
            let runs = (0..<2).map { _ in
                var dice = Dice(seed: seed)
                var walk = Walk(dice.flow(), context: dice.context())
                walk.on(.started)
                for _ in 0..<50 { walk.on(dice.event(walk.lastPlay)) }
                return walk.actions
            }
            #expect(runs[0] == runs[1])
        }
    }
}

extension Walk {
    var queueAction: FlowAction? { actions.first { if case .enterQueue = $0 { true } else { false } } }
    var isQueued: Bool { queueAction != nil }
}

/// Seeded random flows, contexts and events.
struct Dice {
    private var generator: SeededGenerator
    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// 0 ..< bound.
    mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
    mutating func one<T>(of list: [T]) -> T { list[below(list.count)] }

    private static let keys = ["0", "1", "2", "3", "9", "*", "#", "A"]

    mutating func flow() -> Flow {
        let count = 2 + below(6)
        var nodes: [(NodeName, NodeKind)] = []
        for index in 0..<count {
            nodes.append(("n\(index)", index == count - 1 ? Sample.bye : kind(at: index, of: count)))
        }
        return Sample.flow(nodes, entry: "n0")
    }

    private mutating func kind(at index: Int, of count: Int) -> NodeKind {
        // Mostly forward, so that a fair share of the flows is fine.
        let targets = (0..<8).map { _ in
            below(12) != 0 ? min(count - 1, index + 1 + below(2)) : below(count)
        }
        var used = 0
        func target() -> NodeName {
            used += 1
            return "n\(targets[used % targets.count])"
        }
        switch below(8) {
        case 0: return .say(Say(prompts: ["hello"], next: target(), interruptible: below(2) == 0))
        case 1: return Sample.notice(target())
        case 2:
            return .menu(
                Menu(
                    prompts: ["menu"], choices: ["1": target(), "2": target(), "#": target()],
                    attempts: 1 + below(3), noInput: target(), noMatch: target()))
        case 3:
            return .digits(
                CollectDigits(
                    prompts: ["number"], variable: "account", least: below(3), most: 1 + below(4),
                    attempts: 1 + below(2), next: target(), failed: target()))
        case 4: return .hours(Hours(calendar: CalendarID(1), open: target(), closed: target()))
        case 5: return .announcement(Announce(board: "faults", next: target()))
        case 6:
            var queue = Sample.queue(after: target(), recorded: below(3) == 0)
            queue.dissuaded = target()
            queue.answersFirst = below(2) == 0
            return .queue(queue)
        default:
            return .rating(
                Rating(
                    prompts: ["rate"], scores: ["1": 5, "2": 1], attempts: 1 + below(2),
                    thanks: below(2) == 0 ? [] : ["thanks"], next: target()))
        }
    }

    mutating func context() -> FlowContext {
        let announcement = ActiveAnnouncement(id: AnnouncementID(1), board: "faults", texts: ["en": "slow"])
        return FlowContext(
            announcements: below(2) == 0 ? [] : [announcement],
            calendars: below(3) == 0 ? [:] : [CalendarID(1): BusinessCalendar()])
    }

    mutating func event(_ lastPlay: Int) -> FlowEvent {
        switch below(12) {
        case 0, 1, 2: .playEnded(lastPlay)
        case 3: .playEnded(max(0, lastPlay - 1))
        case 4, 5: .digitPressed(one(of: Self.keys))
        case 6, 7: .deadlineReached
        case 8: .agentConnected(agentNumber: "8001")
        case 9: one(of: [.waitedAgain, .conversationEnded])
        case 10: one(of: [.queueRefused, .started])
        default: .positionTold(position: below(4), wait: below(2) == 0 ? nil : .seconds(90))
        }
    }
}
