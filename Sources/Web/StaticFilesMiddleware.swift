import HTTPTypes
import Hummingbird
import NIOCore

/// Answers what is no route with a file, for `GET` and `HEAD`.
struct StaticFilesMiddleware: RouterMiddleware {
    /// Nothing below these is a file.
    private static let routes = ["/api/", "/healthz"]

    /// The button that other sites put on their pages: theirs to load, and nothing in it is anybody's.
    private static let embeddable = "/embed.js"

    let files: StaticFiles

    @concurrent func handle(
        _ request: Request, context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        guard request.method == .get || request.method == .head,
            !Self.routes.contains(where: { path.hasPrefix($0) }), let file = await files.file(at: path)
        else { return try await next(request, context) }
        // The browser keeps it and asks each time whether it is still the same: a new version is there at once.
        var headers: HTTPFields = [.eTag: file.tag, .cacheControl: "no-cache"]
        if path == Self.embeddable {
            headers[HTTPField.Name("Cross-Origin-Resource-Policy")!] = "cross-origin"
        }
        if Self.matches(request.headers[.ifNoneMatch], file.tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = file.type
        if request.method == .head {
            headers[.contentLength] = String(file.bytes.count)
            return Response(status: .ok, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: file.bytes)))
    }

    /// `If-None-Match` compares weakly (RFC 9110, 13.1.2).
    static func matches(_ header: String?, _ tag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { entry in
            let bare = entry.filter { $0 != " " }
            return bare == "*" || bare == tag || bare == "W/" + tag
        }
    }
}
