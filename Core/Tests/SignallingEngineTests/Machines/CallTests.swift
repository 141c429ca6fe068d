import Kernel
import Testing

@testable import SignallingEngine

@Suite struct CallTests {
    @Test func `a call is made, answered, and hung up by the caller, and nothing is left`() throws {
        var bench = Bench()
        bench.here(.invite(Bench.call, Bench.request))
        let call = try #require(bench.incoming)
        guard case .incoming(_, let invite) = bench.thereEvents[0] else { return }
        #expect(invite.source == .trunk("main"))
        #expect(invite.calledUser == "5186")
        #expect(invite.fromUser == "hotline")
        #expect(invite.fromDisplay == "Hotline")
        #expect(invite.sdp == Bench.offer)
        bench.there(.ring(call, status: 180))
        bench.there(.answer(call, sdp: Bench.answer))
        #expect(
            bench.hereEvents == [
                .trying(Bench.call), .ringing(Bench.call, status: 180, sdp: []),
                .answered(Bench.call, sdp: Bench.answer),
            ])
        #expect(bench.thereEvents.last == .confirmed(call, sdp: []))
        bench.pass(.minutes(5))
        bench.here(.hangUp(Bench.call, HangUpReason(cause: 16, text: "Normal")))
        #expect(bench.hereEvents.last == .ended(Bench.call, .local))
        #expect(bench.thereEvents.last == .ended(call, .bye))
        bench.pass(.minutes(5))
        #expect(bench.here.load == (0, 0, 0, 0))
        #expect(bench.there.load == (0, 0, 0, 0))
        #expect(
            bench.lines.map { $0.prefix(11) } == [
                "INVITE sip:", "SIP/2.0 100", "SIP/2.0 180", "SIP/2.0 200", "ACK sip:192", "BYE sip:192",
                "SIP/2.0 200",
            ])
    }

    @Test func `the called side hangs up`() throws {
        var bench = Bench()
        let call = bench.talk()
        bench.there(.hangUp(call, .none))
        #expect(bench.hereEvents == [.ended(Bench.call, .bye)])
        #expect(bench.thereEvents == [.ended(call, .local)])
        bench.pass(.minutes(5))
        #expect(bench.here.load == (0, 0, 0, 0))
        #expect(bench.there.load == (0, 0, 0, 0))
    }
}
