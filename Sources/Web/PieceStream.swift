import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A file that is made while it is sent.
///
/// It goes out as fast as the client reads, so nothing piles up. A client that takes none of it for a while is cut off,
/// and so is every one when the session that asked ends or the service has said farewell: a file that breaks off shows
/// the other side that it is not whole.
struct PieceStream: Sendable {
    /// Heartbeats during which a client may take nothing.
    private static let patience = 12

    let first: [UInt8]
    let next: @Sendable () async throws -> [UInt8]?

    /// Writes until it is whole.
    /// - Parameter cut: closes the connection.
    @concurrent func write(
        to writer: inout any ResponseBodyWriter, pace: EventStreamResponse.Pace, logger: Logger,
        cut: @escaping @Sendable () -> Void, watch: EventStreamResponse.Watch?
    ) async throws {
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var (mark, beats) = (0, 0)
                while true {
                    try await pace.sleep(pace.heartbeat)
                    if let watch, await !watch.isLive() { return cut() }
                    let now = await progress.taken
                    beats = now == mark ? beats + 1 : 0
                    mark = now
                    if beats >= Self.patience {
                        logger.info("A client does not read its file and is cut off")
                        return cut()
                    }
                }
            }
            group.addTask {
                try await gracefulShutdown()
                try await pace.sleep(pace.farewell)
                cut()
            }
            do {
                try await writer.write(ByteBuffer(bytes: first))
                while let piece = try await next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                    await progress.note()
                }
            } catch {
                logger.warning("A file broke off", metadata: ["error.text": "\(error)"])
                group.cancelAll()
                throw error
            }
            group.cancelAll()
        }
        try await writer.finish(nil)
    }
}

/// Counts what a client has taken.
private actor Progress {
    private(set) var taken = 0
    func note() { taken += 1 }
}
