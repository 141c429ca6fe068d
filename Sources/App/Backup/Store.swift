import Foundation
import Kernel
import Storage

/// The database of an installation, opened as it is: no step of the schema is run, and none is made that is not there.
enum Store {
    case sqlite(SQLiteDatabase)
    case postgres(PostgresDatabase)

    /// The file of the embedded database.
    static let file = "hotline.sqlite"

    /// - Throws: `Problem(.notFound)` when the installation has no database yet.
    init(_ configuration: Configuration) throws {
        guard configuration.data.postgres.isEmpty else {
            self = .postgres(PostgresDatabase(configuration.data.postgres, connections: 2))
            return
        }
        let path = configuration.data.directory + "/" + Self.file
        guard FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                .notFound,
                "There is no database \(path). Name the data directory with --data, or the configuration "
                    + "with --config.", details: ["field": "data.directory"])
        }
        self = .sqlite(try SQLiteDatabase(path: path))
    }

    var database: any Database {
        switch self {
        case .sqlite(let database): database
        case .postgres(let database): database
        }
    }

    /// See `PostgresDatabase.blockingWrite`.
    func blockingWrite<R>(_ body: (any Transaction) throws -> R) throws -> R {
        switch self {
        case .sqlite(let database): try database.blockingWrite(body)
        case .postgres(let database): try database.blockingWrite(body)
        }
    }

    func close() throws {
        switch self {
        case .sqlite(let database): try database.close()
        case .postgres(let database): database.close()
        }
    }
}
