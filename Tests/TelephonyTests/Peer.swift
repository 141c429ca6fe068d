import Kernel
import NIOCore
import NIOPosix
import SignallingEngine
import Telephony

/// A service of its own with its events in a row, as the other side of calls.
final class Place: Sendable {
    static let loopback = IPAddress(v4: 0x7F00_0001)
    let service: SignallingService
    private let events: AsyncStream<SignallingEvent>

    init() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: SignallingEvent.self)
        events = stream
        var settings = SignallingService.Settings(host: "127.0.0.1", port: 0)
        settings.policy = SourcePolicy(
            rules: [SourcePolicy.Rule(trunk: "loopback", network: "127.0.0.0/8")].compactMap { $0 })
        service = try await SignallingService(settings) { reports in
            for case .event(let event) in reports { continuation.yield(event) }
        }
    }

    /// The next event; the stream keeps its place between two of these.
    func next() async -> SignallingEvent? {
        var iterator = events.makeAsyncIterator()
        return await iterator.next()
    }

    func endpoint(_ transport: SIPTransport) -> SIPEndpoint {
        SIPEndpoint(transport: transport, address: Place.loopback, port: UInt16(service.port))
    }

    func uri(_ user: String) -> String { "sip:\(user)@127.0.0.1:\(service.port)" }
}

/// A bare TCP connection.
final class Wire: Sendable {
    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let continuation: AsyncStream<[UInt8]>.Continuation
        init(_ continuation: AsyncStream<[UInt8]>.Continuation) { self.continuation = continuation }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(Array(unwrapInboundIn(data).readableBytesView))
        }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let stream: AsyncStream<[UInt8]>

    init(to port: Int) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        self.stream = stream
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { $0.pipeline.addHandler(Collector(continuation)) }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text.replacing("\n", with: "\r\n")), promise: nil)
    }

    /// What comes until at least `count` bytes are there or the connection is closed.
    func read(_ count: Int) async -> String {
        var bytes: [UInt8] = []
        if count == 0 { return "" }
        for await part in stream {
            bytes += part
            if bytes.count >= count { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Everything until the other side closes.
    func readToEnd() async -> String { await read(.max) }

    func close() async { try? await channel.close() }
}
