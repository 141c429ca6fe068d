import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// An agent whose phone is the browser: taking calls at the desk, and what happens when the page goes away.
struct BrowserLegTests {
    private let agent = AgentID(1)
    private let leg = LegID(7, 1)

    @Test func `an offer taken at the desk is the same as a phone that is answered`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        let effects = centre.send(.agentAccepted(agent))
        #expect(effects.contains(.join(leg)))
        // Twice: nothing rings any more.
        #expect(centre.send(.agentAccepted(agent)) == [.refuse(Refusal(.offerUnknown, agent: agent))])
    }

    @Test func `holding from the desk plays music, taking back joins, and each once`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        #expect(centre.send(.agentHoldChosen(agent, true)) == [.hold(leg)])
        #expect(centre.send(.agentHoldChosen(agent, true)) == [])
        #expect(centre.activity(of: 1) == .hold)
        #expect(centre.send(.agentHoldChosen(agent, false)) == [.resume(leg)])
        #expect(
            centre.send(.agentHoldChosen(AgentID(2), true)).first
                == .refuse(Refusal(.notTalking, agent: AgentID(2))))
    }

    @Test
    func
        `G24: while the page is away the customer hears the comfort tone, and the conversation goes on after`()
    {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        #expect(centre.send(.agentLegLost(agent)) == [.comfort(leg)])
        #expect(centre.send(.agentLegLost(agent)) == [])
        #expect(centre.pass(.seconds(19)) == [])
        #expect(centre.send(.agentLegBack(agent)) == [.resume(leg)])
        #expect(centre.send(.agentLegBack(agent)) == [])
        #expect(centre.pass(.seconds(60)) == [])
        #expect(centre.activity(of: 1) == .talking)
    }

    @Test func `G24: after twenty seconds without the page the customer waits again in front`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        centre.arrive(8)
        centre.send(.callerConnected(InteractionID(8)))
        centre.listen(8)
        centre.press(8, "1")
        centre.send(.agentLegLost(agent))
        let effects = centre.pass(.seconds(20))
        #expect(effects.contains(.part(leg)) && effects.contains(.drop(leg)))
        let ready = centre.ready(2)
        #expect(ready.contains(.dial(OfferID(7, 2), agent: AgentID(2), seat: SeatID(2), queue: QueueID(1))))
    }

    @Test func `what was on hold when the page went away is on hold when it comes back`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        centre.send(.agentHoldChosen(agent, true))
        #expect(centre.send(.agentLegLost(agent)) == [.comfort(leg)])
        #expect(centre.send(.agentLegBack(agent)) == [.hold(leg)])
    }

    @Test func `a customer who hangs up while the page is away ends the call`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        centre.send(.agentLegLost(agent))
        centre.leave(7)
        #expect(centre.send(.agentLegBack(agent)) == [])
        #expect(centre.pass(.seconds(60)).allSatisfy { if case .hangUp = $0 { false } else { true } })
        #expect(centre.engine.callCount == 0)
    }

    @Test func `G15: handing over to the rating parts the agent and asks the customer`() {
        var centre = CentreFixture()
        centre.bring(7, to: .talking)
        let effects = centre.send(.agentHandedOver(agent))
        #expect(effects.contains(.drop(leg)))
        #expect(effects.contains { if case .play(InteractionID(7), _, _) = $0 { true } else { false } })
        #expect(centre.facts.contains { $0.fact == .handedToRating(InteractionID(7), agent) })
        #expect(centre.send(.agentHandedOver(agent)) == [.refuse(Refusal(.notTalking, agent: agent))])
    }

    @Test func `G15: without a rating in the flow handing over is refused and the conversation goes on`() {
        var centre = CentreFixture(ready: [1])
        centre.arrive(7, at: CentreFixture.direct)
        centre.answer(7)
        #expect(centre.send(.agentHandedOver(agent)) == [.refuse(Refusal(.noRating, agent: agent))])
        #expect(centre.activity(of: 1) == .talking)
    }
}
