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
    /// The same for what is sent.
    static let sendBuffer: SocketOptionValue = 4 << 20
    /// Unsent bytes beyond which datagrams are lost, and below which they are taken again: after a crash each of 10,000
    /// callers is told at once that the call is over, in some 500 bytes.
    static let unsent = ChannelOptions.Types.WriteBufferWaterMark(low: 8 << 20, high: 16 << 20)
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
    /// How long to wait after the socket for datagrams could not be bound again.
    static let rebindDelay = TimeAmount.milliseconds(200)
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
    /// Binds the socket for datagrams again on the port that it had; `nil` before the start and after `stop`.
    private var bindAgain: (() -> EventLoopFuture<any Channel>)?
    private var isSending = false
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

    func take(
        datagrams: any Channel, listener: any Channel, bindAgain: @escaping () -> EventLoopFuture<any Channel>
    ) {
        self.datagrams = datagrams
        self.listener = listener
        self.bindAgain = bindAgain
    }

    /// The socket for datagrams is gone: NIO closes it when the system refuses to send to some address (a broadcast
    /// address, a network without route), which a message from outside can bring about. It is bound again at once, and
    /// tried again until `stop`.
    func datagramsClosed() {
        datagrams = nil
        guard let bindAgain else { return }
        let core = NIOLoopBound(self, eventLoop: loop)
        bindAgain().whenComplete { core.value.rebound($0) }
    }

    private func rebound(_ result: Result<any Channel, any Error>) {
        switch result {
        case .success(let channel):
            guard bindAgain != nil else { return channel.close(promise: nil) }
            datagrams = channel
        case .failure(let error):
            logger.error("The SIP socket cannot be bound again, trying on", metadata: ["error": "\(error)"])
            let core = NIOLoopBound(self, eventLoop: loop)
            loop.scheduleTask(in: Self.rebindDelay) { core.value.datagramsClosed() }
        }
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
                endpoints: endpoints, policy: settings.policy,
                digestAlgorithms: settings.digestAlgorithms, users: settings.users, timing: settings.timing,
                bounds: settings.bounds), seed: seed)
        let former = Dictionary(grouping: settings.bindings, by: \.user).mapValues { $0.map(\.binding) }
        engine.restore(registrations: former, at: clock.now(), into: &outbox)
        self.engine = engine
        settle(flushing: true)
    }

    func take(users: [String: Digest.Secret], policy: SourcePolicy) {
        guard var new = engine?.settings else { return }
        new.users = users
        new.policy = policy
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
            case .failed(let flaw, let head):
                refuse(head, flaw, from: source)
                settle(flushing: true)
                streams[stream]?.close(promise: nil)
            }
        }
        settle(flushing: true)
    }

    /// The last thing that a stream brought: a head that says not where its message ends. A request is told so.
    private func refuse(_ head: [UInt8], _ flaw: SIPFlaw, from source: SIPEndpoint) {
        guard !head.isEmpty else { return }
        let fault: SIPSyntaxError
        do {
            let message = try SIPMessage(head)
            guard message.isRequest, message.method != .ack else { return }
            fault = .answerable(message, flaw)
        } catch { fault = error }
        engine?.receive(faulty: fault, from: source, at: clock.now(), into: &outbox)
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
        sendAll()
        let events = outbox.events
        outbox.events.removeAll(keepingCapacity: true)
        for event in events {
            reports.append(.event(event))
            switch event {
            case .incoming(let handle, _), .answered(let handle, _): report(dialog: handle)
            default: break
            }
        }
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

    /// Writes what the engine wants sent. Writing may close a stream, which the engine is told and which comes back
    /// here through `settle`: each message is taken out before it is written, so that none is written twice.
    private func sendAll() {
        guard !isSending else { return }
        isSending = true
        while !outbox.datagrams.isEmpty {
            var batch: [SIPOutbox.Datagram] = []
            swap(&batch, &outbox.datagrams)
            for datagram in batch { send(datagram) }
        }
        isSending = false
    }

    private func send(_ datagram: SIPOutbox.Datagram) {
        guard datagram.to.transport == .udp else { return sendOnStream(datagram) }
        // Beyond the bound of unsent bytes datagrams are lost as a network would; an address that the socket cannot send to closes it.
        guard let channel = datagrams, channel.isWritable, let address = Self.socketAddress(datagram.to),
            address.protocol == channel.localAddress?.protocol
        else { return }
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
        bindAgain = nil
        let channels = [datagrams, listener].compactMap { $0 } + Array(streams.values)
        return EventLoopFuture.andAllComplete(channels.map { $0.close() }, on: loop)
    }

    private static func socketAddress(_ endpoint: SIPEndpoint) -> SocketAddress? {
        guard endpoint.port != 0 else { return nil }
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
        // The other side has stopped reading: what waits for it must not grow without end.
        guard channel.isWritable else { return channel.close(promise: nil) }
        channel.writeAndFlush(channel.allocator.buffer(bytes: bytes), promise: nil)
    }

    private func connect(_ target: SIPEndpoint, first: [UInt8]) {
        guard let address = Self.socketAddress(target) else {
            engine?.transportFailed(target, at: clock.now(), into: &outbox)
            return
        }
        pending[target] = [first]
        let core = NIOLoopBound(self, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(Self.connectPatience)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StreamHandler(core.value, target: target))
                }
            }
            .connect(to: address)
            .whenFailure { error in core.value.notConnected(target, "\(error)") }
    }

    /// A stream that was wanted is open. Told when the channel is active, which is after its connecting has succeeded.
    func connected(_ target: SIPEndpoint, _ stream: UInt64) {
        connections[target] = stream
        guard let channel = streams[stream] else { return }
        for bytes in pending.removeValue(forKey: target) ?? [] { write(bytes, to: channel) }
    }

    /// A stream that was wanted could not be opened: what waits for an answer from there fails.
    func notConnected(_ target: SIPEndpoint, _ reason: String) {
        pending[target] = nil
        logger.info("No SIP stream could be opened", metadata: ["error": "\(reason)"])
        engine?.transportFailed(target, at: clock.now(), into: &outbox)
        settle(flushing: true)
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
