/// An offer as lines, taken apart but not yet judged.
struct BrowserOfferReading {
    /// What stands between two media lines, or before the first.
    struct Section {
        var kind = ""
        var port: UInt16 = 0
        var transport = ""
        var formats: [String] = []
        var attributes: [Attribute] = []
    }
    /// `a=name:value`, or `a=name` with nothing behind it.
    struct Attribute {
        var name: String
        var value: String
    }
    /// What the transport of a line is known by.
    struct Transport {
        var ufrag: String
        var password: String
        var fingerprint: String
    }

    private(set) var session = Section()
    private(set) var media: [Section] = []

    /// nil for what is no description; the bounds are those of any other description.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        let span = bytes.span
        var place = 0
        var count = 0
        while place < bytes.count {
            let line = Scan.line(span, place, bytes.count)
            defer { place = line.next }
            if line.end == place { continue }
            count += 1
            guard count <= SessionDescription.mostLines, line.end - place >= 2, bytes[place + 1] == 0x3D,
                !bytes[place..<line.end].contains(where: { $0 == 0 || $0 == 0x0D }),
                take(bytes[place], SDPFields(bytes, place + 2, line.end), isFirst: count == 1)
            else { return nil }
        }
        guard count > 0 else { return nil }
    }

    private mutating func take(_ kind: UInt8, _ fields: SDPFields, isFirst: Bool) -> Bool {
        var fields = fields
        if isFirst { return kind == 0x76 && fields.word() == "0" }
        switch kind {
        case 0x6D: return takeMedia(&fields)
        case 0x61:
            guard let name = fields.word(where: { $0 == 0x3A }) else { return true }
            let attribute = Attribute(name: name, value: fields.rest() ?? "")
            if media.isEmpty {
                session.attributes.append(attribute)
            } else {
                media[media.count - 1].attributes.append(attribute)
            }
            return true
        default: return true
        }
    }
    private mutating func takeMedia(_ fields: inout SDPFields) -> Bool {
        guard media.count < SessionDescription.mostMedia, let kind = fields.word(),
            let port = fields.word().flatMap({ UInt16($0) }), let transport = fields.word()
        else { return false }
        var section = Section(kind: kind, port: port, transport: transport)
        while let format = fields.word() {
            guard section.formats.count < SessionDescription.mostFormats else { return false }
            section.formats.append(format)
        }
        media.append(section)
        return !section.formats.isEmpty
    }

    /// Whether a line is in a group of one transport.
    func isBundled(_ mid: String) -> Bool {
        session.attributes.contains { attribute in
            let words = attribute.value.split(separator: " ")
            return attribute.name == "group" && words.first == "BUNDLE"
                && words.dropFirst().contains { $0 == mid }
        }
    }

    // MARK: Judging

    /// DTLS-SRTP over anything (RFC 5764, 8; RFC 8829, 5.1.2).
    private static let transports: Set<String> = [
        "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF",
    ]

    /// The offer by the audio line at `index`, or what it lacks.
    func offer(at index: Int) -> Result<BrowserOffer, BrowserOffer.Fault> {
        let audio = media[index]
        guard Self.transports.contains(audio.transport) else {
            return .failure(.insecure(transport: audio.transport))
        }
        let codecs = audio.codecs
        if codecs.isEmpty { return .failure(.noCodec) }
        if session.first("ice-lite") != nil { return .failure(.liteAgent) }
        guard audio.first("rtcp-mux") != nil || audio.first("rtcp-mux-only") != nil else {
            return .failure(.noMultiplexing)
        }
        guard let ufrag = value("ice-ufrag", of: audio), let password = value("ice-pwd", of: audio),
            Self.isText(ufrag, 4...256), Self.isText(password, 22...256)
        else { return .failure(.noCredentials) }
        let setup = value("setup", of: audio) ?? "actpass"
        guard setup == "actpass" || setup == "active" else { return .failure(.unsupportedSetup(setup)) }
        switch fingerprint(of: audio) {
        case .failure(let fault): return .failure(fault)
        case .success(let fingerprint):
            let transport = Transport(ufrag: ufrag, password: password, fingerprint: fingerprint)
            return .success(
                BrowserOffer(reading: self, index: index, transport: transport, codecs: codecs))
        }
    }
    /// A line's own value, or that of the whole session.
    private func value(_ name: String, of section: Section) -> String? {
        section.first(name) ?? session.first(name)
    }
    private func fingerprint(of audio: Section) -> Result<String, BrowserOffer.Fault> {
        let own = audio.all("fingerprint")
        let given = own.isEmpty ? session.all("fingerprint") : own
        if given.isEmpty { return .failure(.noFingerprint) }
        var algorithms: [String] = []
        for value in given {
            let words = value.split(separator: " ", maxSplits: 1)
            guard let algorithm = words.first else { continue }
            if SIPText.equal(String(algorithm), "sha-256") {
                guard words.count == 2, let digest = Self.digest(words[1]) else { continue }
                return .success(digest)
            }
            algorithms.append(String(algorithm.prefix(16)))
        }
        return .failure(algorithms.isEmpty ? .noFingerprint : .unsupportedFingerprint(algorithms: algorithms))
    }
    /// 32 bytes in hexadecimal with colons between them, in upper case; nil for anything else.
    private static func digest(_ text: Substring) -> String? {
        let parts = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard parts.count == 32,
            parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { Scan.hexadecimal($0) != nil } })
        else { return nil }
        return text.uppercased()
    }
    /// `ice-char`s (RFC 8839, 5.4), so many.
    private static func isText(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.utf8.count)
            && text.utf8.allSatisfy { Scan.isLetter($0) || Scan.isDigit($0) || $0 == 0x2B || $0 == 0x2F }
    }
}

extension BrowserOfferReading.Section {
    func first(_ name: String) -> String? { attributes.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { attributes.filter { $0.name == name }.map(\.value) }

    /// Port 0 ends a line, except where it lives on the port of its group (RFC 9143, 6).
    var isOpenAudio: Bool { kind == "audio" && (port != 0 || first("bundle-only") != nil) }
    var direction: SessionDescription.Direction? {
        attributes.lazy.compactMap { SessionDescription.Direction(rawValue: $0.name) }.first
    }
    /// The payload numbers of the line that the two laws have, by name or by their static numbers.
    var codecs: [BrowserOffer.Codec] {
        payloads.compactMap { payload in
            let name = map(payload)
            for codec in AudioCodec.allCases {
                let isNamed = name.map { SIPText.equal($0.encoding, codec.rawValue) && $0.rate == codec.rate }
                if isNamed ?? (payload == codec.payload) { return .init(codec: codec, payload: payload) }
            }
            return nil
        }
    }
    var telephoneEventPayload: UInt8? {
        payloads.first { payload in
            map(payload).map { SIPText.equal($0.encoding, "telephone-event") && $0.rate == 8_000 } ?? false
        }
    }
    /// Numbers that packets can carry beside reports on one port: 64 to 95 would look like those (RFC 5761, 4).
    private var payloads: [UInt8] {
        formats.compactMap { UInt8($0) }.filter { $0 < 64 || (96...127).contains($0) }
    }
    /// What rtpmap says about a payload number.
    private func map(_ payload: UInt8) -> (encoding: String, rate: Int)? {
        for value in all("rtpmap") {
            let words = value.split(separator: " ")
            guard words.count == 2, UInt8(words[0]) == payload else { continue }
            let parts = words[1].split(separator: "/")
            guard parts.count >= 2, parts.count <= 3, parts.count == 2 || parts[2] == "1",
                let rate = Int(parts[1])
            else { return ("", 0) }
            return (String(parts[0]), rate)
        }
        return nil
    }
}
