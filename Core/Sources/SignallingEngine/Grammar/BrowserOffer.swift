/// What a browser offers for one stream of audio (RFC 8829): how its checks, its certificate and its packets are known.
///
/// Candidates, header extensions, feedback and everything that is not audio are read over: a lite agent that answers
/// needs none of it. What an answer cannot do without is refused with the reason.
public struct BrowserOffer: Sendable, Hashable {
    /// Why an offer has no answer.
    public enum Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// It is no session description, or beyond all bounds.
        case unreadable
        case noAudio
        /// The audio line's transport is not DTLS-SRTP.
        case insecure(transport: String)
        /// Neither PCMA nor PCMU.
        case noCodec
        /// No user fragment and password for connectivity checks, or unfit ones (RFC 8839, 5.4).
        case noCredentials
        /// The other side checks nothing either: nobody would.
        case liteAgent
        case noFingerprint
        /// Certificates are known here by SHA-256 alone.
        case unsupportedFingerprint(algorithms: [String])
        /// The other side has to begin the handshake, because this side waits.
        case unsupportedSetup(String)
        /// Audio and reports share one port (RFC 5761).
        case noMultiplexing

        /// For the log, and for whoever wrote the page.
        public var description: String {
            switch self {
            case .unreadable: "The offer is no session description."
            case .noAudio: "The offer has no audio."
            case .insecure(let transport): "The audio's transport \(transport) is not DTLS-SRTP."
            case .noCodec: "The offer has neither PCMA nor PCMU."
            case .noCredentials: "The offer has no usable ice-ufrag and ice-pwd."
            case .liteAgent: "The offer comes from a lite agent; one side has to be full."
            case .noFingerprint: "The offer has no fingerprint."
            case .unsupportedFingerprint(let algorithms):
                "The offer has a fingerprint by \(algorithms.joined(separator: ", ")), but none by sha-256."
            case .unsupportedSetup(let setup):
                "The offer's setup is \(setup); it has to be actpass or active."
            case .noMultiplexing: "The offer does not put audio and reports on one port (rtcp-mux)."
            }
        }
    }

    /// One media line, as far as an answer repeats it.
    public struct Line: Sendable, Hashable {
        public var kind: String
        public var transport: String
        public var formats: [String]
        public var mid: String?
    }
    /// One codec that both sides speak, and the payload number that the offer gives it.
    public struct Codec: Sendable, Hashable {
        public var codec: AudioCodec
        public var payload: UInt8
    }

    /// All media lines: an answer has as many.
    public let lines: [Line]
    /// The line of the audio.
    public let audioIndex: Int
    public let ufrag: String
    public let password: String
    /// SHA-256 of the certificate: 32 bytes in hexadecimal, upper case, with colons.
    public let fingerprint: String
    /// Whether the audio's line is in a group of one transport (RFC 9143).
    public let isBundled: Bool
    /// In the order of the offer.
    public let codecs: [Codec]
    /// nil when the browser takes no telephone events at 8,000 Hz.
    public let telephoneEventPayload: UInt8?
    /// Seen from the browser.
    public let direction: SessionDescription.Direction

    /// The audio's name in its group.
    public var mid: String? { lines[audioIndex].mid }

    /// Reads an offer, or says why it has no answer. When no line of audio will do, the reason is the first one's.
    public static func read(_ bytes: [UInt8]) -> Result<BrowserOffer, Fault> {
        guard let reading = BrowserOfferReading(bytes) else { return .failure(.unreadable) }
        var first: Fault?
        for (index, section) in reading.media.enumerated() where section.isOpenAudio {
            switch reading.offer(at: index) {
            case .success(let offer): return .success(offer)
            case .failure(let fault): first = first ?? fault
            }
        }
        return .failure(first ?? .noAudio)
    }

    init(reading: BrowserOfferReading, index: Int, transport: BrowserOfferReading.Transport, codecs: [Codec])
    {
        lines = reading.media.map {
            Line(kind: $0.kind, transport: $0.transport, formats: $0.formats, mid: $0.first("mid"))
        }
        audioIndex = index
        ufrag = transport.ufrag
        password = transport.password
        fingerprint = transport.fingerprint
        let audio = reading.media[index]
        isBundled = audio.first("mid").map { reading.isBundled($0) } ?? false
        self.codecs = codecs
        telephoneEventPayload = audio.telephoneEventPayload
        direction = audio.direction ?? reading.session.direction ?? .sendrecv
    }
}
