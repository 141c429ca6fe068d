import FlowEngine
import Foundation
import Kernel
import Storage
import TOMLKit

/// The flows of a tenant: published versions, which are never changed, and one draft each.
struct FlowStore: Sendable {
    let database: TenantDatabase

    /// A version as it was published.
    struct Published: Sendable {
        var version: Int
        var document: FlowDocument
        var at: Timestamp
        /// `file`, or the number (工号) of who did it.
        var by: String
    }

    /// What somebody is working on.
    struct Draft: Sendable {
        var document: FlowDocument
        /// Grows with each save, and goes on from one draft to the next.
        var revision: Int
        /// The version that it began from.
        var base: Int?
        var savedAt: Timestamp
        var savedBy: String
    }

    /// A flow as lists show it: published, drafted, or both.
    struct Entry: Sendable {
        var key: String
        var published: Published?
        var draft: Draft?
    }

    private typealias Rows = FlowRows

    /// The newest version of a flow; `nil` when it was never published or has been removed.
    func newest(_ key: String) async throws -> Published? {
        try await database.read { [tenant = database.tenant] tx in
            if try Rows.isRemoved(key, tenant, tx) { return nil }
            return try Rows.newest(key, tenant, tx)
        }
    }

    /// One version, also of a flow that has been removed.
    func version(_ version: Int, of key: String) async throws -> Published? {
        try await database.read { [tenant = database.tenant] tx in
            try tx.row(
                """
                select version, document, published_at, actor from flow_version
                where tenant_id = \(tenant) and key = \(key) and version = \(version)
                """
            ).map(Rows.published)
        }
    }

    /// Newest first, those before a version.
    func versions(of key: String, before: Int?, limit: Int) async throws -> [Published] {
        try await database.read { [tenant = database.tenant] tx in
            try tx.rows(
                """
                select version, document, published_at, actor from flow_version
                where tenant_id = \(tenant) and key = \(key) and version < \(before ?? Int.max)
                order by version desc limit \(limit)
                """
            ).map(Rows.published)
        }
    }

    /// A flow; `nil` when there is neither a version nor a draft.
    func entry(_ key: String) async throws -> Entry? {
        try await database.read { [tenant = database.tenant] tx in try Rows.entry(key, tenant, tx) }
    }

    /// Whether a flow was published, and never from a file.
    func isFromScreenAlone(_ key: String) async throws -> Bool {
        try await database.read { [tenant = database.tenant] tx in
            let row = try tx.row(
                """
                select count(*) as versions, sum(case when actor = 'file' then 1 else 0 end) as files
                from flow_version where tenant_id = \(tenant) and key = \(key)
                """)
            guard let row, try row.int("versions") > 0 else { return false }
            return try row.optionalInt("files") == 0
        }
    }

    /// Every flow there is, by key.
    func entries() async throws -> [Entry] {
        try await database.read { [tenant = database.tenant] tx in
            let rows = try tx.rows(
                """
                select key from flow_version where tenant_id = \(tenant)
                union select key from flow_draft where tenant_id = \(tenant) and document is not null
                order by key
                """)
            return try rows.compactMap { try Rows.entry($0.text("key"), tenant, tx) }
        }
    }

    // MARK: changes, each audited in its transaction

    /// Saves a draft over the revision that was read, or as the first one when that is `nil`. Returns its revision;
    /// `nil` when somebody else was faster.
    func save(_ document: FlowDocument, of key: String, over revision: Int?, doing deed: FlowDeed)
        async throws -> Int?
    {
        let text = try JSONText.encode(document)
        return try await database.write { [tenant = database.tenant] tx in
            let row = try tx.row(
                """
                select revision, document from flow_draft where tenant_id = \(tenant) and key = \(key)
                """)
            let hasDraft = try row?.optionalText("document") != nil
            guard try revision == (hasDraft ? row.map { Int(try $0.int("revision")) } : nil) else {
                return nil
            }
            let read = try row?.int("revision") ?? 0
            let next = Int(read) + 1
            let base = try Rows.isRemoved(key, tenant, tx) ? nil : Rows.newest(key, tenant, tx)?.version
            let saved = try tx.execute(
                """
                insert into flow_draft (tenant_id, key, revision, base, document, saved_at, saved_by)
                values (\(tenant), \(key), \(next), \(base), \(text), \(deed.at), \(deed.by))
                on conflict (tenant_id, key) do update set revision = excluded.revision,
                    base = \(hasDraft ? "flow_draft.base" as SQL : "excluded.base" as SQL),
                    document = excluded.document, saved_at = excluded.saved_at, saved_by = excluded.saved_by
                    where flow_draft.revision = \(read)
                """)
            // Another writer may have come in between on another connection.
            guard saved > 0 else { return nil }
            if !hasDraft { try Rows.audit("flow.drafted", key, [:], deed, tenant, tx) }
            return next
        }
    }

    /// Forgets the draft, if there is one.
    func discard(_ key: String, doing deed: FlowDeed) async throws {
        try await database.write { [tenant = database.tenant] tx in
            guard try Rows.forgetDraft(key, tenant, tx) else { return }
            try Rows.audit("flow.discarded", key, [:], deed, tenant, tx)
        }
    }

    /// Publishes a document as the next version and forgets the draft that it comes from. Returns the version; `nil`
    /// when the draft has another revision meanwhile.
    ///
    /// - Parameter revision: of the draft; `nil` for a document that comes from elsewhere and leaves the draft alone.
    func publish(
        _ document: FlowDocument, of key: String, revision: Int?, action: String, doing deed: FlowDeed
    ) async throws -> Int? {
        let text = try JSONText.encode(document)
        return try await SQLError.retryingTaken {
            try await publish(text, of: key, revision: revision, action: action, doing: deed)
        }
    }

    private func publish(
        _ text: String, of key: String, revision: Int?, action: String, doing deed: FlowDeed
    ) async throws -> Int? {
        try await database.write { [tenant = database.tenant] tx in
            if let revision {
                let draft = try Rows.entry(key, tenant, tx)?.draft
                guard draft?.revision == revision else { return nil }
                guard try Rows.forgetDraft(key, revision: revision, tenant, tx) else { return nil }
            }
            return try Rows.insert(text, key, action, deed, tenant, tx)
        }
    }

    /// Whether the newest version from a file says the same as this file: then whatever was published from the screen since
    /// stays, and nobody asks whether the file still fits the centre.
    func isPublishedFile(_ document: FlowDocument, of key: String) async throws -> Bool {
        try await database.read { [tenant = database.tenant] tx in
            let former = try tx.row(
                """
                select document from flow_version
                where tenant_id = \(tenant) and key = \(key) and actor = 'file' order by version desc limit 1
                """
            )?.text("document")
            guard let former, try !Rows.isRemoved(key, tenant, tx) else { return false }
            return try JSONText.decode(FlowDocument.self, from: former) == document
        }
    }

    /// Publishes what a file says as the next version, and returns it.
    func publishFile(_ document: FlowDocument, of key: String, doing deed: FlowDeed) async throws -> Int {
        let text = try JSONText.encode(document)
        return try await database.write { [tenant = database.tenant] tx in
            try Rows.insert(text, key, "flow.published", deed, tenant, tx)
        }
    }

    /// Removes a flow; its versions stay in the history. `false` when there is none.
    func remove(_ key: String, doing deed: FlowDeed) async throws -> Bool {
        try await database.write { [tenant = database.tenant] tx in
            guard try Rows.entry(key, tenant, tx) != nil else { return false }
            _ = try Rows.forgetDraft(key, tenant, tx)
            try tx.execute(
                """
                insert into flow_removal (tenant_id, key, removed_at, removed_by)
                values (\(tenant), \(key), \(deed.at), \(deed.by))
                on conflict (tenant_id, key) do nothing
                """)
            try Rows.audit("flow.removed", key, [:], deed, tenant, tx)
            return true
        }
    }
}

/// The statements that several uses share.
private enum FlowRows {
    static func newest(_ key: String, _ tenant: TenantID, _ tx: any Transaction) throws -> FlowStore
        .Published?
    {
        try tx.row(
            """
            select version, document, published_at, actor from flow_version
            where tenant_id = \(tenant) and key = \(key) order by version desc limit 1
            """
        ).map(published)
    }

    static func isRemoved(_ key: String, _ tenant: TenantID, _ tx: any Transaction) throws -> Bool {
        try tx.row("select key from flow_removal where tenant_id = \(tenant) and key = \(key)") != nil
    }

    static func entry(_ key: String, _ tenant: TenantID, _ tx: any Transaction) throws -> FlowStore.Entry? {
        let draft = try tx.row(
            """
            select document, revision, base, saved_at, saved_by from flow_draft
            where tenant_id = \(tenant) and key = \(key) and document is not null
            """
        ).map { row in
            FlowStore.Draft(
                document: try JSONText.decode(from: row.text("document")),
                revision: Int(try row.int("revision")),
                base: try row.optionalInt("base").map { Int($0) }, savedAt: try row.timestamp("saved_at"),
                savedBy: try row.text("saved_by"))
        }
        let published = try isRemoved(key, tenant, tx) ? nil : newest(key, tenant, tx)
        guard published != nil || draft != nil else { return nil }
        return FlowStore.Entry(key: key, published: published, draft: draft)
    }

    static func published(_ row: SQLRow) throws -> FlowStore.Published {
        FlowStore.Published(
            version: Int(try row.int("version")), document: try JSONText.decode(from: row.text("document")),
            at: try row.timestamp("published_at"), by: try row.text("actor"))
    }

    /// Whether there was one.
    /// - Parameter revision: which one alone; `nil` whichever there is.
    static func forgetDraft(
        _ key: String, revision: Int? = nil, _ tenant: TenantID, _ tx: any Transaction
    ) throws -> Bool {
        let which: SQL = revision.map { "and revision = \($0)" } ?? ""
        return try tx.execute(
            """
            update flow_draft set document = null
            where tenant_id = \(tenant) and key = \(key) and document is not null \(which)
            """) > 0
    }

    static func insert(
        _ text: String, _ key: String, _ action: String, _ deed: FlowDeed, _ tenant: TenantID,
        _ tx: any Transaction
    ) throws -> Int {
        let version = try (newest(key, tenant, tx)?.version ?? 0) + 1
        try tx.execute(
            """
            insert into flow_version (tenant_id, key, version, document, published_at, actor)
            values (\(tenant), \(key), \(version), \(text), \(deed.at), \(deed.by))
            """)
        try tx.execute("delete from flow_removal where tenant_id = \(tenant) and key = \(key)")
        try audit(action, key, ["version": String(version)], deed, tenant, tx)
        return version
    }

    static func audit(
        _ action: String, _ key: String, _ details: [String: String], _ deed: FlowDeed, _ tenant: TenantID,
        _ tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: deed.at, actor: deed.actor, action: action, kind: "flow", object: key, details: details,
                address: deed.address), tenant: tenant, in: tx)
    }
}

/// Who changes a flow or a prompt, and from where.
struct FlowDeed: Sendable {
    /// As the audit writes it.
    var actor: String
    /// `file`, or the number (工号) of the person; the actor for a program.
    var by: String
    /// The network address; empty for the program itself.
    var address: String
    var at: Timestamp

    /// What the program publishes from a file.
    static func file(at now: Timestamp) -> FlowDeed {
        FlowDeed(actor: "file", by: "file", address: "", at: now)
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
