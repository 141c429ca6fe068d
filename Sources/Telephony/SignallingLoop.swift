import Kernel
import Logging
import NIOCore
import NIOPosix
import SignallingEngine

/// What lives on the event loop: the engine, its clock and its sockets. Never touched from another thread.
///
/// Everything that comes in makes one turn: the engine is fed, its messages are written as they come, and `endTurn`
/// flushes, gives the events away and sets the next deadline.
final class SignallingLoop {
    private let eventLoop: any EventLoop
    private let bounds: SignallingService.Bounds
    private let isIPv6Socket: Bool
    private let logger: Logger
    private let onEvents: @Sendable ([SignallingEvent]) -> Void

    private var engine: SignallingEngine?
    private var clock: SlewedClock
    private var outbox = SIPOutbox()
    private var streams = StreamTable()
    private var datagrams: (any Channel)?
    /// Binds the socket for datagrams again, on the port that it had.
    private var bindAgain: (() -> EventLoopFuture<any Channel>)?
    private var listener: (any Channel)?
    private var needsFlush: [UInt64] = []
    private var hasWrittenDatagrams = false
    private var isSending = false
    private var timer: (at: Timestamp, task: Scheduled<Void>)?
    private var sweeper: RepeatedTask?
    private var drained: EventLoopPromise<Void>?
    /// The calls that have begun and have not been told as ended.
    private var live: Set<CallHandle> = []

    init(
        eventLoop: any EventLoop, bounds: SignallingService.Bounds, isIPv6Socket: Bool, logger: Logger,
        onEvents: @escaping @Sendable ([SignallingEvent]) -> Void
    ) {
        self.eventLoop = eventLoop
        self.bounds = bounds
        self.isIPv6Socket = isIPv6Socket
        self.logger = logger
        self.onEvents = onEvents
        let readings = SlewedClock.readings()
        clock = SlewedClock(wall: readings.wall, uptime: readings.uptime)
    }

    func attach(
        datagrams: any Channel, listener: any Channel, bindAgain: @escaping () -> EventLoopFuture<any Channel>
    ) {
        self.datagrams = datagrams
        self.listener = listener
        self.bindAgain = bindAgain
    }

    /// From now on what comes is answered.
    func begin(_ engine: SignallingEngine) {
        self.engine = engine
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweeper = eventLoop.scheduleRepeatedTask(initialDelay: bounds.sweep, delay: bounds.sweep) { _ in
            bound.value.sweep(at: .now())
        }
    }

    private func now() -> Timestamp {
        let readings = SlewedClock.readings()
        return clock.stamp(wall: readings.wall, uptime: readings.uptime)
    }

    func note(_ place: StaticString, _ error: any Error) {
        logger.debug("SIP socket error", metadata: ["sip.place": "\(place)", "error": "\(error)"])
    }

    // MARK: turns

    func receive(_ bytes: [UInt8], from source: SIPEndpoint) {
        engine?.receive(bytes, from: source, at: now(), into: &outbox)
        send()
    }

    func perform(_ commands: [SignallingCommand]) {
        let now = now()
        for command in commands {
            switch command {
            case .invite(let call, _), .resume(let call, _): live.insert(call)
            default: break
            }
            engine?.perform(command, at: now, into: &outbox)
        }
        endTurn()
    }

    func withEngine<Result>(_ body: (inout SignallingEngine, Timestamp, inout SIPOutbox) -> Result) throws
        -> Result
    {
        guard var engine else { throw ChannelError.ioOnClosedChannel }
        // Taken out so that the engine is not copied when the body changes it.
        self.engine = nil
        let result = body(&engine, now(), &outbox)
        self.engine = engine
        endTurn()
        return result
    }

    /// Flushes, tells what happened, and sets the next deadline.
    func endTurn() {
        send()
        if hasWrittenDatagrams {
            hasWrittenDatagrams = false
            datagrams?.flush()
        }
        if !needsFlush.isEmpty {
            var numbers: [UInt64] = []
            swap(&numbers, &needsFlush)
            // Flushing may close a stream, which changes the table: the channel is taken out of it first.
            for number in numbers { streams.takeForFlush(number)?.flush() }
        }
        if !outbox.events.isEmpty {
            var events: [SignallingEvent] = []
            swap(&events, &outbox.events)
            for event in events {
                switch event {
                case .incoming(let call, _): live.insert(call)
                case .ended(let call, _): live.remove(call)
                default: break
                }
            }
            onEvents(events)
        }
        schedule()
        if let drained, isDrained {
            self.drained = nil
            drained.succeed()
        }
    }

    /// The longest sleep, so that a clock that is drawn forward is noticed.
    private static let longestSleep: Int64 = 60_000

    private func schedule() {
        guard let deadline = engine?.nextDeadline else { return }
        // A timer that fires early looks again, which is cheaper than setting it anew for each message.
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let delay = max(1, min(SignallingLoop.longestSleep, (deadline - now()).milliseconds))
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let task = eventLoop.scheduleTask(in: .milliseconds(delay)) { bound.value.fire() }
        timer = (deadline, task)
    }

    private func fire() {
        timer = nil
        engine?.advance(to: now(), into: &outbox)
        endTurn()
    }

    // MARK: sending

    /// Writes what the engine wants sent. Writing may close a stream, which the engine is told, which may send more.
    private func send() {
        guard !isSending else { return }
        isSending = true
        while !outbox.datagrams.isEmpty {
            var batch: [SIPOutbox.Datagram] = []
            swap(&batch, &outbox.datagrams)
            for datagram in batch {
                if datagram.to.transport == .udp { sendDatagram(datagram) } else { sendOnStream(datagram) }
            }
        }
        isSending = false
    }

    private func sendDatagram(_ datagram: SIPOutbox.Datagram) {
        guard let channel = datagrams, channel.isWritable, datagram.to.port != 0,
            isIPv6Socket || !datagram.to.address.isIPv6,
            let address = datagram.to.socketAddress(isIPv6Socket: isIPv6Socket)
        else { return }
        let envelope = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: datagram.bytes))
        channel.write(envelope, promise: nil)
        hasWrittenDatagrams = true
    }

    private func sendOnStream(_ datagram: SIPOutbox.Datagram) {
        let peer = StreamTable.Peer(address: datagram.to.address, port: datagram.to.port)
        if let number = datagram.to.connection {
            guard streams.streams[number] != nil else { return failed(datagram.to) }
            return write(datagram.bytes, to: number)
        }
        if let number = streams.number(to: peer) { return write(datagram.bytes, to: number) }
        switch streams.wait(datagram, for: peer, bounds: bounds) {
        case .begun: open(peer)
        case .queued: break
        case .full: failed(datagram.to)
        }
    }

    /// Writes on a stream; the end of the turn flushes it.
    func write(_ bytes: [UInt8], to number: UInt64) {
        guard let stream = streams.streams[number] else { return }
        guard stream.channel.isWritable else {
            // The other side has stopped reading.
            stream.channel.close(promise: nil)
            return
        }
        stream.channel.write(ByteBuffer(bytes: bytes), promise: nil)
        if streams.noteWrite(number) { needsFlush.append(number) }
    }

    /// How long to wait after the socket for datagrams could not be bound again.
    private static let rebindDelay = TimeAmount.milliseconds(200)

    /// The socket for datagrams is gone: NIO closes it when the system refuses to send to some address (a broadcast
    /// address, a network without route), which a message from outside can bring about. It is bound again at once, and
    /// tried again until `close`.
    func datagramsClosed() {
        datagrams = nil
        guard engine != nil, let bindAgain else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        bindAgain().whenComplete { bound.value.rebound(try? $0.get()) }
    }

    private func rebound(_ channel: (any Channel)?) {
        guard engine != nil else {
            channel?.close(promise: nil)
            return
        }
        datagrams = channel
        guard channel == nil else { return logger.debug("SIP datagram socket bound again") }
        logger.error("SIP datagram socket cannot be bound again, trying on")
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: SignallingLoop.rebindDelay) { bound.value.datagramsClosed() }
    }

    private func failed(_ path: SIPEndpoint) {
        engine?.transportFailed(path, at: now(), into: &outbox)
        send()
    }

    // MARK: streams

    /// A stream that somebody opened to us.
    func accept(_ channel: any Channel) throws {
        guard engine != nil, drained == nil, let remote = channel.remoteAddress,
            let source = SIPEndpoint(.tcp, remote), streams.hasRoom(for: source.address, bounds: bounds)
        else {
            channel.close(promise: nil)
            return
        }
        let number = streams.number()
        try channel.pipeline.syncOperations.addHandler(StreamHandler(loop: self, connection: number))
        streams.add(number, channel, .init(address: source.address, port: source.port), at: .now())
    }

    private func open(_ peer: StreamTable.Peer) {
        let endpoint = SIPEndpoint(transport: .tcp, address: peer.address, port: peer.port)
        let number = streams.number()
        guard peer.port != 0, let address = endpoint.socketAddress(isIPv6Socket: false) else {
            return opened(peer, number, nil)
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(bounds.connectTime)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                .writeBufferWaterMark, value: .init(low: bounds.streamBytes / 2, high: bounds.streamBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        StreamHandler(loop: bound.value, connection: number))
                }
            }
            .connect(to: address)
            .whenComplete { bound.value.opened(peer, number, try? $0.get()) }
    }

    /// A stream that we wanted is open, or could not be opened.
    private func opened(_ peer: StreamTable.Peer, _ number: UInt64, _ channel: (any Channel)?) {
        let waiting = streams.opened(peer)
        if let channel, channel.isActive, engine != nil {
            streams.add(number, channel, peer, at: .now())
            for datagram in waiting { write(datagram.bytes, to: number) }
        } else {
            channel?.close(promise: nil)
            // One telling for each path is enough.
            var told: Set<SIPEndpoint> = []
            for datagram in waiting where told.insert(datagram.to).inserted { failed(datagram.to) }
        }
        endTurn()
    }

    func receive(_ bytes: [UInt8], on number: UInt64) {
        guard let source = source(number) else { return }
        streams.noteMessage(number, at: .now())
        receive(bytes, from: source)
    }

    /// The last thing that a stream brought: a head that says not where its message ends. A request is told so.
    func receive(broken head: [UInt8], _ flaw: SIPFlaw, on number: UInt64) {
        guard let source = source(number), !head.isEmpty else { return }
        do {
            let message = try SIPMessage(head)
            guard message.isRequest, message.method != .ack else { return }
            engine?.receive(faulty: .answerable(message, flaw), from: source, at: now(), into: &outbox)
        } catch {
            engine?.receive(faulty: error, from: source, at: now(), into: &outbox)
        }
        endTurn()
    }

    private func source(_ number: UInt64) -> SIPEndpoint? {
        streams.streams[number].map {
            SIPEndpoint(transport: .tcp, address: $0.peer.address, port: $0.peer.port, connection: number)
        }
    }

    /// A stream is gone: what waits for answers on it fails.
    func closed(_ number: UInt64) {
        guard let stream = streams.remove(number) else { return }
        var path = SIPEndpoint(
            transport: .tcp, address: stream.peer.address, port: stream.peer.port, connection: number)
        failed(path)
        if streams.number(to: stream.peer) == nil {
            path.connection = nil
            failed(path)
        }
        // Sending may be what closed it; then the turn that sends ends itself.
        if !isSending { endTurn() }
    }

    /// Closes streams that never said anything and those that have said nothing for long.
    func sweep(at now: NIODeadline) {
        for number in streams.stale(at: now, bounds: bounds) {
            streams.streams[number]?.channel.close(promise: nil)
        }
    }

    // MARK: the end

    private var isDrained: Bool { live.isEmpty }

    /// Takes no more streams and waits for the calls to end.
    func drain() -> EventLoopFuture<Void> {
        guard !isDrained else { return eventLoop.makeSucceededVoidFuture() }
        if let drained { return drained.futureResult }
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: bounds.drain) {
            bound.value.drained?.succeed()
            bound.value.drained = nil
        }
        return promise.futureResult
    }

    /// Closes everything; what comes after is not answered.
    func close() -> EventLoopFuture<Void> {
        endTurn()
        engine = nil
        timer?.task.cancel()
        timer = nil
        sweeper?.cancel()
        let channels = [listener, datagrams].compactMap { $0 } + streams.streams.values.map(\.channel)
        bindAgain = nil
        return EventLoopFuture.andAllComplete(channels.map { $0.close() }, on: eventLoop)
    }
}
