import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// One server-sent event (HTML Living Standard, 9.2).
package struct ServerEvent: Hashable, Sendable {
    /// The sequence number with which a client resumes; `nil` for an event that is not repeated.
    package var id: Int64?
    /// What kind of event; the client listens by this name.
    package var event: String
    /// The content, usually JSON.
    package var data: String

    package init(id: Int64?, event: String, data: String) {
        self.id = id
        self.event = event
        self.data = data
    }

    /// The event on the wire. A line end in the data starts another `data:` line; in the name it would start another
    /// field and becomes a space.
    var wire: String {
        var text = ""
        if let id { text += "id: \(id)\n" }
        text += "event: \(event.map { $0.isNewline ? " " : String($0) }.joined())\n"
        for line in data.split(separator: /\r\n|\n|\r/, omittingEmptySubsequences: false) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }
}

/// A stream of events to one client.
///
/// The source is asked for the next event only as fast as the client reads, so nothing piles up. An event `beat` goes
/// out regularly, which shows both sides that the other is there, and pages hear no comments; a client that leaves two of
/// them unread is cut off and comes back with `Last-Event-ID`. The stream ends
/// when the service is asked to shut down, and when the session that opened it ends.
package struct EventStreamResponse: Sendable {
    /// Times of a stream; how to wait is given so that tests need not.
    struct Pace: Sendable {
        var heartbeat = Duration.seconds(5)
        /// How long a client may take for the last bytes at shutdown.
        var farewell = Duration.seconds(2)
        var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    }

    /// What the stream has to end with, such as the session that opened it.
    struct Watch: Sendable {
        /// Asked at every heartbeat.
        var isLive: @Sendable () async -> Bool
        /// Returns at once when somebody ends it, or when the task is cancelled.
        var untilEnded: @Sendable () async -> Void
    }

    private static let heartbeat = ServerEvent(id: nil, event: "beat", data: "-").wire
    /// Milliseconds after which a browser connects again.
    private static let greeting = "retry: 2000\n\n"

    private let pump: @Sendable (Handover) async throws -> Void

    /// - Parameter events: what comes after the event that the client saw last (`WebRequest.after()`); it must end or
    ///   throw when its task is cancelled, as asynchronous streams do.
    package init<Events: AsyncSequence & Sendable>(_ events: Events) where Events.Element == ServerEvent {
        pump = { handover in
            for try await event in events {
                guard await handover.send(event.wire) else { return }
            }
        }
    }

    /// Writes until somebody ends it.
    /// - Parameter cut: closes the connection of a client that does not read.
    @concurrent func write(
        to writer: inout any ResponseBodyWriter, pace: Pace, logger: Logger,
        cut: @escaping @Sendable () -> Void, watch: Watch? = nil
    ) async throws {
        let handover = Handover()
        _ = await handover.send(Self.greeting)
        let pump = pump
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await pump(handover)
                } catch is CancellationError {
                } catch {
                    logger.warning("A stream of events broke off", metadata: ["error.text": "\(error)"])
                }
                await handover.end()
            }
            group.addTask {
                var mark: Int?
                while true {
                    try await pace.sleep(pace.heartbeat)
                    if let watch, await !watch.isLive() { return await handover.end() }
                    if let mark, await handover.isStuck(since: mark) {
                        logger.info("A client does not read its events and is cut off")
                        cut()
                    }
                    mark = await handover.beat(Self.heartbeat)
                    if mark == nil { return }
                }
            }
            if let watch {
                group.addTask {
                    await watch.untilEnded()
                    await handover.end()
                }
            }
            group.addTask {
                try await gracefulShutdown()
                await handover.end()
                try await pace.sleep(pace.farewell)
                cut()
            }
            do {
                while let text = await handover.next() { try await writer.write(ByteBuffer(string: text)) }
            } catch {
                logger.debug("A client left its events")
                await handover.end()
                group.cancelAll()
                throw error
            }
            await handover.end()
            group.cancelAll()
        }
        try await writer.finish(nil)
    }
}

/// Passes text from the source of a stream to its writer: a short queue, so that the one waits for the other.
actor Handover {
    /// Pieces that may wait for the writer.
    private static let mostWaiting = 64

    private var waiting: [String] = []
    private var taker: CheckedContinuation<String?, Never>?
    private var senders: [CheckedContinuation<Bool, Never>] = []
    private var ended = false
    /// How often the writer took something.
    private var taken = 0

    /// How many wait for the writer, for tests.
    var waitingSenders: Int { senders.count }

    /// Hands over `text` and waits while the queue is full; `false` when the stream has ended.
    func send(_ text: String) async -> Bool {
        guard !ended else { return false }
        waiting.append(text)
        if let taker {
            self.taker = nil
            taker.resume(returning: take())
        } else if waiting.count >= Self.mostWaiting {
            return await withCheckedContinuation { senders.append($0) }
        }
        return true
    }

    /// Hands over a heartbeat without ever waiting; answers a mark for `isStuck`, `nil` when the stream has ended.
    func beat(_ text: String) -> Int? {
        guard !ended else { return nil }
        if waiting.count < Self.mostWaiting { waiting.append(text) }
        if let taker {
            self.taker = nil
            taker.resume(returning: take())
        }
        return taken
    }

    /// Whether something waits and the writer has not come back for it since `mark`.
    func isStuck(since mark: Int) -> Bool { !waiting.isEmpty && taken == mark }

    /// Everything that waits, as soon as there is something; `nil` at the end.
    func next() async -> String? {
        if !waiting.isEmpty { return take() }
        if ended { return nil }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { taker = $0 }
        } onCancel: {
            // Ends by itself at once; nobody needs to await it.
            Task { await self.end() }
        }
    }

    /// Ends the stream; what was handed over is still taken.
    func end() {
        ended = true
        taker?.resume(returning: nil)
        taker = nil
        for sender in senders { sender.resume(returning: false) }
        senders = []
    }

    private func take() -> String {
        let text = waiting.joined()
        waiting = []
        taken += 1
        for sender in senders { sender.resume(returning: true) }
        senders = []
        return text
    }
}
