import SignallingEngine
import Testing

@Suite struct BrowserOfferTests {
    private let ours = BrowserAnswer(
        addresses: ["192.0.2.1", "2001:db8::1"], port: 16_384, ufrag: "ours1234",
        password: "password-of-24-characters",
        fingerprint: "AA:BB", source: 7, name: "desk", session: 42)

    private func read(_ text: String) throws -> BrowserOffer {
        try BrowserOffer.read(Sample.bytes(text)).get()
    }
    private func fault(_ text: String) -> BrowserOffer.Fault? {
        if case .failure(let fault) = BrowserOffer.read(Sample.bytes(text)) { fault } else { nil }
    }
    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test func `an offer of Chromium is read`() throws {
        let offer = try read(BrowserOffers.chromium)
        #expect(offer.ufrag == "ac7J")
        #expect(offer.password == "uZ7tf9znm/wJEksDw4/PtGZf")
        #expect(offer.fingerprint.hasPrefix("91:0F:09:88") && offer.fingerprint.utf8.count == 95)
        #expect(offer.mid == "0")
        #expect(offer.isBundled)
        #expect(offer.codecs.map(\.codec) == [.pcmu, .pcma])
        #expect(offer.telephoneEventPayload == 126)
        #expect(offer.direction == .sendrecv)
    }
    @Test func `an offer of Firefox is read, with what it says once for all media`() throws {
        let offer = try read(BrowserOffers.firefox)
        #expect(offer.ufrag == "629c9556")
        #expect(offer.password == "0cea525eadd6d3e34cb37b86512dba7f")
        #expect(offer.fingerprint.hasPrefix("46:A6:59:4B"))
        #expect(offer.codecs.map(\.codec) == [.pcmu, .pcma])
        #expect(offer.telephoneEventPayload == 101)
        #expect(offer.isBundled)
    }
    @Test func `of two fingerprints the one by SHA-256 counts, and its letters may be small`() throws {
        let offer = try read(BrowserOffers.chromium109WithVideo)
        #expect(offer.audioIndex == 1)
        #expect(offer.fingerprint.hasPrefix("0F:09:88:DC") && offer.fingerprint.hasSuffix("2B:91"))
        #expect(offer.direction == .recvonly)
    }

    @Test func `the answer is that of a lite agent that waits, in A-law`() throws {
        let answer = try #require(ours.answer(to: try read(BrowserOffers.chromium)))
        #expect(
            answer.audio
                == .init(codec: .pcma, payload: 8, telephoneEventPayload: 126, direction: .sendrecv))
        #expect(
            lines(answer.bytes) == [
                "v=0", "o=- 42 1 IN IP4 192.0.2.1", "s=-", "t=0 0", "a=group:BUNDLE 0", "a=ice-lite",
                "m=audio 16384 UDP/TLS/RTP/SAVPF 8 126", "c=IN IP4 192.0.2.1", "a=mid:0", "a=rtcp-mux",
                "a=ice-ufrag:ours1234", "a=ice-pwd:password-of-24-characters", "a=fingerprint:sha-256 AA:BB",
                "a=setup:passive", "a=sendrecv", "a=rtpmap:8 PCMA/8000",
                "a=rtpmap:126 telephone-event/8000",
                "a=fmtp:126 0-15", "a=ptime:20", "a=msid:hotline audio", "a=ssrc:7 cname:desk",
                "a=candidate:1 1 udp 2130706431 192.0.2.1 16384 typ host",
                "a=candidate:2 1 udp 2130706175 2001:db8::1 16384 typ host", "a=end-of-candidates",
            ])
    }
    @Test func `every line of the offer has its line, and all but the audio are refused`() throws {
        let answer = try #require(ours.answer(to: try read(BrowserOffers.chromium109WithVideo)))
        let text = lines(answer.bytes)
        #expect(
            text.filter { $0.hasPrefix("m=") } == [
                "m=video 0 UDP/TLS/RTP/SAVPF 96 97", "m=audio 16384 UDP/TLS/RTP/SAVPF 8 126",
            ])
        #expect(text.contains("a=group:BUNDLE 1"))
        #expect(text.filter { $0.hasPrefix("a=mid") } == ["a=mid:0", "a=mid:1"])
        // The browser only listens: we only send.
        #expect(answer.audio.direction == .sendonly)
        #expect(text.contains("a=sendonly"))
    }
    @Test
    func `a browser that speaks mu-law alone is answered in mu-law, and without keys where it has none`()
        throws
    {
        let offer = try read(
            BrowserOffers.chromium.replacing("a=rtpmap:8 PCMA/8000\n", with: "a=rtpmap:8 L16/8000\n")
                .replacing("a=rtpmap:126 telephone-event/8000\n", with: ""))
        let answer = try #require(ours.answer(to: offer))
        #expect(answer.audio.codec == .pcmu)
        #expect(answer.audio.telephoneEventPayload == nil)
        #expect(lines(answer.bytes).contains("m=audio 16384 UDP/TLS/RTP/SAVPF 0"))
    }
    @Test(arguments: [
        ("sendrecv", SessionDescription.Direction.sendrecv), ("sendonly", .recvonly), ("recvonly", .sendonly),
        ("inactive", .inactive),
    ])
    func `the direction is answered by its opposite`(
        offered: String, expected: SessionDescription.Direction
    ) throws {
        let offer = try read(BrowserOffers.chromium.replacing("a=sendrecv", with: "a=" + offered))
        #expect(ours.agreement(with: offer)?.direction == expected)
    }
    @Test func `an address of the new family is named as such`() throws {
        var ours = ours
        ours.addresses = ["2001:db8::1"]
        let answer = try #require(ours.answer(to: try read(BrowserOffers.firefox)))
        #expect(lines(answer.bytes).contains("c=IN IP6 2001:db8::1"))
    }

    @Test(
        arguments: [
            (
                "a=fingerprint:sha-256 91", "a=fingerprint:sha-512 91",
                .unsupportedFingerprint(algorithms: ["sha-512"])
            ),
            ("a=fingerprint:sha-256 91:0F", "a=fingerprint:sha-256 91", .noFingerprint),
            ("a=fingerprint:sha-256 91:0F", "a=fingerprint:sha-256 9G:0F", .noFingerprint),
            ("a=fingerprint:sha-256", "a=x:", .noFingerprint),
            ("a=ice-ufrag:ac7J", "a=ice-ufrag:ac7", .noCredentials),
            ("a=ice-ufrag:ac7J", "a=ice-ufrag:ac:7J", .noCredentials),
            ("a=ice-pwd:uZ7tf9znm/wJEksDw4/PtGZf", "a=ice-pwd:short", .noCredentials),
            ("a=ice-pwd", "a=x", .noCredentials),
            ("a=setup:actpass", "a=setup:passive", .unsupportedSetup("passive")),
            ("a=setup:actpass", "a=setup:holdconn", .unsupportedSetup("holdconn")),
            ("a=rtcp-mux\n", "", .noMultiplexing),
            ("a=group:BUNDLE 0", "a=ice-lite", .liteAgent),
            ("UDP/TLS/RTP/SAVPF", "RTP/AVP", .insecure(transport: "RTP/AVP")),
            ("0 8 13", "13", .noCodec),
            ("m=audio 9", "m=audio 0", .noAudio),
            ("m=audio", "m=video", .noAudio),
            ("m=audio 9 ", "m=audio x ", .unreadable),
            ("v=0", "v=1", .unreadable),
        ] as [(String, String, BrowserOffer.Fault)])
    func `what cannot be answered is refused with its reason`(
        old: String, new: String, expected: BrowserOffer.Fault
    ) {
        let changed = BrowserOffers.chromium.replacing(old, with: new)
        #expect(changed != BrowserOffers.chromium)
        #expect(fault(changed) == expected)
        #expect(!expected.description.isEmpty)
    }
    @Test func `a payload number that would look like a report is not taken`() throws {
        let offer = try read(
            BrowserOffers.chromium.replacing("110 126", with: "110 72").replacing(
                "rtpmap:126", with: "rtpmap:72"))
        #expect(offer.telephoneEventPayload == nil)
    }

    @Test func `lines without end, media without end and bytes without end are refused`() {
        #expect(fault("") == .unreadable)
        #expect(fault(BrowserOffers.chromium + String(repeating: "a=x\n", count: 600)) == .unreadable)
        #expect(
            fault(BrowserOffers.chromium + String(repeating: "m=audio 9 RTP/AVP 0\n", count: 20))
                == .unreadable)
        #expect(
            fault("v=0\nm=audio 9 UDP/TLS/RTP/SAVPF" + String(repeating: " 8", count: 100) + "\n")
                == .unreadable)
        #expect(fault(BrowserOffers.chromium + String(repeating: "x", count: 70_000)) == .unreadable)
    }
    @Test(arguments: [BrowserOffers.chromium, BrowserOffers.firefox, BrowserOffers.chromium109WithVideo])
    func
        `whatever is changed, cut or doubled, the answer is a description with as many lines or there is none`(
            text: String
        )
    {
        var dice = Sample.Dice(state: 5)
        let original = Sample.bytes(text)
        var answered = 0
        for _ in 0..<2_000 {
            var bytes = original
            for _ in 0...dice.below(3) {
                let place = dice.below(bytes.count)
                switch dice.below(4) {
                case 0: bytes[place] = UInt8(dice.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place...].prefix(dice.below(80)), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + dice.below(40)))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard case .success(let offer) = BrowserOffer.read(bytes), let answer = ours.answer(to: offer)
            else { continue }
            answered += 1
            #expect(SessionDescription(answer.bytes)?.media.count == offer.lines.count)
            #expect(offer.fingerprint.utf8.count == 95)
        }
        #expect(answered > 200)
    }
}
