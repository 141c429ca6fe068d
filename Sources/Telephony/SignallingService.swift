import Kernel
package import Logging
import NIOCore
import NIOPosix
package import SignallingEngine

/// Who may call, by address; a name that cannot be mistaken for the media side's policy.
package typealias TrunkPolicy = SourcePolicy

/// What the signalling tells its user.
package enum SignallingReport: Sendable {
    case event(SignallingEvent)
    /// What must be kept of a leg so that it can be ended after a crash; told when a call has come in, has gone out,
    /// and has been answered.
    case dialog(CallHandle, DialogSnapshot)
}

/// SIP on UDP and TCP around one `SignallingEngine`, which lives on one event loop with its sockets.
///
/// Messages are handled synchronously on that loop; only call-level reports leave it, in batches of one read cycle,
/// through the sink. The sink is called on the loop and must not block.
package final class SignallingService: Sendable {
    package struct Settings: Sendable {
        /// A numeric address; the port 0 takes a free one, the same for UDP and TCP.
        package var host: String
        package var port: Int
        /// The address that peers are told; `nil` takes the one listened on.
        package var advertisedHost: String?
        package var policy = SourcePolicy()
        package var users: [String: Digest.Secret] = [:]
        /// What phones are challenged with.
        package var digestAlgorithms: [Digest.Algorithm] = [.sha256, .md5]
        /// Phones that had registered before a restart.
        package var bindings: [(user: String, binding: Binding)] = []
        package var bounds = SignallingBounds()
        package var timing = SIPTiming()

        package init(host: String, port: Int, advertisedHost: String? = nil) {
            self.host = host
            self.port = port
            self.advertisedHost = advertisedHost
        }

        /// Sets what phones are challenged with: `md5`, `sha256` or `both`.
        ///
        /// - Throws: `Problem(.invalid)` naming the field.
        package mutating func setDigest(_ word: String, field: String) throws {
            switch word {
            case "md5": digestAlgorithms = [.md5]
            case "sha256": digestAlgorithms = [.sha256]
            case "both": digestAlgorithms = [.sha256, .md5]
            default:
                throw Problem(
                    .invalid, "\(field) must be md5, sha256 or both, not '\(word.prefix(64))'",
                    details: ["field": field])
            }
        }
    }

    /// How often another port is tried when the one that UDP got is taken for TCP.
    private static let portAttempts = 16

    private let group: MultiThreadedEventLoopGroup
    private let core: NIOLoopBound<SignallingCore>
    private let loop: any EventLoop
    /// Where SIP is listened for, UDP and TCP alike.
    package let port: Int

    /// Binds and listens.
    ///
    /// - Throws: `Problem(.invalid)` for an address that is none, `Problem(.unavailable)` when the port is taken.
    package init(
        _ settings: Settings, logger: Logger = Logger(label: "hotline.sip"),
        reports sink: @escaping @Sendable ([SignallingReport]) -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        do {
            let core = try await loop.submit {
                NIOLoopBound(
                    SignallingCore(loop: loop, settings: settings, logger: logger, sink: sink),
                    eventLoop: loop)
            }.get()
            var bound: Int?
            var failure: (any Error)?
            for _ in 0..<(settings.port == 0 ? Self.portAttempts : 1) where bound == nil {
                do {
                    bound = try await Self.bind(core, loop: loop, host: settings.host, port: settings.port)
                } catch {
                    failure = error
                }
            }
            guard let bound else {
                throw Problem(
                    .unavailable,
                    "SIP cannot be received on \(settings.host):\(settings.port); is another program listening there?",
                    cause: failure, details: ["field": "sip.listen"])
            }
            try await loop.submit { try core.value.start(port: bound) }.get()
            self.core = core
            self.loop = loop
            self.group = group
            port = bound
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
    }

    private static func bindDatagrams(
        _ core: NIOLoopBound<SignallingCore>, loop: any EventLoop, host: String, port: Int
    ) -> EventLoopFuture<any Channel> {
        DatagramBootstrap(group: loop)
            .channelOption(.socketOption(.so_rcvbuf), value: SignallingCore.receiveBuffer)
            .channelOption(.socketOption(.so_sndbuf), value: SignallingCore.sendBuffer)
            .channelOption(.writeBufferWaterMark, value: SignallingCore.unsent)
            .channelOption(.datagramVectorReadMessageCount, value: SignallingCore.vectorReads)
            .channelOption(
                .recvAllocator,
                value: FixedSizeRecvByteBufferAllocator(
                    capacity: SignallingCore.datagramBytes * SignallingCore.vectorReads)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(DatagramHandler(core.value))
                }
            }
            .bind(host: host, port: port)
    }

    private static func bind(
        _ core: NIOLoopBound<SignallingCore>, loop: any EventLoop, host: String, port: Int
    ) async throws -> Int {
        let datagrams = try await bindDatagrams(core, loop: loop, host: host, port: port).get()
        guard let bound = datagrams.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        do {
            let streams = try await ServerBootstrap(group: loop)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(StreamHandler(core.value))
                    }
                }
                .bind(host: host, port: bound).get()
            try await loop.submit {
                core.value.take(datagrams: datagrams, listener: streams) {
                    bindDatagrams(core, loop: loop, host: host, port: bound)
                }
            }.get()
        } catch {
            try await datagrams.close()
            throw error
        }
        return bound
    }

    /// Carries out commands in order. From any thread; returns at once.
    package func submit(_ commands: [SignallingCommand]) {
        loop.execute { [core] in core.value.perform(commands) }
    }

    /// Changes who may register and from where calls may come; standing calls and registrations stay.
    package func take(users: [String: Digest.Secret], policy: TrunkPolicy) {
        loop.execute { [core] in core.value.take(users: users, policy: policy) }
    }

    /// Closes the sockets. What has not been sent yet is sent first.
    package func stop() async {
        do {
            try await loop.submit { [core] in core.value.stop() }.get().get()
            try await group.shutdownGracefully()
        } catch {
            // The loop is gone already: stopped twice.
            return
        }
    }
}
