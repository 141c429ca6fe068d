import HTTPTypes
package import Hummingbird
import Kernel
import Logging
import NIOCore

/// The request context of the HTTP library: adds the other side's address and the way to cut it off.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The other side, as text; empty for a connection without an address.
    let address: String
    /// Closes the connection at once.
    let cut: @Sendable () -> Void
    /// The id of the request in the log and in problems.
    let request: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        let channel = source.channel
        address = channel.remoteAddress?.ipAddress ?? ""
        cut = { channel.close(promise: nil) }
        request = source.logger[metadataKey: "hb.request.id"]?.description ?? "0"
    }
}

/// Puts the headers that keep a browser safe on every answer.
struct SecurityHeaders: RouterMiddleware {
    private static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self'; "
                + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; "
                + "object-src 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
        (HTTPField.Name("Referrer-Policy")!, "no-referrer"),
        (HTTPField.Name("X-Frame-Options")!, "DENY"),
        (
            HTTPField.Name("Permissions-Policy")!,
            "microphone=(self), camera=(), geolocation=(), payment=(), usb=()"
        ),
        (HTTPField.Name("Cross-Origin-Resource-Policy")!, "same-origin"),
    ]

    @concurrent func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in Self.headers where response.headers[name] == nil {
            response.headers[name] = value
        }
        // Answers carry data of people: no cache keeps them unless a handler says so.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}

/// Refuses requests for a host name that is not ours (DNS rebinding).
struct HostCheck: RouterMiddleware {
    let hosts: Set<String>

    @concurrent func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard let host = Self.name(in: request.head.authority ?? ""), hosts.contains(host) else {
            throw ProblemAnswer(
                .init(
                    .forbidden,
                    "This server does not answer for that host name; add it to http.hosts if it should.",
                    details: ["field": "Host"]),
                status: 421)
        }
        return try await next(request, context)
    }

    /// The host of `host:port` or `[address]:port`, in lower case; `nil` when malformed.
    static func name(in authority: String) -> String? {
        let text = authority.lowercased()
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || isPort(rest) else { return nil }
            return String(text[...end])
        }
        guard let colon = text.firstIndex(of: ":") else { return text.isEmpty ? nil : text }
        return isPort(text[colon...]) ? String(text[..<colon]) : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
