// The only file that imports the C shim; descriptors and pointers do not leave it.
import CMedia
import Glibc
package import Kernel

/// An error number of the operating system with the call that gave it.
struct SystemError: Error, CustomStringConvertible {
    let call: String
    let code: CInt

    /// `result` of a shim function: a value, or a negative error number.
    static func check(_ call: String, _ result: CInt) throws(SystemError) -> CInt {
        if result < 0 { throw SystemError(call: call, code: -result) }
        return result
    }
    /// The last error of this thread, for calls that set `errno`.
    static func last(_ call: String) -> SystemError { SystemError(call: call, code: errno) }

    var isAddressInUse: Bool { code == EADDRINUSE || code == EACCES }
    var isOutOfDescriptors: Bool { code == EMFILE || code == ENFILE }
    var description: String { "\(call): \(String(cString: strerror(code)))" }
}

/// Where RTP comes from or goes to: an address and a port, compared as words.
package struct MediaEndpoint: Hashable, Sendable {
    fileprivate var raw: hl_endpoint

    /// `nil` when `address` is no IPv4 or IPv6 address; names are not looked up.
    package init?(address: String, port: UInt16) {
        raw = hl_endpoint()
        guard hl_endpoint_parse(address, port, &raw) == 1 else { return nil }
    }
    fileprivate init() { raw = hl_endpoint() }

    package var port: UInt16 {
        get { raw.port }
        set { raw.port = newValue }
    }
    /// The address without its port, as SDP writes it.
    package var address: String {
        var raw = raw
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            guard let start = text.baseAddress, hl_endpoint_text(&raw, start, 64) == 1 else { return "" }
            return String(cString: start)
        }
    }
    func hasSameAddress(as other: MediaEndpoint) -> Bool {
        raw.low == other.raw.low && raw.high == other.raw.high
    }
    package static func == (a: MediaEndpoint, b: MediaEndpoint) -> Bool {
        a.raw.low == b.raw.low && a.raw.port == b.raw.port && a.raw.high == b.raw.high
    }
    package func hash(into hasher: inout Hasher) {
        hasher.combine(raw.high)
        hasher.combine(raw.low)
        hasher.combine(raw.port)
    }
    /// Where the last packet that `DatagramSocket.receive` read came from; made once, written by each receive.
    static var unset: MediaEndpoint { MediaEndpoint() }
    /// The address in network order: four bytes or sixteen, as STUN writes it.
    var addressBytes: [UInt8] {
        func bytes(_ word: UInt64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
        let isV4 = raw.high == 0 && raw.low >> 32 == 0xFFFF
        return isV4 ? Array(bytes(raw.low)[4...]) : bytes(raw.high) + bytes(raw.low)
    }
}

/// The two ends of a packet's way: on a machine with several addresses an answer comes from the one that was asked.
struct NetworkPath: Equatable {
    var remote: MediaEndpoint
    /// Its port does not matter.
    var local: MediaEndpoint
    static var unset: NetworkPath { NetworkPath(remote: .unset, local: .unset) }
}

/// One packet's memory, owned and reused; every access is checked against the capacity.
final class PacketBuffer {
    /// Above the largest packet that an Ethernet frame carries; longer ones are cut and then fail to parse.
    static let capacity = 2048
    fileprivate let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)

    init() { bytes.initialize(repeating: 0, count: Self.capacity) }
    deinit { bytes.deallocate() }

    fileprivate func check(_ index: Int, _ count: Int) {
        precondition(index >= 0 && count >= 0 && index <= Self.capacity - count, "outside the packet")
    }
    subscript(index: Int) -> UInt8 {
        get {
            check(index, 1)
            return bytes[index]
        }
        set {
            check(index, 1)
            bytes[index] = newValue
        }
    }
    /// A word in network order.
    func word16(at index: Int) -> UInt16 {
        check(index, 2)
        return UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
    func word32(at index: Int) -> UInt32 {
        check(index, 4)
        return UInt32(
            bigEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt32.self))
    }
    func setWord16(_ value: UInt16, at index: Int) {
        check(index, 2)
        bytes[index] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[index + 1] = UInt8(truncatingIfNeeded: value)
    }
    func setWord32(_ value: UInt32, at index: Int) {
        check(index, 4)
        UnsafeMutableRawPointer(bytes + index).storeBytes(of: value.bigEndian, as: UInt32.self)
    }
    /// Replaces each byte by its entry in a table of 256.
    func translate(at index: Int, count: Int, by table: [UInt8]) {
        check(index, count)
        precondition(table.count == 256)
        table.withUnsafeBufferPointer { table in
            for position in index..<index + count { bytes[position] = table[Int(bytes[position])] }
        }
    }
    func fill(at index: Int, count: Int, with value: UInt8) {
        check(index, count)
        (bytes + index).update(repeating: value, count: count)
    }
    /// Copies `count` bytes of `source` from `start` into the packet.
    func copy(from source: [UInt8], start: Int, count: Int, to index: Int) {
        check(index, count)
        precondition(start >= 0 && count >= 0 && start <= source.count - count)
        source.withUnsafeBufferPointer { source in
            guard let from = source.baseAddress, count > 0 else { return }
            (bytes + index).update(from: from + start, count: count)
        }
    }
    /// Copies `count` bytes of another packet from `start` to the beginning of this one.
    func copy(from other: PacketBuffer, start: Int, count: Int) {
        check(0, count)
        other.check(start, count)
        bytes.update(from: other.bytes + start, count: count)
    }
    /// Copies a whole message to the beginning of the packet.
    func copy(from message: [UInt8]) { copy(from: message, start: 0, count: message.count, to: 0) }
    /// The first `count` bytes.
    func prefix(_ count: Int) -> [UInt8] {
        check(0, count)
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }
    /// Copies `count` bytes of the packet from `index` into `target` at `start`.
    func copy(at index: Int, count: Int, into target: inout [UInt8], start: Int) {
        check(index, count)
        precondition(start >= 0 && count >= 0 && start <= target.count - count)
        target.withUnsafeMutableBufferPointer { target in
            guard let to = target.baseAddress, count > 0 else { return }
            (to + start).update(from: bytes + index, count: count)
        }
    }
}

/// The certificate that this side shows to browsers, with its key; made new, never stored, shared by all legs.
final class DTLSIdentity: @unchecked Sendable {
    fileprivate let pointer: OpaquePointer
    /// What descriptions name it by.
    let digest: CertificateDigest

    /// Throws `unavailable` when OpenSSL refuses.
    init(profiles: String = HL_SRTP_PROFILES) throws(Problem) {
        guard let pointer = hl_identity_make(profiles) else {
            throw Problem(.unavailable, "OpenSSL makes no certificate for secure media.")
        }
        self.pointer = pointer
        digest = CertificateDigest(
            bytes: [UInt8](unsafeUninitializedCapacity: CertificateDigest.size) { out, count in
                hl_identity_digest(pointer, out.baseAddress)
                count = CertificateDigest.size
            })
    }
    deinit { hl_identity_free(pointer) }
}

/// One DTLS association without socket and clock: datagrams go in, datagrams come out. One thread at a time.
final class DTLSSession {
    enum Role { case server, client }
    enum State: Equatable { case waiting, up, ended, failed }

    private let identity: DTLSIdentity
    fileprivate let pointer: OpaquePointer

    /// Throws `unavailable` when OpenSSL refuses.
    init(_ identity: DTLSIdentity, _ role: Role) throws(Problem) {
        guard let pointer = hl_dtls_make(identity.pointer, role == .client ? 1 : 0) else {
            throw Problem(.unavailable, "OpenSSL makes no session for secure media.")
        }
        self.identity = identity
        self.pointer = pointer
    }
    deinit { hl_dtls_free(pointer) }

    /// Takes the first `count` bytes as one datagram; none begins a client's handshake.
    func put(_ buffer: PacketBuffer, count: Int) -> State {
        buffer.check(0, count)
        return state(hl_dtls_put(pointer, buffer.bytes, count))
    }
    /// Repeats what was lost, when it is time.
    func tick() -> State { state(hl_dtls_tick(pointer)) }
    /// The length of the next datagram to send, which lies in `buffer` then; `nil` when there is none.
    func take(into buffer: PacketBuffer) -> Int? {
        let count = hl_dtls_take(pointer, buffer.bytes, PacketBuffer.capacity)
        return count == 0 ? nil : count
    }
    /// Says goodbye; `take` has it.
    func close() { hl_dtls_close(pointer) }
    /// The other side's certificate, once it was shown.
    var peerDigest: CertificateDigest? {
        var bytes = [UInt8](repeating: 0, count: CertificateDigest.size)
        return hl_dtls_peer_digest(pointer, &bytes) == 1 ? CertificateDigest(bytes: bytes) : nil
    }
    private func state(_ code: CInt) -> State {
        switch Int(code) {
        case HL_DTLS_WAITING: .waiting
        case HL_DTLS_UP: .up
        case HL_DTLS_ENDED: .ended
        default: .failed
        }
    }
}

/// The keys of one association at work: packets are sealed and opened in place. One thread at a time.
final class SRTPSession {
    private let pointer: OpaquePointer

    /// `nil` when the sides agreed on no SRTP profile.
    init?(_ session: DTLSSession, source: UInt32) {
        guard let pointer = hl_srtp_make(session.pointer, source) else { return nil }
        self.pointer = pointer
    }
    deinit { hl_srtp_free(pointer) }

    /// The new length of the packet at the beginning of `buffer`; `nil` when its number was used before.
    func seal(_ buffer: PacketBuffer, count: Int) -> Int? {
        buffer.check(0, count)
        return length(hl_srtp_protect(pointer, buffer.bytes, count, PacketBuffer.capacity))
    }
    /// The new length; `nil` when the packet is not authentic or was there before.
    func open(_ buffer: PacketBuffer, count: Int) -> Int? {
        buffer.check(0, count)
        return length(hl_srtp_unprotect(pointer, buffer.bytes, count))
    }
    func sealReport(_ buffer: PacketBuffer, count: Int) -> Int? {
        buffer.check(0, count)
        return length(hl_srtp_protect_report(pointer, buffer.bytes, count, PacketBuffer.capacity))
    }
    func openReport(_ buffer: PacketBuffer, count: Int) -> Int? {
        buffer.check(0, count)
        return length(hl_srtp_unprotect_report(pointer, buffer.bytes, count))
    }
    private func length(_ result: CInt) -> Int? { result < 0 ? nil : Int(result) }
}

/// HMAC with SHA-1 (RFC 2104): the integrity of STUN messages (RFC 8489, 14.5), and rights to use a relay.
package enum HMACSHA1 {
    static let size = 20

    /// The 20 bytes that only who has the key can make.
    package static func authentication(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: size) { out, count in
            hl_hmac_sha1(key, key.count, message, message.count, out.baseAddress)
            count = size
        }
    }
}

/// A bound UDP socket of one leg. Only the worker that owns the leg uses it after `open` has handed it over.
final class DatagramSocket: @unchecked Sendable {
    private var descriptor: CInt
    let port: UInt16

    init(bind local: MediaEndpoint) throws(SystemError) {
        var raw = local.raw
        descriptor = try SystemError.check("socket", hl_udp_open(&raw))
        port = UInt16(truncatingIfNeeded: hl_udp_port(descriptor))
    }
    deinit { close() }

    /// Harmless when repeated.
    func close() {
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        descriptor = -1
    }
    /// The length of the packet read, or `nil` when none was there.
    func receive(into buffer: PacketBuffer, from source: inout MediaEndpoint) -> Int? {
        let got = hl_udp_receive(descriptor, buffer.bytes, PacketBuffer.capacity, &source.raw)
        return got < 0 ? nil : Int(got)
    }
    /// False when the kernel did not take the packet; a live call does not wait for it.
    func send(_ buffer: PacketBuffer, at index: Int, count: Int, to target: MediaEndpoint) -> Bool {
        precondition(index >= 0 && count >= 0 && index <= PacketBuffer.capacity - count)
        var raw = target.raw
        return hl_udp_send(descriptor, buffer.bytes + index, count, &raw) >= 0
    }
    /// Asks the kernel to say to which of the machine's addresses packets come.
    func tellLocal() throws(SystemError) {
        _ = try SystemError.check("setsockopt", hl_udp_tell_local(descriptor))
    }
    /// As `receive`, with the whole way that the packet came.
    func receive(into buffer: PacketBuffer, over path: inout NetworkPath) -> Int? {
        let got = hl_udp_receive_at(
            descriptor, buffer.bytes, PacketBuffer.capacity, &path.remote.raw, &path.local.raw)
        return got < 0 ? nil : Int(got)
    }
    /// As `send`, back over the way that something came.
    func send(_ buffer: PacketBuffer, count: Int, over path: NetworkPath) -> Bool {
        buffer.check(0, count)
        var (remote, local) = (path.remote.raw, path.local.raw)
        return hl_udp_send_from(descriptor, buffer.bytes, count, &remote, &local) >= 0
    }
    func join(_ poller: Poller, token: UInt64) throws(SystemError) {
        try poller.add(descriptor, token: token)
    }
    func leave(_ poller: Poller) { poller.remove(descriptor) }
}

/// A counter in the kernel that wakes a sleeping thread: an eventfd, or a timerfd that adds one every interval.
final class KernelCounter: Sendable {
    private let descriptor: CInt

    /// For an epoll loop.
    init() throws(SystemError) { descriptor = try SystemError.check("eventfd", hl_eventfd(0)) }
    /// For a thread that sleeps in `take` until the counter is not zero.
    init(blocking: Void) throws(SystemError) { descriptor = try SystemError.check("eventfd", hl_eventfd(1)) }
    /// Adds one every `nanoseconds`.
    init(every nanoseconds: Int64) throws(SystemError) {
        descriptor = try SystemError.check("timerfd", hl_timerfd(nanoseconds))
    }
    deinit { _ = Glibc.close(descriptor) }

    func add() { _ = hl_eventfd_add(descriptor) }
    /// The count since it was last taken.
    func take() -> UInt64 { hl_counter_take(descriptor) }
    func join(_ poller: Poller, token: UInt64) throws(SystemError) {
        try poller.add(descriptor, token: token)
    }
}

/// An epoll set whose members are known by tokens.
final class Poller {
    private let descriptor: CInt
    private let tokens = UnsafeMutablePointer<UInt64>.allocate(capacity: Int(HL_EPOLL_MAX))

    init() throws(SystemError) { descriptor = try SystemError.check("epoll_create1", hl_epoll_create()) }
    deinit {
        _ = Glibc.close(descriptor)
        tokens.deallocate()
    }
    fileprivate func add(_ fd: CInt, token: UInt64) throws(SystemError) {
        _ = try SystemError.check("epoll_ctl", hl_epoll_add(descriptor, fd, token))
    }
    fileprivate func remove(_ fd: CInt) { _ = hl_epoll_remove(descriptor, fd) }

    /// Sleeps until something can be read; returns how many tokens `token(_:)` gives.
    func wait() -> Int { max(0, Int(hl_epoll_wait(descriptor, tokens))) }
    func token(_ index: Int) -> UInt64 {
        precondition(index >= 0 && index < Int(HL_EPOLL_MAX))
        return tokens[index]
    }
}

/// Limits of the process.
package enum ProcessLimits {
    /// Binds the process, before it starts threads, to these processors.
    ///
    /// Throws `invalid` when the machine does not have them.
    package static func bind(toProcessors numbers: [Int]) throws(Problem) {
        let list = numbers.map { Int32(clamping: $0) }
        guard hl_bind_processors(list, Int32(list.count)) == 0 else {
            throw Problem(
                .invalid, "This machine does not have the processors \(numbers).", details: ["field": "cpus"])
        }
    }

    /// Raises the soft limit of open files to the hard one: every leg is one socket. Returns the limit in force.
    @discardableResult package static func raiseOpenFiles() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
