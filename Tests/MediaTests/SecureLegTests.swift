import Glibc
import Kernel
import Testing

@testable import Media

struct SecureLegTests {
    @Test(arguments: ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"])
    func `a browser and a telephone hear each other, sealed on one side and plain on the other`(
        profile: String
    )
        throws
    {
        let stage = try Stage()
        let identity = try DTLSIdentity(profiles: profile)
        let browser = try Browser(stage, 1, fingerprint: identity.digest, identity: identity)
        #expect(browser.connect())
        #expect(stage.log.transport(browser.leg, .up) != nil)
        let phone = try stage.leg(2, codec: .pcmu)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        for number in 0..<50 {
            let (sequence, timestamp) = (UInt16(truncatingIfNeeded: 65_520 + number), UInt32(number * 160))
            browser.send(Packet(sequence: sequence, timestamp: timestamp, payload: speech(number)))
            let plain = try #require(phone.peer.receive())
            #expect(plain.payload == speech(number).map { G711Tables.shared.muOfA[Int($0)] })
            phone.peer.send(Packet(0, sequence: sequence, timestamp: timestamp, payload: speech(number)))
            let heard = try #require(browser.receive())
            #expect(heard.payload == speech(number).map { G711Tables.shared.aOfMu[Int($0)] })
            #expect(heard.payloadType == 8)
            #expect(heard.source == browser.ours.source)
        }
        stage.service.close(browser.leg)
        #expect(browser.receiveEnd())
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.packetsReceived == 50)
        #expect(statistics.packetsSent == 50)
        #expect(statistics.bytesReceived == 8_000)
        #expect(statistics.unauthenticated == 0)
        #expect(statistics.lost == 0)
        #expect(stage.log.transports(browser.leg) == [.up])
    }
    @Test func `two browsers and a telephone are mixed, and each is sealed for itself`() throws {
        let stage = try Stage()
        let (one, two) = (try stage.browser(1), try stage.browser(2, codec: .pcmu))
        let phone = try stage.leg(3)
        stage.service.connect(RoomID(1), .all([one.leg, two.leg, phone.id]))
        func packet(_ type: UInt8, _ number: Int, _ code: UInt8) -> Packet {
            Packet(
                type, sequence: UInt16(number), timestamp: UInt32(number * 160),
                payload: [UInt8](repeating: code, count: 160))
        }
        func isNear(_ sample: Int16, _ sum: Int) -> Bool { abs(Int(sample) - sum) <= sum / 16 }
        // Steady levels go on until each has heard the sum of the others: the frames of a slow machine meet late.
        var (first, second, third) = (false, false, false)
        for number in 1...50_000 where !(first && second && third) {
            one.send(packet(8, number, ALaw.encode(1_000)))
            two.send(packet(0, number, MuLaw.encode(2_000)))
            phone.peer.send(packet(8, number, ALaw.encode(4_000)))
            while let heard = one.receive(waiting: false) {
                first = first || isNear(ALaw.decode(heard.payload[80]), 6_000)
            }
            while let heard = two.receive(waiting: false) {
                second = second || isNear(MuLaw.decode(heard.payload[80]), 5_000)
            }
            while let heard = phone.peer.receiveWaiting() {
                third = third || isNear(ALaw.decode(heard.payload[80]), 3_000)
            }
        }
        #expect(first && second && third)
    }
    @Test func `one talker is passed on to a browser and a telephone, whoever comes first`() throws {
        let stage = try Stage()
        let talker = try stage.leg(1)
        let legs = (try stage.browser(2), try stage.leg(3), try stage.browser(4))
        var matrix = TalkMatrix()
        for leg in [legs.0.leg, legs.1.id, legs.2.leg] { matrix.connect(talker.id, to: leg) }
        stage.service.connect(RoomID(1), matrix)
        talker.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(7)))
        #expect(legs.0.receive()?.payload == speech(7))
        #expect(legs.1.peer.receive()?.payload == speech(7))
        #expect(legs.2.receive()?.payload == speech(7))
    }
    @Test func `prompts and silence reach a browser sealed`() throws {
        let stage = try Stage { $0.idle = .silence }
        let browser = try stage.browser(1)
        #expect(browser.receive()?.payload == [UInt8](repeating: 0xD5, count: 160))
        stage.service.play(browser.leg, PlayID(1), [AudioClip(aLaw: speech(4))])
        #expect(browser.receive { $0.payload == speech(4) } != nil)
        #expect(stage.log.ended(PlayID(1)) == .finished)
    }
    @Test func `keys are told from a browser and passed on to one`() throws {
        let stage = try Stage()
        let (one, two) = (try stage.browser(1, dtmf: 126), try stage.browser(2, dtmf: 101))
        stage.service.connect(RoomID(1), .pair(one.leg, two.leg))
        for (number, payload) in [[5, 0x0A, 0, 160], [5, 0x8A, 3, 192], [5, 0x8A, 3, 192]].enumerated() {
            one.send(
                Packet(
                    126, marker: number == 0, sequence: UInt16(number), timestamp: 1_000,
                    payload: payload.map { UInt8($0) }))
        }
        let heard = (0..<3).compactMap { _ in two.receive() }
        #expect(heard.map(\.payloadType) == [101, 101, 101])
        #expect(heard.map { $0.payload[0] } == [5, 5, 5])
        #expect(stage.log.digits == [PressedKey(key: "5", milliseconds: 120)])
    }
    @Test func `what a browser says is recorded in clear`() throws {
        let scratch = try Scratch()
        let stage = try Stage()
        let browser = try stage.browser(1)
        let phone = try stage.leg(2)
        stage.service.connect(RoomID(1), .pair(browser.leg, phone.id))
        try stage.service.startRecording(
            RoomID(1),
            RecordingSpec(
                directory: scratch.path, id: "c", tracks: [browser.leg: "agent"], started: Stage.zero))
        browser.send(Packet(sequence: 1, timestamp: 0, payload: [UInt8](repeating: 0xAB, count: 160)))
        #expect(phone.peer.receive() != nil)
        stage.service.stopRecording(RoomID(1))
        let track = try #require(stage.log.finished(RoomID(1))?.first)
        #expect(try DiskFile.readAll(track.path, limit: 1 << 20).count { $0 == 0xAB } == 160)
    }
    @Test func `reports tell both sides about loss and the way there and back`() throws {
        let stage = try Stage { $0.reportNanoseconds = 30_000_000 }
        let browser = try stage.browser(1)
        // Four were sent, two came.
        for number in [1, 4] {
            browser.send(
                Packet(sequence: UInt16(number), timestamp: UInt32(number * 160), payload: speech(1)))
        }
        browser.sendReport(
            sent: ControlReport.Sent(clock: 0x1111_2222_3333_4444, timestamp: 1, packets: 4, bytes: 640))
        stage.service.play(browser.leg, PlayID(1), [AudioClip.silence(milliseconds: 100)], loop: true)
        var about: ReceptionReport?
        var clock: UInt32?
        for _ in 0..<100 where about?.lastSenderReport != 0x2222_3333 || clock == nil {
            let report = try #require(browser.receiveReport())
            about = report.aboutUs ?? about
            clock = report.senderClock ?? clock
        }
        #expect(about?.source == Browser.source)
        #expect(about?.lost == 2)
        #expect(about?.highest == 4)
        browser.sendReport(
            about: ReceptionReport(
                source: browser.ours.source, fractionLost: 9, lost: 3, highest: 5, jitter: 0,
                lastSenderReport: try #require(clock), sinceSenderReport: 0))
        browser.send(Packet(sequence: 5, timestamp: 800, payload: [1]))
        _ = browser.check(browser.request())
        stage.service.close(browser.leg)
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.farLost == 3)
        #expect(statistics.roundTripMicroseconds > 0)
        #expect(statistics.packetsReceived == 3)
        #expect(statistics.lost == 2)
    }
    @Test func `a browser's leg moves to another worker with its keys, and old packets stay old`() throws {
        let stage = try Stage { $0.workers = 2 }
        let rooms = Stage.roomsApart(6, workers: 2)
        let browser = try stage.browser(1, room: rooms[0].number)
        var last: Packet?
        var old: [UInt8] = []
        for (round, room) in rooms.enumerated() {
            if round > 0 { stage.service.move(browser.leg, to: room) }
            let phone = try stage.leg(UInt64(10 + round), room: room.number)
            stage.service.connect(room, .pair(browser.leg, phone.id))
            if round > 0 { browser.peer.send(old) }
            old = browser.seal(
                Packet(sequence: UInt16(round), timestamp: UInt32(round * 160), payload: speech(round)))
            browser.peer.send(old)
            #expect(try #require(phone.peer.receive()).payload == speech(round))
            phone.peer.send(Packet(sequence: 1, timestamp: 0, payload: speech(round + 50)))
            let heard = try #require(browser.receive())
            #expect(heard.payload == speech(round + 50))
            if let last { #expect(heard.sequence == last.sequence &+ 1 && heard.source == last.source) }
            last = heard
        }
        stage.service.close(browser.leg)
        #expect(browser.receiveEnd())
        let statistics = try #require(stage.log.closed(browser.leg))
        #expect(statistics.unauthenticated == 5)
        #expect(statistics.packetsReceived == 6)
    }
    @Test func `a thousand browsers that come and go, some half-way, leave no port and no descriptor behind`()
        throws
    {
        let range = PortBlocks.next()
        do {
            let stage = try Stage {
                $0.workers = 2
                $0.ports = range
            }
            for number in 1...1_000 as ClosedRange<UInt64> {
                let browser = try Browser(stage, number, room: number)
                switch number % 5 {
                case 0: #expect(browser.connect())
                case 1: #expect(browser.check(browser.request()) != nil)
                case 2: #expect(browser.check(browser.request()) != nil && browser.begin())
                case 3: stage.service.move(browser.leg, to: RoomID(number + 5_000))
                default: break
                }
                stage.service.close(browser.leg)
                if number % 50 == 0 { #expect(stage.log.waitForClosed(Int(number))) }
            }
            #expect(stage.service.freePorts == 100)
            stage.service.stop()
        }
        for port in stride(from: range.lowerBound, to: range.lowerBound + 200, by: 2) {
            _ = try DatagramSocket(bind: try #require(MediaEndpoint(address: "127.0.0.1", port: port)))
        }
    }
}
