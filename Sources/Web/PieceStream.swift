import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// A file that is made while it is sent.
///
/// It goes out as fast as the client reads, so nothing piles up. A client that leaves one piece unread for a while is cut
/// off, and so is every one when the session that asked ends or the service has said farewell: a file that breaks off
/// shows the other side that it is not whole. How long a piece takes to be made does not count against the client.
struct PieceStream: Sendable {
    /// Heartbeats during which a client may leave a piece unread.
    static let patience = 12

    let first: [UInt8]
    let next: @Sendable () async throws -> [UInt8]?

    /// Writes until it is whole.
    /// - Parameter cut: closes the connection.
    @concurrent func write(
        to writer: inout any ResponseBodyWriter, pace: EventStreamResponse.Pace, logger: Logger,
        cut: @escaping @Sendable () -> Void, watch: EventStreamResponse.Watch?
    ) async throws {
        let reader = Reader()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await pace.sleep(pace.heartbeat)
                    if let watch, await !watch.isLive() { return cut() }
                    if await reader.beat() >= Self.patience {
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
                var piece: [UInt8]? = first
                while let bytes = piece {
                    await reader.isGiven()
                    try await writer.write(ByteBuffer(bytes: bytes))
                    await reader.hasTaken()
                    piece = try await next()
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

/// For how many heartbeats a client has left the present piece unread.
private actor Reader {
    private var isReading = false
    private var beats = 0

    func isGiven() { (isReading, beats) = (true, 0) }
    func hasTaken() { isReading = false }

    func beat() -> Int {
        beats = isReading ? beats + 1 : 0
        return beats
    }
}
