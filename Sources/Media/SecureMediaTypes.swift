import Kernel

/// This side of a secure leg, as the answer to a browser's offer names it.
package struct SecureLegDescription: Hashable, Sendable {
    /// Carries everything: checks, handshake, audio and reports.
    package var port: UInt16
    /// `a=ice-ufrag` and `a=ice-pwd` (RFC 8839): made for this leg alone.
    package var ufrag: String
    package var password: String
    /// `a=fingerprint:sha-256`: one for all legs of the service.
    package var fingerprint: CertificateDigest
    /// `a=ssrc` and its `cname`: the source of everything that the leg is sent, for its whole life.
    package var source: UInt32
    package var name: String
}

/// A browser's side of a secure leg as negotiated. Its addresses do not matter: a lite agent goes where the nominated
/// check came from.
package struct SecureRemoteMedia: Hashable, Sendable {
    /// `a=ice-ufrag` of the offer.
    package var ufrag: String
    /// `a=fingerprint:sha-256` of the offer; whoever shows another certificate is not spoken to.
    package var fingerprint: CertificateDigest
    package var codec: AudioCodec
    /// RTP payload type of the codec, normally the static one.
    package var payloadType: UInt8
    /// RTP payload type of telephone-event (RFC 4733), or `nil` when it was not negotiated.
    package var dtmfPayloadType: UInt8?
    package var direction: MediaDirection

    /// `payloadType` defaults to the codec's static one.
    package init(
        ufrag: String, fingerprint: CertificateDigest, codec: AudioCodec, payloadType: UInt8? = nil,
        dtmfPayloadType: UInt8? = nil, direction: MediaDirection = .sendrecv
    ) {
        self.ufrag = ufrag
        self.fingerprint = fingerprint
        self.codec = codec
        self.payloadType = payloadType ?? codec.payloadType
        self.dtmfPayloadType = dtmfPayloadType
        self.direction = direction
    }
}

/// What became of the way to a browser.
package enum TransportEvent: Hashable, Sendable {
    /// The keys are agreed on and the address is known: told once. Audio that overtakes the browser's nomination is
    /// heard before it.
    case up
    /// Nothing comes any more, or the browser said goodbye; what is sent goes on, for the first.
    case lost(TransportLoss)
    /// Something came again.
    case back
    /// The leg cannot become secure, and closes itself: `closed` follows.
    case failed(TransportFailure)
}

/// Why a way that was open is not any more.
package enum TransportLoss: Hashable, Sendable {
    case silent(milliseconds: Int)
    /// By close_notify: the page went away, or closed its connection. The leg is of no use any more.
    case closedByPeer
}

/// Why a way never opened.
package enum TransportFailure: String, Hashable, Sendable {
    /// Not up within `MediaSettings.openWithin`.
    case timedOut
    /// No common cipher or SRTP profile, or a broken message.
    case handshakeFailed
    /// The certificate is not the one of the offer.
    case wrongFingerprint
}

/// What a secure leg is opened with: made on the caller's thread, and the worker's alone from there on.
struct SecureOpening: @unchecked Sendable {
    let handshake: DTLSSession
    let credentials: ICECredentials
    let source: UInt32
    let name: String

    /// Throws `unavailable` when OpenSSL refuses.
    init(_ identity: DTLSIdentity) throws(Problem) {
        handshake = try DTLSSession(identity, .server)
        credentials = .random()
        source = .random(in: 1...UInt32.max)
        name = ICECredentials.random().ufrag
    }

    func description(port: UInt16, identity: DTLSIdentity) -> SecureLegDescription {
        SecureLegDescription(
            port: port, ufrag: credentials.ufrag, password: credentials.password,
            fingerprint: identity.digest,
            source: source, name: name)
    }
    func transport(at now: Int64, _ settings: MediaSettings) -> SecureTransport {
        SecureTransport(
            handshake: handshake, credentials: credentials, source: source, name: name,
            watch: TransportWatch(
                from: now, openWithin: settings.openWithin.milliseconds * 1_000_000,
                lostAfter: settings.lostAfter.milliseconds * 1_000_000))
    }
}
