import Kernel
import Testing

@testable import SignallingEngine

/// What happens within dialogs.
@Suite struct WithinDialogTests {
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
