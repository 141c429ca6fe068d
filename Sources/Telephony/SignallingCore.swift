import Glibc
import Kernel
import Logging
import NIOCore
import NIOPosix
import SignallingEngine

/// The engine with its sockets, on the event loop that it never leaves.
final class SignallingCore {
    /// Bytes that the kernel keeps while the loop is busy: some 3,000 messages.
    static let receiveBuffer: SocketOptionValue = 4 << 20
    /// Datagrams read by one system call.
    static let vectorReads = 32
    /// Longer datagrams are cut by the kernel and then refused as unreadable. Over UDP a request beyond the path MTU
    /// should have come by TCP (RFC 3261, 18.1.1).
    static let datagramBytes = 8_192
    /// Streams at a time; the oldest idle one is closed for a new one.
    static let mostStreams = 10_000
    /// A stream on which nothing came for so long is closed; phones keep theirs alive more often (RFC 5626).
    static let streamPatience = TimeAmount.minutes(10)
    static let connectPatience = TimeAmount.seconds(5)
    /// Messages that wait for a connection to be made.
    static let mostPending = 64

    private let loop: any EventLoop
    private let settings: SignallingService.Settings
    private let logger: Logger
    private let sink: @Sendable ([SignallingReport]) -> Void
    private var engine: SignallingEngine?
    private var outbox = SIPOutbox()
    private var datagrams: (any Channel)?
    private var listener: (any Channel)?
    private var alarm: Scheduled<Void>?
    private var alarmAt = Timestamp.distantFuture
    private var clock = SteadyClock()
    private var needsFlush = false

    private var streams: [UInt64: any Channel] = [:]
    /// Outbound streams by where they go, and what waits for them.
    private var connections: [SIPEndpoint: UInt64] = [:]
    private var pending: [SIPEndpoint: [[UInt8]]] = [:]
    /// Above every number of a former run, which registrations remember.
    private var lastStream = UInt64(SteadyClock().now().milliseconds) << 20

    init(
        loop: any EventLoop, settings: SignallingService.Settings, logger: Logger,
        sink: @escaping @Sendable ([SignallingReport]) -> Void
    ) {
        self.loop = loop
        self.settings = settings
        self.logger = logger
        self.sink = sink
    }

    func take(datagrams: any Channel, listener: any Channel) {
        self.datagrams = datagrams
        self.listener = listener
    }

    /// Starts the engine once the port is known.
    func start(port: Int) throws {
        guard let address = IPAddress(settings.advertisedHost ?? settings.host) else {
            throw Problem(
                .invalid,
                "sip.advertised must be a numeric address, not '\(settings.advertisedHost ?? settings.host)'",
                details: ["field": "sip.advertised"])
        }
        let endpoints = [SIPTransport.udp, .tcp].map {
            SIPEndpoint(transport: $0, address: address, port: UInt16(port))
        }
        var random = SystemRandomNumberGenerator()
        let seed = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        var engine = SignallingEngine(
            settings: SignallingSettings(
                endpoints: endpoints, policy: settings.policy, users: settings.users, timing: settings.timing,
                bounds: settings.bounds), seed: seed)
        let former = Dictionary(grouping: settings.bindings, by: \.user).mapValues { $0.map(\.binding) }
        engine.restore(registrations: former, at: clock.now(), into: &outbox)
        self.engine = engine
        settle(flushing: true)
    }

    func take(users: [String: Digest.Secret]) {
        guard var new = engine?.settings else { return }
        new.users = users
        engine?.configure(new)
    }

    // MARK: in

    func receive(_ bytes: [UInt8], from source: SIPEndpoint) {
        engine?.receive(bytes, from: source, at: clock.now(), into: &outbox)
    }

    func receive(_ items: [SIPStreamFramer.Item], on stream: UInt64, from source: SIPEndpoint) {
        for item in items {
            switch item {
            case .message(let bytes): receive(bytes, from: source)
            case .ping:
                if let channel = streams[stream] {
                    channel.write(channel.allocator.buffer(bytes: SIPStreamFramer.pong), promise: nil)
                    channel.flush()
                }
            case .failed(_, let head):
                if !head.isEmpty { receive(head, from: source) }
                settle(flushing: true)
                streams[stream]?.close(promise: nil)
            }
        }
        settle(flushing: true)
    }

    func perform(_ commands: [SignallingCommand]) {
        let now = clock.now()
        for command in commands {
            engine?.perform(command, at: now, into: &outbox)
            switch command {
            case .invite(let handle, _), .answer(let handle, _): report(dialog: handle)
            default: break
            }
        }
        settle(flushing: true)
    }

    // MARK: out

    private var reports: [SignallingReport] = []

    private func report(dialog handle: CallHandle) {
        if let snapshot = engine?.snapshot(of: handle) { reports.append(.dialog(handle, snapshot)) }
    }

    /// Sends what is to be sent, tells what is to be told, and sets the alarm. `flushing` writes through to the
    /// sockets now; while datagrams are being read the end of the read does it once for all of them.
    func settle(flushing: Bool) {
        for datagram in outbox.datagrams { send(datagram) }
        for event in outbox.events {
            reports.append(.event(event))
            switch event {
            case .incoming(let handle, _), .answered(let handle, _): report(dialog: handle)
            default: break
            }
        }
        outbox.removeAll()
        guard flushing else { return }
        if needsFlush {
            needsFlush = false
            datagrams?.flush()
        }
        if !reports.isEmpty {
            let told = reports
            reports.removeAll(keepingCapacity: true)
            sink(told)
        }
        setAlarm()
    }

    private func send(_ datagram: SIPOutbox.Datagram) {
        guard datagram.to.transport == .udp else { return sendOnStream(datagram) }
        guard let channel = datagrams, let address = Self.socketAddress(datagram.to) else { return }
        let envelope = AddressedEnvelope(
            remoteAddress: address, data: channel.allocator.buffer(bytes: datagram.bytes))
        channel.write(envelope, promise: nil)
        needsFlush = true
    }

    private func setAlarm() {
        guard let due = engine?.nextDeadline, due < alarmAt else { return }
        alarm?.cancel()
        alarmAt = due
        let span = max(1, (due - clock.now()).milliseconds)
        let core = NIOLoopBound(self, eventLoop: loop)
        alarm = loop.scheduleTask(in: .milliseconds(span)) { core.value.alarmRang() }
    }

    private func alarmRang() {
        alarmAt = .distantFuture
        engine?.advance(to: clock.now(), into: &outbox)
        settle(flushing: true)
    }

    /// Closes everything; the future is done when the sockets are.
    func stop() -> EventLoopFuture<Void> {
        alarm?.cancel()
        let channels = [datagrams, listener].compactMap { $0 } + Array(streams.values)
        return EventLoopFuture.andAllComplete(channels.map { $0.close() }, on: loop)
    }

    private static func socketAddress(_ endpoint: SIPEndpoint) -> SocketAddress? {
        do {
            return try SocketAddress(ipAddress: endpoint.address.description, port: Int(endpoint.port))
        } catch { return nil }
    }
}

// MARK: streams

extension SignallingCore {
    /// A stream has opened; returns its number, or `nil` when there are too many.
    func opened(_ channel: any Channel) -> UInt64? {
        guard streams.count < Self.mostStreams else { return nil }
        lastStream += 1
        streams[lastStream] = channel
        return lastStream
    }

    /// A stream is gone: what waited for answers on it fails.
    func closed(_ stream: UInt64, _ source: SIPEndpoint) {
        guard streams.removeValue(forKey: stream) != nil else { return }
        for (endpoint, number) in connections where number == stream { connections[endpoint] = nil }
        engine?.transportFailed(source, at: clock.now(), into: &outbox)
        settle(flushing: true)
    }

    private func sendOnStream(_ datagram: SIPOutbox.Datagram) {
        var target = datagram.to
        if let number = target.connection, let channel = streams[number] {
            return write(datagram.bytes, to: channel)
        }
        target.connection = nil
        if let number = connections[target], let channel = streams[number] {
            return write(datagram.bytes, to: channel)
        }
        if var waiting = pending[target] {
            if waiting.count < Self.mostPending { waiting.append(datagram.bytes) }
            pending[target] = waiting
            return
        }
        connect(target, first: datagram.bytes)
    }

    private func write(_ bytes: [UInt8], to channel: any Channel) {
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    private func connect(_ target: SIPEndpoint, first: [UInt8]) {
        guard let address = Self.socketAddress(target) else { return }
        pending[target] = [first]
        let core = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connectPatience)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(core.value))
                }
            }
            .connect(to: address)
            .whenComplete { result in core.value.connected(target, result) }
    }

    private func connected(_ target: SIPEndpoint, _ result: Result<any Channel, any Error>) {
        let waiting = pending.removeValue(forKey: target) ?? []
        switch result {
        case .success(let channel):
            guard let number = streams.first(where: { $0.value === channel })?.key else { return }
            connections[target] = number
            for bytes in waiting { write(bytes, to: channel) }
        case .failure(let error):
            logger.info("No SIP stream could be opened", metadata: ["error": "\(error)"])
            engine?.transportFailed(target, at: clock.now(), into: &outbox)
            settle(flushing: true)
        }
    }
}

/// Wall-clock milliseconds carried by the monotonic clock, for the timers of signalling: a jump of the wall clock
/// must not fire or stop them.
struct SteadyClock {
    private let offset: Int64

    init() { offset = Self.read(CLOCK_REALTIME) - Self.read(CLOCK_MONOTONIC) }

    func now() -> Timestamp { Timestamp(milliseconds: Self.read(CLOCK_MONOTONIC) + offset) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
