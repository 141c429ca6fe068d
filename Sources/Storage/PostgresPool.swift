import Kernel

/// Lends connections, each to one borrower at a time.
actor PostgresPool {
    /// Borrowers that may wait; with more the server has fallen behind and callers are told at once.
    static let maximumWaiting = 4_096

    private var idle: [PostgresConnection]
    private var waiting: [CheckedContinuation<PostgresConnection, Never>] = []

    init(_ connections: [PostgresConnection]) { idle = connections }

    /// How many wait for a connection.
    var waitingCount: Int { waiting.count }

    /// The next free connection; throws `Problem(.unavailable)` when too many wait.
    func take() async throws -> PostgresConnection {
        if let connection = idle.popLast() { return connection }
        guard waiting.count < Self.maximumWaiting else {
            throw Problem(
                .unavailable, "Too many transactions wait for the database",
                details: ["reason": "database.overloaded", "limit": String(Self.maximumWaiting)])
        }
        return await withCheckedContinuation { waiting.append($0) }
    }

    /// Takes a connection back.
    func give(_ connection: PostgresConnection) {
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().resume(returning: connection)
        }
    }
}
