import Kernel
import Testing

@testable import SignallingEngine

/// Requests that are refused before any call begins, and by what.
@Suite struct RefusalTests {
    private func status(_ text: String, from source: SIPEndpoint = Bench.trunk) -> [Int] {
        var hand = Hand()
        let statuses = hand.receive(text, from: source).map(\.status)
        #expect(hand.events.isEmpty)
        #expect(hand.engine.load.calls == 0)
        return statuses
    }

    @Test func `too many hops`() {
        #expect(status(Hand.request("INVITE", headers: ["Max-Forwards: 0"])) == [483])
    }

    @Test func `an extension that is required and unknown is named in Unsupported`() throws {
        var hand = Hand()
        let answer = try #require(
            hand.receive(Hand.request("INVITE", headers: ["Require: 100rel, foo"])).first)
        #expect(answer.status == 420)
        #expect(answer.text(.unsupported) == "100rel, foo")
    }

    @Test func `a body of an unknown type`() throws {
        var hand = Hand()
        let answer = try #require(
            hand.receive(Hand.request("INVITE", type: "application/x-other", body: "x")).first)
        #expect(answer.status == 415)
        #expect(answer.text(.accept) == "application/sdp")
    }

    @Test func `a body in an unknown encoding`() {
        #expect(status(Hand.request("INVITE", headers: ["Content-Encoding: gzip"], body: "x")) == [415])
    }

    @Test func `an unknown URI scheme`() {
        #expect(status(Hand.request("INVITE", uri: "http://example.com")) == [416])
    }

    @Test func `another version`() {
        let text = Hand.request("INVITE").replacing(" SIP/2.0\r\nVia", with: " SIP/7.0\r\nVia")
        #expect(status(text) == [505])
    }

    @Test func `a method that is known and not taken is told what is`() throws {
        var hand = Hand()
        let answer = try #require(hand.receive(Hand.request("SUBSCRIBE")).first)
        #expect(answer.status == 405)
        #expect(answer.text(.allow)?.contains("INVITE") == true)
    }

    @Test func `a method that nobody knows`() { #expect(status(Hand.request("JUMP")) == [501]) }

    @Test(arguments: ["BYE", "INFO", "UPDATE", "OPTIONS", "INVITE", "CANCEL"])
    func `a request for a dialog that we do not know`(method: String) {
        #expect(status(Hand.request(method, toTag: method == "CANCEL" ? nil : "gone")) == [481])
    }

    @Test func `an INVITE without Contact cannot make a dialog`() {
        let text = Hand.request("INVITE").replacing("Contact: <sip:100@192.0.2.2:5060>\r\n", with: "")
        #expect(status(text) == [400])
    }

    @Test func `malformed but answerable`() {
        let text = Hand.request("INVITE").replacing("CSeq: 1 INVITE", with: "CSeq: x INVITE")
        var hand = Hand()
        hand.receive(text)
        #expect(hand.sent.map { Bench.firstLine($0.bytes) } == ["SIP/2.0 400 Bad CSeq"])
        #expect(hand.engine.load == (0, 0, 0, 0))
    }

    @Test func `an ACK is never answered`() {
        #expect(status(Hand.request("ACK")) == [])
        #expect(status(Hand.request("ACK", toTag: "gone")) == [])
    }

    @Test func `noise, keep-alives and stray responses are dropped`() {
        #expect(status("\r\n\r\n") == [])
        #expect(status("hello") == [])
        #expect(status("SIP/2.0 200 OK\r\n\r\n") == [])
    }

    @Test func `a request that reaches us by two ways is refused the second time`() {
        var hand = Hand()
        hand.receive(Hand.request("INVITE", branch: "z9hG4bKa", body: "v=0\r\n"))
        let second = hand.receive(Hand.request("INVITE", branch: "z9hG4bKb", body: "v=0\r\n"))
        #expect(second.map(\.status) == [482])
        #expect(hand.events.count == 1)
    }

    @Test func `OPTIONS is answered with what we can`() throws {
        var hand = Hand()
        let answer = try #require(hand.receive(Hand.request("OPTIONS")).first)
        #expect(answer.status == 200)
        #expect(answer.text(.allow)?.contains("BYE") == true)
        #expect(answer.text(.accept) == "application/sdp")
        #expect(hand.engine.load.transactions == 0)
    }

    @Test func `a stranger's INVITE is refused, and only so often in a second`() {
        var hand = Hand()
        var statuses: [Int] = []
        for number in 0..<100 {
            let text = Hand.request(
                "INVITE", branch: "z9hG4bK\(number)", callID: "c\(number)", body: "v=0\r\n")
            statuses += hand.receive(text, from: Bench.stranger).map(\.status)
        }
        #expect(statuses == Array(repeating: 403, count: SignallingBounds().strangerAnswersPerSecond))
        #expect(hand.events.isEmpty)
        #expect(hand.engine.load == (0, 0, 0, 0))
        hand.now = hand.now + .seconds(1)
        #expect(hand.receive(Hand.request("OPTIONS"), from: Bench.stranger).map(\.status) == [200])
    }

    @Test func `above the bound on transactions comes 503`() {
        var settings = Bench.settings(Bench.hotline, trunk: Bench.trunk)
        settings.bounds.transactions = 3
        var hand = Hand()
        hand.engine.configure(settings)
        let statuses = (0..<5).map { number in
            hand.receive(
                Hand.request("INVITE", branch: "z9hG4bK\(number)", callID: "c\(number)", body: "v=0\r\n")
            ).map(\.status)
        }
        #expect(statuses == [[100], [100], [100], [503], [503]])
    }

    @Test func `above the bound on calls comes 503`() {
        var settings = Bench.settings(Bench.hotline, trunk: Bench.trunk)
        settings.bounds.calls = 1
        var hand = Hand()
        hand.engine.configure(settings)
        hand.receive(Hand.request("INVITE", body: "v=0\r\n"))
        let second = hand.receive(Hand.request("INVITE", branch: "z9hG4bK2", callID: "c2", body: "v=0\r\n"))
        #expect(second.map(\.status) == [503])
        hand.perform(.invite(.outbound(1), Bench.request))
        #expect(
            hand.events.suffix(2) == [
                .failed(.outbound(1), status: 503, reason: "No Room"), .ended(.outbound(1), .failed),
            ])
    }
}
