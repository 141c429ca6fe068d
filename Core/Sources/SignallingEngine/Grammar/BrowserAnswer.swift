/// This side of a browser's audio: a lite agent (RFC 8445, 2.5) that waits for the handshake, on one port.
public struct BrowserAnswer: Sendable, Hashable {
    /// Where it is reached: IPv4 or IPv6 addresses, the best one first; each becomes a host candidate.
    public var addresses: [String]
    public var port: UInt16
    public var ufrag: String
    public var password: String
    /// SHA-256 of this side's certificate, in hexadecimal with colons.
    public var fingerprint: String
    /// The one source of what is sent, and its name.
    public var source: UInt32
    public var name: String
    /// In order of preference.
    public var codecs: [AudioCodec]
    /// What we are willing to do.
    public var direction: SessionDescription.Direction
    /// The number of the description's session, and of its version: one higher for each that follows.
    public var session: UInt64
    public var version: UInt64

    /// The most addresses that are named.
    public static let mostAddresses = 8

    public init(
        addresses: [String], port: UInt16, ufrag: String, password: String, fingerprint: String,
        source: UInt32,
        name: String, codecs: [AudioCodec] = [.pcma, .pcmu],
        direction: SessionDescription.Direction = .sendrecv,
        session: UInt64, version: UInt64 = 1
    ) {
        self.addresses = addresses
        self.port = port
        self.ufrag = ufrag
        self.password = password
        self.fingerprint = fingerprint
        self.source = source
        self.name = name
        self.codecs = codecs
        self.direction = direction
        self.session = session
        self.version = version
    }

    /// What offer and answer have agreed on, seen from our side.
    public struct Agreed: Sendable, Hashable {
        public var codec: AudioCodec
        /// The payload number that packets carry.
        public var payload: UInt8
        /// nil when the browser takes no telephone events.
        public var telephoneEventPayload: UInt8?
        /// What we do.
        public var direction: SessionDescription.Direction

        public init(
            codec: AudioCodec, payload: UInt8, telephoneEventPayload: UInt8?,
            direction: SessionDescription.Direction
        ) {
            self.codec = codec
            self.payload = payload
            self.telephoneEventPayload = telephoneEventPayload
            self.direction = direction
        }
    }

    /// What is agreed with an offer: our first codec that it has; nil when it has none of ours.
    public func agreement(with offer: BrowserOffer) -> Agreed? {
        for codec in codecs {
            guard let choice = offer.codecs.first(where: { $0.codec == codec }) else { continue }
            return Agreed(
                codec: codec, payload: choice.payload, telephoneEventPayload: offer.telephoneEventPayload,
                direction: direction.limited(by: offer.direction.reversed))
        }
        return nil
    }

    /// The answer on the wire and what it agrees on; nil when the offer has no codec of ours. Every line of the offer
    /// has its line, and all but the audio are refused.
    public func answer(to offer: BrowserOffer) -> (bytes: [UInt8], audio: Agreed)? {
        guard let agreed = agreement(with: offer) else { return nil }
        let address = addresses.first ?? "0.0.0.0"
        var lines = SDPLines()
        lines.add("o=- \(session) \(version) IN \(SDPLines.family(address)) \(address)")
        lines.add("s=-")
        lines.add("t=0 0")
        if offer.isBundled, let mid = offer.mid { lines.add("a=group:BUNDLE \(mid)") }
        lines.add("a=ice-lite")
        for (index, line) in offer.lines.enumerated() {
            if index == offer.audioIndex {
                add(line, agreed, address, to: &lines)
            } else {
                lines.add("m=\(line.kind) 0 \(line.transport) \(line.formats.joined(separator: " "))")
                if let mid = line.mid { lines.add("a=mid:\(mid)") }
                lines.add("a=inactive")
            }
        }
        return (lines.bytes, agreed)
    }

    private func add(_ line: BrowserOffer.Line, _ agreed: Agreed, _ address: String, to lines: inout SDPLines)
    {
        let event = agreed.telephoneEventPayload
        let formats = ["\(agreed.payload)"] + (event.map { ["\($0)"] } ?? [])
        lines.add("m=audio \(port) \(line.transport) \(formats.joined(separator: " "))")
        lines.add("c=IN \(SDPLines.family(address)) \(address)")
        if let mid = line.mid { lines.add("a=mid:\(mid)") }
        lines.add("a=rtcp-mux")
        lines.add("a=ice-ufrag:\(ufrag)")
        lines.add("a=ice-pwd:\(password)")
        lines.add("a=fingerprint:sha-256 \(fingerprint)")
        lines.add("a=setup:passive")
        lines.add("a=\(agreed.direction.rawValue)")
        lines.add("a=rtpmap:\(agreed.payload) \(agreed.codec.rawValue)/\(agreed.codec.rate)")
        if let event {
            lines.add("a=rtpmap:\(event) telephone-event/8000")
            lines.add("a=fmtp:\(event) 0-15")
        }
        lines.add("a=ptime:20")
        if agreed.direction.sends {
            lines.add("a=msid:hotline audio")
            lines.add("a=ssrc:\(source) cname:\(name)")
        }
        for (index, address) in addresses.prefix(Self.mostAddresses).enumerated() {
            // Type preference 126 for hosts, one local preference for each, component 1 (RFC 8445, 5.1.2.1).
            let priority = 126 << 24 | (65_535 - index) << 8 | 255
            lines.add("a=candidate:\(index + 1) 1 udp \(priority) \(address) \(port) typ host")
        }
        lines.add("a=end-of-candidates")
    }
}
