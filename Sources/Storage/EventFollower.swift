import Kernel

/// A tenant's events from a cursor on, without end: what is in the log, then what is committed, each once and in order.
///
/// Woken by commits, it does not poll: the bell is hung up before the first read, so a commit in between rings it.
/// Ends when its task is cancelled; throws what reading throws (the database is away), after which the consumer follows
/// again from the last event that it has dealt with. Memory is bounded by one page.
package struct EventFollower: AsyncSequence, Sendable {
    /// What it yields.
    package typealias Element = LoggedEvent
    /// What reading throws.
    package typealias Failure = any Error

    /// Events fetched at once.
    package static let page = 256

    private let database: TenantDatabase
    private let start: Int64

    /// Follows from the event after `sequence`.
    package init(_ database: TenantDatabase, after sequence: Int64) {
        self.database = database
        start = sequence
    }

    /// Begins at the start with a cursor of its own.
    package func makeAsyncIterator() -> Iterator { Iterator(database, after: start) }

    /// Reads page by page. Each iterator has a cursor of its own.
    package struct Iterator: AsyncIteratorProtocol {
        private let database: TenantDatabase
        private var bell: AsyncStream<Void>.Iterator
        private var sequence: Int64
        private var buffer: ArraySlice<LoggedEvent> = []

        init(_ database: TenantDatabase, after sequence: Int64) {
            self.database = database
            self.sequence = sequence
            bell = database.database.commits.bell(of: database.tenant).makeAsyncIterator()
        }

        /// The next event; waits for it.
        package mutating func next() async throws -> LoggedEvent? {
            if buffer.isEmpty {
                guard let events = try await nextBatch() else { return nil }
                buffer = events[...]
            }
            return buffer.popFirst()
        }

        /// All that can be had at once, at least one event and at most a page; waits for the first.
        package mutating func nextBatch() async throws -> [LoggedEvent]? {
            if !buffer.isEmpty {
                defer { buffer = [] }
                return Array(buffer)
            }
            while !Task.isCancelled {
                let (tenant, after) = (database.tenant, sequence)
                let events = try await database.read { transaction in
                    try EventLog.read(tenant, after: after, limit: EventFollower.page, in: transaction)
                }
                if let last = events.last {
                    sequence = last.sequence
                    return events
                }
                guard await bell.next(isolation: #isolation) != nil else { return nil }
            }
            return nil
        }
    }
}
