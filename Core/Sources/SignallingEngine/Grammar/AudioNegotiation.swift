/// The audio codecs that media can speak.
public enum AudioCodec: String, Sendable, Hashable, Codable, CaseIterable {
    case pcma = "PCMA"
    case pcmu = "PCMU"

    /// The static payload number (RFC 3551, 6).
    public var payload: UInt8 { self == .pcma ? 8 : 0 }
    /// Samples a second.
    public var rate: Int { 8_000 }
}

/// Our side of an audio session: where we receive, and what we can do.
public struct LocalAudio: Sendable, Hashable {
    /// Whose order of codecs decides in an answer.
    public enum Preference: Sendable, Hashable, Codable { case ours, theirs }

    /// IPv4 or IPv6 address.
    public var address: String
    public var port: UInt16
    /// In order of preference.
    public var codecs: [AudioCodec]
    public var preference: Preference
    /// Whether keys are taken and sent as telephone events (RFC 4733).
    public var hasTelephoneEvents: Bool
    /// The payload number of telephone events in our own offers; an answer takes the one of the offer.
    public var telephoneEventPayload: UInt8
    /// Milliseconds of audio in a packet.
    public var packetTime: Int
    /// What we are willing to do; `sendonly` puts the other side on hold.
    public var direction: SessionDescription.Direction
    /// The number of our descriptions' session: any value that we have not used before.
    public var session: UInt64

    public init(
        address: String, port: UInt16, codecs: [AudioCodec] = [.pcma, .pcmu], preference: Preference = .ours,
        hasTelephoneEvents: Bool = true, telephoneEventPayload: UInt8 = 101, packetTime: Int = 20,
        direction: SessionDescription.Direction = .sendrecv, session: UInt64
    ) {
        self.address = address
        self.port = port
        self.codecs = codecs
        self.preference = preference
        self.hasTelephoneEvents = hasTelephoneEvents
        self.telephoneEventPayload = telephoneEventPayload
        self.packetTime = packetTime
        self.direction = direction
        self.session = session
    }

    /// Our offer (RFC 3264, 5): all our codecs.
    ///
    /// In a session that already has a description of ours, pass the result through `following(_:)`.
    public func offer() -> SessionDescription {
        var formats = codecs.map {
            SessionDescription.Format(payload: $0.payload, encoding: $0.rawValue, rate: $0.rate)
        }
        if hasTelephoneEvents { formats.append(LocalAudio.events(telephoneEventPayload)) }
        return description([medium(formats)])
    }

    /// Our answer (RFC 3264, 6) and what was agreed; nil when no media line can be accepted (488).
    ///
    /// The first audio line with a codec of ours is taken, with that one codec and telephone events; every other line
    /// is refused with port 0. The lines of the answer are those of the offer, one for one.
    public func answer(to offer: SessionDescription) -> (description: SessionDescription, audio: AgreedAudio)?
    {
        for (index, theirs) in offer.media.enumerated() {
            guard var audio = agreement(with: theirs, of: offer, at: index), let codec = choose(from: theirs)
            else {
                continue
            }
            var formats = [codec.format]
            if hasTelephoneEvents, let payload = audio.telephoneEventPayload {
                formats.append(LocalAudio.events(payload))
            }
            let wanted =
                audio.isHeldByAddress
                ? SessionDescription.Direction.recvonly : offer.direction(of: theirs).reversed
            audio.direction = direction.limited(by: wanted)
            var ours = medium(formats)
            ours.direction = audio.direction
            var media = offer.media.map { refused($0) }
            media[index] = ours
            return (description(media), audio)
        }
        return nil
    }

    /// What an answer to our offer agrees on; nil when it refuses our audio or agrees on nothing that we offered.
    ///
    /// - Parameter ours: the description that was offered.
    public func accept(_ answer: SessionDescription, to ours: SessionDescription) -> AgreedAudio? {
        guard let index = ours.media.firstIndex(where: { $0.kind == "audio" && $0.port != 0 }),
            index < answer.media.count,
            var audio = agreement(with: answer.media[index], of: answer, at: index)
        else { return nil }
        let theirs = answer.direction(of: answer.media[index]).reversed
        audio.direction = ours.direction(of: ours.media[index]).limited(by: theirs)
        if audio.isHeldByAddress { audio.direction = audio.direction.limited(by: .recvonly) }
        return audio
    }

    // MARK: parts

    /// What a media line offers to us; nil when it is not for us.
    private func agreement(
        with theirs: SessionDescription.Media, of description: SessionDescription, at index: Int
    ) -> AgreedAudio? {
        guard theirs.kind == "audio", theirs.port != 0, theirs.transport == "RTP/AVP",
            let address = description.address(of: theirs), LocalAudio.isNumeric(address),
            let choice = choose(from: theirs)
        else { return nil }
        let event = theirs.formats.first {
            SIPText.equal($0.encoding, "telephone-event") && $0.rate == 8_000 && $0.payload >= 96
        }
        return AgreedAudio(
            mediaIndex: index, remoteAddress: address, remotePort: theirs.port,
            remoteRTCPPort: theirs.rtcpPort ?? (theirs.port == .max ? 0 : theirs.port + 1),
            codec: choice.codec,
            payload: choice.format.payload, telephoneEventPayload: hasTelephoneEvents ? event?.payload : nil,
            packetTime: theirs.packetTime ?? 20, direction: direction,
            isHeldByAddress: address == "0.0.0.0" || address == "::")
    }

    private func choose(
        from theirs: SessionDescription.Media
    ) -> (codec: AudioCodec, format: SessionDescription.Format)? {
        func format(of codec: AudioCodec) -> SessionDescription.Format? {
            theirs.formats.first { SIPText.equal($0.encoding, codec.rawValue) && $0.rate == codec.rate }
        }
        if preference == .ours {
            for codec in codecs { if let format = format(of: codec) { return (codec, format) } }
            return nil
        }
        for format in theirs.formats {
            for codec in codecs
            where SIPText.equal(format.encoding, codec.rawValue) && format.rate == codec.rate {
                return (codec, format)
            }
        }
        return nil
    }

    private func medium(_ formats: [SessionDescription.Format]) -> SessionDescription.Media {
        .init(kind: "audio", port: port, formats: formats, direction: direction, packetTime: packetTime)
    }

    private func refused(_ medium: SessionDescription.Media) -> SessionDescription.Media {
        .init(kind: medium.kind, port: 0, transport: medium.transport, formatTexts: medium.formatTexts)
    }

    private func description(_ media: [SessionDescription.Media]) -> SessionDescription {
        SessionDescription(
            origin: .init(session: session, version: session, address: address), address: address,
            media: media)
    }

    private static func events(_ payload: UInt8) -> SessionDescription.Format {
        .init(payload: payload, encoding: "telephone-event", rate: 8_000, parameters: "0-16")
    }

    /// Digits and dots, or with a colon: media does not look names up, and takes no multicast.
    private static func isNumeric(_ address: String) -> Bool {
        let bytes = Array(address.utf8)
        if bytes.contains(0x3A) {
            return bytes.allSatisfy { $0 == 0x3A || $0 == 0x2E || Scan.hexadecimal($0) != nil }
        }
        let parts = bytes.split(separator: 0x2E, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.count <= 3 && part.allSatisfy(Scan.isDigit)
                    && UInt8(String(decoding: part, as: UTF8.self)) != nil
            }
    }
}

/// What offer and answer have agreed on, seen from our side.
public struct AgreedAudio: Sendable, Hashable {
    /// Which media line of the descriptions it is.
    public var mediaIndex: Int
    public var remoteAddress: String
    public var remotePort: UInt16
    public var remoteRTCPPort: UInt16
    public var codec: AudioCodec
    /// The payload number that packets carry.
    public var payload: UInt8
    /// nil when the other side takes no telephone events.
    public var telephoneEventPayload: UInt8?
    /// Milliseconds of audio in the packets that we send.
    public var packetTime: Int
    /// What we do.
    public var direction: SessionDescription.Direction
    /// The other side gave the address 0.0.0.0, which is the old way to hold a call (RFC 3264, 8.4).
    public var isHeldByAddress: Bool

    /// Whether the other side has put us on hold: it does not want what we send.
    public var isHeld: Bool { !direction.sends }
}
