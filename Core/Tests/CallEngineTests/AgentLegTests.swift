import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// What agents and their phones do, on time and late.
struct AgentLegTests {
    private let call = InteractionID(7)
    private let offer = OfferID(7, 1)
    private let leg = LegID(7, 1)

    @Test func `a declined offer goes to the next agent, and the caller notices nothing`() {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .ringing)
        #expect(
            centre.send(.agentRefused(offer, .declined)) == [
                .dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1))
            ])
    }

    @Test func `declining at the desk drops the ringing leg first`() {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .ringing)
        #expect(
            centre.send(.agentDeclined(AgentID(1))) == [
                .drop(leg), .dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1)),
            ])
        centre.send(.agentDeclined(AgentID(1)))
        #expect(centre.refusals == [.offerUnknown])
    }

    @Test(arguments: [OfferFailure.unreachable, .busy, .rejected])
    func `a phone that cannot ring leads to the next agent`(failure: OfferFailure) {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .ringing)
        #expect(
            centre.send(.agentRefused(offer, .failed(failure))).last
                == .dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1)))
        #expect(
            centre.routed.contains {
                if case .offerEnded(offer, _, .failed(failure), _) = $0 { true } else { false }
            })
    }

    @Test func `an answer after the ringing was withdrawn is dropped`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        #expect(centre.pass(.seconds(15)) == [.drop(leg)])
        #expect(centre.answer(7) == [.drop(leg)])
        #expect(centre.activity(of: 1) == .idle)
        #expect(centre.queueEndings == [])
    }

    @Test func `an answer in the moment in which the ringing ends is too late`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        centre.time = centre.time + .seconds(15)
        // Once because it rang out, once because it answered all the same.
        #expect(centre.answer(7) == [.drop(leg), .drop(leg)])
    }

    @Test func `an answer after the caller left is dropped`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        centre.leave(7)
        #expect(centre.answer(7) == [.drop(leg)])
        #expect(centre.endings(of: 7) == [.customer])
    }

    @Test func `an answer to the former offer does not disturb the present one`() {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .ringing)
        centre.send(.agentRefused(offer, .declined))
        #expect(centre.answer(7, 1) == [.drop(leg)])
        #expect(centre.answer(7, 2).contains(.join(LegID(7, 2))))
        #expect(centre.answer(7, 1) == [.drop(leg)])
        #expect(centre.leave(7) == [.stopRecording(call), .drop(LegID(7, 2))])
    }

    @Test func `a phone that is lost while it rings counts as unreachable`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        #expect(centre.send(.agentLeft(offer)) == [])
        #expect(
            centre.routed.contains(.presenceChanged(AgentID(1), .notReady)))
        #expect(
            centre.ready(1).last
                == .dial(OfferID(7, 2), agent: AgentID(1), seat: SeatID(1), queue: QueueID(1)))
    }

    @Test func `an agent who vanishes while it rings is passed over`() {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .ringing)
        #expect(
            centre.send(.routing(.agentVanished(AgentID(1)))) == [
                .drop(leg), .dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1)),
            ])
    }

    @Test func `who loses the agent in a conversation waits again, with music, a line and a new recording`() {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: .talking)
        centre.time = centre.time + .seconds(40)
        #expect(
            centre.send(.routing(.agentVanished(AgentID(1)))) == [
                .part(leg), .drop(leg), .stopRecording(call),
                .playMusic(call, play: 5, name: "waiting"),
            ])
        #expect(centre.linesInUse == 1)
        #expect(centre.engine.routing.position(of: call, at: centre.time)?.position == 1)

        centre.time = centre.time + .seconds(9)
        #expect(
            centre.ready(2) == [
                .dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1))
            ])
        #expect(
            centre.answer(7, 2) == [
                .startRecording(call, at: centre.time), .join(LegID(7, 2)), .stopPlaying(call),
                .playToBoth(LegID(7, 2), play: 6, SampleFlows.said("agent 1 0 0 2")),
            ])
        #expect(centre.linesInUse == 0)
        #expect(centre.queueEndings == [.answered, .answered])
        // What the first phone says now is about a leg that is over.
        #expect(centre.send(.agentLeft(offer)) == [])
    }

    @Test func `a lease that runs out in a conversation makes the customer wait again`() {
        var centre = CentreFixture(lease: .seconds(60))
        centre.bring(7, to: .talking)
        #expect(centre.pass(.seconds(60)).prefix(2) == [.part(leg), .drop(leg)])
    }

    @Test func `who waits again is not lost when all lines are held`() {
        var centre = CentreFixture(lines: 1)
        centre.bring(7, to: .talking)
        centre.arrive(8)
        #expect(centre.linesInUse == 1)
        centre.send(.routing(.agentVanished(AgentID(1))))
        #expect(centre.endings(of: 7) == [])
        centre.ready(2)
        #expect(centre.answer(7, 2).contains(.join(LegID(7, 2))))
    }

    @Test func `a queue that is taken away while the agent vanishes leaves nobody between two places`() {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: .talking)
        var settings = centre.settings
        settings.routing.version = 2
        settings.routing.queues.removeAll { $0.id == QueueID(1) }
        centre.send(.settingsChanged(settings))
        let effects = centre.send(.routing(.agentVanished(AgentID(1))))
        #expect(effects.prefix(3) == [.part(leg), .drop(leg), .stopRecording(call)])
        #expect(effects.last == .play(call, play: centre.play(of: 7), SampleFlows.said("sorry")))
        #expect(centre.linesInUse == 1)
        centre.listen(7)
        #expect(centre.listen(7) == [.hangUp(call)])
        #expect(centre.linesInUse == 0)
        #expect(centre.legsLeft() == [])
    }

    @Test func `hold and resume reach media and the agent's state once each`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        #expect(centre.send(.agentResumed(offer)) == [])
        #expect(centre.send(.agentHeld(offer)) == [.hold(leg)])
        #expect(centre.activity(of: 1) == .hold)
        #expect(centre.send(.agentHeld(offer)) == [])
        centre.time = centre.time + .seconds(20)
        #expect(centre.send(.agentResumed(offer)) == [.resume(leg)])
        #expect(centre.send(.agentResumed(offer)) == [])
        #expect(centre.activity(of: 1) == .talking)
        centre.time = centre.time + .seconds(10)
        centre.send(.agentLeft(offer))
        #expect(
            centre.routed.contains(
                .conversationEnded(
                    call, AgentID(1), by: .agent, talked: .seconds(10), held: .seconds(20))))
    }

    @Test func `a conversation that ends on hold does not hold the next one`() {
        var centre = CentreFixture(ready: [1, 2])
        centre.bring(7, to: .talking)
        centre.send(.agentHeld(offer))
        centre.send(.routing(.agentVanished(AgentID(1))))
        centre.answer(7, 2)
        #expect(centre.send(.agentHeld(OfferID(7, 2))) == [.hold(LegID(7, 2))])
    }

    @Test func `a stray refusal of a joined leg does not forget the leg`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        #expect(centre.send(.agentRefused(offer, .failed(.busy))) == [])
        #expect(centre.leave(7) == [.stopRecording(call), .drop(leg)])
    }
}
