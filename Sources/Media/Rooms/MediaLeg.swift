import Kernel

/// One leg on its worker's thread; nothing else touches it.
final class MediaLeg {
    /// The far end, resolved, as the packet path needs it.
    struct Remote {
        var endpoint: MediaEndpoint
        var codec: AudioCodec
        var payloadType: UInt8
        var dtmfPayloadType: UInt8?
        var direction: MediaDirection
        /// Where signalling comes from, while the source may still be learned.
        var signalling: MediaEndpoint?
        var latches: Bool
        var described: MediaEndpoint

        /// Where a secure leg's packets go say its checks.
        init(_ remote: SecureRemoteMedia) {
            endpoint = .unset
            described = .unset
            codec = remote.codec
            payloadType = remote.payloadType
            dtmfPayloadType = remote.dtmfPayloadType
            direction = remote.direction
            latches = false
        }
        /// Throws `invalid` for an address that is none.
        init(_ remote: RemoteMedia) throws(Problem) {
            guard let endpoint = MediaEndpoint(address: remote.address, port: remote.port) else {
                throw Problem(.invalid, "The remote media address is not an IP address.")
            }
            self.endpoint = endpoint
            described = endpoint
            codec = remote.codec
            payloadType = remote.payloadType
            dtmfPayloadType = remote.dtmfPayloadType
            direction = remote.direction
            switch remote.source {
            case .sourceAddressFixed: latches = false
            case .latchOnce(let address):
                guard let known = MediaEndpoint(address: address, port: 0) else {
                    throw Problem(.invalid, "The signalling address is not an IP address.")
                }
                latches = true
                signalling = known
            }
        }
    }
    /// What a payload type means on this leg.
    enum Payload {
        case audio(AudioCodec)
        case event
    }

    let id: MediaLegID
    /// Changes with `move`.
    var room: MediaRoom
    let socket: DatagramSocket
    /// Names the leg in epoll: its slot, and which of the legs that were there.
    var token: UInt64
    /// A browser's leg has checks, handshake and keys on its port; `nil` for any other.
    let secure: SecureTransport?
    var remote: Remote?
    var stream: SendStream
    var reception = ReceiveStatistics()
    var keys = TelephoneEventReceiver()
    var statistics: LegStatistics
    var playback: Playback?

    /// Legs that hear this one alone: its packets are passed on to them.
    var hearers: [MediaLeg] = []
    /// More than one talker: heard as a mix, on the clock.
    var mixedTalkers: [MediaLeg] = []
    var hasTalker = false
    /// Set while somebody hears this leg in a mix.
    var mixQueue: MixQueue?
    var mixFrame: [Int16] = []

    var track: RecordedTrack?
    var isHeard = false
    var isSilent = false
    var lastHeard: Int64 = 0
    /// Long before anything, and far enough from the end to add to.
    var lastRelayed = Int64.min / 2

    init(
        id: MediaLegID, room: MediaRoom, socket: DatagramSocket, token: UInt64, opened: Timestamp,
        stream: SendStream, secure: SecureTransport? = nil
    ) {
        self.id = id
        self.room = room
        self.socket = socket
        self.token = token
        self.stream = stream
        self.secure = secure
        statistics = LegStatistics(opened: opened)
    }

    /// Drops what it had with the legs of its room and with their worker; stream, keys and counts go on.
    func forgetRoom() {
        hasTalker = false
        mixQueue = nil
        mixFrame = []
        stream.forgetTalker()
    }

    /// Takes a new description; what was learned about the source is kept while the described end stays the same.
    func take(_ new: Remote) {
        var new = new
        if let old = remote, old.described == new.described, new.latches, old.signalling != nil, !old.latches
        {
            new.endpoint = old.endpoint
            new.latches = false
        }
        remote = new
    }

    /// Whether a packet from `source` belongs to this leg; learns the source once where that is allowed.
    func accepts(_ source: MediaEndpoint) -> Bool {
        guard let known = remote else { return false }
        if source == known.endpoint { return true }
        guard known.latches, let signalling = known.signalling,
            source.hasSameAddress(as: known.endpoint) || source.hasSameAddress(as: signalling)
        else { return false }
        remote?.endpoint = source
        return true
    }

    /// From the first packet that was understood on, the source is settled.
    func latch() { remote?.latches = false }

    /// `nil` for a payload type that was not negotiated. The static types of both laws are always understood, since
    /// a far end may use any that our description named.
    func payload(_ type: UInt8) -> Payload? {
        guard let remote else { return nil }
        if type == remote.payloadType { return .audio(remote.codec) }
        if type == remote.dtmfPayloadType { return .event }
        if type == AudioCodec.pcma.payloadType { return .audio(.pcma) }
        if type == AudioCodec.pcmu.payloadType { return .audio(.pcmu) }
        return nil
    }

    var finalStatistics: LegStatistics {
        var result = statistics
        result.lost = reception.lost
        result.jitterMicroseconds = reception.jitterMicroseconds
        return result
    }
}

/// One room on its worker's thread.
final class MediaRoom {
    let id: RoomID
    var legs: [MediaLeg] = []
    /// Legs that are on their way here.
    var expected: [MediaLegID] = []
    var matrix = TalkMatrix()
    var recording: RoomRecording?

    init(id: RoomID) { self.id = id }

    func leg(_ id: MediaLegID) -> MediaLeg? { legs.first { $0.id == id } }

    /// Turns the matrix into what the packet path follows: one talker is passed on, more are mixed.
    func rewire() {
        for leg in legs {
            leg.hearers = []
            leg.mixedTalkers = []
            leg.hasTalker = false
        }
        var mixed: Set<MediaLegID> = []
        for listener in legs {
            let talkers = matrix.speakers(to: listener.id).compactMap(leg)
            listener.hasTalker = !talkers.isEmpty
            if talkers.count == 1 {
                talkers[0].hearers.append(listener)
            } else if talkers.count > 1 {
                listener.mixedTalkers = talkers
                for talker in talkers { mixed.insert(talker.id) }
            }
        }
        for leg in legs {
            if !mixed.contains(leg.id) {
                leg.mixQueue = nil
                leg.mixFrame = []
            } else if leg.mixQueue == nil {
                leg.mixQueue = MixQueue()
                leg.mixFrame = [Int16](repeating: 0, count: MediaWorker.frame)
            }
        }
    }
    /// Breaks the ties of a leg that goes; the room has to be rewired after.
    func remove(_ leg: MediaLeg) {
        legs.removeAll { $0 === leg }
        leg.hearers = []
        leg.mixedTalkers = []
    }
}
