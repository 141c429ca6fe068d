/// What a session description says (RFC 8866), as far as telephony needs it.
///
/// Attributes that are not listed here are read over and not written again.
public struct SessionDescription: Sendable, Hashable {
    /// The most media lines; more make the description unreadable.
    public static let mostMedia = 16
    /// The most formats of one media line.
    public static let mostFormats = 64
    /// The most lines in all.
    public static let mostLines = 512

    /// Who made the description, and which version of it this is (RFC 8866, 5.2).
    public struct Origin: Sendable, Hashable {
        public var user: String
        public var session: UInt64
        public var version: UInt64
        public var address: String
        public init(user: String = "-", session: UInt64, version: UInt64, address: String) {
            self.user = user
            self.session = session
            self.version = version
            self.address = address
        }
    }

    /// Who sends and who receives, seen from the side that wrote the description.
    public enum Direction: String, Sendable, Hashable, Codable {
        case sendrecv, sendonly, recvonly, inactive

        public init(sends: Bool, receives: Bool) {
            self = sends ? (receives ? .sendrecv : .sendonly) : (receives ? .recvonly : .inactive)
        }
        public var sends: Bool { self == .sendrecv || self == .sendonly }
        public var receives: Bool { self == .sendrecv || self == .recvonly }
        /// The same stream seen from the other side.
        public var reversed: Direction { Direction(sends: receives, receives: sends) }
        /// What both sides allow.
        public func limited(by other: Direction) -> Direction {
            Direction(sends: sends && other.sends, receives: receives && other.receives)
        }
    }

    /// One RTP payload number and what it stands for.
    public struct Format: Sendable, Hashable {
        public var payload: UInt8
        /// As in rtpmap, or the static name (RFC 3551); empty when neither is known.
        public var encoding: String
        /// Hertz; 0 when unknown.
        public var rate: Int
        /// `a=fmtp`, without the payload number.
        public var parameters: String?
        public init(payload: UInt8, encoding: String, rate: Int, parameters: String? = nil) {
            self.payload = payload
            self.encoding = encoding
            self.rate = rate
            self.parameters = parameters
        }
    }

    /// One media line with its attributes.
    public struct Media: Sendable, Hashable {
        /// `audio`, `video`, `image`, `application`, ...
        public var kind: String
        /// 0 means refused or ended.
        public var port: UInt16
        /// `RTP/AVP`, `RTP/SAVP`, `udptl`, ...
        public var transport: String
        /// The formats as they stand in the line; for RTP also in `formats`.
        public var formatTexts: [String]
        public var formats: [Format]
        /// The address of this medium; that of the session when nil.
        public var address: String?
        /// That of the session, else sendrecv, when nil.
        public var direction: Direction?
        /// Milliseconds of audio in a packet.
        public var packetTime: Int?
        /// RFC 3605; one above `port` when nil.
        public var rtcpPort: UInt16?
        public var rtcpAddress: String?
        /// RTP and RTCP on one port (RFC 5761).
        public var hasRTCPMux = false

        public init(
            kind: String, port: UInt16, transport: String = "RTP/AVP", formats: [Format] = [],
            formatTexts: [String]? = nil, address: String? = nil, direction: Direction? = nil,
            packetTime: Int? = nil
        ) {
            self.kind = kind
            self.port = port
            self.transport = transport
            self.formats = formats
            self.formatTexts = formatTexts ?? formats.map { String($0.payload) }
            self.address = address
            self.direction = direction
            self.packetTime = packetTime
        }
    }

    public var origin: Origin
    /// The address of all media that have none of their own.
    public var address: String?
    /// The direction of all media that have none of their own.
    public var direction: Direction?
    public var media: [Media]

    public init(origin: Origin, address: String?, direction: Direction? = nil, media: [Media]) {
        self.origin = origin
        self.address = address
        self.direction = direction
        self.media = media
    }

    /// Where the medium is received; nil when the description does not say.
    public func address(of medium: Media) -> String? { medium.address ?? address }
    public func direction(of medium: Media) -> Direction { medium.direction ?? direction ?? .sendrecv }
}

// MARK: writing

extension SessionDescription {
    /// The description on the wire.
    public var bytes: [UInt8] {
        var lines = SDPLines()
        lines.add(
            "o=\(origin.user) \(origin.session) \(origin.version) IN \(SDPLines.family(origin.address)) "
                + origin.address)
        lines.add("s=-")
        if let address { lines.add("c=IN \(SDPLines.family(address)) \(address)") }
        lines.add("t=0 0")
        if let direction { lines.add("a=" + direction.rawValue) }
        for medium in media { medium.write(to: &lines) }
        return lines.bytes
    }

    /// This description as the one that follows `previous` in the same session: its session number, and a version
    /// that is one higher when anything is different and the same when nothing is (RFC 3264, 8).
    public func following(_ previous: SessionDescription) -> SessionDescription {
        var next = self
        next.origin = previous.origin
        next.origin.address = origin.address
        if next != previous { next.origin.version = previous.origin.version &+ 1 }
        return next
    }
}

extension SessionDescription.Media {
    fileprivate func write(to lines: inout SDPLines) {
        let list = formatTexts.isEmpty ? "0" : formatTexts.joined(separator: " ")
        lines.add("m=\(kind) \(port) \(transport) \(list)")
        guard port != 0 else { return }
        if let address { lines.add("c=IN \(SDPLines.family(address)) \(address)") }
        for format in formats where !format.encoding.isEmpty {
            lines.add("a=rtpmap:\(format.payload) \(format.encoding)/\(format.rate)")
            if let parameters = format.parameters { lines.add("a=fmtp:\(format.payload) \(parameters)") }
        }
        if let packetTime { lines.add("a=ptime:\(packetTime)") }
        if let rtcpPort { lines.add("a=rtcp:\(rtcpPort)") }
        if hasRTCPMux { lines.add("a=rtcp-mux") }
        if let direction { lines.add("a=" + direction.rawValue) }
    }
}

/// The lines of a description; what would end a line early becomes a space.
struct SDPLines {
    private(set) var bytes = Array("v=0\r\n".utf8)

    mutating func add(_ line: String) {
        for byte in line.utf8 { bytes.append(byte == 0x0D || byte == 0x0A || byte == 0 ? 0x20 : byte) }
        bytes += [0x0D, 0x0A]
    }

    static func family(_ address: String) -> String { address.utf8.contains(0x3A) ? "IP6" : "IP4" }
}
