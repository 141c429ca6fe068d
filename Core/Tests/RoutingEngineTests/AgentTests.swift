import Kernel
import RoutingEngine
import Testing

@Suite struct AgentTests {
    let queue = QueueSettings(id: QueueID(1))

    @Test func `N18 the forty-first sign-in is refused with the limit`() {
        let agents = (1...41).map { AgentSettings($0) }
        var centre = Centre(queues: [queue], agents: agents, limits: CentreLimits(seats: 40), ready: false)
        for agent in 1...40 { centre.send(.agentSignedIn(AgentID(agent), SeatID(agent))) }
        #expect(centre.outcome.facts == [.agentSignedIn(AgentID(40), SeatID(40))])
        centre.send(.agentSignedIn(AgentID(41), SeatID(41)))
        let refusal = Refusal(.seatLimitReached, agent: AgentID(41), limit: 40)
        #expect(centre.outcome.effects == [.refuse(refusal)])
        #expect(centre.outcome.facts == [.refused(refusal)])
        let overview = centre.engine.overview(at: centre.time)
        #expect(overview.seatsInUse == 40 && overview.seatLimit == 40)
        centre.send(.agentSignedOut(AgentID(1)))
        centre.send(.agentSignedIn(AgentID(41), SeatID(41)))
        #expect(centre.refusals.isEmpty)
    }

    @Test func `a seat and a person are taken once`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1), AgentSettings(2)], ready: false)
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        centre.send(.agentSignedIn(AgentID(2), SeatID(1)))
        #expect(centre.refusals == [.seatTaken])
        centre.send(.agentSignedIn(AgentID(1), SeatID(2)))
        #expect(centre.refusals == [.agentSignedInElsewhere])
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        #expect(centre.outcome.facts.isEmpty)
        centre.send(.agentSignedIn(AgentID(3), SeatID(3)))
        #expect(centre.refusals == [.agentUnknown])
    }

    @Test func `who signs in takes nothing before being ready`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)], ready: false)
        centre.arrive(1)
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        #expect(centre.offers.isEmpty)
        #expect(centre.agent(1)?.presence == .notReady)
        centre.ready(1)
        #expect(centre.offers == [Pair(1, 1)])
        #expect(centre.outcome.facts.first == .presenceChanged(AgentID(1), .ready))
    }

    @Test func `a break chosen while talking begins after wrap-up`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        let meal = Presence.onBreak(reason: "meal")
        centre.send(.presenceChosen(AgentID(1), meal))
        #expect(centre.outcome.facts.isEmpty)
        #expect(centre.agent(1)?.next == meal)
        centre.end(1)
        #expect(centre.agent(1)?.presence == .ready)
        centre.arrive(2)
        centre.send(.wrapUpEnded(AgentID(1)))
        #expect(centre.outcome.facts.last == .presenceChanged(AgentID(1), meal))
        #expect(centre.offers.isEmpty)
        #expect(centre.agent(1)?.activity == .idle)
    }

    @Test func `a break that is taken back before it began does not begin`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        centre.send(.presenceChosen(AgentID(1), .notReady))
        centre.ready(1)
        centre.end(1)
        centre.arrive(2)
        centre.send(.wrapUpEnded(AgentID(1)))
        #expect(centre.offers == [Pair(2, 1)])
    }

    @Test func `G23: no more of a group go on a break than its quota lets, promised breaks counted`() {
        var quota = queue
        quota.mostOnBreak = 1
        var centre = Centre(
            queues: [quota], agents: [AgentSettings(1), AgentSettings(2), AgentSettings(3)])
        let (rest, meal) = (Presence.onBreak(reason: "rest"), Presence.onBreak(reason: "meal"))
        // Who talks is promised the break and counts from then on.
        centre.arrive(1)
        centre.accept(1)
        centre.send(.presenceChosen(AgentID(1), rest))
        #expect(centre.refusals.isEmpty)
        centre.send(.presenceChosen(AgentID(2), rest))
        #expect(centre.refusals == [.breakQuotaReached])
        #expect(centre.engine.breaks(in: quota.id)?.onBreak == 1)
        #expect(centre.agent(2)?.presence == .ready)
        // Twice, or for another reason: it is the same break.
        centre.send(.presenceChosen(AgentID(1), meal))
        #expect(centre.refusals.isEmpty)
        centre.end(1)
        centre.send(.wrapUpEnded(AgentID(1)))
        #expect(centre.agent(1)?.presence == meal)
        centre.ready(1)
        centre.send(.presenceChosen(AgentID(2), rest))
        #expect(centre.refusals.isEmpty && centre.agent(2)?.presence == rest)
        // A smaller quota sends nobody back; a larger one lets the next go.
        quota.mostOnBreak = 0
        centre.send(
            .settingsChanged(
                RoutingSettings(
                    version: 2, queues: [quota],
                    agents: [AgentSettings(1), AgentSettings(2), AgentSettings(3)])))
        #expect(centre.agent(2)?.presence == rest)
        centre.send(.presenceChosen(AgentID(3), rest))
        #expect(centre.refusals == [.breakQuotaReached])
    }

    @Test func `signing out while it rings gives the call back, while talking it is refused`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1), AgentSettings(2)])
        centre.arrive(1)
        centre.pass(2)
        centre.send(.presenceChosen(AgentID(1), .offline))
        #expect(
            centre.outcome.effects.first
                == .withdraw(OfferID(1, 1), from: AgentID(1), because: .agentSignedOut))
        #expect(centre.offers == [Pair(1, 2)])
        #expect(
            centre.outcome.facts.contains(.agentSignedOut(AgentID(1), SeatID(1), signedIn: .seconds(2))))
        centre.accept(1, 2)
        centre.send(.agentSignedOut(AgentID(2)))
        #expect(centre.refusals == [.agentTalking])
        centre.end(1)
        centre.send(.agentSignedOut(AgentID(2)))
        #expect(
            centre.outcome.facts.first == .wrapUpEnded(AgentID(2), InteractionID(1), lasted: .zero))
        #expect(centre.agent(2) == nil)
    }

    @Test func `a lease that ends while it rings gives the call back and keeps the seat`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1, lease: .seconds(30))])
        centre.pass(20)
        centre.send(.leaseRenewed(AgentID(1)))
        #expect(centre.engine.nextDeadline == centre.time + .seconds(30))
        centre.pass(20)
        #expect(centre.engine.nextDeadline == centre.time + .seconds(10))
        centre.arrive(1)
        centre.pass(10)
        #expect(
            centre.outcome.facts == [
                .agentVanished(AgentID(1)),
                .offerEnded(OfferID(1, 1), AgentID(1), .withdrawn(.agentVanished), rang: .seconds(10)),
                .activityChanged(AgentID(1), .idle, former: .ringing, after: .seconds(10)),
                .presenceChanged(AgentID(1), .notReady),
            ])
        #expect(centre.position(1) == 1)
        #expect(centre.agent(1)?.hasVanished == true)
        centre.send(.agentVanished(AgentID(1)))
        #expect(centre.outcome.facts.isEmpty)
        centre.send(.agentSignedIn(AgentID(1), SeatID(1)))
        #expect(centre.refusals.isEmpty)
        centre.ready(1)
        #expect(centre.offers == [Pair(1, 1)])
    }

    @Test func `who talks to an agent who vanishes waits again in front`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1), AgentSettings(2)])
        centre.send(.presenceChosen(AgentID(2), .notReady))
        centre.arrive(1)
        centre.accept(1)
        centre.pass(10)
        centre.arrive(2)
        centre.pass(10)
        centre.send(.agentVanished(AgentID(1)))
        #expect(centre.outcome.effects == [.waitAgain(InteractionID(1), queue: QueueID(1))])
        #expect(
            centre.outcome.facts == [
                .agentVanished(AgentID(1)),
                .conversationEnded(
                    InteractionID(1), AgentID(1), by: .system, talked: .seconds(20), held: .zero),
                .activityChanged(AgentID(1), .idle, former: .talking, after: .seconds(20)),
                .presenceChanged(AgentID(1), .notReady),
                .queued(InteractionID(1), QueueID(1), position: 1, expectedWait: nil),
            ])
        #expect(centre.position(2) == 2)
        centre.ready(2)
        #expect(centre.offers == [Pair(1, 2)])
        #expect(centre.reason?.waited == .seconds(20))
        centre.accept(1, 2)
        #expect(centre.endings == [.answered, .answered])
    }

    @Test func `who talks to an agent who vanishes after the queue is gone leaves the queue node`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        centre.send(.settingsChanged(RoutingSettings(version: 2, queues: [], agents: [AgentSettings(1)])))
        #expect(centre.outcome.effects.isEmpty)
        centre.send(.agentVanished(AgentID(1)))
        #expect(centre.outcome.effects == [.leaveQueue(InteractionID(1), .dissuaded(.unknownQueue))])
        #expect(centre.endings == [.answered])
    }

    @Test func `who is signed in during a lease keeps it alive by choosing ready after it ended`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1, lease: .seconds(30))])
        centre.pass(30)
        #expect(centre.agent(1)?.presence == .notReady)
        centre.ready(1)
        #expect(centre.agent(1)?.hasVanished == false)
        #expect(centre.engine.nextDeadline == centre.time + .seconds(30))
    }

    @Test func `hold is counted apart from talk`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        centre.pass(10)
        centre.send(.holdStarted(InteractionID(1)))
        centre.pass(3)
        centre.send(.holdStarted(InteractionID(1)))
        #expect(centre.outcome.facts.isEmpty)
        #expect(centre.agent(1)?.activity == .hold)
        centre.send(.holdEnded(InteractionID(1)))
        centre.pass(5)
        centre.send(.holdStarted(InteractionID(1)))
        centre.pass(2)
        centre.end(1, by: .agent)
        #expect(
            centre.outcome.facts.first
                == .conversationEnded(
                    InteractionID(1), AgentID(1), by: .agent, talked: .seconds(15), held: .seconds(5)))
    }

    @Test func `wrap-up is as long as the queue says, extended on request, and bounded`() {
        var centre = Centre(queues: [queue], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        centre.end(1)
        centre.pass(15)
        centre.send(.wrapUpExtended(AgentID(1), .seconds(60)))
        centre.pass(59)
        #expect(centre.agent(1)?.activity == .wrapUp)
        centre.send(.wrapUpExtended(AgentID(1), .hours(9)))
        #expect(centre.engine.nextDeadline == Timestamp(milliseconds: 0) + RoutingBounds.longestWrapUp)
        centre.pass(1_800)
        #expect(centre.agent(1)?.activity == .idle)
        centre.send(.wrapUpEnded(AgentID(1)))
        #expect(centre.refusals == [.notInWrapUp])
    }

    @Test func `without wrap-up the next call rings at once`() {
        let quick = QueueSettings(id: QueueID(1), wrapUp: .zero)
        var centre = Centre(queues: [quick], agents: [AgentSettings(1)])
        centre.arrive(1)
        centre.accept(1)
        centre.arrive(2)
        centre.end(1)
        #expect(centre.offers == [Pair(2, 1)])
    }
}
