import NIOCore
import SignallingEngine

/// Hands each datagram to the engine, and ends the turn when all that waited have been read.
final class DatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// Datagrams that are taken from the socket with one system call.
    static let messagesPerRead = 32

    private let loop: SignallingLoop

    init(loop: SignallingLoop) { self.loop = loop }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        guard let source = SIPEndpoint(.udp, envelope.remoteAddress) else { return }
        loop.receive(Array(envelope.data.readableBytesView), from: source)
    }

    func channelReadComplete(context: ChannelHandlerContext) { loop.endTurn() }

    func channelInactive(context: ChannelHandlerContext) {
        loop.datagramsClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What one datagram met on its way says nothing about the socket.
        loop.note("datagram socket", error)
    }
}
