/// What makes a leg a browser's: checks, handshake, keys and reports on the one port. On its worker's thread.
///
/// The worker moves the datagrams (`MediaWorker+Secure.swift`); what is decided is in the values that it holds.
final class SecureTransport {
    /// The most sources that one far end may use in its life: each has a window against replays in the memory.
    static let mostSources = 8
    /// Addresses from which checks have passed and packets are taken: networks that a browser changes between.
    static let mostAddresses = 4
    /// Checks are 2 to 20 a second while a browser tries its addresses; each costs two hashes.
    static let checksPerSecond: Int64 = 50
    /// A handshake has some ten datagrams, with repetitions; each may cost a signature.
    static let handshakesPerSecond: Int64 = 50

    let handshake: DTLSSession
    let source: UInt32
    let name: String
    var responder: ICEResponder
    var watch: TransportWatch
    var checks = RateLimit(perSecond: checksPerSecond)
    var handshakes = RateLimit(perSecond: handshakesPerSecond)
    /// The keys, once the handshake is through and the far end is who it should be.
    var keys: SRTPSession?
    /// The certificate that the far end's description names.
    var expected: CertificateDigest?
    /// Where media goes: the source of the last nominated check.
    private(set) var nominated: NetworkPath?
    /// The ways of checks that passed, the last one first.
    private(set) var checked: [NetworkPath] = []
    private var sources: [UInt32] = []

    var nextReport: Int64 = .max
    /// The clock of their last sender report, and when it came.
    var theirReport: (clock: UInt32, at: Int64)?

    init(
        handshake: DTLSSession, credentials: ICECredentials, source: UInt32, name: String,
        watch: TransportWatch
    ) {
        self.handshake = handshake
        self.source = source
        self.name = name
        self.watch = watch
        responder = ICEResponder(credentials: credentials)
    }

    /// Whether audio can be sent.
    var isOpen: Bool { watch.state == .up || watch.state == .lost }

    /// Notes the way that a check came which passed.
    func note(_ path: NetworkPath, nominated isNominated: Bool) {
        if checked.first != path {
            checked.removeAll { $0 == path }
            checked.insert(path, at: 0)
            if checked.count > Self.mostAddresses { checked.removeLast() }
        }
        if isNominated { nominated = path }
    }
    /// Whether packets from an address are looked at.
    func knows(_ address: MediaEndpoint) -> Bool {
        address == nominated?.remote || checked.contains { $0.remote == address }
    }

    /// Whether a source is known, or there is room for one more.
    func admits(_ source: UInt32) -> Bool { sources.contains(source) || sources.count < Self.mostSources }
    /// Notes the source of an authentic packet.
    func note(source: UInt32) { if !sources.contains(source) { sources.append(source) } }
}

/// What a datagram on a secure leg is, by its first two bytes (RFC 7983, 7 and RFC 5761, 4).
enum DatagramKind {
    case check, handshake, media, report, unknown

    init(_ first: UInt8, _ second: UInt8) {
        switch first {
        case 0...3: self = .check
        case 20...63: self = .handshake
        case 128...191: self = (192...223).contains(second) ? .report : .media
        default: self = .unknown
        }
    }
}
