import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import Web

/// A file that is made while it is sent: whole, or visibly broken off.
@Suite struct PieceStreamTests {
    /// Who takes what is written; one that is stuck takes nothing more until its connection is closed.
    private final class Client: Sendable {
        struct Closed: Error {}
        let taken = Mutex("")
        let isWhole = Mutex(false)
        let cuts = Mutex(0)
        private let closing = AsyncStream<Void>.makeStream()

        func cut() {
            cuts.withLock { $0 += 1 }
            closing.continuation.finish()
        }
        func untilCut() async { for await _ in closing.stream {} }
    }

    private struct Writer: ResponseBodyWriter {
        let client: Client
        let isStuck: Bool
        mutating func write(_ buffer: ByteBuffer) async throws {
            if isStuck {
                await client.untilCut()
                throw Client.Closed()
            }
            client.taken.withLock { $0 += String(buffer: buffer) }
        }
        consuming func finish(_ trailing: HTTPFields?) async throws { client.isWhole.withLock { $0 = true } }
    }

    /// Heartbeats that come as soon as anybody waits for them.
    private static let pace = EventStreamResponse.Pace(sleep: { _ in
        try Task.checkCancellation()
        await Task.yield()
    })

    private func send(
        isStuck: Bool, to client: Client, watch: EventStreamResponse.Watch? = nil,
        next: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws {
        var writer: any ResponseBodyWriter = Writer(client: client, isStuck: isStuck)
        try await PieceStream(first: Array("head ".utf8), next: next).write(
            to: &writer, pace: Self.pace, logger: quiet, cut: { client.cut() }, watch: watch)
    }

    @Test func `G19 a client that reads nothing is cut off, and its file is not whole`() async {
        let client = Client()
        await #expect(throws: Client.Closed.self) {
            try await send(isStuck: true, to: client) { nil }
        }
        #expect(client.cuts.withLock { $0 } == 1 && client.isWhole.withLock { $0 } == false)
    }

    @Test func `G19 a piece that takes long to be made is waited for`() async throws {
        let client = Client()
        let asked = Counter()
        try await send(isStuck: false, to: client) {
            // Many more heartbeats than a client has.
            for _ in 0..<(PieceStream.patience * 100) { await Task.yield() }
            return asked.add() <= 2 ? Array("row ".utf8) : nil
        }
        #expect(client.taken.withLock { $0 } == "head row row ")
        #expect(client.isWhole.withLock { $0 } && client.cuts.withLock { $0 } == 0)
    }

    @Test func `G19 a file ends with the session that asked for it`() async {
        let client = Client()
        let watch = EventStreamResponse.Watch(isLive: { false }, untilEnded: {})
        await #expect(throws: Client.Closed.self) {
            try await send(isStuck: true, to: client, watch: watch) { nil }
        }
        #expect(client.cuts.withLock { $0 } == 1 && client.isWhole.withLock { $0 } == false)
    }

    @Test func `G19 a page that cannot be read breaks the file off`() async {
        let client = Client()
        struct Fault: Error {}
        await #expect(throws: Fault.self) {
            try await send(isStuck: false, to: client) { throw Fault() }
        }
        #expect(client.isWhole.withLock { $0 } == false)
    }
}
