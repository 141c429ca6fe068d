import NIOCore
import SignallingEngine

/// Cuts one stream into messages for the engine.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let loop: SignallingLoop
    private let connection: UInt64
    private var framer = SIPStreamFramer()

    init(loop: SignallingLoop, connection: UInt64) {
        self.loop = loop
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        framer.receive(unwrapInboundIn(data).readableBytesView)
        while let item = framer.next() {
            switch item {
            case .message(let bytes): loop.receive(bytes, on: connection)
            case .ping: loop.write(SIPStreamFramer.pong, to: connection)
            case .failed(let flaw, let head):
                loop.receive(broken: head, flaw, on: connection)
                context.close(promise: nil)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { loop.endTurn() }

    func channelInactive(context: ChannelHandlerContext) {
        loop.closed(connection)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        loop.note("stream", error)
        context.close(promise: nil)
    }
}
