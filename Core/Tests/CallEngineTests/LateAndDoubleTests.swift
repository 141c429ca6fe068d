import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// Inputs that come late, twice or for nobody change nothing.
struct LateAndDoubleTests {
    private static let call = InteractionID(7)
    private static let offer = OfferID(7, 1)

    /// What does not fit a stage; every one is to lead to no effect and no fact.
    private static func strays(at stage: CentreFixture.Stage) -> [CallInput] {
        var strays: [CallInput] = [
            .callArrived(ArrivedCall(interaction: call, number: CentreFixture.direct, origin: "city")),
            .playEnded(call, play: 99), .playEnded(call, play: 0), .digitPressed(call, key: "A"),
            .digitPressed(InteractionID(8), key: "1"), .callerConnected(InteractionID(8)),
            .callerLeft(InteractionID(8)), .callReleased(InteractionID(8)),
            .playEnded(InteractionID(8), play: 1), .agentLeft(OfferID(8, 1)), .agentLeft(OfferID(7, 9)),
            .agentHeld(OfferID(7, 9)), .agentResumed(offer), .agentRefused(OfferID(7, 9), .declined),
            .agentRefused(OfferID(8, 1), .failed(.busy)), .clockAdvanced,
        ]
        if stage != .connecting { strays.append(.callerConnected(call)) }
        if stage != .flow && stage != .rating { strays.append(.digitPressed(call, key: "1")) }
        if stage != .ringing { strays.append(.agentRefused(offer, .declined)) }
        if stage == .talking {
            strays.append(.agentAnswered(offer))
        } else {
            strays.append(.agentHeld(offer))
        }
        if stage != .ringing && stage != .talking { strays.append(.agentLeft(offer)) }
        // A play that was replaced meanwhile.
        if stage > .flow { strays.append(.playEnded(call, play: 2)) }
        return strays
    }

    @Test(arguments: CentreFixture.Stage.allCases)
    func `what is late, double or about nobody changes nothing`(stage: CentreFixture.Stage) {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: stage)
        let deadline = centre.engine.nextDeadline
        for stray in Self.strays(at: stage) {
            #expect(centre.send(stray) == [], "\(stray) while \(stage)")
            #expect(centre.last.facts == [], "\(stray) while \(stage)")
            #expect(centre.engine.nextDeadline == deadline, "\(stray) while \(stage)")
        }
        #expect(centre.engine.callCount == 1)
        #expect(centre.leave(7).filter { $0 == .hangUp(Self.call) } == [])
        #expect(centre.endings(of: 7) == [.customer])
    }

    @Test(arguments: CentreFixture.Stage.allCases)
    func `an answer to an offer that is over is dropped, whatever the stage`(stage: CentreFixture.Stage) {
        guard stage != .ringing && stage != .talking else { return }
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: stage)
        #expect(centre.answer(7) == [.drop(LegID(7, 1))])
        #expect(centre.last.facts == [])
    }

    @Test func `everything about a call that is over is ignored`() {
        var centre = CentreFixture(lines: 25)
        centre.bring(7, to: .talking)
        centre.leave(7)
        let after: [CallInput] = [
            .callerConnected(Self.call), .callerLeft(Self.call), .callReleased(Self.call),
            .digitPressed(Self.call, key: "1"), .playEnded(Self.call, play: 4),
            .agentRefused(Self.offer, .declined), .agentLeft(Self.offer), .agentHeld(Self.offer),
            .agentResumed(Self.offer),
        ]
        for input in after {
            #expect(centre.send(input) == [], "\(input)")
            #expect(centre.last.facts == [], "\(input)")
        }
        #expect(centre.engine.collected(of: Self.call) == [:])
    }

    @Test func `a clock that goes back is held still`() {
        var centre = CentreFixture()
        centre.bring(7, to: .flow)
        let before = centre.time
        centre.time = centre.time - .hours(1)
        centre.press(7, "1")
        #expect(centre.last.facts.allSatisfy { $0.at == before })
        #expect(centre.last.routingInputs.allSatisfy { $0.at == before })
    }

    @Test func `who never presses a key is led to the end by deadlines, each at its own stamp`() {
        var centre = CentreFixture()
        centre.bring(7, to: .flow)
        centre.pass(.hours(1))
        #expect(centre.endings(of: 7) == [.flow])
        #expect(centre.linesInUse == 0)
        let stamps = centre.facts.map(\.at)
        #expect(stamps == stamps.sorted())
        #expect(centre.facts.last.map { $0.at < centre.time } == true)
    }

    @Test(arguments: CentreFixture.Stage.allCases)
    func `no call is longer than the longest call`(stage: CentreFixture.Stage) {
        var centre = CentreFixture(lines: 25)
        let begin = centre.time
        centre.settings.numbers[CentreFixture.main]?.flow = SampleFlows.endless
        centre.send(.settingsChanged(centre.settings))
        centre.bring(7, to: stage)
        // Somebody keeps pressing keys that lead back to the menu.
        while centre.time < begin + CallEngine.longestCall - .seconds(7) {
            centre.time = centre.time + .seconds(3)
            centre.press(7, "9")
            centre.listen(7)
        }
        #expect(centre.engine.callCount == 1)
        #expect(centre.endings(of: 7) == [])
        centre.time = begin + CallEngine.longestCall + .minutes(1)
        let effects = centre.send(.clockAdvanced)
        #expect(effects.filter { $0 == .hangUp(Self.call) }.count == 1)
        #expect(centre.endings(of: 7) == [.system])
        #expect(
            centre.facts.last { if case .ended = $0.fact { true } else { false } }?.at == begin
                + CallEngine.longestCall)
        #expect(centre.linesInUse == 0)
        #expect(centre.legsLeft(gone: [Self.offer]) == [])
        // Nothing is left that would wake anybody up.
        centre.pass(.hours(1))
        #expect(centre.engine.nextDeadline == nil)
    }
}
