import NIOCore
import SignallingEngine

/// Datagrams between the socket and the engine; what a read cycle leads to is flushed once at its end.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    private let core: SignallingCore

    init(_ core: SignallingCore) { self.core = core }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let source = SIPEndpoint(.udp, envelope.remoteAddress) else { return }
        core.receive([UInt8](envelope.data.readableBytesView), from: source)
        core.settle(flushing: false)
    }

    func channelReadComplete(context: ChannelHandlerContext) { core.settle(flushing: true) }

    func channelInactive(context: ChannelHandlerContext) {
        core.datagramsClosed()
        context.fireChannelInactive()
    }

    // An ICMP error for some peer is no reason to stop listening: its transaction times out.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
}

/// One TCP connection: bytes are cut into messages, silence and garbage close it.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let core: SignallingCore
    private var framer = SIPStreamFramer()
    private var number: UInt64?
    private var source: SIPEndpoint?
    private var idle: Scheduled<Void>?

    /// Where a stream that we open goes; `nil` for one that was opened to us.
    private let target: SIPEndpoint?

    init(_ core: SignallingCore, target: SIPEndpoint? = nil) {
        self.core = core
        self.target = target
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let address = context.remoteAddress, var source = SIPEndpoint(.tcp, address),
            let number = core.opened(context.channel)
        else {
            if let target { core.notConnected(target, "too many streams") }
            return context.close(promise: nil)
        }
        source.connection = number
        self.source = source
        self.number = number
        heard(context)
        if let target { core.connected(target, number) }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let source, let number else { return }
        framer.receive(unwrapInboundIn(data).readableBytesView)
        var items: [SIPStreamFramer.Item] = []
        while let item = framer.next() { items.append(item) }
        guard !items.isEmpty else { return }
        // Only whole messages count as life: a half-open or dripping stream runs out.
        heard(context)
        core.receive(items, on: number, from: source)
    }

    func channelInactive(context: ChannelHandlerContext) {
        idle?.cancel()
        if let number, let source { core.closed(number, source) }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func heard(_ context: ChannelHandlerContext) {
        idle?.cancel()
        let channel = context.channel
        idle = context.eventLoop.scheduleTask(in: SignallingCore.streamPatience) {
            channel.close(promise: nil)
        }
    }
}

extension SIPEndpoint {
    /// The sender of something that came in; `nil` for an address that is not IP.
    init?(_ transport: SIPTransport, _ address: SocketAddress) {
        guard let text = address.ipAddress, let ip = IPAddress(text), let port = address.port else {
            return nil
        }
        self.init(transport: transport, address: ip, port: UInt16(port))
    }
}
