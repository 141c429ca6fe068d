import Kernel
import Testing

@testable import RoutingEngine

private func settings(_ id: Int = 1, _ change: (inout QueueSettings) -> Void = { _ in }) -> QueueSettings {
    var settings = QueueSettings(id: QueueID(id))
    change(&settings)
    return settings
}

@Suite struct QueueTests {
    @Test(arguments: [(4, QueueEnding.shortAbandoned), (5, QueueEnding.abandoned)])
    func `an abandon below the span is a short one`(seconds: Int, ending: QueueEnding) {
        var centre = Centre(queues: [settings()])
        centre.arrive(1)
        centre.pass(Int64(seconds))
        centre.send(.interactionAbandoned(InteractionID(1)))
        #expect(centre.endings == [ending])
        #expect(centre.position(1) == nil)
    }

    @Test(arguments: [
        (WithdrawalReason.callback, QueueEnding.callback), (.voicemail, .voicemail),
        (.releasedBySystem, .releasedBySystem),
    ])
    func `a withdrawal ends the entry by its reason, waiting or ringing`(
        reason: WithdrawalReason, ending: QueueEnding
    ) {
        var centre = Centre(queues: [settings()], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.arrive(2)
        centre.send(.interactionWithdrawn(InteractionID(2), reason))
        centre.send(.interactionWithdrawn(InteractionID(1), reason))
        #expect(centre.endings == [ending, ending])
        #expect(
            centre.outcome.effects == [.withdraw(OfferID(1, 1), from: AgentID(1), because: .withdrawn)])
        #expect(centre.agent(1)?.activity == .idle)
    }

    @Test func `a full queue dissuades or overflows`() {
        let first = settings { queue in
            queue.mostWaiting = 1
            queue.whenFull = .overflow(to: QueueID(2))
        }
        let second = settings(2) { $0.mostWaiting = 1 }
        var centre = Centre(queues: [first, second])
        centre.arrive(1)
        centre.arrive(2)
        #expect(
            centre.outcome.effects == [.moveToQueue(InteractionID(2), from: QueueID(1), to: QueueID(2))])
        #expect(
            centre.outcome.facts == [
                .queued(InteractionID(2), QueueID(1), position: 2, expectedWait: nil),
                .queueEntryEnded(InteractionID(2), QueueID(1), .overflowed, waited: .zero, agent: nil),
                .queued(InteractionID(2), QueueID(2), position: 1, expectedWait: nil),
            ])
        centre.arrive(3)
        #expect(centre.outcome.effects.last == .leaveQueue(InteractionID(3), .dissuaded(.full)))
        #expect(centre.endings == [.overflowed, .overflowed, .dissuaded])
    }

    @Test func `a queue without places serves who need not wait`() {
        var centre = Centre(queues: [settings { $0.mostWaiting = 0 }], agents: [AgentSettings(1)])
        centre.arrive(1)
        #expect(centre.offers == [Pair(1, 1)])
        centre.arrive(2)
        #expect(centre.endings == [.dissuaded])
        centre.decline(1)
        #expect(centre.position(1) == 1)
    }

    @Test func `who waits too long goes on in another queue with the arrival kept`() {
        let first = settings {
            $0.longestWait = .seconds(60)
            $0.whenTooLong = .overflow(to: QueueID(2))
        }
        var centre = Centre(queues: [first, settings(2)])
        centre.arrive(1)
        centre.pass(30)
        centre.arrive(2, in: 2)
        #expect(centre.engine.nextDeadline == Timestamp(milliseconds: 60_000))
        centre.pass(30)
        #expect(
            centre.outcome.facts == [
                .queueEntryEnded(
                    InteractionID(1), QueueID(1), .overflowed, waited: .seconds(60), agent: nil),
                .queued(InteractionID(1), QueueID(2), position: 1, expectedWait: nil),
            ])
        #expect(centre.position(2) == 2)
        centre.pass(4)
        centre.send(.interactionAbandoned(InteractionID(1)))
        #expect(
            centre.outcome.facts == [
                .queueEntryEnded(
                    InteractionID(1), QueueID(2), .abandoned, waited: .seconds(4), agent: nil)
            ])
    }

    @Test func `the longest wait is not cut off while a phone rings`() {
        let impatient = settings { $0.longestWait = .seconds(10) }
        var centre = Centre(queues: [impatient], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.pass(12)
        #expect(centre.endings.isEmpty)
        centre.pass(3)
        #expect(centre.outcome.effects.last == .leaveQueue(InteractionID(1), .dissuaded(.tooLong)))
    }

    @Test func `queues that overflow into each other end in dissuasion`() {
        let first = settings {
            $0.mostWaiting = 0
            $0.whenFull = .overflow(to: QueueID(2))
        }
        let second = settings(2) {
            $0.mostWaiting = 0
            $0.whenFull = .overflow(to: QueueID(1))
        }
        var centre = Centre(queues: [first, second])
        centre.arrive(1)
        #expect(centre.outcome.effects.last == .leaveQueue(InteractionID(1), .dissuaded(.full)))
        #expect(centre.endings.count == RoutingBounds.mostOverflows + 1)
    }

    @Test func `a rule applies when nobody with the skills is signed in, at once and later`() {
        let staffed = settings {
            $0.skills = [SkillRequirement(1)]
            $0.whenNobody = .dissuade
        }
        var centre = Centre(
            queues: [staffed], agents: [AgentSettings(1, [(1, 1)]), AgentSettings(2)], ready: false)
        centre.send(.agentSignedIn(AgentID(2), SeatID(2)))
        centre.arrive(1)
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(1), .dissuaded(.nobody))])
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        centre.arrive(2)
        #expect(centre.position(2) == 1)
        centre.send(.agentSignedOut(AgentID(1)))
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(2), .dissuaded(.nobody))])
    }

    @Test func `an overflow into a queue that is not there dissuades`() {
        let first = settings {
            $0.mostWaiting = 0
            $0.whenFull = .overflow(to: QueueID(9))
        }
        var centre = Centre(queues: [first])
        centre.arrive(1)
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(1), .dissuaded(.unknownQueue))])
    }

    @Test func `an unknown queue is refused and the flow goes on`() {
        var centre = Centre(queues: [])
        centre.arrive(1)
        #expect(centre.refusals == [.queueUnknown])
        #expect(centre.outcome.effects.first == .leaveQueue(InteractionID(1), .dissuaded(.unknownQueue)))
    }

    @Test func `the expected wait follows from handling times, position and agents`() {
        var centre = Centre(queues: [settings()], agents: [AgentSettings(1), AgentSettings(2)])
        centre.arrive(1)
        centre.arrive(2)
        centre.accept(1)
        centre.accept(2)
        centre.arrive(3)
        #expect(centre.engine.position(of: InteractionID(3), at: centre.time)?.wait == nil)
        centre.pass(100)
        centre.end(1)
        centre.pass(20)
        centre.accept(3)
        for interaction in 4...6 { centre.arrive(interaction) }
        let last = centre.engine.position(of: InteractionID(6), at: centre.time)
        #expect(last?.position == 3)
        #expect(last?.wait == .seconds(180))
        #expect(centre.line(1)?.expectedWait == .seconds(240))
    }

    @Test func `settings keep who waits and talks, and dissuade who waits in a queue that is gone`() {
        var centre = Centre(
            queues: [settings(1), settings(2)], agents: [AgentSettings(1), AgentSettings(2)])
        centre.arrive(1)
        centre.accept(1)
        centre.arrive(2, in: 2)
        centre.arrive(3, in: 1)
        centre.arrive(4, in: 2)
        centre.send(
            .settingsChanged(RoutingSettings(version: 2, queues: [settings(1)], agents: [AgentSettings(2)])))
        #expect(
            centre.outcome.effects.prefix(2) == [
                .withdraw(OfferID(2, 1), from: AgentID(2), because: .withdrawn),
                .leaveQueue(InteractionID(2), .dissuaded(.unknownQueue)),
            ])
        #expect(centre.outcome.effects.contains(.leaveQueue(InteractionID(4), .dissuaded(.unknownQueue))))
        #expect(centre.offers == [Pair(3, 2)])
        #expect(centre.agent(1)?.activity == .talking)
        centre.end(1)
        centre.pass(20)
        centre.arrive(5)
        #expect(centre.offers.isEmpty)
        centre.send(.presenceChosen(AgentID(1), .notReady))
        centre.ready(1)
        #expect(centre.refusals == [.agentUnknown])
    }

    @Test func `new skills let an idle agent take what waits`() {
        var centre = Centre(
            queues: [settings { $0.skills = [SkillRequirement(1)] }], agents: [AgentSettings(1)])
        centre.arrive(1)
        #expect(centre.offers.isEmpty)
        centre.send(
            .settingsChanged(
                RoutingSettings(
                    version: 2, queues: [settings { $0.skills = [SkillRequirement(1)] }],
                    agents: [AgentSettings(1, [(1, 1)])])))
        #expect(centre.offers == [Pair(1, 1)])
        #expect(centre.reason?.settings == 2)
    }

    @Test func `N18 lines are granted up to the limit and given back`() {
        var centre = Centre(queues: [], limits: CentreLimits(seats: nil, lines: 30))
        for call in 1...30 { centre.send(.lineRequested(InteractionID(call))) }
        #expect(centre.outcome.facts == [.lineHeld(InteractionID(30), inUse: 30)])
        centre.send(.lineRequested(InteractionID(31)))
        #expect(centre.outcome.effects == [.refuseLine(InteractionID(31))])
        #expect(centre.outcome.facts == [.lineRefused(InteractionID(31), limit: 30)])
        centre.send(.lineRequested(InteractionID(1)))
        #expect(centre.refusals == [.lineAlreadyHeld])
        centre.pass(5)
        centre.send(.lineReleased(InteractionID(1)))
        #expect(centre.outcome.facts == [.lineReleased(InteractionID(1), held: .seconds(5))])
        centre.send(.lineReleased(InteractionID(1)))
        #expect(centre.outcome.facts.isEmpty)
        centre.send(.lineRequested(InteractionID(31)))
        #expect(centre.outcome.effects == [.grantLine(InteractionID(31))])
    }

    @Test func `interactions beyond the bound are refused, and their flow goes on`() {
        var engine = RoutingEngine()
        var outcome = RoutingOutcome()
        let large = settings { $0.mostWaiting = .max }
        let time = Timestamp(milliseconds: 0)
        engine.apply(
            .settingsChanged(RoutingSettings(version: 1, queues: [large], agents: [])), at: time,
            into: &outcome)
        for number in 0..<RoutingBounds.mostInteractions {
            let id = InteractionID(number)
            let request = QueueRequest(interaction: id, queue: QueueID(1), arrivedAt: time)
            let state = InteractionState(request: request, queueID: QueueID(1), priority: 0, queuedAt: time)
            _ = engine.interactions.insert(state, for: id)
        }
        outcome.removeAll()
        let next = InteractionID(RoutingBounds.mostInteractions)
        let request = QueueRequest(interaction: next, queue: QueueID(1), arrivedAt: time)
        engine.apply(.interactionQueued(request), at: time, into: &outcome)
        let refusal = Refusal(.tooManyInteractions, interaction: next, limit: RoutingBounds.mostInteractions)
        #expect(outcome.facts == [.refused(refusal)])
        #expect(outcome.effects == [.leaveQueue(next, .dissuaded(.full)), .refuse(refusal)])
    }

    @Test func `a request for too many skills is refused, and its flow goes on`() {
        var centre = Centre(queues: [settings()])
        centre.arrive(1, skills: (0...RoutingBounds.mostRequestSkills).map { SkillRequirement($0) })
        #expect(centre.refusals == [.tooManySkills])
        #expect(centre.outcome.effects.first == .leaveQueue(InteractionID(1), .dissuaded(.nobody)))
    }

    @Test func `settings that shorten the wait apply to who waits`() {
        var centre = Centre(queues: [settings()])
        centre.arrive(1)
        centre.pass(100)
        centre.arrive(2)
        centre.send(
            .settingsChanged(
                RoutingSettings(version: 2, queues: [settings { $0.longestWait = .seconds(60) }], agents: []))
        )
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(1), .dissuaded(.tooLong))])
        #expect(centre.engine.nextDeadline == Timestamp(milliseconds: 160_000))
    }

    @Test func `settings beyond the bounds are refused`() {
        var centre = Centre(queues: [settings()])
        let agents = (0...RoutingBounds.mostAgents).map { AgentSettings($0) }
        centre.send(.settingsChanged(RoutingSettings(version: 2, queues: [], agents: agents)))
        #expect(centre.refusals == [.tooManyAgents])
        let queues = (0...RoutingBounds.mostQueues).map { settings($0) }
        centre.send(.settingsChanged(RoutingSettings(version: 2, queues: queues, agents: [])))
        #expect(centre.refusals == [.tooManyQueues])
        #expect(centre.line(1) != nil)
    }
}
