import Kernel
import Testing

@testable import SignallingEngine

/// What happens within dialogs, and around their beginning and end.
@Suite struct DialogTests {
    /// A trunk's call that is answered and acknowledged, and the tag that we gave.
    private func talking(_ hand: inout Hand) throws -> (call: CallHandle, tag: String) {
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.answer)).first)
        let tag = answer.text(answer.toTag)
        hand.receive(Hand.request("ACK", branch: "z9hG4bKack", toTag: tag))
        #expect(hand.events.last == .confirmed(call, sdp: []))
        return (call, tag)
    }

    /// Our call that is answered; returns the INVITE.
    private func answered(_ hand: inout Hand) throws -> SIPMessage {
        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        let ack = hand.receive(Hand.response(200, to: invite, body: "v=0\r\n"))
        #expect(ack.map(\.method) == [.ack])
        return invite
    }

    // MARK: beginning

    @Test func `100 goes out at once and incoming comes once however often the INVITE is repeated`() {
        var hand = Hand()
        let invite = Hand.request("INVITE", body: "v=0\r\n")
        #expect(hand.receive(invite).map(\.status) == [100])
        #expect(hand.receive(invite).map(\.status) == [100])
        #expect(hand.receive(invite).map(\.status) == [100])
        #expect(hand.events.count == 1)
    }

    @Test func `a 2xx is repeated until its ACK`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.answer)).first)
        #expect(hand.pass(.seconds(4)).map(\.status) == [200, 200, 200])
        hand.receive(Hand.request("ACK", branch: "z9hG4bKack", toTag: answer.text(answer.toTag)))
        #expect(hand.pass(.seconds(60)).isEmpty)
    }

    @Test func `without an ACK the call ends by BYE after 64 T1`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        hand.perform(.answer(call, sdp: Bench.answer))
        let sent = hand.pass(.seconds(33))
        #expect(sent.filter(\.isRequest).map(\.method).first == .bye)
        #expect(hand.events.last == .ended(call, .noAck))
    }

    @Test func `the answer of a caller who did not offer comes with the ACK`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.offer)).first)
        hand.receive(
            Hand.request("ACK", branch: "z9hG4bKack", toTag: answer.text(answer.toTag), body: "v=0\r\n"))
        #expect(hand.events.last == .confirmed(call, sdp: Array("v=0\r\n".utf8)))
    }

    @Test func `the route set of a caller is kept in order, that of a called side is turned round`() throws {
        var hand = Hand()
        let routes = ["Record-Route: <sip:192.0.2.51;lr>, <sip:192.0.2.52;lr>"]
        hand.receive(Hand.request("INVITE", headers: routes, body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.answer)).first)
        #expect(answer.values(.recordRoute).count == 2)
        hand.receive(Hand.request("ACK", branch: "z9hG4bKack", toTag: answer.text(answer.toTag)))
        let bye = try #require(hand.perform(.hangUp(call, .none)).first)
        #expect(bye.values(.route).map { bye.text($0) } == ["<sip:192.0.2.51;lr>", "<sip:192.0.2.52;lr>"])
        #expect(hand.sent.last?.to.address == IPAddress("192.0.2.51"))

        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        let ack = try #require(hand.receive(Hand.response(200, to: invite, headers: routes)).first)
        #expect(ack.text(ack.requestURI) == "sip:there@192.0.2.2:5060")
        #expect(ack.values(.route).map { ack.text($0) } == ["<sip:192.0.2.52;lr>", "<sip:192.0.2.51;lr>"])
    }

    @Test func `a trunk that asks for credentials gets them once`() throws {
        var hand = Hand()
        var settings = Bench.settings(Bench.hotline, trunk: Bench.trunk)
        settings.credentials = ["carrier": Credential(user: "line1", password: "pw")]
        hand.engine.configure(settings)
        let first = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        let challenge =
            "Proxy-Authenticate: Digest realm=\"carrier\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""
        let sent = hand.receive(Hand.response(407, to: first, headers: [challenge]))
        #expect(sent.map(\.method) == [.ack, .invite])
        #expect(sent[1].cSeqNumber == first.cSeqNumber + 1)
        #expect(sent[1].text(sent[1].callID) == first.text(first.callID))
        #expect(sent[1].text(sent[1].topVia.branch) != first.text(first.topVia.branch))
        #expect(sent[1].text(.proxyAuthorization)?.contains("username=\"line1\"") == true)
        hand.receive(Hand.response(407, to: sent[1], headers: [challenge]))
        #expect(
            hand.events == [
                .failed(Bench.call, status: 407, reason: "Proxy Authentication Required"),
                .ended(Bench.call, .failed),
            ])
    }

    @Test func `nobody answers at all`() {
        var hand = Hand()
        hand.perform(.invite(Bench.call, Bench.request))
        hand.pass(.seconds(33))
        #expect(
            hand.events == [
                .failed(Bench.call, status: 408, reason: "Request Timeout"), .ended(Bench.call, .failed),
            ])
        #expect(hand.engine.load.transactions == 0)
    }

    @Test func `a call that rings too long is cancelled`() throws {
        var hand = Hand()
        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        hand.receive(Hand.response(180, to: invite))
        let sent = hand.pass(SignallingBounds().longestRinging)
        #expect(sent.map(\.method) == [.cancel])
        #expect(hand.events.last == .ended(Bench.call, .failed))
        hand.pass(.minutes(2))
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `a stream that closes fails what waits on it, by number or by address`() throws {
        for connection in [nil, UInt64(7)] {
            var hand = Hand()
            var request = Bench.request
            request.via = SIPEndpoint(
                transport: .tcp, address: Bench.trunk.address, port: 5060, connection: 7)
            hand.perform(.invite(Bench.call, request))
            var out = SIPOutbox()
            var closed = request.via ?? Bench.trunk
            closed.connection = 8
            hand.engine.transportFailed(closed, at: hand.now, into: &out)
            #expect(out.events.isEmpty)
            closed.connection = connection
            hand.engine.transportFailed(closed, at: hand.now, into: &out)
            #expect(out.events.last == .ended(Bench.call, .failed))
        }
    }

    @Test func `a lost transport fails the call`() throws {
        var hand = Hand()
        hand.perform(.invite(Bench.call, Bench.request))
        var out = SIPOutbox()
        hand.engine.transportFailed(Bench.trunk, at: hand.now, into: &out)
        #expect(
            out.events == [
                .failed(Bench.call, status: 503, reason: "Service Unavailable"), .ended(Bench.call, .failed),
            ])
    }

    @Test func `when we did not offer, the ACK waits for our answer`() throws {
        var hand = Hand()
        var request = Bench.request
        request.sdp = []
        let invite = try #require(hand.perform(.invite(Bench.call, request)).first)
        #expect(hand.receive(Hand.response(200, to: invite, body: "v=0\r\n")).isEmpty)
        #expect(hand.receive(Hand.response(200, to: invite, body: "v=0\r\n")).isEmpty)
        #expect(hand.events == [.answered(Bench.call, sdp: Array("v=0\r\n".utf8))])
        let ack = try #require(hand.perform(.answerReoffer(Bench.call, sdp: Bench.answer)).first)
        #expect(ack.method == .ack)
        #expect(Array(ack.bytes[ack.body.range]) == Bench.answer)
        #expect(hand.receive(Hand.response(200, to: invite, body: "v=0\r\n")).map(\.method) == [.ack])
    }

    @Test func `when we did not offer and hang up at once, ACK goes before BYE`() throws {
        var hand = Hand()
        var request = Bench.request
        request.sdp = []
        let invite = try #require(hand.perform(.invite(Bench.call, request)).first)
        hand.receive(Hand.response(200, to: invite, body: "v=0\r\n"))
        #expect(hand.perform(.hangUp(Bench.call, .none)).map(\.method) == [.ack, .bye])
    }

    @Test func `a ringing answer is repeated each minute while nobody answers`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        hand.perform(.ring(call, status: 180))
        #expect(hand.pass(.seconds(125)).map(\.status) == [180, 180])
        hand.perform(.reject(call, status: 486, reason: ""))
        hand.receive(Hand.request("ACK"))
        #expect(hand.pass(.minutes(2)).isEmpty)
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `an answer whose branch somebody changed makes the session and leaves nothing`() throws {
        var hand = Hand()
        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        hand.receive(Hand.response(180, to: invite))
        let branch = invite.text(invite.topVia.branch)
        let answer = Hand.response(200, to: invite, body: "v=0\r\n").replacing(branch, with: "z9hG4bKother")
        #expect(hand.receive(answer).map(\.method) == [.ack])
        let bye = try #require(hand.perform(.hangUp(Bench.call, .none)).first)
        hand.receive(Hand.response(200, to: bye))
        hand.pass(.minutes(5))
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    // MARK: giving up

    @Test func `CANCEL waits for a provisional answer and has the branch of the INVITE`() throws {
        var hand = Hand()
        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        #expect(hand.perform(.cancel(Bench.call)).isEmpty)
        #expect(hand.events == [.ended(Bench.call, .local)])
        let cancel = try #require(hand.receive(Hand.response(180, to: invite)).first)
        #expect(cancel.method == .cancel)
        #expect(cancel.text(cancel.topVia.branch) == invite.text(invite.topVia.branch))
        #expect(cancel.cSeqNumber == invite.cSeqNumber)
        #expect(cancel.text(cancel.requestURI) == invite.text(invite.requestURI))
        #expect(cancel.toTag.isEmpty)
        hand.receive(Hand.response(200, to: cancel))
        #expect(hand.receive(Hand.response(487, to: invite)).map(\.method) == [.ack])
        hand.pass(.minutes(5))
        #expect(hand.events.count == 1)
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `a 200 that is faster than our CANCEL gets ACK and then BYE`() throws {
        var hand = Hand()
        let invite = try #require(hand.perform(.invite(Bench.call, Bench.request)).first)
        hand.receive(Hand.response(180, to: invite))
        #expect(hand.perform(.hangUp(Bench.call, .none)).map(\.method) == [.cancel])
        let sent = hand.receive(Hand.response(200, to: invite, body: "v=0\r\n"))
        #expect(sent.map(\.method) == [.ack, .bye])
        #expect(hand.receive(Hand.response(200, to: invite, body: "v=0\r\n")).map(\.method) == [.ack])
        #expect(hand.events.last == .ended(Bench.call, .local))
        hand.receive(Hand.response(200, to: sent[1]))
        hand.pass(.minutes(5))
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `the caller's CANCEL ends an unanswered call with 487`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        #expect(hand.receive(Hand.request("CANCEL")).map(\.status) == [200, 487])
        #expect(hand.events.suffix(2) == [.cancelled(call), .ended(call, .cancelled)])
        hand.receive(Hand.request("ACK"))
        #expect(hand.perform(.answer(call, sdp: Bench.answer)).isEmpty)
        hand.pass(.minutes(1))
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `the caller's CANCEL comes too late for an answered call`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        hand.perform(.answer(call, sdp: Bench.answer))
        #expect(hand.receive(Hand.request("CANCEL")).map(\.status) == [200])
        #expect(hand.events.count == 1)
    }

    @Test func `a CANCEL from another address is not believed`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        #expect(hand.receive(Hand.request("CANCEL"), from: Bench.stranger).map(\.status) == [481])
        #expect(hand.events.count == 1)
    }

    // MARK: ending

    @Test func `hanging up before the ACK waits for it`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.answer)).first)
        #expect(hand.perform(.hangUp(call, .none)).isEmpty)
        #expect(hand.events.last == .ended(call, .local))
        let tag = answer.text(answer.toTag)
        #expect(hand.receive(Hand.request("ACK", branch: "z9hG4bKa", toTag: tag)).map(\.method) == [.bye])
        #expect(hand.events.count == 2)
    }

    @Test func `a BYE before the ACK ends the call`() throws {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let call = try #require(hand.incoming)
        let answer = try #require(hand.perform(.answer(call, sdp: Bench.answer)).first)
        let bye = Hand.request("BYE", branch: "z9hG4bKb", toTag: answer.text(answer.toTag), sequence: 2)
        #expect(hand.receive(bye).map(\.status) == [200])
        #expect(hand.events.last == .ended(call, .bye))
        #expect(hand.pass(.minutes(1)).isEmpty)
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `two BYE that cross each other end the call once`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        let ours = try #require(hand.perform(.hangUp(call, .none)).first)
        let theirs = Hand.request("BYE", branch: "z9hG4bKb", toTag: tag, sequence: 2)
        #expect(hand.receive(theirs).map(\.status) == [200])
        hand.receive(Hand.response(481, to: ours))
        #expect(hand.events.filter { $0 == .ended(call, .local) || $0 == .ended(call, .bye) }.count == 1)
        hand.pass(.minutes(1))
        #expect(hand.engine.load.calls == 0)
    }

    @Test func `the reason goes into the BYE`() throws {
        var hand = Hand()
        let (call, _) = try talking(&hand)
        let bye = try #require(hand.perform(.hangUp(call, HangUpReason(cause: 16, text: "Bye \"x\""))).first)
        #expect(bye.text(.reason) == #"Q.850;cause=16;text="Bye \"x\"""#)
    }

    @Test func `a second branch that answers gets ACK and one BYE`() throws {
        var hand = Hand()
        let invite = try answered(&hand)
        let second = Hand.response(200, to: invite, tag: "t2", body: "v=0\r\n")
        let sent = hand.receive(second)
        #expect(sent.map(\.method) == [.ack, .bye])
        #expect(sent[1].text(sent[1].toTag) == "t2")
        #expect(hand.receive(second).map(\.method) == [.ack])
        #expect(hand.events == [.answered(Bench.call, sdp: Array("v=0\r\n".utf8))])
    }

    @Test func `the first answer repeated gets the same ACK`() throws {
        var hand = Hand()
        let invite = try answered(&hand)
        hand.receive(Hand.response(200, to: invite, body: "v=0\r\n"))
        #expect(hand.sent[hand.sent.count - 1].bytes == hand.sent[hand.sent.count - 2].bytes)
        hand.pass(.minutes(2))
        #expect(hand.receive(Hand.response(200, to: invite, body: "v=0\r\n")).map(\.method) == [.ack])
        #expect(hand.events.count == 1)
    }

    @Test func `an answer to an INVITE of before a crash gets ACK and BYE`() throws {
        var before = Hand()
        let invite = try #require(before.perform(.invite(Bench.call, Bench.request)).first)
        var after = Hand()
        let sent = after.receive(Hand.response(200, to: invite, body: "v=0\r\n"))
        #expect(sent.map(\.method) == [.ack, .bye])
        #expect(sent[1].text(sent[1].fromTag) == invite.text(invite.fromTag))
        #expect(sent[1].cSeqNumber == invite.cSeqNumber + 1)
        #expect(after.events.isEmpty)
    }
}
