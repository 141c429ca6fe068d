import Hummingbird
import Kernel
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Web

@Suite struct EventStreamTests {
    @Test(arguments: [
        (ServerEvent(id: 7, event: "fact", data: "{}"), "id: 7\nevent: fact\ndata: {}\n\n"),
        (
            ServerEvent(id: nil, event: "a\nb", data: "one\r\ntwo\nthree\r"),
            "event: a b\ndata: one\ndata: two\ndata: three\ndata: \n\n"
        ),
        (ServerEvent(id: 1, event: "x", data: "a\u{2028}b 您"), "id: 1\nevent: x\ndata: a\u{2028}b 您\n\n"),
    ])
    func `an event is written so that its content cannot leave it`(event: ServerEvent, wire: String) {
        #expect(event.wire == wire)
    }

    /// Events 1 to 5 after the one asked for, then nothing until the stream is ended.
    private static func log(after: Int64) -> AsyncStream<ServerEvent> {
        let (events, inlet) = AsyncStream<ServerEvent>.makeStream()
        for id in 1...5 where id > after {
            inlet.yield(ServerEvent(id: Int64(id), event: "fact", data: "\(id)"))
        }
        if after >= 100 { inlet.finish() }
        inlet.onTermination = { _ in inlet.finish() }
        return events
    }

    private static func withServer(
        pace: EventStreamResponse.Pace = .init(), _ body: (Int, ServiceGroup) async throws -> Void
    ) async throws {
        var routes = Routes()
        routes.get("/api/v1/events", permission: .signedIn) { request, _, _ in
            .events(EventStreamResponse(log(after: try request.after() ?? 0)))
        }
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let time = TestTime()
        var server = WebServer(
            port: 0, routes: routes, parts: .init(authenticator: FakeTokens()),
            settings: WebSettings { time.now }, logger: quiet
        ) { bound.yield($0.http) }
        server.pace = pace
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
        // Awaited below.
        let running = Task { try await group.run() }
        var port = 0
        for await bound in ports {
            port = bound
            break
        }
        #expect(port > 0)
        try await body(port, group)
        await group.triggerGracefulShutdown()
        try await running.value
    }

    /// Reads the stream until `enough` says so; answers what was read and whether the server ended it.
    private static func read(
        port: Int, headers: String = "", query: String = "", until enough: @Sendable (String) -> Bool
    ) async throws -> (text: String, ended: Bool) {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let head =
                "GET /api/v1/events\(query) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer reader\r\n"
            try await outbound.write(ByteBuffer(string: head + headers + "\r\n"))
            var text = ""
            for try await buffer in inbound {
                text += String(buffer: buffer)
                if enough(text) { return (text, false) }
            }
            return (text, true)
        }
    }

    @Test func `a client resumes after the event that it saw last`() async throws {
        try await Self.withServer { port, _ in
            let first = try await Self.read(port: port) { $0.contains("id: 3\n") }
            #expect(first.text.contains("200 OK"))
            #expect(first.text.contains("text/event-stream"))
            #expect(first.text.contains("id: 1\nevent: fact\ndata: 1\n\n"))
            let resumed = try await Self.read(port: port, headers: "Last-Event-ID: 3\r\n") {
                $0.contains("id: 5\n")
            }
            #expect(!resumed.text.contains("id: 3\n"))
            #expect(resumed.text.contains("id: 4\n"))
            // The header, which is younger, counts more than the query.
            let both = try await Self.read(port: port, headers: "Last-Event-ID: 4\r\n", query: "?after=1") {
                $0.contains("id: 5\n")
            }
            #expect(!both.text.contains("id: 4\n"))
            let query = try await Self.read(port: port, query: "?after=2") { $0.contains("id: 5\n") }
            #expect(query.text.contains("id: 3\n") && !query.text.contains("id: 2\n"))
            let bad = try await Self.read(port: port, query: "?after=last") {
                $0.contains("\"field\":\"after\"")
            }
            #expect(bad.text.contains("400"))
            let over = try await Self.read(port: port, query: "?after=100") { $0.contains("0\r\n\r\n") }
            #expect(over.text.contains("retry: 2000"))
        }
    }

    @Test func `an open stream ends when the service shuts down`() async throws {
        try await Self.withServer { port, group in
            let (opened, open) = AsyncStream<Void>.makeStream()
            async let reading = Self.read(port: port) {
                if $0.contains("id: 5\n") { open.yield() }
                return false
            }
            for await _ in opened { break }
            await group.triggerGracefulShutdown()
            let read = try await reading
            #expect(read.ended)
            // Ended in order, not torn: the last chunk of HTTP/1.1 is there.
            #expect(read.text.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test func `a heartbeat goes out when nothing happens`() async throws {
        let (beats, beat) = AsyncStream<Void>.makeStream()
        var pace = EventStreamResponse.Pace()
        let slept = Counter()
        pace.sleep = { _ in
            // The first heartbeat is due at once, the next ones never.
            if slept.add() == 1 { return }
            for await _ in beats {}
            try Task.checkCancellation()
        }
        try await Self.withServer(pace: pace) { port, _ in
            let read = try await Self.read(port: port) { $0.contains("event: beat\ndata: -\n\n") }
            #expect(!read.ended)
        }
        beat.finish()
    }

    @Test func `a client that does not read is cut off`() async throws {
        struct Torn: Error {}
        struct StuckWriter: ResponseBodyWriter {
            let cut: AsyncStream<Void>
            mutating func write(_ buffer: ByteBuffer) async throws {
                for await _ in cut {}
                throw Torn()
            }
            consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
        }
        let (cuts, inlet) = AsyncStream<Void>.makeStream()
        var pace = EventStreamResponse.Pace()
        pace.sleep = { _ in
            try Task.checkCancellation()
            await Task.yield()
        }
        var writer: any ResponseBodyWriter = StuckWriter(cut: cuts)
        await #expect(throws: Torn.self) {
            try await EventStreamResponse(Self.log(after: 0)).write(to: &writer, pace: pace, logger: quiet) {
                inlet.finish()
            }
        }
    }

    @Test func `the queue to the writer is short and ends with the stream`() async {
        let handover = Handover()
        for _ in 0..<63 { #expect(await handover.send("x")) }
        async let full = handover.send("y")
        while await handover.waitingSenders < 1 { await Task.yield() }
        #expect(await handover.next() == String(repeating: "x", count: 63) + "y")
        #expect(await full)
        async let nothing = handover.next()
        await handover.end()
        #expect(await nothing == nil)
        #expect(await handover.send("z") == false)
    }
}
