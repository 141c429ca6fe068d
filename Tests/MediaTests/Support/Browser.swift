import Kernel

@testable import Media

/// A browser as a leg sees it: checks, DTLS as a client, SRTP, from one socket or, after a change of network, another.
final class Browser {
    /// What came, opened where it was sealed.
    enum Received: Equatable {
        case audio(Packet)
        case report(ControlReport)
        case handshake(DTLSSession.State)
    }
    static let identity = try? DTLSIdentity()

    let leg: MediaLegID
    let ours: SecureLegDescription
    let ufrag = "chrm"
    let session: DTLSSession
    var keys: SRTPSession?
    var peer: Peer
    private let buffer = PacketBuffer()
    private var transaction: UInt8 = 0

    /// Opens the leg on the stage's service and describes this browser to it.
    init(
        _ stage: Stage, _ number: UInt64, room: UInt64 = 1, codec: AudioCodec = .pcma, dtmf: UInt8? = 101,
        fingerprint: CertificateDigest? = nil, direction: MediaDirection = .sendrecv,
        identity own: DTLSIdentity? = nil
    ) throws {
        guard let identity = own ?? Self.identity else {
            throw Problem(.internal, "no certificate for the test")
        }
        leg = MediaLegID(number)
        ours = try stage.service.openSecure(leg, room: RoomID(room), at: Stage.zero)
        stage.service.setSecureRemote(
            leg,
            SecureRemoteMedia(
                ufrag: ufrag, fingerprint: fingerprint ?? identity.digest, codec: codec,
                dtmfPayloadType: dtmf, direction: direction))
        session = try DTLSSession(identity, .client)
        peer = try Peer()
        peer.target = ours.port
    }
    /// The source of what this browser sends.
    static let source: UInt32 = 77

    // MARK: Checks

    /// A binding request as Chromium sends it, or with something wrong.
    func request(
        nominating: Bool = true, username: String? = nil, password: String? = nil,
        more: [STUNMessage.Attribute] = []
    ) -> [UInt8] {
        transaction &+= 1
        var attributes: [STUNMessage.Attribute] = [
            .init(type: STUNAttribute.username, value: Array((username ?? "\(ours.ufrag):\(ufrag)").utf8)),
            .init(type: 0xC057, value: [0, 1, 0, 10]),
            .init(type: 0x802A, value: [UInt8](repeating: 7, count: 8)),
        ]
        if nominating { attributes.append(.init(type: STUNAttribute.useCandidate, value: [])) }
        attributes.append(.init(type: STUNAttribute.priority, value: [0x6E, 0x7F, 0x1E, 0xFF]))
        return STUNMessage.write(
            STUNMessage.bindingRequest, transaction: [UInt8](repeating: transaction, count: 12),
            attributes + more, key: Array((password ?? ours.password).utf8))
    }
    /// Sends a check and waits for its answer.
    func check(_ request: [UInt8]) -> STUNMessage? {
        peer.send(request)
        for _ in 0..<100 {
            guard let bytes = peer.receiveBytes() else { return nil }
            if let answer = STUNMessage(bytes), answer.transaction.elementsEqual(request[8..<20]) {
                return answer
            }
        }
        return nil
    }

    // MARK: Handshake

    /// Checks, shakes hands and takes the keys; false when it came to nothing.
    func connect() -> Bool {
        guard check(request())?.type == STUNMessage.bindingSuccess else { return false }
        return shakeHands()
    }
    func shakeHands() -> Bool {
        guard begin() else { return false }
        return finish()
    }
    /// Sends the first flight.
    func begin() -> Bool { say(session.put(buffer, count: 0)) == .waiting }
    /// Answers flights until the keys are there.
    func finish() -> Bool {
        for _ in 0..<50 {
            guard let bytes = peer.receiveBytes() else { return false }
            guard DatagramKind(bytes[0], bytes[1]) == .handshake else { continue }
            buffer.copy(from: bytes)
            switch say(session.put(buffer, count: bytes.count)) {
            case .waiting: continue
            case .up:
                keys = SRTPSession(session, source: Self.source)
                return keys != nil && session.peerDigest == ours.fingerprint
            case .ended, .failed: return false
            }
        }
        return false
    }
    /// Sends what the session has to say.
    private func say(_ state: DTLSSession.State) -> DTLSSession.State {
        while let count = session.take(into: buffer) { peer.send(buffer.prefix(count)) }
        return state
    }
    func sayGoodbye() {
        session.close()
        _ = say(.ended)
    }

    // MARK: Audio

    /// The packet as it goes over the wire.
    func seal(_ packet: Packet) -> [UInt8] {
        buffer.copy(from: packet.bytes)
        guard let count = keys?.seal(buffer, count: packet.bytes.count) else { return [] }
        return buffer.prefix(count)
    }
    func send(_ packet: Packet) { peer.send(seal(packet)) }
    /// A report about `about`, as a receiver that sent nothing itself or as a sender.
    func sendReport(sent: ControlReport.Sent? = nil, about: ReceptionReport? = nil) {
        let count = ControlReport.write(
            buffer, source: Self.source, name: "browser", sent: sent, about: about)
        if let sealed = keys?.sealReport(buffer, count: count) { peer.send(buffer.prefix(sealed)) }
    }

    /// The next packet of audio or keys, opened; `nil` after the bounded wait, or without waiting when none is there.
    func receive(waiting: Bool = true) -> Packet? {
        for _ in 0..<5_000 {
            guard let bytes = peer.receiveBytes(waiting: waiting) else { return nil }
            if case .audio(let packet)? = open(bytes) { return packet }
        }
        return nil
    }
    func receive(limit: Int = 5_000, where matches: (Packet) -> Bool) -> Packet? {
        for _ in 0..<limit {
            guard let packet = receive() else { return nil }
            if matches(packet) { return packet }
        }
        return nil
    }
    func receiveReport() -> ControlReport? {
        for _ in 0..<5_000 {
            guard let bytes = peer.receiveBytes() else { return nil }
            if case .report(let report)? = open(bytes) { return report }
        }
        return nil
    }
    func receiveEnd() -> Bool {
        for _ in 0..<5_000 {
            guard let bytes = peer.receiveBytes() else { return false }
            if case .handshake(.ended)? = open(bytes) { return true }
        }
        return false
    }
    private func open(_ bytes: [UInt8]) -> Received? {
        buffer.copy(from: bytes)
        switch DatagramKind(bytes[0], bytes[1]) {
        case .media:
            guard let count = keys?.open(buffer, count: bytes.count) else { return nil }
            return Packet(buffer.prefix(count)).map { .audio($0) }
        case .report:
            guard let count = keys?.openReport(buffer, count: bytes.count) else { return nil }
            return ControlReport.read(buffer, length: count, ownSource: Self.source).map { .report($0) }
        case .handshake: return .handshake(session.put(buffer, count: bytes.count))
        case .check, .unknown: return nil
        }
    }
}

extension Stage {
    /// A browser whose way is open.
    func browser(_ number: UInt64, room: UInt64 = 1, codec: AudioCodec = .pcma, dtmf: UInt8? = 101) throws
        -> Browser
    {
        let browser = try Browser(self, number, room: room, codec: codec, dtmf: dtmf)
        guard browser.connect(), log.transport(browser.leg, .up) != nil else {
            throw Problem(.internal, "the browser could not connect")
        }
        return browser
    }
}
