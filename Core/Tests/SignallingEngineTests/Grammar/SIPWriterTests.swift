import SignallingEngine
import Testing

@Suite struct SIPWriterTests {
    @Test func `a request that was written is read again`() throws {
        var writer = SIPWriter(.invite, uri: "sip:1001@192.0.2.1:5062;transport=udp")
        writer.via(transport: .udp, host: "192.0.2.5", port: 5060, branch: "z9hG4bKabc")
        writer.header(.maxForwards, 70)
        writer.header(
            .from,
            NameAddress(
                displayName: "燃气 \"热线\"", uri: SIPURI(user: "96777", host: "192.0.2.5"),
                parameters: .init([.init(name: "tag", value: "f1")])
            ).text)
        writer.header(.to, "<sip:1001@192.0.2.1>")
        writer.header(.callID, "c1@192.0.2.5")
        writer.cSeq(1, .invite)
        writer.header(.contact, "<sip:192.0.2.5:5060>")
        let body = Array("v=0\r\n".utf8)
        let message = try SIPMessage(writer.finish(body: body))
        #expect(message.method == .invite)
        #expect(message.fromAddress?.displayName == "燃气 \"热线\"")
        #expect(message.text(message.fromTag) == "f1")
        #expect(message.contentLength == 5)
        #expect(Array(message.bytes[message.body.range]) == body)
        #expect(message.topVia.wantsRPort)
    }

    @Test func `a response copies what RFC 3261 8_2_6_2 names and fills in where the request came from`()
        throws
    {
        let request = try SIPMessage(
            Sample.invite(
                adding: """
                    Via: SIP/2.0/TCP 192.0.2.77;branch=z9hG4bKsecond
                    Record-Route: <sip:p1.example.com;lr>
                    Timestamp: 54
                    """))
        var writer = SIPWriter(
            status: 180, to: request, from: SIPSource(host: "198.51.100.7", port: 40_001), toTag: "ours")
        let response = try SIPMessage(writer.finish())
        #expect(response.status == 180)
        #expect(response.text(response.reason) == "Ringing")
        #expect(response.text(response.topVia.received) == "198.51.100.7")
        #expect(response.topVia.rport == 40_001)
        #expect(response.text(response.topVia.branch) == "z9hG4bK776asdhds")
        #expect(response.all(.via).count == 2)
        #expect(response.text(response.toTag) == "ours")
        #expect(response.text(response.callID) == request.text(request.callID))
        #expect(response.cSeqNumber == request.cSeqNumber)
        #expect(response.contains(.recordRoute))
        #expect(!response.contains(.timestamp))
        var trying = SIPWriter(status: 100, to: request)
        let first = try SIPMessage(trying.finish())
        #expect(first.text(.timestamp) == "54")
        #expect(first.toTag.isEmpty)
        #expect(!first.contains(.recordRoute))
    }

    @Test func `received and rport of a Via that lies are replaced`() throws {
        let lying = String(decoding: Sample.invite(), as: UTF8.self)
            .replacing(";rport", with: ";received=203.0.113.9;rport=1;x=y")
        let request = try SIPMessage(Array(lying.utf8))
        var writer = SIPWriter(status: 400, to: request, from: SIPSource(host: "192.0.2.10", port: 5070))
        let text = String(decoding: writer.finish(), as: UTF8.self)
        #expect(!text.contains("203.0.113.9"))
        #expect(text.contains(";x=y;received=192.0.2.10;rport=5070\r\n"))
    }

    @Test func `without rport only a foreign address is noted`() throws {
        let plain = String(decoding: Sample.invite(), as: UTF8.self).replacing(";rport", with: "")
        let request = try SIPMessage(Array(plain.utf8))
        var same = SIPWriter(status: 200, to: request, from: SIPSource(host: "192.0.2.10", port: 1))
        #expect(!String(decoding: same.finish(), as: UTF8.self).contains("received"))
        var other = SIPWriter(status: 200, to: request, from: SIPSource(host: "192.0.2.11", port: 1))
        let text = String(decoding: other.finish(), as: UTF8.self)
        #expect(text.contains(";received=192.0.2.11\r\n"))
        #expect(!text.contains("rport"))
    }

    @Test func `no value can begin a line of its own`() throws {
        let evil = "a\r\nEvil: 1\r\n\r\nbody\0\n"
        var writer = SIPWriter(methodText: "OPT\r\nIONS ", uri: "sip:a@b\r\nEvil: 1\r\n")
        writer.via(transport: .tcp, host: evil, port: 5060, branch: evil)
        writer.header(.subject, evil)
        writer.header(named: "X-Good", evil)
        writer.header(named: "X-Bad: 1\r\nEvil", "1")
        writer.header(named: "Content-Length", "99")
        writer.header(named: "l", "99")
        let text = String(decoding: writer.finish(), as: UTF8.self)
        let names = text.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" } }
        #expect(names == ["Via", "Subject", "X-Good", "Content-Length"])
        #expect(!text.contains("\0"))
        #expect(text.hasSuffix("Content-Length: 0\r\n\r\n"))
    }

    @Test func `a folded value is copied as one line`() throws {
        let folded = String(decoding: Sample.invite(), as: UTF8.self)
            .replacing(";tag=1928301774", with: "\r\n ;tag=1928301774")
        let request = try SIPMessage(Array(folded.utf8))
        var writer = SIPWriter(status: 200, to: request, toTag: "t")
        let response = try SIPMessage(writer.finish())
        #expect(response.text(response.fromTag) == "1928301774")
        #expect(response.headers.count == 6)
    }
}
