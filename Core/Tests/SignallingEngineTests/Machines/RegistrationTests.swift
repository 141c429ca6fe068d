import Kernel
import Testing

@testable import SignallingEngine

/// Phones: how they register, how they are known, and what they may do.
@Suite struct RegistrationTests {
    static let phone = SIPEndpoint(address: IPAddress("198.51.100.7")!, port: 40_001)
    static let uri = "sip:192.0.2.1"

    private func register(
        _ hand: inout Hand, sequence: Int, contacts: [String] = ["<sip:1001@10.0.0.5:5060>"],
        expires: Int? = nil,
        user: String = "1001", password: String = "secret", callID: String = "r1", to: String? = nil
    ) throws -> SIPMessage {
        func text(_ sequence: Int, _ headers: [String]) -> String {
            let all =
                contacts.map { "Contact: " + $0 } + (expires.map { ["Expires: \($0)"] } ?? []) + headers
            return Hand.request(
                "REGISTER", uri: RegistrationTests.uri, branch: "z9hG4bKr\(callID)\(sequence)", from: user,
                callID: callID, sequence: sequence, headers: all
            ).replacing("Contact: <sip:\(user)@192.0.2.2:5060>\r\n", with: "")
                .replacing("To: <sip:5186@192.0.2.1>", with: "To: <sip:\(to ?? user)@192.0.2.1>")
        }
        let challenge = try #require(
            hand.receive(text(sequence, []), from: RegistrationTests.phone).first)
        #expect(challenge.status == 401)
        let header = try credentials(
            challenge, .wwwAuthenticate, "REGISTER", RegistrationTests.uri, user, password)
        return try #require(
            hand.receive(text(sequence + 1, ["Authorization: " + header]), from: RegistrationTests.phone)
                .first)
    }

    private func credentials(
        _ message: SIPMessage, _ name: SIPHeaderName, _ method: String, _ uri: String, _ user: String,
        _ password: String
    ) throws -> String {
        let challenge = try #require(message.text(name).flatMap { DigestChallenge($0) })
        return try #require(
            challenge.authorization(
                user: user, secret: .password(password), method: method, uri: uri, clientNonce: "c"))
    }

    @Test func `a phone registers, refreshes, and leaves`() throws {
        var hand = Hand()
        let first = try register(&hand, sequence: 1, expires: 120)
        #expect(first.status == 200)
        #expect(first.text(.contact) == "<sip:1001@10.0.0.5:5060>;expires=120")
        let binding = try #require(hand.engine.bindings(of: "1001", at: hand.now).first)
        #expect(binding.source == RegistrationTests.phone)
        #expect(hand.events == [.registered(user: "1001", contact: binding, expires: 120)])
        hand.pass(.seconds(100))
        #expect(try register(&hand, sequence: 3, expires: 120).status == 200)
        hand.pass(.seconds(100))
        #expect(hand.engine.bindings(of: "1001", at: hand.now).count == 1)
        #expect(try register(&hand, sequence: 5, expires: 0).status == 200)
        #expect(hand.engine.bindings(of: "1001", at: hand.now).isEmpty)
        guard case .unregistered("1001", _) = try #require(hand.events.last) else {
            Issue.record("no unregistered event")
            return
        }
    }

    @Test func `a contact that is not refreshed runs out`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1, expires: 60)
        hand.pass(.seconds(61))
        guard case .unregistered("1001", _) = try #require(hand.events.last) else {
            Issue.record("no unregistered event")
            return
        }
        #expect(hand.engine.registrations.isEmpty)
        #expect(!hand.engine.isKnown(RegistrationTests.phone))
    }

    @Test func `a wrong password is challenged again and changes nothing`() throws {
        var hand = Hand()
        #expect(try register(&hand, sequence: 1, password: "wrong").status == 401)
        #expect(try register(&hand, sequence: 3, user: "9999").status == 401)
        #expect(hand.events.isEmpty)
    }

    @Test func `nobody registers for somebody else`() throws {
        var hand = Hand()
        #expect(try register(&hand, sequence: 1, to: "1002").status == 403)
        #expect(hand.events.isEmpty)
    }

    @Test func `too brief a validity is told the shortest, too long a one is cut`() throws {
        var hand = Hand()
        let brief = try register(&hand, sequence: 1, expires: 10)
        #expect(brief.status == 423)
        #expect(brief.number(.minExpires) == 60)
        #expect(hand.events.isEmpty)
        let long = try register(&hand, sequence: 3, expires: 100_000)
        #expect(long.text(.contact)?.hasSuffix("expires=3600") == true)
        let usual = try register(&hand, sequence: 5)
        #expect(usual.text(.contact)?.hasSuffix("expires=300") == true)
    }

    @Test func `the star removes every contact and only with Expires 0`() throws {
        var hand = Hand()
        let two = ["<sip:1001@10.0.0.5:5060>", "<sip:1001@10.0.0.6:5060>;expires=90"]
        #expect(try register(&hand, sequence: 1, contacts: two).values(.contact).count == 2)
        #expect(try register(&hand, sequence: 3, contacts: ["*"], expires: 60).status == 400)
        #expect(try register(&hand, sequence: 5, contacts: ["*"] + two, expires: 0).status == 400)
        #expect(hand.engine.bindings(of: "1001", at: hand.now).count == 2)
        let none = try register(&hand, sequence: 7, contacts: ["*"], expires: 0)
        #expect(none.status == 200)
        #expect(none.values(.contact).isEmpty)
        #expect(hand.engine.registrations.isEmpty)
    }

    @Test func `a REGISTER without Contact lists what there is`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1)
        let list = try register(&hand, sequence: 3, contacts: [])
        #expect(list.values(.contact).count == 1)
        #expect(hand.events.count == 1)
    }

    @Test func `an older REGISTER of the same Call-ID is refused`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 11)
        #expect(try register(&hand, sequence: 5, expires: 0).status == 500)
        #expect(try register(&hand, sequence: 1, expires: 0, callID: "r2").status == 200)
    }

    @Test func `more contacts than there is room for`() throws {
        var hand = Hand()
        let many = (1...6).map { "<sip:1001@10.0.0.\($0)>" }
        #expect(try register(&hand, sequence: 1, contacts: many).status == 503)
        #expect(hand.engine.registrations.isEmpty)
    }

    @Test func `a repeat of the REGISTER gets the same answer and no second event`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1)
        let last = try #require(hand.sent.last)
        let events = hand.events.count
        // The engine keeps the answer for 32 s.
        #expect(hand.engine.load.transactions == 1)
        hand.pass(.seconds(40))
        #expect(hand.engine.load.transactions == 0)
        #expect(hand.events.count == events)
        #expect(last.to == RegistrationTests.phone)
    }

    @Test func `registrations outlive a restart`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1, expires: 120)
        var after = Hand()
        after.now = hand.now + .seconds(60)
        var out = SIPOutbox()
        after.engine.restore(registrations: hand.engine.registrations, at: after.now, into: &out)
        #expect(out.events.isEmpty)
        #expect(
            after.engine.bindings(of: "1001", at: after.now) == hand.engine.bindings(of: "1001", at: hand.now)
        )
        after.pass(.seconds(61))
        #expect(after.events.count == 1)
    }

    @Test func `challenges are bounded in each second`() {
        var hand = Hand()
        var settings = Bench.settings(Bench.hotline, trunk: Bench.trunk)
        settings.bounds.challengesPerSecond = 5
        hand.engine.configure(settings)
        for number in 0..<10 {
            let text = Hand.request("REGISTER", branch: "z9hG4bK\(number)", callID: "c\(number)")
            hand.receive(text, from: Bench.stranger)
        }
        #expect(hand.sent.count == 5)
        #expect(hand.engine.load.transactions == 0)
    }

    @Test func `a registered phone may call after it proved who it is, others may not`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1)
        hand.events = []
        let first = Hand.request("INVITE", branch: "z9hG4bKp1", from: "1001", callID: "p", body: "v=0\r\n")
        let challenge = try #require(hand.receive(first, from: RegistrationTests.phone).first)
        #expect(challenge.status == 407)
        let header = try credentials(
            challenge, .proxyAuthenticate, "INVITE", "sip:5186@192.0.2.1", "1001", "secret")
        let second = Hand.request(
            "INVITE", branch: "z9hG4bKp2", from: "1001", callID: "p", sequence: 2,
            headers: ["Proxy-Authorization: " + header, "P-Asserted-Identity: <sip:4000@192.0.2.1>"],
            body: "v=0\r\n")
        #expect(hand.receive(second, from: RegistrationTests.phone).map(\.status) == [100])
        guard case .incoming(_, let invite) = try #require(hand.events.first) else { return }
        #expect(invite.source == .phone("1001"))
        #expect(invite.assertedUser == nil)
        #expect(hand.receive(first, from: Bench.stranger).map(\.status) == [403])
    }

    @Test func `a phone is called where its REGISTER came from`() throws {
        var hand = Hand()
        _ = try register(&hand, sequence: 1)
        let binding = try #require(hand.engine.bindings(of: "1001", at: hand.now).first)
        var request = hand.engine.request(to: binding)
        request.sdp = Bench.offer
        let invite = try #require(hand.perform(.invite(Bench.call, request)).first)
        #expect(invite.text(invite.requestURI) == "sip:1001@10.0.0.5:5060")
        #expect(hand.sent.last?.to == RegistrationTests.phone)
        hand.receive(
            Hand.response(200, to: invite).replacing("there@192.0.2.2", with: "1001@10.0.0.5"),
            from: RegistrationTests.phone)
        #expect(hand.sent.last?.to == RegistrationTests.phone)
    }
}
