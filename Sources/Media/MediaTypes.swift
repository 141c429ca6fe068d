package import Kernel

/// One leg's media: minted by the caller, never used twice in the life of a `MediaService`.
package struct MediaLegID: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
    package var description: String { "leg-\(number)" }
}

/// The room of one call, in which legs hear each other; minted by the caller, never used twice.
package struct RoomID: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
    package var description: String { "room-\(number)" }
}

/// One order to play something; comes back in `MediaEvent.playEnded`.
package struct PlayID: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
}

/// What this side does with a leg's stream (RFC 3264), seen from here: `.sendonly` sends and does not listen.
package enum MediaDirection: String, Codable, Sendable {
    case sendrecv, sendonly, recvonly, inactive

    var sends: Bool { self == .sendrecv || self == .sendonly }
    var receives: Bool { self == .sendrecv || self == .recvonly }
}

/// From where a leg's packets are taken.
package enum SourcePolicy: Hashable, Sendable {
    /// Only from the address and port of the description.
    case sourceAddressFixed
    /// Behind a translator the description may name a private address or another port: the source of the first
    /// packet that comes from the described address, or from the one that signalling comes from, becomes the
    /// remote end, once.
    case latchOnce(from: String)
}

/// The far end of a leg as negotiated.
package struct RemoteMedia: Hashable, Sendable {
    /// IPv4 or IPv6 in text, from the description's `c=` line.
    package var address: String
    package var port: UInt16
    package var codec: AudioCodec
    /// RTP payload type of the codec, normally the static one.
    package var payloadType: UInt8
    /// RTP payload type of telephone-event (RFC 4733), or `nil` when it was not negotiated.
    package var dtmfPayloadType: UInt8?
    package var direction: MediaDirection
    package var source: SourcePolicy

    /// `payloadType` defaults to the codec's static one.
    package init(
        address: String, port: UInt16, codec: AudioCodec, payloadType: UInt8? = nil,
        dtmfPayloadType: UInt8? = nil,
        direction: MediaDirection = .sendrecv, source: SourcePolicy = .sourceAddressFixed
    ) {
        self.address = address
        self.port = port
        self.codec = codec
        self.payloadType = payloadType ?? codec.payloadType
        self.dtmfPayloadType = dtmfPayloadType
        self.direction = direction
        self.source = source
    }
}

/// What a leg is sent while nothing is played to it and nobody speaks to it.
package enum IdlePolicy: Sendable {
    /// Silence in the leg's codec, 50 packets a second: address translators and the far end stay alive.
    case silence
    case nothing
}

/// How a play ended.
package enum PlayEnd: String, Sendable {
    /// It was heard to its end.
    case finished
    case stopped
    /// Another play took its place.
    case replaced
}

/// What one leg's media did, told when it closes.
package struct LegStatistics: Hashable, Sendable {
    /// When the leg was opened, as its opener said.
    package var opened: Timestamp
    package var packetsReceived = 0
    package var bytesReceived = 0
    package var packetsSent = 0
    package var bytesSent = 0
    /// Packets that never came, by their sequence numbers.
    package var lost = 0
    /// Packets from an address that was not negotiated.
    package var foreign = 0
    /// Packets that are no RTP, of a payload type that was not negotiated, or that came while not listening.
    package var unusable = 0
    /// Packets that the kernel did not take.
    package var unsent = 0
    /// On a secure leg: checks and packets that were not of the far end, or that had come before.
    package var unauthenticated = 0
    /// On a secure leg: packets that never came to the far end, as it reports.
    package var farLost = 0
    /// On a secure leg: to the far end and back, microseconds; zero before the first report.
    package var roundTripMicroseconds = 0
    /// Smoothed variation of the transit time (RFC 3550, A.8), microseconds.
    package var jitterMicroseconds = 0
}

/// What the media side tells. `closed` is the last event of a leg; until it, events may still come after `close`
/// has been called.
package enum MediaEvent: Sendable {
    /// The first packet came from the far end.
    case heard(MediaLegID)
    /// Nothing came for this long after something had, nor since the last description; told once per silence, and
    /// not while the leg is not listened to.
    case silent(MediaLegID, milliseconds: Int)
    /// A key was pressed, told when it is let go.
    case digit(MediaLegID, PressedKey)
    /// A play ended. A leg that closes while something plays gets no such event.
    case playEnded(MediaLegID, PlayID, PlayEnd)
    /// The recording stopped early: disk full, or not writable, or too slow. The call goes on.
    case recordingFailed(RoomID, recording: String, reason: String)
    /// All tracks are on disk, with their digests. Comes from the writer's thread, so perhaps after the legs' `closed`.
    case recordingFinished(RoomID, recording: String, [TrackResult])
    case closed(MediaLegID, LegStatistics)
    /// What became of the way to a browser; never told of a plain leg.
    case transport(MediaLegID, TransportEvent)
}

/// How the media side is set up; the defaults are those of the product.
package struct MediaSettings: Sendable {
    /// Where sockets are bound; an address of this machine, or one of "0.0.0.0" and "::".
    package var bindAddress = "0.0.0.0"
    /// The address that descriptions name, when it differs from the one that is bound.
    package var advertisedAddress = "127.0.0.1"
    /// The addresses of this machine, the best one first, when none was chosen to be advertised: each leg names the one
    /// by which its peer is reached, and browsers try them all.
    package var ownAddresses: [String] = []
    /// First and last UDP port for RTP; even ones are used.
    package var ports: ClosedRange<UInt16> = 16_384...32_767
    /// Media threads; one per core is enough.
    package var workers = 1
    package var idle = IdlePolicy.silence
    /// After this long without a packet a leg counts as silent.
    package var silentAfter = TimeSpan.seconds(20)
    /// A secure leg on which nothing at all has come for this long, while audio came before, has lost its way.
    package var lostAfter = TimeSpan.milliseconds(2_500)
    /// A secure leg that is not up this long after it was opened is closed: the browser has to fetch its answer,
    /// try its addresses and shake hands.
    package var openWithin = TimeSpan.seconds(30)
    /// Blocks of 600 ms that may wait for the disk, per writer; beyond it recordings fail instead of the memory.
    package var waitingBlocks = 8_192
    /// The 20 ms clock; other values are for tests alone.
    var tickNanoseconds: Int64 = 20_000_000
    /// Between two reports on a secure leg (RFC 3550, 6.2 has five seconds as the least); other values are for tests.
    var reportNanoseconds: Int64 = 5_000_000_000

    package init() {}
}
