import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// A call from ring to rating, effect by effect.
struct HappyPathTests {
    private let call = InteractionID(7)
    private let offer = OfferID(7, 1)
    private let leg = LegID(7, 1)

    @Test func `a call is answered, led through the menu, connected, recorded, rated and ended (N20)`() {
        var centre = CentreFixture(lines: 25, ready: [1])

        #expect(centre.arrive(7) == [.answer(call)])
        #expect(centre.linesInUse == 1)
        #expect(
            centre.send(.callerConnected(call)) == [.play(call, play: 1, SampleFlows.said("notice"))])
        #expect(centre.listen(7) == [.play(call, play: 2, SampleFlows.said("menu"))])

        #expect(
            centre.press(7, "1") == [
                .stopPlaying(call), .playMusic(call, play: 3, name: "waiting"),
                .dial(offer, agent: AgentID(1), seat: SeatID(1), queue: QueueID(1)),
            ])

        centre.time = centre.time + .seconds(4)
        let connectedAt = centre.time
        #expect(
            centre.answer(7) == [
                .startRecording(call, at: connectedAt), .join(leg), .stopPlaying(call),
                .playToBoth(leg, play: 4, SampleFlows.said("agent 1 0 0 1")),
            ])
        #expect(centre.linesInUse == 0)
        #expect(centre.activity(of: 1) == .talking)

        centre.time = centre.time + .minutes(2)
        #expect(
            centre.send(.agentLeft(offer)) == [
                .part(leg), .stopRecording(call), .stopPlaying(call),
                .play(call, play: 5, SampleFlows.said("rate")),
            ])
        #expect(centre.linesInUse == 1)
        #expect(centre.activity(of: 1) == .wrapUp)

        #expect(
            centre.press(7, "5") == [
                .stopPlaying(call), .play(call, play: 6, SampleFlows.said("thanks")),
            ])
        #expect(centre.listen(7) == [.play(call, play: 7, SampleFlows.said("bye"))])
        #expect(centre.listen(7) == [.hangUp(call)])
        #expect(centre.linesInUse == 0)
        #expect(centre.engine.callCount == 0)
    }

    @Test func `a call that brings its flow runs that one, whatever the number and the settings say`() {
        var centre = CentreFixture(ready: [1])
        var flow = SampleFlows.main
        flow.prompts["notice"] = Prompt(texts: ["en": "draft"])
        let arrival = ArrivedCall(interaction: call, number: "nowhere", origin: "test", flow: flow)
        #expect(centre.send(.callArrived(arrival)) == [.answer(call)])
        centre.settings.numbers = [:]
        centre.send(.settingsChanged(centre.settings))
        #expect(centre.send(.callerConnected(call)) == [.play(call, play: 1, SampleFlows.said("draft"))])
        centre.leave(7)
        #expect(centre.linesInUse == 0 && centre.engine.callCount == 0)
    }

    @Test func `the facts of a call tell its story in order (N20)`() {
        var centre = CentreFixture(ready: [1])
        let from = centre.facts.count
        let begin = centre.time
        centre.bring(7, to: .ringing)
        centre.time = centre.time + .seconds(30)
        // Rang out meanwhile: agent 1 is not ready any more, the call waits again.
        centre.ready(2)
        centre.answer(7, 2)
        centre.send(.agentHungUp(AgentID(2)))
        centre.press(7, "1")
        centre.listen(7)
        centre.listen(7)

        let story = centre.facts[from...].map(\.fact).filter {
            if case .routing = $0 { false } else { true }
        }
        let flow = { (fact: FlowFact) in CallFact.flow(self.call, fact) }
        #expect(
            story == [
                .arrived(call, number: "4001", origin: "external"), .answered(call),
                flow(.flowStarted(FlowID(1), version: 1)), flow(.nodeEntered("notice")),
                flow(.recordingNoticeGiven("notice")), flow(.nodeLeft("notice", exit: "played")),
                flow(.nodeEntered("menu")), flow(.nodeLeft("menu", exit: "1")),
                flow(.nodeEntered("sales")), .connected(call, AgentID(2)), .recordingStarted(call),
                flow(.nodeLeft("sales", exit: "conversationEnded")), flow(.nodeEntered("rating")),
                flow(.rated(score: 1)), flow(.nodeLeft("rating", exit: "rated")),
                flow(.nodeEntered("bye")), flow(.nodeLeft("bye", exit: "hungUp")),
                .ended(call, by: .flow, lasted: centre.time - begin),
            ])
        // The ring deadline has its own stamp, not that of the input that noticed it.
        let rangOut = centre.facts.first {
            if case .routing(.offerEnded(_, _, .noAnswer, _)) = $0.fact { true } else { false }
        }
        #expect(rangOut?.at == begin + .seconds(15))
    }

    @Test func `a number that rings first is answered when the agent answers, and holds no line`() {
        var centre = CentreFixture(lines: 0, ready: [1])
        #expect(
            centre.arrive(7, at: CentreFixture.direct) == [
                .ring(call), .dial(offer, agent: AgentID(1), seat: SeatID(1), queue: QueueID(1)),
            ])
        #expect(
            centre.answer(7) == [
                .answer(call), .startRecording(call, at: centre.time), .join(leg),
            ])
        // The caller's confirmation changes nothing any more.
        #expect(centre.send(.callerConnected(call)) == [])
        #expect(
            centre.send(.agentHungUp(AgentID(1))) == [
                .part(leg), .drop(leg), .stopRecording(call), .hangUp(call),
            ])
        #expect(centre.endings(of: 7) == [.flow])
    }

    @Test func `who does not hear the notice to its end is not recorded (G01)`() {
        var centre = CentreFixture(ready: [1])
        centre.arrive(7)
        centre.send(.callerConnected(call))
        // The end of the notice is never reported: it counts as over, not as heard.
        centre.pass(FlowSession.longestPlay)
        centre.press(7, "1")
        #expect(!centre.answer(7).contains(.startRecording(call, at: centre.time)))
        #expect(centre.leave(7) == [.drop(leg)])
    }

    @Test func `each caller finds the queue of the pressed key and hears that agent's number`() {
        var centre = CentreFixture(ready: [1, 3])
        centre.bring(1, to: .flow)
        centre.bring(2, to: .flow)
        #expect(
            centre.press(2, "2").last
                == .dial(OfferID(2, 1), agent: AgentID(3), seat: SeatID(3), queue: QueueID(2)))
        #expect(
            centre.press(1, "1").last
                == .dial(OfferID(1, 1), agent: AgentID(1), seat: SeatID(1), queue: QueueID(1)))
        #expect(
            centre.answer(2).last
                == .playToBoth(LegID(2, 1), play: 4, SampleFlows.said("agent 1 0 0 3")))
    }
}
