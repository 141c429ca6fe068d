import SignallingEngine
import Testing

@Suite struct SessionDescriptionTests {
    private let local = LocalAudio(address: "192.0.2.1", port: 20_000, session: 42)

    private func read(_ media: String, session: String = "c=IN IP4 198.51.100.1") throws -> SessionDescription
    {
        try #require(
            SessionDescription(
                Sample.bytes("v=0\no=- 7 8 IN IP4 198.51.100.1\ns=-\n\(session)\nt=0 0\n\(media)\n")))
    }

    @Test func `a description is read`() throws {
        let description = try read(
            """
            m=audio 4000 RTP/AVP 8 0 101 9
            c=IN IP4 198.51.100.2
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:30
            a=rtcp:4010 IN IP4 198.51.100.3
            a=sendonly
            m=video 0 RTP/AVP 96
            a=rtpmap:96 H264/90000
            """)
        #expect(description.origin == .init(user: "-", session: 7, version: 8, address: "198.51.100.1"))
        let audio = try #require(description.media.first)
        #expect(description.address(of: audio) == "198.51.100.2")
        #expect(audio.formats.map(\.encoding) == ["PCMA", "PCMU", "telephone-event", "G722"])
        #expect(audio.formats[2].parameters == "0-15")
        #expect(audio.packetTime == 30)
        #expect(audio.rtcpPort == 4_010)
        #expect(audio.rtcpAddress == "198.51.100.3")
        #expect(description.direction(of: audio) == .sendonly)
        #expect(description.media[1].port == 0)
        #expect(description.media[1].formats.first?.encoding == "H264")
    }

    @Test(arguments: [
        "", "x", "v=1\no=- 1 1 IN IP4 a\n", "v=0\ns=-\n", "v=0\no=- 1\n",
        "v=0\no=- 1 1 IN IP4 a\nm=audio x RTP/AVP 0\n",
        "v=0\no=- 1 1 IN IP4 a\nm=audio 1 RTP/AVP\n", "v=0\no=- 1 1 IN IP4 a\nm=audio 1 RTP/AVP 128\n",
        "v=0\no=- 1 1 IN IP4 a\nm=audio 65536 RTP/AVP 0\n", "o=- 1 1 IN IP4 a\nv=0\n", "v=0\nnonsense\n",
    ])
    func `what is no description is refused`(text: String) {
        #expect(SessionDescription(Sample.bytes(text)) == nil)
    }

    @Test func `our offer is read again as it was meant`() throws {
        let offer = local.offer()
        #expect(SessionDescription(offer.bytes) == offer)
        let audio = try #require(offer.media.first)
        #expect(audio.formats.map(\.payload) == [8, 0, 101])
        #expect(audio.direction == .sendrecv)
    }

    @Test func `an answer takes one codec and the events of the offer`() throws {
        let offer = try read(
            "m=audio 4000 RTP/AVP 0 8 96 97\na=rtpmap:96 telephone-event/48000\na=rtpmap:97 telephone-event/8000"
        )
        let answer = try #require(local.answer(to: offer))
        #expect(answer.audio.codec == .pcma)
        #expect(answer.audio.payload == 8)
        #expect(answer.audio.telephoneEventPayload == 97)
        #expect(answer.audio.remoteAddress == "198.51.100.1")
        #expect(answer.audio.remotePort == 4_000)
        #expect(answer.audio.remoteRTCPPort == 4_001)
        #expect(answer.audio.direction == .sendrecv)
        #expect(answer.description.media.map(\.formatTexts) == [["8", "97"]])
        var theirs = local
        theirs.preference = .theirs
        #expect(theirs.answer(to: offer)?.audio.codec == .pcmu)
        theirs.preference = .ours
        theirs.codecs = [.pcmu, .pcma]
        #expect(theirs.answer(to: offer)?.audio.codec == .pcmu)
    }

    @Test func `a dynamic payload of a known codec is taken as the offer numbers it`() throws {
        let answer = try #require(
            local.answer(to: try read("m=audio 4000 RTP/AVP 99\na=rtpmap:99 pcma/8000/1")))
        #expect(answer.audio.payload == 99)
        #expect(answer.audio.telephoneEventPayload == nil)
        #expect(answer.description.media[0].formatTexts == ["99"])
    }

    @Test(arguments: [
        "m=audio 4000 RTP/AVP 9 18", "m=audio 0 RTP/AVP 8", "m=video 4000 RTP/AVP 8",
        "m=audio 4000 RTP/SAVP 8",
        "m=audio 4000 RTP/AVP 96\na=rtpmap:96 PCMA/16000", "m=audio 4000 RTP/AVP 8\nc=IN IP4 224.2.1.1/127",
        "m=audio 4000 RTP/AVP 8\nc=IN IP4 media.example.com", "a=sendrecv",
    ])
    func `an offer with nothing for us has no answer`(media: String) throws {
        #expect(local.answer(to: try read(media)) == nil)
    }

    @Test func `other media lines are refused one for one`() throws {
        let offer = try read(
            """
            m=video 5000 RTP/AVP 96
            m=audio 5002 RTP/AVP 9
            m=audio 5004 RTP/AVP 0
            m=audio 5006 RTP/AVP 8
            m=image 5008 udptl t38
            """)
        let answer = try #require(local.answer(to: offer))
        #expect(answer.audio.mediaIndex == 2)
        let media = try #require(SessionDescription(answer.description.bytes)).media
        #expect(media.map(\.kind) == ["video", "audio", "audio", "audio", "image"])
        #expect(media.map(\.port) == [0, 0, 20_000, 0, 0])
        #expect(media[4].transport == "udptl")
        #expect(media[4].formatTexts == ["t38"])
    }

    @Test(arguments: [
        ("a=sendonly", SessionDescription.Direction.recvonly), ("a=recvonly", .sendonly),
        ("a=inactive", .inactive), ("a=sendrecv", .sendrecv), ("c=IN IP4 0.0.0.0", .recvonly),
    ])
    func `hold is answered by its opposite`(line: String, expected: SessionDescription.Direction) throws {
        let answer = try #require(local.answer(to: try read("m=audio 4000 RTP/AVP 8\n" + line)))
        #expect(answer.audio.direction == expected)
        #expect(answer.description.media[0].direction == expected)
        #expect(answer.audio.isHeld == !expected.sends)
    }

    @Test func `our own hold limits the answer`() throws {
        var holding = local
        holding.direction = .sendonly
        let offer = try read("m=audio 4000 RTP/AVP 8")
        #expect(holding.answer(to: offer)?.audio.direction == .sendonly)
        let held = try read("a=sendonly\nm=audio 4000 RTP/AVP 8")
        #expect(holding.answer(to: held)?.audio.direction == .inactive)
    }

    @Test func `the version goes up with every change and only then`() throws {
        let first = local.offer()
        #expect(local.offer().following(first).origin.version == 42)
        var holding = local
        holding.direction = .sendonly
        let second = holding.offer().following(first)
        #expect(second.origin.version == 43)
        #expect(second.origin.session == 42)
        #expect(local.offer().following(second).origin.version == 44)
    }

    @Test func `an answer to our offer says what was agreed`() throws {
        let offer = local.offer()
        let agreed = local.accept(
            try read("m=audio 6000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=recvonly"), to: offer)
        #expect(agreed?.codec == .pcmu)
        #expect(agreed?.telephoneEventPayload == 101)
        #expect(agreed?.direction == .sendonly)
        #expect(local.accept(try read("m=audio 0 RTP/AVP 0"), to: offer) == nil)
        #expect(local.accept(try read("m=audio 6000 RTP/AVP 9"), to: offer) == nil)
        #expect(local.accept(try read("a=x"), to: offer) == nil)
    }

    @Test func `no value can begin a line of its own`() {
        let description = SessionDescription(
            origin: .init(user: "a\r\nm=audio 1 RTP/AVP 0", session: 1, version: 1, address: "1.1.1.1"),
            address: "1.1.1.1\r\na=x", media: [])
        let lines = String(decoding: description.bytes, as: UTF8.self).split(separator: "\r\n").map {
            $0.first
        }
        #expect(lines == ["v", "o", "s", "c", "t"])
    }
}
