package import Kernel
package import Logging
package import NIOCore
import NIOPosix
package import SignallingEngine

/// The SIP sockets of one place: UDP and TCP on one port, around one `SignallingEngine`, all on one event loop.
///
/// Bytes and time go in, bytes go out; what happened comes as events, those of one turn of the loop together. The
/// handlers are synchronous, so that a request costs no hop between threads.
package final class SignallingService: Sendable {
    /// Where to listen, and how much is too much.
    package struct Configuration: Sendable {
        /// A numeric IPv4 or IPv6 address of this machine, or the address that stands for all of them.
        package var host: String
        /// The port of both transports; 0 takes any free one.
        package var port: UInt16
        /// The address that others reach us at; `host` when nil. Needed when `host` stands for all addresses.
        package var advertisedAddress: IPAddress?
        package var bounds = Bounds()

        package init(host: String = "0.0.0.0", port: UInt16 = 5060, advertisedAddress: IPAddress? = nil) {
            self.host = host
            self.port = port
            self.advertisedAddress = advertisedAddress
        }
    }

    /// Every bound of the sockets, with a name.
    package struct Bounds: Sendable {
        /// Streams at a time; more are closed as soon as they are accepted.
        package var connections = 4_000
        /// Streams of one address at a time.
        package var connectionsPerAddress = 200
        /// How long opening a stream may take.
        package var connectTime = TimeAmount.seconds(5)
        /// How long a stream may be open without one whole message.
        package var silence = TimeAmount.seconds(15)
        /// How long a stream that has carried a message may carry nothing: longer than a registration lives.
        package var idleness = TimeAmount.minutes(70)
        /// How often streams are looked through for silent and idle ones.
        package var sweep = TimeAmount.seconds(5)
        /// Bytes that wait to be written on one stream; beyond, it is closed as stuck.
        package var streamBytes = 512 * 1_024
        /// Messages that wait for a stream to open.
        package var messagesPerOpening = 64
        /// Bytes that wait to be written as datagrams; beyond, they are dropped, as a network would.
        package var datagramBytes = 4 * 1_024 * 1_024
        /// What the operating system shall keep of datagrams that wait to be read.
        package var receiveBuffer = 4 * 1_024 * 1_024
        /// How long `stop` waits for calls to end.
        package var drain = TimeAmount.seconds(2)

        package init() {}
    }

    /// What did not work while starting.
    package enum StartFailure: Error, CustomStringConvertible {
        /// `host` is no numeric address.
        case host(String)
        /// `host` stands for all addresses, and none was given to advertise.
        case advertisedAddress
        /// The port is taken, or may not be used.
        case port(UInt16, any Error)

        package var description: String {
            switch self {
            case .host(let host): "'\(host)' is no numeric address"
            case .advertisedAddress: "listening on all addresses needs an advertised address"
            case .port(let port, let error): "port \(port) for SIP: \(error)"
            }
        }
    }

    /// The port of UDP and TCP.
    package let port: UInt16
    private let group: MultiThreadedEventLoopGroup
    private let eventLoop: any EventLoop
    private let loop: NIOLoopBound<SignallingLoop>

    private init(port: UInt16, group: MultiThreadedEventLoopGroup, loop: NIOLoopBound<SignallingLoop>) {
        self.port = port
        self.group = group
        eventLoop = group.next()
        self.loop = loop
    }

    /// Binds the sockets and begins.
    ///
    /// - Parameters:
    ///   - settings: of the engine; endpoints that are missing are made from the configuration and the port.
    ///   - seed: see `SignallingEngine.init`.
    ///   - onEvents: gets what happened, on the event loop: hand it on, never wait in it.
    package static func start(
        _ configuration: Configuration, settings: SignallingSettings, seed: [UInt8], lastInbound: UInt64 = 0,
        logger: Logger = Logger(label: "hotline.sip"),
        onEvents: @escaping @Sendable ([SignallingEvent]) -> Void
    ) async throws -> SignallingService {
        guard let host = IPAddress(configuration.host) else { throw StartFailure.host(configuration.host) }
        let isAny = host.high == 0 && host.low == 0
        guard let advertised = configuration.advertisedAddress ?? (isAny ? nil : host) else {
            throw StartFailure.advertisedAddress
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let loop = try await group.next().submit {
                NIOLoopBound(
                    SignallingLoop(
                        eventLoop: group.next(), bounds: configuration.bounds, isIPv6Socket: host.isIPv6,
                        logger: logger, onEvents: onEvents),
                    eventLoop: group.next())
            }.get()
            let port = try await bind(configuration, group: group, loop: loop)
            try await group.next().submit {
                var settings = settings
                if settings.endpoints.isEmpty {
                    settings.endpoints = [.udp, .tcp].map {
                        SIPEndpoint(transport: $0, address: advertised, port: port)
                    }
                }
                loop.value.begin(SignallingEngine(settings: settings, seed: seed, lastInbound: lastInbound))
            }.get()
            return SignallingService(port: port, group: group, loop: loop)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Gives commands to the engine, in order and all in one turn of the loop; from any thread, never waits.
    package func submit(_ commands: [SignallingCommand]) {
        guard !commands.isEmpty else { return }
        eventLoop.execute { [loop] in loop.value.perform(commands) }
    }

    /// Lets something be done with the engine itself on its loop: settings, snapshots, registrations. What the body puts
    /// into the outbox is sent and told. Throws when the service has been stopped.
    package func withEngine<Result: Sendable>(
        _ body: @escaping @Sendable (inout SignallingEngine, Timestamp, inout SIPOutbox) -> Result
    ) async throws -> Result {
        try await eventLoop.submit { [loop] in try loop.value.withEngine(body) }.get()
    }

    /// Takes what was submitted before, waits for calls to end, but no longer than `Bounds.drain`, and closes all
    /// sockets. Hang up first what shall end with a BYE. Commands that come later do nothing.
    package func stop() async {
        try? await eventLoop.flatSubmit { [loop] in loop.value.drain() }.get()
        try? await eventLoop.flatSubmit { [loop] in loop.value.close() }.get()
    }

    /// The thread ends with the service and not with `stop`, so that late commands still find a loop to be ignored on.
    deinit { group.shutdownGracefully { _ in } }

    // MARK: binding

    /// How many free ports are tried until one is free for both transports.
    private static let mostPortsTried = 16

    private static func bind(
        _ configuration: Configuration, group: MultiThreadedEventLoopGroup, loop: NIOLoopBound<SignallingLoop>
    ) async throws -> UInt16 {
        var failure: (any Error)?
        for _ in 0..<(configuration.port == 0 ? mostPortsTried : 1) {
            var udp: (any Channel)?
            do {
                let bound = try await bindDatagrams(configuration, loop: loop, group: group).get()
                udp = bound
                let port = bound.localAddress?.port.flatMap { UInt16(exactly: $0) } ?? 0
                let tcp = try await bindStreams(configuration, port: port, group: group, loop: loop)
                var again = configuration
                again.port = port
                try await group.next().submit { [again] in
                    loop.value.attach(datagrams: bound, listener: tcp) {
                        bindDatagrams(again, loop: loop, group: group)
                    }
                }.get()
                return port
            } catch {
                try? await udp?.close()
                failure = error
            }
        }
        throw StartFailure.port(configuration.port, failure ?? ChannelError.ioOnClosedChannel)
    }

    private static func bindDatagrams(
        _ configuration: Configuration, loop: NIOLoopBound<SignallingLoop>, group: MultiThreadedEventLoopGroup
    ) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: group)
            .channelOption(.socketOption(.so_rcvbuf), value: configuration.bounds.receiveBuffer)
            .channelOption(.datagramVectorReadMessageCount, value: DatagramHandler.messagesPerRead)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(
                    capacity: DatagramHandler.messagesPerRead * SIPMessage.mostBytes)
            )
            .channelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: configuration.bounds.datagramBytes / 2, high: configuration.bounds.datagramBytes)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(loop: loop.value))
                }
            }
            .bind(host: configuration.host, port: Int(configuration.port))
    }

    private static func bindStreams(
        _ configuration: Configuration, port: UInt16, group: MultiThreadedEventLoopGroup,
        loop: NIOLoopBound<SignallingLoop>
    ) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(
                .writeBufferWaterMark,
                value: .init(
                    low: configuration.bounds.streamBytes / 2, high: configuration.bounds.streamBytes)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try loop.value.accept(channel)
                }
            }
            .bind(host: configuration.host, port: Int(port)).get()
    }
}
