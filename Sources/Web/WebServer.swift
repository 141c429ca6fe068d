package import Hummingbird
import HummingbirdCore
import Kernel
package import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Where a server is reached once it listens.
package struct WebBound: Hashable, Sendable {
    /// The port of plain HTTP, on loopback.
    package var http: Int
    /// The port of HTTPS; `nil` when it is not served.
    package var https: Int?
}

/// The HTTP server: plain on loopback, and HTTPS beside it with the same routes. Runs until its service group is asked
/// to shut down.
package struct WebServer: Service {
    private let host: String
    private let port: Int
    private let routes: Routes
    private let parts: Parts
    private let settings: WebSettings
    private let logger: Logger
    private let onBound: @Sendable (WebBound) async -> Void
    var pace = EventStreamResponse.Pace()

    /// What the routes need besides themselves.
    package struct Parts: Sendable {
        package var authenticator: any TokenAuthenticator
        /// Without it nobody signs in from a browser.
        package var sessions: (any SessionAuthenticator)?
        /// Without it reads are not audited.
        package var auditor: (any ReadAuditor)?
        package var idempotency: any IdempotencyStore
        /// Without it there are no pages.
        package var files: StaticFiles?
        /// Without it there is plain HTTP alone.
        package var secure: SecureListener?

        package init(
            authenticator: any TokenAuthenticator, sessions: (any SessionAuthenticator)? = nil,
            auditor: (any ReadAuditor)? = nil,
            idempotency: any IdempotencyStore = MemoryIdempotencyStore(), files: StaticFiles? = nil,
            secure: SecureListener? = nil
        ) {
            self.authenticator = authenticator
            self.sessions = sessions
            self.auditor = auditor
            self.idempotency = idempotency
            self.files = files
            self.secure = secure
        }
    }

    /// - Parameters:
    ///   - host: an address of loopback.
    ///   - port: 0 takes a free one.
    ///   - onBound: is told the ports as soon as connections are accepted on all of them.
    package init(
        host: String = "127.0.0.1", port: Int, routes: Routes, parts: Parts, settings: WebSettings,
        logger: Logger, onBound: @escaping @Sendable (WebBound) async -> Void = { _ in }
    ) {
        self.host = host
        self.port = port
        self.routes = routes
        self.parts = parts
        self.settings = settings
        self.logger = logger
        self.onBound = onBound
        pace.heartbeat = .seconds(settings.heartbeatSeconds)
    }

    /// Serves until the task is cancelled or the process gets SIGINT or SIGTERM, and returns when the last request
    /// has been answered. Throws `Problem`: `.invalid` for an address that is not loopback or a port that is none,
    /// `.unavailable` when a port is taken or the certificate cannot be used, `.internal` for two routes with the same
    /// path.
    package func run() async throws {
        let throttle = newThrottle
        let bound = BoundPorts(expected: parts.secure == nil ? 1 : 2, told: onBound)
        var services: [any Service] = [
            Listening(
                service: try application(throttle) { await bound.tell(http: $0) }, place: "\(host):\(port)",
                field: "http.listen")
        ]
        if let secure = parts.secure {
            await secure.renew()
            let certificate = try CertificateInUse(secure)
            let application = try secureApplication(secure, certificate, throttle) {
                await bound.tell(https: $0)
            }
            services += [
                Listening(
                    service: application, place: "\(secure.host):\(secure.port)", field: "http.tls_listen"),
                CertificateWatch(listener: secure, certificate: certificate, logger: logger),
            ]
        }
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The server of plain HTTP as the library's application; tests call it without a socket.
    package func application() throws -> Application<RouterResponder<WebContext>> {
        try application(newThrottle) { [onBound] in await onBound(WebBound(http: $0, https: nil)) }
    }

    private var newThrottle: AttemptThrottle {
        AttemptThrottle(
            most: settings.mostFailures, span: settings.throttleSpan, mostAddresses: settings.mostThrottled)
    }

    private func application(
        _ throttle: AttemptThrottle, bound: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<RouterResponder<WebContext>> {
        try WebSettings.requireLoopback(host)
        return Application(
            router: try router(throttle, isSecure: false), server: .http1(configuration: connection),
            configuration: try listening(host, port, field: "http.listen"),
            onServerRunning: { channel in await bound(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    private func secureApplication(
        _ secure: SecureListener, _ certificate: CertificateInUse, _ throttle: AttemptThrottle,
        bound: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<RouterResponder<WebContext>> {
        let connection = connection
        return Application(
            router: try router(throttle, isSecure: true),
            server: HTTPServerBuilder { responder in
                SecureChannel(
                    base: HTTP1Channel(responder: responder, configuration: connection),
                    certificate: certificate)
            },
            configuration: try listening(secure.host, secure.port, field: "http.tls_listen"),
            onServerRunning: { channel in await bound(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    private var connection: HTTP1Channel.Configuration {
        .init(idleTimeout: .seconds(Int64(settings.idleSeconds)))
    }

    private func listening(_ host: String, _ port: Int, field: String) throws -> ApplicationConfiguration {
        guard (0...65_535).contains(port) else {
            throw Problem(
                .invalid, "The port of \(field) must be from 0 to 65535.", details: ["field": field])
        }
        return ApplicationConfiguration(
            address: .hostname(host, port: port), backlog: settings.backlog,
            availableConnectionsDelegate: .maximum(settings.mostConnections, logger: logger))
    }

    private func router(_ throttle: AttemptThrottle, isSecure: Bool) throws -> Router<WebContext> {
        try routes.check()
        let router = Router(context: WebContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ProblemMiddleware())
        router.add(middleware: HostCheck(hosts: settings.hosts.union(WebSettings.loopbackHosts)))
        if let files = parts.files { router.add(middleware: StaticFilesMiddleware(files: files)) }
        let service = RouteService(
            authenticator: parts.authenticator, sessions: parts.sessions, auditor: parts.auditor,
            idempotency: parts.idempotency, throttle: throttle, settings: settings, pace: pace,
            isSecure: isSecure)
        for entry in routes.entries {
            guard let method = HTTPRequest.Method(entry.route.method) else {
                throw Problem(.internal, "'\(entry.route.method)' is no method of HTTP.")
            }
            router.on(RouterPath(entry.route.path), method: method) { request, context in
                try await service.serve(entry, request, context)
            }
        }
        return router
    }
}

/// A listening application whose failure to listen says which setting is at fault.
private struct Listening<Inner: Service>: Service {
    let service: Inner
    let place: String
    let field: String

    func run() async throws {
        do { try await service.run() } catch let error as IOError {
            throw Problem(
                .unavailable, "Cannot listen on \(place): is the port taken? Choose another \(field).",
                cause: error, details: ["field": field])
        }
    }
}

/// Waits until everything listens, then tells where.
private actor BoundPorts {
    private let expected: Int
    private let told: @Sendable (WebBound) async -> Void
    private var bound = WebBound(http: 0, https: nil)
    private var count = 0

    init(expected: Int, told: @escaping @Sendable (WebBound) async -> Void) {
        self.expected = expected
        self.told = told
    }

    func tell(http: Int) async {
        bound.http = http
        await ready()
    }

    func tell(https: Int) async {
        bound.https = https
        await ready()
    }

    private func ready() async {
        count += 1
        if count == expected { await told(bound) }
    }
}
