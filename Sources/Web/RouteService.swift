import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import Sheets

/// Serves one request on its route: who is it, may they, read the body, was it done already, do it.
struct RouteService: Sendable {
    let authenticator: any TokenAuthenticator
    let sessions: (any SessionAuthenticator)?
    let auditor: (any ReadAuditor)?
    let idempotency: any IdempotencyStore
    let throttle: AttemptThrottle
    let settings: WebSettings
    let pace: EventStreamResponse.Pace
    /// Whether it answers over HTTPS.
    let isSecure: Bool

    /// Characters of a bearer token; a longer one is unknown without looking.
    private static let mostToken = 4_096
    /// Where somebody who has to change the password may go.
    private static let sessionRoutes = "/api/v1/session"

    func serve(_ entry: Routes.Entry, _ request: Request, _ context: WebContext) async throws -> Response {
        let route = RouteContext(
            request: context.request, address: context.address, logger: context.logger, isSecure: isSecure,
            isOnMachine: RequestOrigin.isOnMachine(request, address: context.address))
        switch entry.work {
        case .open(let handler):
            let answer = try await counting(entry, request, context) {
                try await handler(try await read(request, entry, context), route)
            }
            return try response(answer, context, session: nil)
        case .known(let handler):
            let principal = try await authenticate(request, context)
            try Self.authorise(principal, entry.route)
            let whole = try await read(request, entry, context)
            let answer = try await completed(
                try await once(whole, principal) { try await handler(whole, principal, route) })
            try await audit(entry.route, whole, principal, context, answer)
            return try response(answer, context, session: principal.session)
        }
    }

    /// An open route whose failures count, such as signing in: an address with too many of them waits.
    private func counting(
        _ entry: Routes.Entry, _ request: Request, _ context: WebContext,
        _ work: () async throws -> WebAnswer
    ) async throws -> WebAnswer {
        guard entry.countsFailures else { return try await work() }
        try RequestOrigin(request).requireOwnPage()
        try await requireNotThrottled(context)
        do { return try await work() } catch let problem as Problem where problem.code == .unauthenticated {
            await throttle.failed(context.address, at: settings.now())
            throw problem
        }
    }

    private func requireNotThrottled(_ context: WebContext) async throws {
        guard let seconds = await throttle.refusal(of: context.address, at: settings.now()) else { return }
        throw ProblemAnswer(
            Problem(.exhausted, "Too many failed attempts from this address; wait \(seconds) seconds."),
            retryAfter: seconds)
    }

    private func authenticate(_ request: Request, _ context: WebContext) async throws -> Principal {
        if request.headers[.authorization] == nil, let session = try await browser(request) { return session }
        try await requireNotThrottled(context)
        guard let header = request.headers[.authorization] else {
            throw Problem(
                .unauthenticated, "Sign in, or send a token: 'Authorization: Bearer <token>'.",
                details: ["reason": "noSession"])
        }
        let parts = header.split(separator: " ", maxSplits: 1)
        if parts.count == 2, parts[0].lowercased() == "bearer" {
            let token = parts[1].trimmingPrefix { $0 == " " }
            if !token.isEmpty, token.utf8.count <= Self.mostToken,
                let principal = try await authenticator.principal(forToken: String(token))
            {
                return principal
            }
        }
        await throttle.failed(context.address, at: settings.now())
        throw Problem(.unauthenticated, "The token is unknown or has expired; sign in again.")
    }

    /// Whose session the cookie is. An unknown one is no failed attempt: 256 random bits are not guessed, and a room
    /// full of browsers whose sessions have run out must not shut the door on itself.
    private func browser(_ request: Request) async throws -> Principal? {
        let cookies = request.headers[values: .cookie].joined(separator: ";")
        guard let sessions, let token = SessionCookie.token(in: cookies),
            let principal = try await sessions.principal(forSession: token, at: settings.now())
        else { return nil }
        guard request.method != .get, request.method != .head else { return principal }
        try RequestOrigin(request).requireOwnPage()
        let sent = HTTPField.Name(SessionCookie.tokenHeader).flatMap { request.headers[$0] } ?? ""
        guard SessionCookie.isSame(sent, SessionCookie.forgeryToken(for: token)) else {
            throw Problem(
                .forbidden, "Send the session's 'csrf' in the header X-CSRF-Token.",
                details: ["reason": "csrf", "field": "X-CSRF-Token"])
        }
        return principal
    }

    private static func authorise(_ principal: Principal, _ route: Route) throws {
        if principal.mustChangePassword, !route.path.hasPrefix(sessionRoutes) {
            throw Problem(
                .forbidden, "Change the password first: PUT /api/v1/session/password.",
                details: ["reason": "mustChangePassword"])
        }
        guard case .named(let permission) = route.permission else { return }
        guard let grant = principal.grants[permission] else { throw Principal.lacks(permission) }
        if let data = route.data, !grant.data.contains(data) {
            throw Problem(
                .forbidden, "'\(permission)' does not open data of the class '\(data.rawValue)' here.",
                details: ["permission": permission, "data": data.rawValue])
        }
    }

    /// Writes down a read before its answer leaves; an answer that tells of a fault shows nothing.
    private func audit(
        _ route: Route, _ request: WebRequest, _ principal: Principal, _ context: WebContext,
        _ answer: WebAnswer
    ) async throws {
        guard answer.status < 400, let auditor else { return }
        var objects = route.path.split(separator: "/").compactMap { part in
            part.hasPrefix("{") ? request.parameters[String(part.dropFirst().dropLast())] : nil
        }
        // A file that leaves is always written down, and by its name.
        if let file = answer.leavesAs { objects.append(file) } else if route.audits != .read { return }
        let object = objects.joined(separator: "/")
        try await auditor.audit(
            AuditedRead(
                principal: principal, route: route.method + " " + route.path, object: object,
                address: context.address, at: settings.now()))
    }

    /// The answer with what only the server knows: the clock by which a file shows its times. A list that is refused
    /// here has not left, and is not written down.
    private func completed(_ answer: WebAnswer) async throws -> WebAnswer {
        guard case .list(let file) = answer.content else { return answer }
        let zone = try await settings.zone()
        var whole = try await file.answer(zone: zone, day: zone.reading(at: settings.now()).date)
        whole.leavesAs = answer.leavesAs
        return whole
    }

    private func read(_ request: Request, _ entry: Routes.Entry, _ context: WebContext) async throws
        -> WebRequest
    {
        let most = entry.mostBody ?? settings.mostBody
        let tooLong = ProblemAnswer(
            Problem(.invalid, "The body is longer than \(most) bytes.", details: ["limit": "\(most)"]),
            status: 413)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > most {
            throw tooLong
        }
        var body = ByteBuffer()
        do { body = try await request.body.collect(upTo: most) } catch is NIOTooManyBytesError {
            throw tooLong
        }
        if body.readableBytes > 0 {
            let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
            guard type.filter({ !$0.isWhitespace }) == entry.accepts else {
                throw ProblemAnswer(
                    Problem(
                        .unsupported, "Send the body as '\(entry.accepts)' and say so in Content-Type.",
                        details: ["field": "Content-Type"]), status: 415)
            }
        }
        var parameters: [String: String] = [:]
        for (name, value) in context.parameters {
            parameters[String(name)] = try Self.plain(value, named: String(name))
        }
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters where query[String(name)] == nil {
            query[String(name)] = String(value)
        }
        var headers: [String: String] = [:]
        for field in request.headers where headers[field.name.canonicalName] == nil {
            headers[field.name.canonicalName] = field.value
        }
        return WebRequest(
            method: request.method.rawValue, path: request.uri.path, parameters: parameters, query: query,
            headers: headers, body: Array(body.readableBytesView))
    }

    /// A part of the path as it was meant: `%2B86` is `+86` (RFC 3986).
    private static func plain(_ part: Substring, named name: String) throws -> String {
        guard let plain = part.removingPercentEncoding, !plain.utf8.contains(0) else {
            throw Problem(
                .invalid, "'\(name)' in the path is not UTF-8 with percent signs before two digits.",
                details: ["field": name])
        }
        return plain
    }

    /// Does a POST with an `Idempotency-Key` once and answers its repetitions with the first answer.
    private func once(
        _ request: WebRequest, _ principal: Principal, _ work: () async throws -> WebAnswer
    ) async throws -> WebAnswer {
        guard request.method == "POST", let text = request.header("idempotency-key") else {
            return try await work()
        }
        guard (1...IdempotencyKey.mostCharacters).contains(text.utf8.count),
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
        else {
            throw Problem(
                .invalid,
                "'Idempotency-Key' must be 1 to \(IdempotencyKey.mostCharacters) visible ASCII characters.",
                details: ["field": "Idempotency-Key"])
        }
        let key = IdempotencyKey(
            tenant: principal.tenant, principal: principal.person?.description ?? principal.name,
            route: request.method + " " + request.path, key: text)
        switch try await idempotency.begin(key, body: BodyDigest(of: request.body), at: settings.now()) {
        case .replay(let recorded):
            return WebAnswer(
                status: recorded.status,
                headers: recorded.headers.map { ($0.name, $0.value) } + [("Idempotency-Replayed", "true")],
                content: recorded.body.isEmpty ? .nothing : .bytes(recorded.body))
        case .otherBody:
            throw Problem(
                .conflict,
                "This 'Idempotency-Key' was used for another body; use a new key for a new request.",
                details: ["field": "Idempotency-Key", "reason": "otherBody"])
        case .inFlight:
            throw ProblemAnswer(
                Problem(
                    .conflict,
                    "The first request with this 'Idempotency-Key' is still being done; ask again.",
                    details: ["field": "Idempotency-Key", "reason": "inFlight"]), retryAfter: 1)
        case .proceed:
            do {
                let answer = try await work()
                try await record(answer, under: key)
                return answer
            } catch {
                try await idempotency.abandon(key)
                throw error
            }
        }
    }

    private func record(_ answer: WebAnswer, under key: IdempotencyKey) async throws {
        var body: [UInt8] = []
        switch answer.content {
        case .events, .pieces, .list: return try await idempotency.abandon(key)
        case .bytes(let bytes): body = bytes
        case .nothing: break
        }
        guard answer.status < 500 else { return try await idempotency.abandon(key) }
        let headers = answer.headers.map { RecordedAnswer.Header(name: $0.name, value: $0.value) }
        try await idempotency.finish(
            key, answer: RecordedAnswer(status: answer.status, headers: headers, body: body),
            at: settings.now())
    }

    private func response(_ answer: WebAnswer, _ context: WebContext, session: String?) throws -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else {
                throw Problem(.internal, "'\(name)' is no header name.")
            }
            headers.append(HTTPField(name: name, value: value))
        }
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.content {
        case .nothing: return Response(status: status, headers: headers)
        case .bytes(let bytes):
            return Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .pieces(let pieces):
            let (pace, logger, cut, watch) = (pace, context.logger, context.cut, watch(over: session))
            return Response(
                status: status, headers: headers,
                body: .init { writer in
                    try await pieces.write(to: &writer, pace: pace, logger: logger, cut: cut, watch: watch)
                })
        case .list:
            throw Problem(.internal, "A list was not made a file.")
        case .events(let events):
            let (pace, logger, cut, watch) = (pace, context.logger, context.cut, watch(over: session))
            return Response(
                status: status, headers: headers,
                body: .init { writer in
                    try await events.write(to: &writer, pace: pace, logger: logger, cut: cut, watch: watch)
                })
        }
    }

    /// What ends a stream together with the session that opened it.
    private func watch(over session: String?) -> EventStreamResponse.Watch? {
        guard let session, let sessions else { return nil }
        let now = settings.now
        return EventStreamResponse.Watch(
            isLive: { await sessions.isLive(session, at: now()) },
            untilEnded: { await sessions.untilEnded(session) })
    }
}
