import Glibc
import Kernel
import Testing

@testable import Media

/// What happens when the far end is late, comes twice, is somebody else, or never comes.
struct SecureTransportTests {
    private let twisted = CertificateDigest(bytes: [UInt8](repeating: 7, count: 32))

    @Test func `whoever shows another certificate than the offer's is closed and never heard`() throws {
        let stage = try Stage()
        let browser = try Browser(stage, 1, fingerprint: twisted)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        _ = browser.connect()
        #expect(stage.log.transport(browser.leg, .failed(.wrongFingerprint)) != nil)
        #expect(stage.log.closed(browser.leg) != nil)
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        stage.service.close(phone.id)
        #expect(try #require(stage.log.closed(phone.id)).packetsSent == 0)
        #expect(stage.log.transports(browser.leg) == [.failed(.wrongFingerprint)])
        // The leg is gone: its owner's late close and commands do nothing.
        stage.service.close(browser.leg)
        stage.service.stop()
        #expect(stage.log.closedCount == 2)
    }
    @Test func `a description that names another certificate later closes the leg`() throws {
        let stage = try Stage()
        let browser = try stage.browser(1)
        stage.service.setSecureRemote(
            browser.leg, SecureRemoteMedia(ufrag: browser.ufrag, fingerprint: twisted, codec: .pcma))
        #expect(stage.log.transport(browser.leg, .failed(.wrongFingerprint)) != nil)
        #expect(stage.log.closed(browser.leg) != nil)
    }
    @Test func `a wrong password or name is refused, and the handshake with it`() throws {
        let stage = try Stage()
        let browser = try Browser(stage, 1)
        for request in [
            browser.request(password: "guessed"), browser.request(username: "x:\(browser.ufrag)"),
        ] {
            let answer = try #require(browser.check(request))
            #expect(answer.type == STUNMessage.bindingError)
            #expect(answer.value(STUNAttribute.errorCode)?.prefix(4) == [0, 0, 4, 1])
        }
        #expect(browser.begin())
        // The hello came from nobody: the next check is answered, the hello is not.
        #expect(browser.check(browser.request(nominating: false)) != nil)
        #expect(browser.peer.receiveBytes(waiting: false) == nil)
        stage.service.close(browser.leg)
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.unauthenticated == 2)
        #expect(statistics.foreign == 1)
    }
    @Test func `garbage of every kind, from strangers and from the browser's own address, changes nothing`()
        throws
    {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        let stranger = try Peer()
        stranger.target = browser.ours.port
        var dice = SeededGenerator(seed: 9)
        var sent = 0
        for first in 0...255 {
            for length in [0, 1, 2, 11, 13, 28, 200, 1_400] {
                var bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &dice) }
                if length > 0 { bytes[0] = UInt8(first) }
                browser.peer.send(bytes)
                stranger.send(bytes)
                sent += 2
            }
            // Small enough a heap for the socket's buffer.
            if first % 8 == 7 { stage.service.injectDigit(browser.leg, "1") }
            if first % 8 == 7 {
                browser.send(
                    Packet(sequence: UInt16(first), timestamp: UInt32(first * 160), payload: speech(1)))
                #expect(phone.peer.receive() != nil)
            }
        }
        #expect(phone.peer.receiveWaiting() == nil)
        #expect(stranger.receiveBytes(waiting: false) == nil)
        stage.service.close(browser.leg)
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.packetsReceived == 32)
        // OpenSSL drops broken records of the browser's own address without a word.
        let records = 44 * 6
        #expect(
            (sent - records...sent).contains(
                statistics.foreign + statistics.unusable + statistics.unauthenticated))
        #expect(stage.log.transports(browser.leg) == [.up])
    }
    @Test func `what is not sealed, was changed on the way or comes twice is never heard`() throws {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        func packet(_ number: Int) -> Packet {
            Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number))
        }
        let sealed = browser.seal(packet(1))
        browser.peer.send(packet(9).bytes)
        for place in stride(from: 0, to: sealed.count, by: 7) {
            var changed = sealed
            changed[place] ^= 1
            browser.peer.send(changed)
        }
        for _ in 0..<3 { browser.peer.send(sealed) }
        browser.send(packet(2))
        #expect((0..<2).compactMap { _ in phone.peer.receive()?.payload } == [speech(1), speech(2)])
        #expect(phone.peer.receiveWaiting() == nil)
    }
    @Test func `a talker's packet that comes twice is sealed once`() throws {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        for payload in [speech(1), speech(2)] {
            phone.peer.send(Packet(sequence: 1, timestamp: 0, payload: payload))
        }
        phone.peer.send(Packet(sequence: 2, timestamp: 160, payload: speech(3)))
        #expect((0..<2).compactMap { _ in browser.receive()?.payload } == [speech(1), speech(3)])
        stage.service.close(browser.leg)
        #expect(try #require(stage.log.closed(browser.leg)).unsent == 1)
    }
    @Test func `sources without end are not let in, authentic or not`() throws {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        var refused = 0
        for source in 1...20 as ClosedRange<UInt32> {
            let keys = try #require(SRTPSession(browser.session, source: source))
            let buffer = PacketBuffer()
            let packet = Packet(sequence: 1, timestamp: 0, source: source, payload: speech(Int(source)))
            buffer.copy(from: packet.bytes)
            browser.peer.send(buffer.prefix(try #require(keys.seal(buffer, count: packet.bytes.count))))
            if source > UInt32(SecureTransport.mostSources) { refused += 1 }
        }
        for source in 1...SecureTransport.mostSources {
            #expect(phone.peer.receive()?.payload == speech(source))
        }
        _ = browser.check(browser.request())
        stage.service.close(browser.leg)
        #expect(try #require(stage.log.closed(browser.leg)).unauthenticated == refused)
    }
    @Test func `a browser that changes its network is followed by its nominated check, and not before`()
        throws
    {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        let before = browser.peer
        browser.peer = try Peer(address: "127.0.0.2")
        browser.peer.target = browser.ours.port
        let after = browser.peer
        func say(_ number: Int, to peer: Peer) throws {
            phone.peer.send(
                Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(number)))
            browser.peer = peer
            #expect(try #require(browser.receive()).payload == speech(number))
        }
        // Unchecked, its packets are of a stranger.
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(browser.check(browser.request(nominating: false)) != nil)
        try say(1, to: before)
        browser.peer = after
        browser.send(Packet(sequence: 2, timestamp: 160, payload: speech(2)))
        #expect(try #require(phone.peer.receive()).payload == speech(2))
        #expect(browser.check(browser.request()) != nil)
        try say(2, to: after)
        // And back again, by the same rule.
        browser.peer = before
        #expect(browser.check(browser.request()) != nil)
        try say(3, to: before)
        stage.service.close(browser.leg)
        #expect(try #require(stage.log.closed(browser.leg)).foreign == 1)
    }
    @Test func `on a machine with several addresses everything comes from the one that was asked`() throws {
        let stage = try Stage { $0.bindAddress = "0.0.0.0" }
        let browser = try Browser(stage, 1)
        browser.peer.targetAddress = "127.0.0.3"
        browser.peer.insistOnTarget()
        #expect(browser.connect())
        stage.service.play(browser.leg, PlayID(1), [AudioClip(aLaw: speech(1))])
        #expect(browser.receive()?.payload == speech(1))
        stage.service.close(browser.leg)
        #expect(browser.receiveEnd())
    }
    @Test func `a flight that was lost is sent again by the clock`() throws {
        let stage = try Stage()
        let browser = try Browser(stage, 1)
        #expect(browser.check(browser.request()) != nil)
        #expect(browser.begin())
        #expect(browser.peer.receiveBytes() != nil)
        #expect(browser.finish())
        #expect(stage.log.transport(browser.leg, .up) != nil)
    }
    @Test func `audio may be sealed before the address is nominated, and is sent only after`() throws {
        let stage = try Stage { $0.idle = .silence }
        let browser = try Browser(stage, 1)
        #expect(browser.check(browser.request(nominating: false)) != nil)
        #expect(browser.shakeHands())
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(stage.log.first { if case .heard(browser.leg) = $0 { true } else { nil } } != nil)
        #expect(stage.log.transports(browser.leg).isEmpty)
        #expect(browser.receive(waiting: false) == nil)
        #expect(browser.check(browser.request()) != nil)
        #expect(browser.receive() != nil)
        #expect(stage.log.transports(browser.leg) == [.up])
    }
    @Test func `a way on which nothing comes is lost, told once, and back with the next packet or check`()
        throws
    {
        let stage = try Stage { $0.lostAfter = .milliseconds(30) }
        let browser = try stage.browser(1)
        func events() -> [TransportEvent] {
            stage.log.transports(browser.leg).map { event in
                if case .lost(.silent) = event { .lost(.silent(milliseconds: 0)) } else { event }
            }
        }
        let loss = TransportEvent.lost(.silent(milliseconds: 0))
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(stage.log.first { _ in events() == [.up, loss] ? true : nil } != nil)
        browser.send(Packet(sequence: 2, timestamp: 160, payload: speech(1)))
        #expect(stage.log.first { _ in events() == [.up, loss, .back, loss] ? true : nil } != nil)
        #expect(browser.check(browser.request()) != nil)
        #expect(stage.log.first { _ in events() == [.up, loss, .back, loss, .back] ? true : nil } != nil)
    }
    @Test func `a goodbye is a loss at once, and the leg is its owner's to close`() throws {
        let stage = try Stage { $0.idle = .silence }
        let browser = try stage.browser(1)
        browser.sayGoodbye()
        #expect(stage.log.transport(browser.leg, .lost(.closedByPeer)) != nil)
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        browser.sayGoodbye()
        stage.service.close(browser.leg)
        #expect(stage.log.closed(browser.leg) != nil)
        #expect(stage.log.transports(browser.leg) == [.up, .lost(.closedByPeer)])
    }
    @Test func `a browser that never comes, or stops half-way, is closed in the end`() throws {
        let stage = try Stage { $0.openWithin = .milliseconds(50) }
        let (absent, halfway) = (try Browser(stage, 1), try Browser(stage, 2))
        #expect(halfway.check(halfway.request()) != nil)
        #expect(halfway.begin())
        for leg in [absent.leg, halfway.leg] {
            #expect(stage.log.transport(leg, .failed(.timedOut)) != nil)
            #expect(stage.log.closed(leg) != nil)
        }
        #expect(stage.service.freePorts == 100)
    }
    @Test func `a browser without a profile of ours is told so and closed`() throws {
        let stage = try Stage()
        let identity = try DTLSIdentity(profiles: "SRTP_AES128_CM_SHA1_32")
        let browser = try Browser(stage, 1, fingerprint: identity.digest, identity: identity)
        _ = browser.connect()
        #expect(stage.log.transport(browser.leg, .failed(.handshakeFailed)) != nil)
        #expect(stage.log.closed(browser.leg) != nil)
    }
    @Test func `a leg may be closed inside any of its transport events`() throws {
        for name in ["up", "lost", "failed"] {
            let stage = try Stage { $0.lostAfter = .milliseconds(20) }
            let service = stage.service
            stage.log.react { event in
                guard case .transport(let leg, let event) = event else { return }
                switch (event, name) {
                case (.up, "up"), (.lost, "lost"), (.failed, "failed"):
                    service.close(leg)
                    service.play(leg, PlayID(1), [])
                    service.move(leg, to: RoomID(77))
                default: break
                }
            }
            let browser = try Browser(stage, 1, fingerprint: name == "failed" ? twisted : nil)
            _ = browser.connect()
            browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
            #expect(stage.log.closed(browser.leg) != nil, "\(name)")
            service.stop()
            #expect(stage.log.closedCount == 1)
        }
    }
    @Test func `plain descriptions are not for secure legs, nor secure ones for plain legs`() throws {
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        try stage.service.setRemote(
            browser.leg, RemoteMedia(address: "127.0.0.1", port: phone.peer.port, codec: .pcmu))
        stage.service.setSecureRemote(
            phone.id, SecureRemoteMedia(ufrag: "x", fingerprint: twisted, codec: .pcmu))
        browser.send(Packet(sequence: 1, timestamp: 0, payload: speech(1)))
        #expect(phone.peer.receive()?.payload == speech(1))
        phone.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(2)))
        #expect(browser.receive()?.payload == speech(2))
    }
    @Test func `a fingerprint is 32 bytes with colons, in either case, and nothing else`() {
        let text = (0..<32).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0 + 160, radix: 16) }
            .joined(separator: ":")
        #expect(CertificateDigest(text)?.description == text.uppercased())
        for wrong in [
            "", "00", text + ":00", text.replacing(":", with: ""), text.replacing("00", with: "+1"),
        ] {
            #expect(CertificateDigest(wrong) == nil)
        }
    }
}
