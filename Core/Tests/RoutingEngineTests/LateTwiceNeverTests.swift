import Foundation
import Kernel
import RoutingEngine
import Testing

/// One input, and what it leads to when it comes a second time and when it is about something unknown.
struct Repetition: CustomTestStringConvertible, Sendable {
    var input: RoutingInput
    var twice: [Refusal.Reason]
    /// The same kind of input about an agent, interaction or offer that was never heard of.
    var stray: RoutingInput?
    var unknown: [Refusal.Reason] = []
    var testDescription: String { String("\(input)".prefix(60)) }
}

private let one = InteractionID(1)
private let two = OfferID(2, 1)
private let waiting = InteractionID(4)
private let nobody = AgentID(99)
private let nothing = InteractionID(99)

private let repetitions: [Repetition] = [
    .init(input: .lineRequested(waiting), twice: [.lineAlreadyHeld]),
    .init(input: .lineReleased(one), twice: [], stray: .lineReleased(nothing)),
    .init(
        input: .agentSignedIn(AgentID(5), SeatID(5)), twice: [], stray: .agentSignedIn(nobody, SeatID(9)),
        unknown: [.agentUnknown]),
    .init(
        input: .agentSignedOut(AgentID(4)), twice: [.agentNotSignedIn], stray: .agentSignedOut(nobody),
        unknown: [.agentUnknown]),
    .init(
        input: .presenceChosen(AgentID(4), .ready), twice: [], stray: .presenceChosen(nobody, .ready),
        unknown: [.agentUnknown]),
    .init(
        input: .presenceChosen(AgentID(1), .onBreak(reason: "meal")), twice: [],
        stray: .presenceChosen(AgentID(5), .notReady), unknown: [.agentNotSignedIn]),
    .init(
        input: .presenceChosen(AgentID(4), .offline), twice: [.agentNotSignedIn],
        stray: .presenceChosen(nobody, .offline), unknown: [.agentUnknown]),
    .init(
        input: .leaseRenewed(AgentID(4)), twice: [], stray: .leaseRenewed(nobody), unknown: [.agentUnknown]),
    .init(
        input: .agentVanished(AgentID(1)), twice: [], stray: .agentVanished(nobody), unknown: [.agentUnknown]),
    .init(input: .agentVanished(AgentID(2)), twice: []),
    .init(
        input: .interactionQueued(
            QueueRequest(interaction: InteractionID(5), queue: QueueID(1), arrivedAt: .init(milliseconds: 0))),
        twice: [.interactionAlreadyWaiting],
        stray: .interactionQueued(
            QueueRequest(interaction: nothing, queue: QueueID(9), arrivedAt: .init(milliseconds: 0))),
        unknown: [.queueUnknown]),
    .init(
        input: .interactionAbandoned(waiting), twice: [.interactionUnknown],
        stray: .interactionAbandoned(nothing), unknown: [.interactionUnknown]),
    .init(
        input: .interactionAbandoned(InteractionID(2)), twice: [.interactionUnknown],
        stray: .interactionAbandoned(one), unknown: [.agentTalking]),
    .init(
        input: .interactionWithdrawn(waiting, .callback), twice: [.interactionUnknown],
        stray: .interactionWithdrawn(one, .releasedBySystem), unknown: [.agentTalking]),
    .init(
        input: .offerAccepted(two), twice: [], stray: .offerAccepted(OfferID(2, 2)), unknown: [.offerUnknown]),
    .init(
        input: .offerDeclined(two), twice: [.offerUnknown], stray: .offerDeclined(OfferID(99, 1)),
        unknown: [.offerUnknown]),
    .init(
        input: .offerFailed(two, .busy), twice: [.offerUnknown], stray: .offerFailed(OfferID(1, 1), .busy),
        unknown: [.offerUnknown]),
    .init(
        input: .conversationEnded(one, by: .customer), twice: [.notTalking],
        stray: .conversationEnded(waiting, by: .agent), unknown: [.notTalking]),
    .init(input: .holdStarted(one), twice: [], stray: .holdStarted(waiting), unknown: [.notTalking]),
    .init(
        input: .holdEnded(InteractionID(6)), twice: [], stray: .holdEnded(nothing), unknown: [.notTalking]),
    .init(
        input: .wrapUpEnded(AgentID(3)), twice: [.notInWrapUp], stray: .wrapUpEnded(AgentID(1)),
        unknown: [.notInWrapUp]),
    .init(
        input: .wrapUpExtended(AgentID(3), .seconds(60)), twice: [],
        stray: .wrapUpExtended(AgentID(4), .seconds(60)), unknown: [.notInWrapUp]),
    .init(input: .clockAdvanced, twice: []),
]

@Suite struct LateTwiceNeverTests {
    /// Agent 1 talks with 1, agent 2 rings with 2, agent 3 wraps up, agent 4 is not ready, agent 5 is away, agent 6
    /// holds 6; interaction 4 waits; 1 holds a line.
    private func centre() -> Centre {
        var centre = Centre(
            queues: [QueueSettings(id: QueueID(1))],
            agents: (1...6).map { AgentSettings($0, lease: .seconds(300)) }, ready: false)
        centre.send(.lineRequested(one))
        for (agent, interaction) in [(1, 1), (3, 3), (6, 6), (2, 2)] {
            centre.send(.agentSignedIn(AgentID(agent), SeatID(agent)))
            centre.ready(agent)
            centre.arrive(interaction)
            if interaction != 2 { centre.accept(interaction) }
        }
        centre.send(.agentSignedIn(AgentID(4), SeatID(4)))
        centre.send(.holdStarted(InteractionID(6)))
        centre.end(3)
        centre.arrive(4)
        centre.pass(1)
        return centre
    }

    private func snapshot(_ engine: RoutingEngine) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(engine)
    }

    @Test(arguments: repetitions)
    func `an input that comes twice or too late changes nothing`(row: Repetition) throws {
        var centre = centre()
        centre.send(row.input)
        #expect(centre.refusals.isEmpty)
        let before = try snapshot(centre.engine)
        centre.send(row.input)
        #expect(centre.refusals == row.twice)
        #expect(centre.outcome.facts.count == row.twice.count)
        #expect(try snapshot(centre.engine) == before)
    }

    @Test(arguments: repetitions)
    func `an input about something unknown changes nothing`(row: Repetition) throws {
        guard let stray = row.stray else { return }
        var centre = centre()
        let before = try snapshot(centre.engine)
        centre.send(stray)
        #expect(centre.refusals == row.unknown)
        #expect(centre.outcome.facts.count == row.unknown.count)
        #expect(try snapshot(centre.engine) == before)
    }

    @Test func `an input that never comes is made up for by a deadline`() {
        var centre = centre()
        centre.pass(14)
        #expect(centre.agent(2)?.activity == .idle)
        centre.pass(5)
        #expect(centre.agent(3)?.activity == .ringing)
        centre.pass(281)
        #expect(centre.engine.overview(at: centre.time).agents.allSatisfy { $0.hasVanished })
        #expect(centre.engine.overview(at: centre.time).agents.allSatisfy { $0.activity == .idle })
        #expect(centre.engine.overview(at: centre.time).queues[0].waiting == 4)
    }

    @Test func `time that goes back counts as standing still`() {
        var centre = centre()
        centre.time = Timestamp(milliseconds: -5)
        centre.end(1)
        #expect(centre.endings.count == 3)
        #expect(centre.outcome.facts.contains { if case .conversationEnded = $0 { true } else { false } })
    }

    @Test func `the ends of time and of numbers do no harm`() {
        let most = TimeSpan(milliseconds: .max)
        let least = TimeSpan(milliseconds: .min)
        for span in [most, least] {
            let queue = QueueSettings(
                id: QueueID(1), priority: .max, ringTimeout: span, wrapUp: span, mostWaiting: .max,
                longestWait: span, lastAgentWithin: span, shortAbandon: span, mostOffers: .max)
            var centre = Centre(queues: [queue], agents: [AgentSettings(1, [(1, .max)], lease: span)])
            for arrivedAt in [Timestamp(milliseconds: .min), .distantFuture] {
                centre.send(
                    .interactionQueued(
                        QueueRequest(
                            interaction: InteractionID(1), queue: QueueID(1), arrivedAt: arrivedAt,
                            priority: .max, skills: [SkillRequirement(1, .max)],
                            lastAgent: LastAgent(agent: AgentID(1), endedAt: .init(milliseconds: .min)))))
                centre.accept(1)
                centre.end(1)
                centre.send(.wrapUpExtended(AgentID(1), span))
                centre.time = .distantFuture
                centre.send(.clockAdvanced)
            }
        }
    }
}
