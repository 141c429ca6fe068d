import SignallingEngine
import Testing

@Suite struct SIPMessageTests {
    private func flaw(_ bytes: [UInt8]) -> SIPFlaw? {
        do {
            _ = try SIPMessage(bytes)
            return nil
        } catch { return error.flaw }
    }

    @Test func `an INVITE is read at once`() throws {
        let message = try SIPMessage(Sample.invite())
        #expect(message.isRequest)
        #expect(message.method == .invite)
        #expect(message.text(message.requestURI) == "sip:12345@hotline.example.com")
        #expect(message.text(message.callID) == "f81d4fae@192.0.2.10")
        #expect(message.cSeqNumber == 314_159)
        #expect(message.cSeqMethod == .invite)
        #expect(message.text(message.fromTag) == "1928301774")
        #expect(message.toTag.isEmpty)
        #expect(message.text(message.topVia.host) == "192.0.2.10")
        #expect(message.topVia.port == 5070)
        #expect(message.topVia.wantsRPort)
        #expect(message.topVia.rport == 0)
        #expect(message.text(message.topVia.branch) == "z9hG4bK776asdhds")
        #expect(message.maxForwards == 70)
        #expect(message.hasContentType("application/sdp"))
        #expect(message.lists("TIMER", in: .supported))
        #expect(!message.lists("tim", in: .supported))
        #expect(message.bodyBytes == Array("v=0\r\n".utf8))
        #expect(message.text(.userAgent) == "Phone 1.0")
        #expect(message.first(named: "x-queue").map(message.text) == "gas")
    }

    @Test func `a response is read at once`() throws {
        let message = try SIPMessage(
            Sample.bytes(
                """
                SIP/2.0 486 Busy Here
                Via: SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bKa;received=2001:db8::1;rport=9
                From: <sip:a@example.com>;tag=1
                To: <sip:b@example.com>;tag=2
                Call-ID: x
                CSeq: 2 INVITE
                Content-Length: 0


                """))
        #expect(!message.isRequest)
        #expect(message.status == 486)
        #expect(message.text(message.reason) == "Busy Here")
        #expect(message.method == .other)
        #expect(message.cSeqMethod == .invite)
        #expect(message.text(message.topVia.host) == "[2001:db8::9]")
        #expect(message.text(message.topVia.received) == "2001:db8::1")
        #expect(message.topVia.rport == 9)
    }

    @Test func `values are split at commas outside quotes and brackets`() throws {
        let message = try SIPMessage(
            Sample.invite(
                adding: """
                    Record-Route: <sip:p1.example.com;lr>, <sip:a,b@p2.example.com;lr>
                    Record-Route: "Proxy, third" <sip:p3.example.com;lr>
                    """))
        let values = message.values(.recordRoute).map(message.text)
        #expect(values.count == 3)
        #expect(values.first == "<sip:p1.example.com;lr>")
        #expect(message.addresses(.recordRoute).map(\.uri.host).last == "p3.example.com")
    }

    @Test(arguments: [
        ("Via", SIPFlaw.missing(.via)), ("From", .missing(.from)), ("To", .missing(.to)),
        ("Call-ID", .missing(.callID)), ("CSeq", .missing(.cSeq)),
    ])
    func `what every message needs is asked for`(name: String, expected: SIPFlaw) {
        #expect(flaw(Sample.invite(removing: name)) == expected)
    }

    @Test(arguments: [
        "Call-ID: second", "CSeq: 314159 INVITE", "Max-Forwards: 70", "To: <sip:x@example.com>",
    ])
    func `what may stand once may not stand twice`(line: String) {
        guard case .repeated = flaw(Sample.invite(adding: line)) else {
            Issue.record("\(line) was accepted twice")
            return
        }
    }

    @Test func `a request without a way back is dropped, one with a way is answered`() {
        #expect(throws: SIPSyntaxError.self) { try SIPMessage(Sample.invite(removing: "Via")) }
        do {
            _ = try SIPMessage(Sample.invite(removing: "Via"))
        } catch {
            guard case .unreadable(.missing(.via)) = error else {
                Issue.record("\(error)")
                return
            }
        }
        do {
            _ = try SIPMessage(Sample.invite(removing: "To"))
        } catch {
            guard case .answerable(let message, .missing(.to)) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(message.text(message.callID) == "f81d4fae@192.0.2.10")
        }
    }

    @Test func `a faulty ACK and a faulty response are dropped`() {
        for text in ["ACK sip:a@b SIP/2.0", "SIP/2.0 200 OK"] {
            let bytes = Sample.bytes(text + "\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nCSeq: 1 ACK\n\n")
            do {
                _ = try SIPMessage(bytes)
                Issue.record("accepted")
            } catch {
                guard case .unreadable = error else {
                    Issue.record("\(text) would be answered")
                    continue
                }
            }
        }
    }

    @Test(arguments: [
        "", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u{0}\u{1}\u{2}", "INVITE", "INVITE \r\n\r\n",
        "SIP/2.0 99 No\r\n\r\n", "SIP/2.0 700 No\r\n\r\n", "SIP/2.0 2000 OK\r\n\r\n",
        "INVITE sip:a SIP/x.y\r\n\r\n",
    ])
    func `what is not SIP is dropped`(text: String) {
        do {
            _ = try SIPMessage(Array(text.utf8))
            Issue.record("accepted")
        } catch {
            guard case .unreadable = error else {
                Issue.record("\(text) would be answered")
                return
            }
        }
    }

    @Test func `length and number of headers are bounded`() throws {
        let many = (0..<SIPMessage.mostHeaders).map { "X-\($0): 1" }.joined(separator: "\n")
        #expect(flaw(Sample.invite(adding: many)) == .tooManyHeaders)
        let bytes = Sample.invite() + [UInt8](repeating: 0x61, count: SIPMessage.mostBytes)
        #expect(flaw(bytes) == .tooLong)
        let fits = Sample.invite(adding: "X-Long: " + String(repeating: "a", count: 60_000))
        #expect(flaw(fits) == nil)
    }

    @Test func `line feeds alone end lines too`() throws {
        let bytes = Sample.invite().filter { $0 != 0x0D }
        let text = String(decoding: bytes, as: UTF8.self).replacing("Content-Length: 5", with: "l: 4")
        let message = try SIPMessage(Array(text.utf8))
        #expect(message.text(message.callID) == "f81d4fae@192.0.2.10")
    }

    @Test func `every cut of a message is read without a trap`() {
        let bytes = Sample.invite()
        for length in 0..<bytes.count { _ = try? SIPMessage(Array(bytes[0..<length])) }
        var generator = Sample.Dice(state: 7)
        for _ in 0..<2_000 {
            var changed = bytes
            for _ in 0..<3 { changed[generator.below(changed.count)] = UInt8(generator.below(256)) }
            guard let message = try? SIPMessage(changed) else { continue }
            for header in message.headers { _ = message.address(header.value) }
            _ = SessionDescription(message)
        }
    }

    @Test func `numbers and parameters of header fields are read on demand`() throws {
        let message = try SIPMessage(
            Sample.invite(adding: "Session-Expires: 1800;refresher=uac\nMin-SE: 90x"))
        #expect(message.number(.sessionExpires) == 1_800)
        #expect(message.number(.minSE) == nil)
        let value = try #require(message.first(.sessionExpires))
        #expect(message.parameters(value)["Refresher"] == "uac")
    }
}

/// Messages for the tests of the grammar.
enum Sample {
    /// A generator for tests that change bytes at random, with a fixed seed.
    struct Dice {
        var state: UInt64
        mutating func below(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    static func bytes(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    static func invite(adding line: String? = nil, removing name: String? = nil) -> [UInt8] {
        var lines = """
            Via: SIP/2.0/UDP 192.0.2.10:5070;branch=z9hG4bK776asdhds;rport
            Max-Forwards: 70
            To: Hotline <sip:12345@hotline.example.com>
            From: "Wang Fang" <sip:+8610@192.0.2.10>;tag=1928301774
            Call-ID: f81d4fae@192.0.2.10
            CSeq: 314159 INVITE
            Contact: <sip:wang@192.0.2.10:5070>
            Supported: 100rel, timer
            User-Agent: Phone 1.0
            X-Queue: gas
            Content-Type: application/sdp;charset=utf-8
            """.split(separator: "\n").map(String.init)
        if let name { lines.removeAll { $0.hasPrefix(name + ":") } }
        if let line { lines.append(line) }
        let head =
            ["INVITE sip:12345@hotline.example.com SIP/2.0"] + lines + ["Content-Length: 5", "", "v=0\n"]
        return bytes(head.joined(separator: "\n"))
    }
}
