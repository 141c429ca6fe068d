import Kernel
import Media
import SignallingEngine

/// The descriptions of browsers' legs: between the grammar of signalling and the legs of media.
extension Switchboard {
    /// Bytes of a page's description; Chromium's with audio alone has about 3,000.
    private static let longestOffer = 32_768

    /// Opens a leg for a browser and answers its offer.
    ///
    /// Throws `Problem(.invalid)` with the field `sdp` for an offer that cannot be taken, and what opening a leg throws.
    func openBrowser(
        _ mediaLeg: MediaLegID, room: RoomID, offer text: String, at now: Timestamp
    ) throws(Problem) -> String {
        let offer = try Self.read(text)
        let local = try media.openSecure(mediaLeg, room: room, at: now)
        let answer = BrowserAnswer(
            addresses: settings.browserAddresses, port: local.port, ufrag: local.ufrag,
            password: local.password, fingerprint: local.fingerprint.description, source: local.source,
            name: local.name, session: mediaLeg.number)
        guard let made = answer.answer(to: offer), let fingerprint = CertificateDigest(offer.fingerprint)
        else {
            media.close(mediaLeg)
            throw Self.unusable("it offers no audio that this side has (PCMA or PCMU)")
        }
        media.setSecureRemote(
            mediaLeg,
            SecureRemoteMedia(
                ufrag: offer.ufrag, fingerprint: fingerprint,
                codec: made.audio.codec == .pcma ? .pcma : .pcmu, payloadType: made.audio.payload,
                dtmfPayloadType: made.audio.telephoneEventPayload,
                direction: MediaDirection(rawValue: made.audio.direction.rawValue) ?? .sendrecv))
        return String(decoding: made.bytes, as: UTF8.self)
    }

    private static func read(_ text: String) throws(Problem) -> BrowserOffer {
        guard text.utf8.count <= longestOffer else { throw unusable("it is too long") }
        switch BrowserOffer.read(Array(text.utf8)) {
        case .success(let offer): return offer
        case .failure(let fault): throw unusable("\(fault)")
        }
    }

    private static func unusable(_ why: String) -> Problem {
        Problem(.invalid, "The browser's description cannot be used: \(why).", details: ["field": "sdp"])
    }

    /// Brings a leg into another room.
    func move(_ mediaLeg: MediaLegID, to room: RoomID) { media.move(mediaLeg, to: room) }
}
