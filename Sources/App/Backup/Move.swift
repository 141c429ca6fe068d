import Foundation
import Kernel
import Storage

/// Moves an installation from the embedded database to PostgreSQL (mission G10). Recordings and other files stay in the
/// data directory.
package struct Move: Sendable {
    /// A table that was moved.
    package struct Table: Sendable {
        /// Its name.
        package var name: String
        /// Its rows, here and there.
        package var rows: Int64
    }

    private let directory: String
    private let target: String
    private let progress: Backup.Progress

    /// - Parameters:
    ///   - directory: the data directory.
    ///   - target: a PostgreSQL connection string.
    package init(directory: String, to target: String, progress: @escaping Backup.Progress) {
        self.directory = directory
        self.target = target
        self.progress = progress
    }

    /// Copies every row in one transaction of the target, and counts on both sides before it is committed.
    ///
    /// - Returns: the rows of each table, on both sides.
    /// - Throws: `Problem(.conflict)` while a program serves there, or when the target holds data; nothing is changed.
    package func run() async throws -> [Table] {
        guard target.hasPrefix("postgres://") || target.hasPrefix("postgresql://") || target.contains("=")
        else {
            throw Problem(
                .invalid,
                "--to must be a PostgreSQL connection string, such as postgres://hotline@host/hotline",
                details: ["field": "to"])
        }
        var configuration = Configuration()
        configuration.data.directory = directory
        guard case .sqlite(let source) = try Store(configuration) else { return [] }
        // Held to the end: a program that starts meanwhile is refused.
        let lock = try DataLock(directory)
        defer { withExtendedLifetime(lock) {} }
        try await source.migrate(Hotline.migrations)
        let database = PostgresDatabase(target, connections: 1)
        defer { database.close() }
        try await database.prepareForCopy(Hotline.migrations)
        // The source is locked for writers too, so that no command adds what would be left behind.
        let counts = try source.blockingWrite { rows in
            try database.blockingWrite {
                try TableCopy.copy(from: rows, to: $0) { progress("\($0.table): \($0.rows) rows") }
            }
        }
        try source.close()
        return counts.map { Table(name: $0.table, rows: $0.rows) }
    }
}
