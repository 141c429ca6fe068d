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

    // MARK: within

    @Test func `an older CSeq is refused`() throws {
        var hand = Hand()
        let (_, tag) = try talking(&hand)
        let info = Hand.request("INFO", branch: "z9hG4bKi", toTag: tag, sequence: 5)
        #expect(hand.receive(info).map(\.status) == [200])
        let old = Hand.request("INFO", branch: "z9hG4bKj", toTag: tag, sequence: 4)
        #expect(hand.receive(old).map(\.status) == [500])
    }

    @Test func `a request with the wrong From tag is not of the dialog`() throws {
        var hand = Hand()
        let (_, tag) = try talking(&hand)
        let bye = Hand.request("BYE", branch: "z9hG4bKb", fromTag: "other", toTag: tag, sequence: 2)
        #expect(hand.receive(bye).map(\.status) == [481])
    }

    @Test func `a key in INFO becomes a digit once`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        let info = Hand.request(
            "INFO", branch: "z9hG4bKi", toTag: tag, sequence: 2, type: "application/dtmf-relay",
            body: "Signal=5\r\nDuration=160\r\n")
        #expect(hand.receive(info).map(\.status) == [200])
        #expect(hand.receive(info).map(\.status) == [200])
        #expect(hand.events.filter { $0 == .digit(call, key: "5", milliseconds: 160) }.count == 1)
    }

    @Test func `OPTIONS within a dialog`() throws {
        var hand = Hand()
        let (_, tag) = try talking(&hand)
        let options = Hand.request("OPTIONS", branch: "z9hG4bKo", toTag: tag, sequence: 2)
        #expect(hand.receive(options).map(\.status) == [200])
    }

    @Test func `a re-INVITE is offered, answered and acknowledged, and moves the target`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        let reinvite = Hand.request("INVITE", branch: "z9hG4bKr", toTag: tag, sequence: 2, body: "v=0\r\n")
            .replacing("Contact: <sip:100@192.0.2.2:5060>", with: "Contact: <sip:100@192.0.2.2:5090>")
        #expect(hand.receive(reinvite).map(\.status) == [100])
        #expect(hand.events.last == .reoffered(call, sdp: Array("v=0\r\n".utf8)))
        #expect(hand.perform(.answerReoffer(call, sdp: Bench.answer)).map(\.status) == [200])
        #expect(hand.pass(.seconds(1)).map(\.status) == [200])
        hand.receive(Hand.request("ACK", branch: "z9hG4bKs", toTag: tag, sequence: 2))
        #expect(hand.pass(.seconds(60)).isEmpty)
        hand.perform(.hangUp(call, .none))
        #expect(hand.sent.last?.to.port == 5090)
    }

    @Test func `a re-INVITE that we refuse leaves the call as it was`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        hand.receive(Hand.request("INVITE", branch: "z9hG4bKr", toTag: tag, sequence: 2, body: "v=0\r\n"))
        #expect(hand.perform(.answerReoffer(call, sdp: nil)).map(\.status) == [488])
        #expect(hand.engine.load.calls == 1)
    }

    @Test func `an UPDATE with a description is answered, one without is only acknowledged`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        let empty = Hand.request("UPDATE", branch: "z9hG4bKu", toTag: tag, sequence: 2)
        #expect(hand.receive(empty).map(\.status) == [200])
        let offer = Hand.request("UPDATE", branch: "z9hG4bKv", toTag: tag, sequence: 3, body: "v=0\r\n")
        #expect(hand.receive(offer).isEmpty)
        #expect(hand.events.last == .reoffered(call, sdp: Array("v=0\r\n".utf8)))
        #expect(hand.perform(.answerReoffer(call, sdp: Bench.answer)).map(\.status) == [200])
        #expect(hand.pass(.seconds(5)).isEmpty)
    }

    @Test func `glare: theirs gets 491 while ours is open, and ours is tried again after their 491`() throws {
        var hand = Hand()
        let (call, tag) = try talking(&hand)
        let ours = try #require(hand.perform(.reoffer(call, sdp: Bench.offer)).first)
        let theirs = Hand.request("INVITE", branch: "z9hG4bKr", toTag: tag, sequence: 2, body: "v=0\r\n")
        #expect(hand.receive(theirs).map(\.status) == [491])
        #expect(hand.receive(Hand.response(491, to: ours)).map(\.method) == [.ack])
        let again = hand.pass(.seconds(2)).filter { $0.method == .invite }
        let retry = try #require(again.first)
        #expect(retry.cSeqNumber == ours.cSeqNumber + 1)
        #expect(hand.receive(Hand.response(200, to: retry, body: "v=0\r\n")).map(\.method) == [.ack])
        #expect(hand.events.last == .reanswered(call, sdp: Array("v=0\r\n".utf8)))
    }

    @Test func `a change that is refused leaves the call, one that finds no dialog ends it`() throws {
        var hand = Hand()
        let (call, _) = try talking(&hand)
        let first = try #require(hand.perform(.reoffer(call, sdp: Bench.offer)).first)
        hand.receive(Hand.response(488, to: first))
        #expect(hand.events.last == .reofferRefused(call, status: 488))
        let second = try #require(hand.perform(.reoffer(call, sdp: Bench.offer)).first)
        let sent = hand.receive(Hand.response(481, to: second))
        #expect(sent.map(\.method) == [.ack, .bye])
        #expect(hand.events.last == .ended(call, .timeout))
    }

    @Test func `a second re-INVITE before the first is answered is told to wait`() throws {
        var hand = Hand()
        let (_, tag) = try talking(&hand)
        hand.receive(Hand.request("INVITE", branch: "z9hG4bKr", toTag: tag, sequence: 2, body: "v=0\r\n"))
        let second = hand.receive(
            Hand.request("INVITE", branch: "z9hG4bKs", toTag: tag, sequence: 3, body: "v=0\r\n"))
        #expect(second.map(\.status) == [500])
        #expect(second[0].number(.retryAfter) != nil)
    }

    // MARK: OPTIONS of ours

    @Test func `a ping tells who answers and who does not`() throws {
        var hand = Hand()
        let ping = try #require(
            hand.perform(.ping(id: 4, target: "sip:1001@192.0.2.2", via: Bench.trunk)).first)
        hand.now = hand.now + .milliseconds(40)
        hand.receive(Hand.response(404, to: ping))
        #expect(hand.events == [.pong(id: 4, isReachable: true, milliseconds: 40)])
        hand.perform(.ping(id: 5, target: "sip:1002@192.0.2.2", via: Bench.trunk))
        hand.pass(.seconds(33))
        #expect(hand.events.last == .pong(id: 5, isReachable: false, milliseconds: 32_000))
    }
}
