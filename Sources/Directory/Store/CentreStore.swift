import Contracts
import Foundation
import Kernel
import Storage
import Synchronization

/// The versions of a tenant's centre.
struct CentreStore: Sendable {
    /// Changes of a version that the list of versions names.
    static let mostListedChanges = 20

    let database: TenantDatabase
    private let memory = Memory()
    private var tenant: TenantID { database.tenant }

    init(database: TenantDatabase) { self.database = database }

    /// The newest version as it was read last. A version never changes, so its number tells whether it still is.
    private final class Memory: Sendable {
        private let centre = Mutex<Centre?>(nil)

        func centre(version: Int) -> Centre? {
            centre.withLock { $0?.version == version ? $0 : nil }
        }
        func keep(_ newest: Centre) {
            centre.withLock { if ($0?.version ?? 0) < newest.version { $0 = newest } }
        }
    }

    /// A version without its content.
    struct Version: Sendable {
        var version: Int
        var at: Timestamp
        var actor: String
        var summary: Summary
    }

    /// What a version changed, shortened.
    struct Summary: Codable, Sendable {
        struct Change: Codable, Sendable {
            var section: String
            var key: String
            var kind: CentreDifference.Change.Kind
        }
        var changes: [Change] = []
        /// Changes that are not listed.
        var more = 0

        init() {}
        init(_ all: [CentreDifference.Change]) {
            changes = all.prefix(mostListedChanges).map {
                Change(section: $0.section, key: $0.key, kind: $0.kind)
            }
            more = all.count - changes.count
        }
    }

    /// What is kept as the next version.
    struct Draft: Sendable {
        var centre: Centre
        var actor: String
        /// What is said about it, in the same transaction.
        var audit: AuditEntry
        /// The digest of the file that it comes from.
        var source: String?
        /// The version that it was made from; another newest one is `CentreFault.changedMeanwhile`.
        var base: Int?
    }

    /// The newest version.
    ///
    /// - Throws: `Problem(.notFound)` when no centre was ever loaded.
    func newest() async throws -> Centre {
        guard let centre = try await newestOrNone() else {
            throw Problem(
                .notFound,
                "There is no centre yet; `hotline init` makes one, or start with --centre FILE or --demo.")
        }
        return centre
    }

    /// The newest version; `nil` when no centre was ever loaded.
    func newestOrNone() async throws -> Centre? {
        try await database.read { [tenant, memory] tx in
            let version = try tx.row(
                "select max(version) as version from centre_version where tenant_id = \(tenant)"
            )?.optionalInt("version")
            guard let version else { return nil }
            if let known = memory.centre(version: Int(version)) { return known }
            let row = try tx.row(
                """
                select document from centre_version where tenant_id = \(tenant) and version = \(version)
                """)
            guard let row else { return nil }
            let newest = try JSONText.decode(Centre.self, from: row.text("document"))
            memory.keep(newest)
            return newest
        }
    }

    /// A version as it was.
    ///
    /// - Throws: `Problem(.notFound)`.
    func centre(version: Int) async throws -> Centre {
        let document = try await database.read { [tenant] tx in
            try tx.row(
                """
                select document from centre_version where tenant_id = \(tenant) and version = \(version)
                """)?.text("document")
        }
        guard let document else {
            throw Problem(
                .notFound, "There is no version \(version) of the centre.", details: ["field": "version"])
        }
        return try JSONText.decode(from: document)
    }

    /// Versions before one, newest first.
    func versions(before version: Int?, limit: Int) async throws -> [Version] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select version, created_at, actor, changes from centre_version
                where tenant_id = \(tenant) and version < \(version ?? Int.max)
                order by version desc limit \(limit)
                """
            ).map { row in
                Version(
                    version: Int(try row.int("version")), at: try row.timestamp("created_at"),
                    actor: try row.text("actor"),
                    summary: try row.optionalText("changes").map { try JSONText.decode(from: $0) }
                        ?? Summary())
            }
        }
    }

    /// The digest of the file that was taken over last; `nil` when none was.
    func newestSource() async throws -> String? {
        try await database.read { [tenant] tx in
            try tx.row(
                """
                select source from centre_version where tenant_id = \(tenant) and source is not null
                order by version desc limit 1
                """)?.text("source")
        }
    }

    /// Gives the file that was taken over last another digest.
    func noteSource(_ source: String) async throws {
        try await database.write { [self] tx in
            let row = try tx.row(
                """
                select max(version) as version from centre_version
                where tenant_id = \(tenant) and source is not null
                """)
            if let version = try row?.optionalInt("version") { try note(source, of: Int(version), in: tx) }
        }
    }

    /// Keeps a centre as the next version, unless it says what the newest says already. Returns it with its version.
    ///
    /// - Throws: `CentreFault.changedMeanwhile`.
    func save(_ draft: Draft) async throws -> Centre {
        do { return try await insert(draft) } catch let error as SQLError where error.kind == .unique {
            // Two wrote the same version at once; the other one stands.
            throw CentreFault.changedMeanwhile
        }
    }

    private func insert(_ draft: Draft) async throws -> Centre {
        try await database.write { [self] tx in
            let row = try tx.row(
                """
                select version, document from centre_version where tenant_id = \(tenant)
                order by version desc limit 1
                """)
            var next = draft.centre
            var summary = Summary()
            if let row {
                let former = try JSONText.decode(Centre.self, from: row.text("document"))
                if let base = draft.base, base != former.version { throw CentreFault.changedMeanwhile }
                next.version = former.version
                if next == former {
                    if let source = draft.source { try note(source, of: former.version, in: tx) }
                    return former
                }
                summary = Summary(CentreDifference.changes(from: former, to: next))
            }
            next.version = try Int(row?.int("version") ?? 0) + 1
            try tx.execute(
                """
                insert into centre_version (tenant_id, version, document, created_at, actor, changes, source)
                values (\(tenant), \(next.version), \(JSONText.encode(next)), \(draft.audit.at),
                    \(draft.actor), \(JSONText.encode(summary)), \(draft.source))
                """)
            var audit = draft.audit
            audit.details["version"] = String(next.version)
            try AuditLog.append(audit, tenant: tenant, in: tx)
            return next
        }
    }

    private func note(_ source: String, of version: Int, in tx: any Transaction) throws {
        try tx.execute(
            """
            update centre_version set source = \(source)
            where tenant_id = \(tenant) and version = \(version)
            """)
    }
}
