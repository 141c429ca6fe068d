import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// An answer over HTTP.
package struct HTTPReply: Sendable {
    package var status: Int
    /// By lower-case name.
    package var headers: [String: String]
    package var body: [UInt8]

    /// The body as JSON; `null` when it is none.
    package var json: JSONValue {
        (try? JSONDecoder().decode(JSONValue.self, from: Data(body))) ?? .null
    }
    /// The body as text.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// A client of the API on loopback: one connection for each request.
package struct HTTPPeer: Sendable {
    /// Bytes of an answer that a test takes.
    private static let mostBytes = 64 * 1_024 * 1_024

    package let port: Int
    /// The certificate of the authority that the other side's has to come from; `nil` for plain HTTP.
    private let authority: String?

    package init(port: Int, authority: String? = nil) {
        self.port = port
        self.authority = authority
    }

    /// Sends a request and reads the whole answer.
    package func request(
        _ method: String, _ path: String, token: String? = nil, body: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        try await send(method, path, token: token, body: body.map { Array($0.utf8) }, headers: headers)
    }

    /// Sends bytes of another type than JSON and reads the whole answer.
    package func upload(_ bytes: [UInt8], to path: String, type: String, token: String) async throws
        -> HTTPReply
    {
        try await send("POST", path, token: token, body: bytes, type: type, headers: [:])
    }

    private func send(
        _ method: String, _ path: String, token: String?, body: [UInt8]?, type: String = "application/json",
        headers: [String: String]
    ) async throws -> HTTPReply {
        var reply = HTTPReply(status: 0, headers: [:], body: [])
        try await open(method, path, token: token, body: body, type: type, headers: headers) { part in
            switch part {
            case .head(let head):
                reply.status = Int(head.status.code)
                for (name, value) in head.headers { reply.headers[name.lowercased()] = value }
            case .body(let bytes):
                guard reply.body.count < Self.mostBytes else { return false }
                reply.body += Array(bytes.readableBytesView)
            case .end: return false
            }
            return true
        }
        return reply
    }

    /// Sends a request and hands over the parts of the answer as they come, until `take` has enough.
    func open(
        _ method: String, _ path: String, token: String?, body: [UInt8]?, type: String = "application/json",
        headers: [String: String],
        take: (HTTPClientResponsePart) async throws -> Bool
    ) async throws {
        let (parts, continuation) = AsyncStream.makeStream(of: HTTPClientResponsePart.self)
        let secure = try authority.map { path in
            var settings = TLSConfiguration.makeClientConfiguration()
            settings.trustRoots = .file(path)
            return try NIOSSLContext(configuration: settings)
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let secure {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: secure, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(Ear(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        defer { channel.close(promise: nil) }
        var head = HTTPRequestHead(version: .http1_1, method: .init(rawValue: method), uri: path)
        head.headers.add(name: "Host", value: "\(secure == nil ? "127.0.0.1" : "localhost"):\(port)")
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        if let body {
            head.headers.add(name: "Content-Type", value: type)
            head.headers.add(name: "Content-Length", value: String(body.count))
        } else if method != "GET" {
            head.headers.add(name: "Content-Length", value: "0")
        }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body {
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        for await part in parts {
            guard try await take(part) else { return }
        }
    }
}

/// Passes the parts of an answer on in order.
private final class Ear: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    private let continuation: AsyncStream<HTTPClientResponsePart>.Continuation

    init(_ continuation: AsyncStream<HTTPClientResponsePart>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }
    func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    func channelUnregistered(context: ChannelHandlerContext) { continuation.finish() }
}

/// A client of the event stream: collects events until it is closed.
package actor EventsPeer {
    /// One server-sent event.
    package struct Event: Hashable, Sendable {
        package var id: Int
        package var type: String
        package var data: JSONValue
    }

    package private(set) var events: [Event] = []
    package private(set) var status = 0
    private var text = ""
    private var reading: Task<Void, any Error>?

    /// Opens the stream after an event, as a browser does when it connects again, or from now on.
    package static func open(_ http: HTTPPeer, token: String, lastEventID: Int? = nil, after: Int? = nil)
        async throws -> EventsPeer
    {
        let peer = EventsPeer()
        await peer.start(http, token, lastEventID, after)
        try await until("the event stream opens") { await peer.status != 0 }
        return peer
    }

    private func start(_ http: HTTPPeer, _ token: String, _ lastEventID: Int?, _ after: Int?) {
        // Cancelled by `close`.
        reading = Task { try await self.follow(http, token, lastEventID, after) }
    }

    private nonisolated func follow(
        _ http: HTTPPeer, _ token: String, _ lastEventID: Int?, _ after: Int?
    ) async throws {
        try await http.open(
            "GET", "/api/v1/events" + (after.map { "?after=\($0)" } ?? ""), token: token, body: nil,
            headers: lastEventID.map { ["Last-Event-ID": String($0)] } ?? [:]
        ) { part in
            switch part {
            case .head(let head): await self.opened(Int(head.status.code))
            case .body(let bytes): await self.take(String(buffer: bytes))
            case .end: return false
            }
            return true
        }
    }

    private func opened(_ status: Int) { self.status = status }

    private func take(_ more: String) {
        text += more
        while let end = text.firstRange(of: "\n\n") {
            read(String(text[..<end.lowerBound]))
            text.removeSubrange(..<end.upperBound)
        }
    }

    private func read(_ block: String) {
        var event = Event(id: -1, type: "", data: .null)
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            let value = String(parts[1].drop { $0 == " " })
            switch parts[0] {
            case "id": event.id = Int(value) ?? -1
            case "event": event.type = value
            case "data":
                event.data = (try? JSONDecoder().decode(JSONValue.self, from: Data(value.utf8))) ?? .null
            default: break
            }
        }
        if event.id >= 0 { events.append(event) }
    }

    /// The first event of a type, as soon as it is there.
    package nonisolated func first(_ type: String) async throws -> Event {
        try await eventually("the event \(type)") { await self.events.first { $0.type == type } }
    }

    package func close() async {
        reading?.cancel()
        _ = await reading?.result
    }
}

/// A browser in which somebody has signed in: it keeps the cookie and sends the session's own token.
package struct BrowserPeer: Sendable {
    package let http: HTTPPeer
    /// What signing in was answered with.
    package let session: HTTPReply
    /// `hotline_session=...`.
    package let cookie: String

    /// Signs in; what is refused is in `session`.
    package static func signIn(_ http: HTTPPeer, _ user: String, _ password: String) async throws
        -> BrowserPeer
    {
        let reply = try await http.request(
            "POST", "/api/v1/session", body: #"{"user":"\#(user)","password":"\#(password)"}"#)
        let cookie = (reply.headers["set-cookie"] ?? "").prefix { $0 != ";" }
        return BrowserPeer(http: http, session: reply, cookie: String(cookie))
    }

    /// Sends a request as the page would.
    package func request(
        _ method: String, _ path: String, body: String? = nil, headers: [String: String] = [:]
    ) async throws -> HTTPReply {
        var all = ["Cookie": cookie, "X-CSRF-Token": session.json["csrf"].text ?? ""]
        all.merge(headers) { $1 }
        return try await http.request(method, path, body: body, headers: all)
    }

    /// Reads a stream of events to its end.
    package func stream(_ path: String, opened: @escaping @Sendable () -> Void) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await http.open("GET", path, token: nil, body: nil, headers: ["Cookie": cookie]) { part in
            switch part {
            case .head: opened()
            case .body(let body): bytes += Array(body.readableBytesView)
            case .end: return false
            }
            return true
        }
        return bytes
    }
}
