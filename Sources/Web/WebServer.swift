package import Hummingbird
import Kernel
package import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server: runs until its service group is asked to shut down.
package struct WebServer: Service {
    private let host: String
    private let port: Int
    private let routes: Routes
    private let authenticator: any TokenAuthenticator
    private let idempotency: any IdempotencyStore
    private let settings: WebSettings
    private let logger: Logger
    private let onBound: @Sendable (Int) async -> Void
    var pace = EventStreamResponse.Pace()

    /// - Parameters:
    ///   - host: an address of loopback.
    ///   - port: 0 takes a free one.
    ///   - onBound: is told the port as soon as connections are accepted.
    package init(
        host: String = "127.0.0.1", port: Int, routes: Routes, authenticator: any TokenAuthenticator,
        idempotency: any IdempotencyStore = MemoryIdempotencyStore(), settings: WebSettings, logger: Logger,
        onBound: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.routes = routes
        self.authenticator = authenticator
        self.idempotency = idempotency
        self.settings = settings
        self.logger = logger
        self.onBound = onBound
        pace.heartbeat = .seconds(settings.heartbeatSeconds)
    }

    /// Serves until the task is cancelled or the process gets SIGINT or SIGTERM, and returns when the last request
    /// has been answered. Throws `Problem`: `.invalid` for an address that is not loopback or a port that is none,
    /// `.unavailable` when the port is taken, `.internal` for two routes with the same path.
    package func run() async throws {
        do {
            try await application().runService()
        } catch let error as IOError {
            throw Problem(
                .unavailable, "Cannot listen on \(host):\(port): is the port taken? Choose another web.port.",
                cause: error, details: ["field": "web.port"])
        }
    }

    /// The server as the HTTP library's application; tests call it without a socket.
    package func application() throws -> Application<RouterResponder<WebContext>> {
        try WebSettings.requireLoopback(host)
        guard (0...65_535).contains(port) else {
            throw Problem(.invalid, "web.port must be from 0 to 65535.", details: ["field": "web.port"])
        }
        try routes.check()
        let router = Router(context: WebContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: HostCheck(hosts: settings.hosts.union(WebSettings.loopbackHosts)))
        let service = RouteService(
            authenticator: authenticator, idempotency: idempotency,
            throttle: AttemptThrottle(
                most: settings.mostFailures, span: settings.throttleSpan,
                mostAddresses: settings.mostThrottled),
            settings: settings, pace: pace)
        for entry in routes.entries {
            guard let method = HTTPRequest.Method(entry.route.method) else {
                throw Problem(.internal, "'\(entry.route.method)' is no method of HTTP.")
            }
            router.on(RouterPath(entry.route.path), method: method) { request, context in
                try await service.serve(entry, request, context)
            }
        }
        let onBound = onBound
        return Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(Int64(settings.idleSeconds)))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), backlog: settings.backlog,
                availableConnectionsDelegate: .maximum(settings.mostConnections, logger: logger)),
            onServerRunning: { channel in await onBound(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}
