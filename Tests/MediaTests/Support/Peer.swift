import Glibc
import Kernel
import Synchronization

@testable import Media

/// One RTP packet as a test sees it.
struct Packet: Equatable {
    var payloadType: UInt8
    var marker: Bool
    var sequence: UInt16
    var timestamp: UInt32
    var source: UInt32
    var payload: [UInt8]

    var bytes: [UInt8] {
        [0x80, payloadType | (marker ? 0x80 : 0), UInt8(sequence >> 8), UInt8(sequence & 255)]
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: timestamp >> $0) }
            + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: source >> $0) } + payload
    }
    init(
        _ payloadType: UInt8 = 8, marker: Bool = false, sequence: UInt16, timestamp: UInt32,
        source: UInt32 = 77,
        payload: [UInt8]
    ) {
        self.payloadType = payloadType
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.source = source
        self.payload = payload
    }
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 12, bytes[0] == 0x80 else { return nil }
        func word(_ range: Range<Int>) -> UInt32 { bytes[range].reduce(0) { $0 << 8 | UInt32($1) } }
        self.init(
            bytes[1] & 0x7F, marker: bytes[1] & 0x80 != 0, sequence: UInt16(word(2..<4)),
            timestamp: word(4..<8),
            source: word(8..<12), payload: Array(bytes[12...]))
    }
}

/// A far end on loopback: a plain blocking UDP socket with a bound on every wait.
final class Peer {
    /// Far more than any answer takes; only a failing test waits that long.
    static let patience = timeval(tv_sec: 10, tv_usec: 0)
    private let descriptor: CInt
    let port: UInt16
    let address: String
    var target: UInt16 = 0
    var targetAddress = "127.0.0.1"

    init(address: String = "127.0.0.1") throws {
        self.address = address
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var local = Self.address(address, 0)
        let bound = Self.withAddress(&local) { bind(descriptor, $0, $1) }
        if bound != 0 { throw SystemError.last("bind") }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &local) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
        }
        port = UInt16(bigEndian: local.sin_port)
        self.descriptor = descriptor
    }
    deinit { close(descriptor) }

    private static func address(_ text: String, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr(text)
        return address
    }
    private static func withAddress(
        _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// From now on takes packets only from where it sends to, as the system filters them.
    func insistOnTarget() {
        var address = Self.address(targetAddress, target)
        _ = Self.withAddress(&address) { connect(descriptor, $0, $1) }
    }
    func send(_ packet: Packet) { send(packet.bytes) }
    func send(_ bytes: [UInt8]) {
        var address = Self.address(targetAddress, target)
        _ = Self.withAddress(&address) { to, length in
            bytes.withUnsafeBytes { CInt(sendto(descriptor, $0.baseAddress, $0.count, 0, to, length)) }
        }
    }
    /// The next datagram, or `nil` after the bounded wait; without waiting, only what arrived already.
    func receiveBytes(waiting: Bool = true) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 2048)
        let got = bytes.withUnsafeMutableBytes {
            recv(descriptor, $0.baseAddress, $0.count, waiting ? 0 : Int32(MSG_DONTWAIT))
        }
        return got > 0 ? Array(bytes[0..<got]) : nil
    }
    /// The next packet that is RTP, or `nil` after the bounded wait.
    func receive() -> Packet? { receiveBytes().flatMap { Packet($0) } }
    /// What arrived already, without waiting.
    func receiveWaiting() -> Packet? { receiveBytes(waiting: false).flatMap { Packet($0) } }
    /// The next packet for which `matches` holds; others are passed over, at most `limit`.
    func receive(limit: Int = 5_000, where matches: (Packet) -> Bool) -> Packet? {
        for _ in 0..<limit {
            guard let packet = receive() else { return nil }
            if matches(packet) { return packet }
        }
        return nil
    }
}

/// Collects events; a test waits for one on a semaphore of the system, with a bound.
final class EventLog: @unchecked Sendable {
    private let state = Mutex<[MediaEvent]>([])
    private let arrived: UnsafeMutablePointer<sem_t>
    private let reaction: Mutex<(@Sendable (MediaEvent) -> Void)?> = Mutex(nil)

    init() {
        arrived = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        sem_init(arrived, 0, 0)
    }
    deinit {
        sem_destroy(arrived)
        arrived.deallocate()
    }
    func react(_ body: @escaping @Sendable (MediaEvent) -> Void) { reaction.withLock { $0 = body } }
    func add(_ event: MediaEvent) {
        reaction.withLock { $0 }?(event)
        // Counted first: who sees the event sees the count.
        if case .closed = event { closings.withLock { $0 += 1 } }
        state.withLock { $0.append(event) }
        sem_post(arrived)
    }
    var all: [MediaEvent] { state.withLock { $0 } }

    /// The first event so far or to come that `pick` turns into a value; `nil` after the bounded wait.
    func first<Value>(_ pick: (MediaEvent) -> Value?) -> Value? {
        var deadline = timespec()
        clock_gettime(CLOCK_REALTIME, &deadline)
        deadline.tv_sec += 20
        var seen = 0
        while true {
            let events = all
            for event in events[seen...] { if let value = pick(event) { return value } }
            seen = events.count
            if sem_timedwait(arrived, &deadline) != 0, errno == ETIMEDOUT { return nil }
        }
    }
    private let closings = Mutex(0)
    var closedCount: Int { closings.withLock { $0 } }
    /// Waits until so many legs have closed in all; false after the bounded wait.
    func waitForClosed(_ count: Int) -> Bool { first { _ in closedCount >= count ? true : nil } ?? false }

    /// The first of a secure leg's events that is `event`, or that `matches`.
    func transport(_ leg: MediaLegID, _ event: TransportEvent) -> TransportEvent? {
        transport(leg) { $0 == event }
    }
    func transport(_ leg: MediaLegID, where matches: (TransportEvent) -> Bool) -> TransportEvent? {
        first { if case .transport(leg, let event) = $0, matches(event) { event } else { nil } }
    }
    func transports(_ leg: MediaLegID) -> [TransportEvent] {
        all.compactMap { if case .transport(leg, let event) = $0 { event } else { nil } }
    }
    func closed(_ leg: MediaLegID) -> LegStatistics? {
        first { if case .closed(leg, let statistics) = $0 { statistics } else { nil } }
    }
    func ended(_ play: PlayID) -> PlayEnd? {
        first { if case .playEnded(_, play, let end) = $0 { end } else { nil } }
    }
    func finished(_ room: RoomID) -> [TrackResult]? {
        first { if case .recordingFinished(room, _, let tracks) = $0 { tracks } else { nil } }
    }
    var digits: [PressedKey] { all.compactMap { if case .digit(_, let key) = $0 { key } else { nil } } }
}

/// A service on loopback with a clock that runs fast, its log, and legs by number.
struct Stage {
    let service: MediaService
    let log = EventLog()
    static let zero = Timestamp(milliseconds: 0)

    init(_ change: (inout MediaSettings) -> Void = { _ in }) throws {
        var settings = MediaSettings()
        settings.bindAddress = "127.0.0.1"
        settings.idle = .nothing
        settings.ports = PortBlocks.next()
        settings.tickNanoseconds = 1_000_000
        change(&settings)
        let log = log
        service = try MediaService(settings) { log.add($0) }
    }
    /// A leg with a far end in place.
    func leg(
        _ number: UInt64, room: UInt64 = 1, codec: AudioCodec = .pcma, dtmf: UInt8? = 101,
        direction: MediaDirection = .sendrecv
    ) throws -> (id: MediaLegID, peer: Peer) {
        let id = MediaLegID(number)
        let peer = try Peer()
        peer.target = try service.open(id, room: RoomID(room), at: Self.zero)
        try service.setRemote(
            id,
            RemoteMedia(
                address: peer.address, port: peer.port, codec: codec, dtmfPayloadType: dtmf,
                direction: direction))
        return (id, peer)
    }
    /// Two legs that hear each other in room 1.
    func pair(_ one: AudioCodec = .pcma, _ other: AudioCodec = .pcma) throws -> (
        (id: MediaLegID, peer: Peer), (id: MediaLegID, peer: Peer)
    ) {
        let a = try leg(1, codec: one)
        let b = try leg(2, codec: other)
        service.connect(RoomID(1), .pair(a.id, b.id))
        return (a, b)
    }
}

/// Ranges of ports that tests running side by side do not share; below 32,768, from where on the system gives ports
/// to whoever asks for any.
enum PortBlocks {
    private static let next16 = Mutex<UInt16>(6_000)
    static func next(_ ports: UInt16 = 200) -> ClosedRange<UInt16> {
        next16.withLock { next in
            if next > 32_400 { next = 6_000 }
            defer { next += ports }
            return next...next + ports - 1
        }
    }
}

/// A directory that goes with its test.
final class Scratch {
    let path: String
    init() throws {
        var template = Array("/tmp/media-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw SystemError.last("mkdtemp") }
        path = String(cString: made)
    }
    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            unlink("\(path)/\(name)")
        }
        closedir(directory)
        rmdir(path)
    }
}

/// Distinct content for a packet.
func speech(_ seed: Int, count: Int = 160) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: seed &* 31 &+ $0 &* 7) }
}

extension Stage {
    /// So many rooms, each on another worker than the one before it.
    static func roomsApart(_ count: Int, workers: Int) -> [RoomID] {
        var rooms: [RoomID] = []
        var number: UInt64 = 1_000
        while rooms.count < count {
            let room = RoomID(number)
            number += 1
            let owner = MediaService.owner(of: room, among: workers)
            if let last = rooms.last, MediaService.owner(of: last, among: workers) == owner { continue }
            rooms.append(room)
        }
        return rooms
    }
}
