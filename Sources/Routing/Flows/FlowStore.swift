import FlowEngine
import Foundation
import Kernel
import Storage
import TOMLKit

/// The published versions of a tenant's flows. A version is never changed: publishing makes the next one.
struct FlowStore: Sendable {
    let database: TenantDatabase

    /// A version as it was published.
    struct Published: Sendable {
        var version: Int
        var document: FlowDocument
    }

    /// The newest version of a flow, if it was ever published.
    func newest(_ key: String) async throws -> Published? {
        try await database.read { [database] tx in
            try tx.row(
                """
                select version, document from flow_version
                where tenant_id = \(database.tenant) and key = \(key) order by version desc limit 1
                """
            ).map {
                Published(
                    version: Int(try $0.int("version")),
                    document: try JSONText.decode(from: $0.text("document")))
            }
        }
    }

    /// Publishes a document as the next version, unless it says what the newest says already. Returns the version.
    func publish(_ key: String, _ document: FlowDocument, at now: Timestamp) async throws -> Int {
        let text = try JSONText.encode(document)
        return try await database.write { [database] tx in
            let newest = try tx.row(
                """
                select version, document from flow_version
                where tenant_id = \(database.tenant) and key = \(key) order by version desc limit 1
                """)
            if let newest, try newest.text("document") == text { return Int(try newest.int("version")) }
            let version = try (newest?.int("version") ?? 0) + 1
            try tx.execute(
                """
                insert into flow_version (tenant_id, key, version, document, published_at)
                values (\(database.tenant), \(key), \(version), \(text), \(now))
                """)
            return Int(version)
        }
    }
}

/// A flow as its author wrote it, in a TOML file.
enum FlowFile {
    /// - Throws: `Problem(.invalid)` that names the file and the place.
    static func read(_ path: String) throws -> FlowDocument {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw Problem(
                .notFound, "The flow file \(path) cannot be read", cause: error, details: ["field": "flow"])
        }
        do { return try TOMLDecoder().decode(FlowDocument.self, from: TOMLTable(string: text)) } catch {
            throw Problem(
                .invalid, "The flow file \(path) cannot be understood: \(error)", cause: error,
                details: ["field": "flow"])
        }
    }
}
