import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// However a call ends, it ends once and leaves nothing behind.
struct EndingTests {
    private let call = InteractionID(7)
    private let offer = OfferID(7, 1)
    private let leg = LegID(7, 1)

    @Test(arguments: CentreFixture.Stage.allCases)
    func `a caller who leaves ends the call once, and no leg, line or recording is left`(
        stage: CentreFixture.Stage
    ) {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: stage)
        let effects = centre.leave(7)

        #expect(centre.endings(of: 7) == [.customer])
        #expect(centre.engine.callCount == 0)
        #expect(centre.linesInUse == 0)
        #expect(centre.legsLeft(gone: stage == .rating ? [offer] : []) == [])
        let expected: [CallEffect] =
            switch stage {
            case .connecting, .flow, .waiting, .rating: []
            case .ringing: [.drop(leg)]
            case .talking: [.stopRecording(call), .drop(leg)]
            }
        #expect(effects == expected)
        #expect(centre.leave(7) == [])
        #expect(centre.endings(of: 7) == [.customer])
    }

    @Test(arguments: CentreFixture.Stage.allCases)
    func `a call that the platform releases is hung up once, in every stage`(stage: CentreFixture.Stage) {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: stage)
        let effects = centre.send(.callReleased(call))

        #expect(effects.filter { $0 == .hangUp(call) }.count == 1)
        #expect(centre.endings(of: 7) == [.system])
        #expect(centre.engine.callCount == 0)
        #expect(centre.linesInUse == 0)
        #expect(centre.legsLeft(gone: stage == .rating ? [offer] : []) == [])
        let expected: [QueueEnding] =
            switch stage {
            case .connecting, .flow: []
            case .waiting, .ringing: [.releasedBySystem]
            case .talking, .rating: [.answered]
            }
        #expect(centre.queueEndings == expected)
        #expect(centre.send(.callReleased(call)) == [])
        #expect(centre.leave(7) == [])
    }

    @Test func `leaving while it rings is an abandoned entry, and the agent is free again`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        centre.pass(.seconds(6))
        centre.leave(7)
        #expect(centre.queueEndings == [.abandoned])
        #expect(centre.activity(of: 1) == .idle)
    }

    @Test func `when both hang up at once, whoever is first in line is, and the call ends once`() {
        var first = CentreFixture()
        first.bring(7, to: .talking)
        #expect(first.leave(7) == [.stopRecording(call), .drop(leg)])
        #expect(first.send(.agentLeft(offer)) == [])
        #expect(first.endings(of: 7) == [.customer])

        var second = CentreFixture()
        second.bring(7, to: .talking)
        #expect(second.send(.agentLeft(offer)).first == .part(leg))
        #expect(second.leave(7) == [])
        #expect(second.endings(of: 7) == [.customer])

        for centre in [first, second] {
            #expect(centre.queueEndings == [.answered])
            #expect(centre.engine.callCount == 0)
            #expect(centre.activity(of: 1) == .wrapUp)
        }
    }

    @Test func `an agent who leaves where nothing follows ends the call by the flow`() {
        var centre = CentreFixture(ready: [3])
        centre.bring(7, to: .flow)
        centre.press(7, "2")
        centre.answer(7)
        #expect(
            centre.send(.agentLeft(offer)) == [
                .part(leg), .stopRecording(call), .stopPlaying(call), .hangUp(call),
            ])
        // Nothing is heard after the conversation, so no line was asked for.
        #expect(!centre.routed.contains { if case .lineHeld(_, 2) = $0 { true } else { false } })
        #expect(centre.endings(of: 7) == [.flow])
    }

    @Test func `hanging up from the desk without a conversation is refused`() {
        var centre = CentreFixture()
        centre.bring(7, to: .ringing)
        centre.send(.agentHungUp(AgentID(1)))
        #expect(centre.refusals == [.notTalking])
        centre.send(.agentHungUp(AgentID(99)))
        #expect(centre.refusals == [.notTalking])
        #expect(centre.engine.callCount == 1)
    }
}
