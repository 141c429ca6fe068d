import Kernel
import RoutingEngine
import Testing

private func queue(_ change: (inout QueueSettings) -> Void = { _ in }) -> QueueSettings {
    var settings = QueueSettings(id: QueueID(1))
    change(&settings)
    return settings
}

@Suite struct OfferTests {
    @Test func `a call goes to the free agent, is accepted, talked, wrapped up`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)])
        centre.pass(10)
        centre.arrive(1)
        let offer = OfferID(1, 1)
        let until = Timestamp(milliseconds: 25_000)
        #expect(centre.outcome.effects == [.offer(offer, to: AgentID(1), queue: QueueID(1), until: until)])
        #expect(
            centre.outcome.facts == [
                .queued(InteractionID(1), QueueID(1), position: 1, expectedWait: nil),
                .offered(
                    offer, AgentID(1), QueueID(1),
                    OfferReason(
                        rule: .longestIdle, priority: 0, waited: .zero, idle: .seconds(10), level: 0,
                        settings: 1)),
                .activityChanged(AgentID(1), .ringing, former: .idle, after: .seconds(10)),
            ])

        centre.time = centre.time + .seconds(3)
        centre.accept(1)
        #expect(centre.outcome.effects == [.connect(offer, agent: AgentID(1))])
        #expect(
            centre.outcome.facts == [
                .offerEnded(offer, AgentID(1), .accepted, rang: .seconds(3)),
                .queueEntryEnded(
                    InteractionID(1), QueueID(1), .answered, waited: .seconds(3), agent: AgentID(1)),
                .activityChanged(AgentID(1), .talking, former: .ringing, after: .seconds(3)),
            ])

        centre.time = centre.time + .seconds(60)
        centre.end(1)
        #expect(
            centre.outcome.facts == [
                .conversationEnded(
                    InteractionID(1), AgentID(1), by: .customer, talked: .seconds(60), held: .zero),
                .activityChanged(AgentID(1), .wrapUp, former: .talking, after: .seconds(60)),
            ])
        #expect(centre.engine.nextDeadline == centre.time + .seconds(20))
        centre.pass(20)
        #expect(
            centre.outcome.facts == [
                .wrapUpEnded(AgentID(1), InteractionID(1), lasted: .seconds(20)),
                .activityChanged(AgentID(1), .idle, former: .wrapUp, after: .seconds(20)),
            ])
        #expect(centre.engine.nextDeadline == nil)
    }

    @Test func `who has been idle longest is asked first`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1), AgentSettings(2)], ready: false)
        for agent in [2, 1] {
            centre.send(.agentSignedIn(AgentID(agent), SeatID(agent)))
            centre.ready(agent)
            centre.pass(1)
        }
        centre.arrive(1)
        #expect(centre.offers == [Pair(1, 2)])
        centre.arrive(2)
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test func `skills are needed at their level, the request's own too`() {
        let strict = queue { $0.skills = [SkillRequirement(1, 3)] }
        var centre = Centre(
            queues: [strict],
            agents: [
                AgentSettings(1, [(1, 2)]), AgentSettings(2, [(1, 3)]), AgentSettings(3, [(1, 5), (2, 1)]),
            ])
        centre.arrive(1, skills: [SkillRequirement(2)])
        #expect(centre.offers == [Pair(1, 3)])
        #expect(centre.reason?.level == 6)
        centre.arrive(2)
        #expect(centre.offers == [Pair(2, 2)])
        centre.arrive(3)
        #expect(centre.offers.isEmpty)
    }

    @Test func `the highest level goes first where the queue says so, then who has been idle longest`() {
        let best = queue {
            $0.skills = [SkillRequirement(1), SkillRequirement(2)]
            $0.selection = .highestLevel
        }
        var centre = Centre(
            queues: [best],
            agents: [
                AgentSettings(1, [(1, 1), (2, 2)]), AgentSettings(2, [(1, 2), (2, 3)]),
                AgentSettings(3, [(1, 4), (2, 1)]), AgentSettings(4, [(1, 5)]),
            ])
        for interaction in 1...4 { centre.arrive(interaction) }
        let offered = centre.facts.compactMap { fact -> Pair? in
            if case .offered(let offer, let agent, _, _) = fact {
                Pair(offer.interaction, agent)
            } else {
                nil
            }
        }
        #expect(offered == [Pair(1, 2), Pair(2, 3), Pair(3, 1)])
    }

    @Test func `a free agent takes the highest priority, then the earliest arrival`() {
        let second = QueueSettings(id: QueueID(2), priority: 5)
        var centre = Centre(queues: [queue(), second], agents: [AgentSettings(1)], ready: false)
        centre.arrive(1)
        centre.pass(1)
        centre.arrive(2)
        centre.arrive(3, in: 2)
        centre.arrive(4, priority: 7)
        #expect([1, 2, 3, 4].map { centre.position($0) } == [2, 3, 1, 1])
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        centre.ready(1)
        var order: [Pair] = []
        while let pair = centre.offers.first {
            order.append(pair)
            centre.accept(pair.interaction)
            centre.end(pair.interaction)
            centre.send(.wrapUpEnded(AgentID(1)))
        }
        #expect(order.map(\.interaction) == [4, 3, 1, 2])
    }

    @Test func `the last agent comes first when free and recent, and is not waited for`() {
        let loyal = queue { $0.lastAgentWithin = .hours(1) }
        var centre = Centre(queues: [loyal], agents: [AgentSettings(1), AgentSettings(2)])
        let last = LastAgent(agent: AgentID(2), endedAt: centre.time)
        centre.pass(3_600)
        centre.arrive(1, lastAgent: last)
        #expect(centre.offers == [Pair(1, 2)])
        #expect(centre.reason?.rule == .lastAgent)
        centre.arrive(2, lastAgent: last)
        #expect(centre.offers == [Pair(2, 1)])
        #expect(centre.reason?.rule == .longestIdle)
        centre.send(.interactionAbandoned(InteractionID(1)))
        centre.send(.interactionAbandoned(InteractionID(2)))
        centre.pass(1)
        centre.arrive(3, lastAgent: last)
        #expect(centre.offers == [Pair(3, 1)])
    }

    @Test func `no answer takes the call back to its place and makes the agent not ready`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.pass(1)
        centre.arrive(2)
        #expect(centre.position(1) == 1)
        #expect(centre.position(2) == 1)
        centre.pass(14)
        #expect(
            centre.outcome.effects == [.withdraw(OfferID(1, 1), from: AgentID(1), because: .noAnswer)])
        #expect(centre.agent(1)?.presence == .notReady)
        #expect(centre.position(1) == 1)
        #expect(centre.position(2) == 2)
        centre.ready(1)
        #expect(centre.offers == [Pair(1, 1)])
        #expect(centre.reason?.waited == .seconds(15))
    }

    @Test func `no answer without the rule leaves the agent ready for another call`() {
        let patient = queue { $0.notReadyAfterNoAnswer = false }
        var centre = Centre(queues: [patient], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.arrive(2)
        centre.pass(15)
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test func `a declined call goes to another agent, and comes back after thirty seconds at most`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1), AgentSettings(2)])
        centre.arrive(1)
        centre.pass(1)
        centre.decline(1)
        #expect(centre.offers == [Pair(1, 2)])
        #expect(centre.agent(1)?.presence == .ready)
        centre.accept(1, 2)
        centre.arrive(2)
        #expect(centre.offers == [Pair(2, 1)])
        centre.decline(2)
        #expect(centre.offers.isEmpty)
        centre.pass(29)
        #expect(centre.offers.isEmpty)
        centre.pass(1)
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test func `who declined stands behind the others`() {
        var centre = Centre(
            queues: [queue()], agents: [AgentSettings(1), AgentSettings(2), AgentSettings(3)])
        centre.pass(1)
        centre.arrive(1)
        centre.decline(1)
        #expect(centre.offers == [Pair(1, 2)])
        centre.arrive(2)
        #expect(centre.offers == [Pair(2, 3)])
        centre.arrive(3)
        #expect(centre.offers == [Pair(3, 1)])
    }

    @Test func `who declines offer after offer rests`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)], ready: false)
        for interaction in 1...40 { centre.arrive(interaction) }
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        centre.ready(1)
        var declined = 0
        while let pair = centre.offers.first {
            declined += 1
            centre.decline(pair.interaction)
        }
        #expect(declined == RoutingBounds.mostDeclines)
        centre.pass(30)
        #expect(centre.offers == [Pair(1, 1)])
    }

    @Test func `a phone in use is left alone for a while`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.send(.offerFailed(OfferID(1, 1), .busy))
        centre.arrive(2)
        #expect(centre.offers.isEmpty)
        #expect(centre.agent(1)?.presence == .ready)
        centre.pass(10)
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test(arguments: [OfferFailure.unreachable, .rejected])
    func `a phone that cannot be reached makes the agent not ready`(failure: OfferFailure) {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.send(.offerFailed(OfferID(1, 1), failure))
        #expect(centre.agent(1)?.presence == .notReady)
        #expect(centre.outcome.facts.contains(.presenceChanged(AgentID(1), .notReady)))
        centre.pass(60)
        #expect(centre.offers.isEmpty)
    }

    @Test func `offers that come to nothing are bounded`() {
        let short = queue { $0.mostOffers = 3 }
        var centre = Centre(queues: [short], agents: (1...5).map { AgentSettings($0) })
        centre.arrive(1)
        for attempt in 1...3 { centre.decline(1, attempt) }
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(1), .dissuaded(.tooManyOffers))])
        #expect(centre.endings == [.dissuaded])
    }

    @Test func `whoever abandons while it rings leaves the agent at the head of the idle`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1), AgentSettings(2)], ready: false)
        for agent in [1, 2] {
            centre.send(.agentSignedIn(AgentID(agent), SeatID(agent)))
            centre.ready(agent)
            centre.pass(1)
        }
        centre.arrive(1)
        centre.pass(6)
        centre.send(.interactionAbandoned(InteractionID(1)))
        #expect(
            centre.outcome.effects == [.withdraw(OfferID(1, 1), from: AgentID(1), because: .abandoned)])
        #expect(centre.endings == [.abandoned])
        centre.arrive(2)
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test func `an accept that comes late is refused, the second does nothing`() {
        var centre = Centre(queues: [queue()], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.pass(15)
        centre.accept(1)
        #expect(centre.outcome.effects == [.refuseAccept(OfferID(1, 1))])
        #expect(centre.refusals == [.offerUnknown])
        centre.ready(1)
        centre.accept(1, 2)
        centre.accept(1, 2)
        #expect(centre.outcome.effects.isEmpty && centre.outcome.facts.isEmpty)
    }

    @Test func `an accept of an offer before the interaction came back is refused`() {
        let short = queue { $0.mostOffers = 1 }
        var centre = Centre(queues: [short], agents: [AgentSettings(1), AgentSettings(2)])
        centre.arrive(1)
        centre.decline(1)
        centre.arrive(1)
        #expect(centre.offers.count == 1)
        centre.accept(1, 1)
        #expect(centre.outcome.effects == [.refuseAccept(OfferID(1, 1))])
        centre.accept(1, 2)
        #expect(centre.endings == [.dissuaded, .answered])
    }
}
