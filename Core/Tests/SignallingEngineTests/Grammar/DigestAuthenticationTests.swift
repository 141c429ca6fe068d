import Kernel
import SignallingEngine
import Testing

@Suite struct DigestAuthenticationTests {
    private let key = [UInt8](repeating: 9, count: 32)
    private let now = Timestamp(milliseconds: 1_700_000_000_000)
    private let uri = "sip:hotline.example.com"

    private func secret(_ user: String) -> Digest.Secret? {
        user == "1001" ? .password("Circle of Life") : nil
    }

    /// RFC 2617, 3.5, and RFC 7616, 3.9.1.
    @Test func `the responses are those of the RFCs`() {
        let old = Digest.response(
            .md5,
            hash: Digest.hash(.md5, user: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life"),
            nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", count: "00000001", clientNonce: "0a4f113b",
            method: "GET",
            uri: "/dir/index.html")
        #expect(old == "6629fae49393a05397450978507c4ef1")
        let hashes = Digest.Algorithm.allCases.map { algorithm in
            Digest.response(
                algorithm,
                hash: Digest.hash(
                    algorithm, user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life"),
                nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", count: "00000001",
                clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", method: "GET",
                uri: "/dir/index.html")
        }
        #expect(
            hashes == [
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
                "8ca523f5e9506fed4657c9700eebdbec",
            ])
    }

    @Test func `a challenge is answered and accepted, once for each count`() throws {
        var gate = DigestGuard(realm: "hotline", key: key)
        let challenges = gate.challenges(at: now)
        #expect(challenges.count == 2)
        for text in challenges {
            let challenge = try #require(DigestChallenge(text))
            #expect(challenge.realm == "hotline")
            #expect(!challenge.isStale)
            var fresh = gate
            func credentials(_ count: UInt32) throws -> String {
                try #require(
                    challenge.authorization(
                        user: "1001", secret: .password("Circle of Life"), method: "REGISTER", uri: uri,
                        count: count,
                        clientNonce: "c"))
            }
            let later = now + .seconds(2)
            func verify(_ text: String, method: String = "REGISTER") -> DigestGuard.Verdict {
                fresh.verify(text, method: method, requestURI: uri, at: later, secret: secret)
            }
            #expect(verify(try credentials(1)) == .accepted(user: "1001"))
            #expect(verify(try credentials(1)) == .stale)
            #expect(verify(try credentials(3)) == .accepted(user: "1001"))
            #expect(verify(try credentials(2)) == .stale)
            #expect(verify(try credentials(4), method: "INVITE") == .rejected)
        }
    }

    @Test func `stored hashes serve as well as passwords`() throws {
        var gate = DigestGuard(realm: "hotline", key: key)
        let hash = Digest.hash(.sha256, user: "1001", realm: "hotline", password: "p")
        let challenge = try #require(DigestChallenge(gate.challenges(at: now)[0]))
        let text = try #require(
            challenge.authorization(
                user: "1001", secret: .hashes([.sha256: hash]), method: "INVITE", uri: uri, clientNonce: "x"))
        let verdict = gate.verify(text, method: "INVITE", requestURI: uri, at: now) { _ in
            .hashes([.sha256: hash])
        }
        #expect(verdict == .accepted(user: "1001"))
        #expect(
            challenge.authorization(
                user: "1", secret: .hashes([:]), method: "INVITE", uri: uri, clientNonce: "x")
                == nil)
    }

    @Test func `an old nonce is stale, a made-up one is refused`() throws {
        var gate = DigestGuard(realm: "hotline", key: key)
        let challenge = try #require(DigestChallenge(gate.challenges(at: now)[1]))
        func text(_ user: String, _ password: String, _ challenge: DigestChallenge) throws -> String {
            try #require(
                challenge.authorization(
                    user: user, secret: .password(password), method: "INVITE", uri: uri, clientNonce: "x"))
        }
        func verify(_ text: String, at time: Timestamp, uri: String = "sip:hotline.example.com:5060")
            -> DigestGuard.Verdict
        { gate.verify(text, method: "INVITE", requestURI: uri, at: time, secret: secret) }
        let right = try text("1001", "Circle of Life", challenge)
        #expect(verify(right, at: now + DigestGuard.nonceLife + .milliseconds(1)) == .stale)
        #expect(verify(right, at: now - .seconds(1)) == .stale)
        #expect(verify(right, at: now, uri: "sip:other@hotline.example.com") == .rejected)
        #expect(verify(try text("1001", "wrong", challenge), at: now) == .rejected)
        #expect(verify(try text("nobody", "x", challenge), at: now) == .rejected)
        var foreign = DigestGuard(realm: "hotline", key: [UInt8](repeating: 1, count: 32))
        let other = try #require(DigestChallenge(foreign.challenges(at: now)[1]))
        #expect(verify(try text("1001", "Circle of Life", other), at: now) == .rejected)
        #expect(verify(right, at: now) == .accepted(user: "1001"))
        #expect(DigestChallenge(gate.challenges(at: now, isStale: true)[0])?.isStale == true)
    }

    @Test(arguments: [
        "", "Basic abc", "Digest", "Digest username", "Digest username=\"a",
        "Digest username=\"a\" realm=\"b\"",
        "Digest username=\"1001\", realm=\"hotline\", nonce=\"00\", uri=\"sip:a\", response=\"00\"",
        "NoOneKnowsThisScheme opaque-data=here",
    ])
    func `what is no digest is unreadable`(text: String) {
        var gate = DigestGuard(realm: "hotline", key: key)
        #expect(
            gate.verify(text, method: "INVITE", requestURI: uri, at: now, secret: secret) == .unreadable)
    }

    @Test func `the strongest challenge that we know is taken`() throws {
        let response = try SIPMessage(
            Sample.bytes(
                """
                SIP/2.0 401 Unauthorized
                Via: SIP/2.0/UDP h;branch=z9hG4bKa
                From: <sip:a@example.com>;tag=1
                To: <sip:b@example.com>;tag=2
                Call-ID: x
                CSeq: 2 REGISTER
                WWW-Authenticate: Digest realm="r", nonce="a", algorithm=SHA-512-256, qop="auth"
                WWW-Authenticate: Digest realm="r", nonce="b", qop="auth-int"
                WWW-Authenticate: Digest realm="r", nonce="c"
                WWW-Authenticate: Digest realm="r", nonce="d", algorithm=sha-256, qop="auth,auth-int", opaque="o\\"p"


                """))
        let challenge = try #require(DigestChallenge.best(in: response))
        #expect(challenge.nonce == "d")
        #expect(challenge.opaque == "o\"p")
        let text = try #require(
            challenge.authorization(
                user: "u\"v", secret: .password("p"), method: "REGISTER", uri: "sip:r", clientNonce: "c"))
        let parameters = try #require(AuthParameters(text))
        #expect(parameters["username"] == "u\"v")
        #expect(parameters["opaque"] == "o\"p")
        #expect(parameters["nc"] == "00000001")
    }
}
