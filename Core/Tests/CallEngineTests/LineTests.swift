import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// Which calls are taken, and when a line is held (decision 12).
struct LineTests {
    private let call = InteractionID(7)

    @Test func `the twenty-sixth call on twenty-five lines is busy, and a free line takes the next (N18)`() {
        var centre = CentreFixture(lines: 25)
        for call in 1...25 { #expect(centre.arrive(call) == [.answer(InteractionID(call))]) }
        #expect(centre.arrive(26) == [.reject(InteractionID(26), .linesFull)])
        #expect(centre.endings(of: 26) == [.rejected])
        #expect(centre.engine.callCount == 25)
        centre.leave(3)
        #expect(centre.arrive(27) == [.answer(InteractionID(27))])
        #expect(centre.linesInUse == 25)
    }

    @Test func `the call after the last line overflows where the number says so (N18)`() {
        var centre = CentreFixture(lines: 1, whenLinesFull: .overflow(to: "sip:night@example.org"))
        centre.arrive(1)
        #expect(
            centre.arrive(2) == [
                .reject(InteractionID(2), .overflow(to: "sip:night@example.org"))
            ])
        #expect(
            centre.facts.map(\.fact).contains(
                .rejected(InteractionID(2), .overflow(to: "sip:night@example.org"))))
        #expect(centre.endings(of: 2) == [.rejected])
    }

    @Test func `an unknown number is refused and holds nothing`() {
        var centre = CentreFixture(lines: 25)
        #expect(centre.arrive(7, at: "9999") == [.reject(call, .unknownNumber)])
        #expect(
            centre.last.facts.map(\.fact) == [
                .arrived(call, number: "9999", origin: "external"), .rejected(call, .unknownNumber),
                .ended(call, by: .rejected, lasted: .zero),
            ])
        #expect(centre.linesInUse == 0)
    }

    @Test func `a line is held from answer to connection and again during the rating`() {
        var centre = CentreFixture(lines: 25)
        for (stage, lines) in [
            (CentreFixture.Stage.connecting, 1), (.flow, 1), (.waiting, 1), (.ringing, 1), (.talking, 0),
            (.rating, 1),
        ] {
            var here = centre
            here.bring(7, to: stage)
            #expect(here.linesInUse == lines, "\(stage)")
        }
        centre.bring(7, to: .rating)
        centre.leave(7)
        let held = centre.routed.filter { if case .lineHeld = $0 { true } else { false } }
        let released = centre.routed.filter { if case .lineReleased = $0 { true } else { false } }
        #expect(held.count == 2)
        #expect(released.count == 2)
    }

    @Test func `without a line for the rating the call ends politely after the conversation`() {
        var centre = CentreFixture(lines: 1)
        centre.bring(7, to: .talking)
        centre.arrive(8)
        #expect(
            centre.send(.agentLeft(OfferID(7, 1))) == [
                .part(LegID(7, 1)), .stopRecording(call), .hangUp(call),
            ])
        #expect(centre.endings(of: 7) == [.flow])
        #expect(centre.linesInUse == 1)
    }

    @Test func `while draining new calls are refused and standing ones go on`() {
        var centre = CentreFixture(ready: [1])
        centre.bring(1, to: .flow)
        centre.send(.drainingStarted)
        #expect(centre.arrive(2) == [.reject(InteractionID(2), .unavailable)])
        #expect(
            centre.press(1, "1").last
                == .dial(OfferID(1, 1), agent: AgentID(1), seat: SeatID(1), queue: QueueID(1)))
        centre.send(.drainingEnded)
        #expect(centre.arrive(3) == [.answer(InteractionID(3))])
    }

    @Test func `there is an end to how many calls the engine takes`() {
        let fixture = CentreFixture()
        var engine = fixture.engine
        var outcome = CallOutcome()
        for call in 1...CallEngine.mostCalls {
            outcome.removeAll()
            let arrived = ArrivedCall(
                interaction: InteractionID(call), number: CentreFixture.main, origin: "external")
            engine.apply(.callArrived(arrived), at: fixture.time, into: &outcome)
        }
        #expect(engine.callCount == CallEngine.mostCalls)
        outcome.removeAll()
        let last = InteractionID(CallEngine.mostCalls + 1)
        engine.apply(
            .callArrived(ArrivedCall(interaction: last, number: CentreFixture.main, origin: "external")),
            at: fixture.time, into: &outcome)
        #expect(outcome.effects == [.reject(last, .unavailable)])
        #expect(engine.callCount == CallEngine.mostCalls)
    }

    @Test func `a ringing number whose queue turns the caller away is refused without an answer`() {
        var centre = CentreFixture(longestWait: .seconds(30))
        #expect(centre.arrive(7, at: CentreFixture.direct) == [.ring(call)])
        #expect(centre.pass(.seconds(30)) == [.reject(call, .nobody)])
        #expect(centre.endings(of: 7) == [.rejected])
        #expect(centre.queueEndings == [.dissuaded])
    }

    @Test func `a queue that keeps nobody longer sends the caller on in the flow`() {
        var centre = CentreFixture(longestWait: .seconds(30))
        centre.bring(7, to: .waiting)
        #expect(
            centre.pass(.seconds(30)) == [
                .stopPlaying(call), .play(call, play: 4, SampleFlows.said("sorry")),
            ])
        centre.listen(7)
        #expect(centre.listen(7) == [.hangUp(call)])
    }
}
