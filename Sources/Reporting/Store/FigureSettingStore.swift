import Kernel
import Storage

/// Settings of figures, whole versions of them, and annotations; each change with its audit.
struct FigureSettingStore: Sendable {
    enum Kind: String, Sendable { case settings, marks, alarmRules }
    /// Who changes it, for the audit.
    struct Deed: Sendable {
        var actor: String
        var address: String
    }

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// The newest version; `nil` before the first.
    func document<Value: Decodable & Sendable>(_ kind: Kind, as type: Value.Type) async throws -> Value? {
        try await database.read { [tenant] tx in
            try tx.row(
                """
                select document from figure_setting where tenant_id = \(tenant) and kind = \(kind.rawValue)
                order by version desc limit 1
                """
            ).map { try JSONText.decode(type, from: $0.text("document")) }
        }
    }

    /// Keeps the next version.
    ///
    /// - Throws: `Problem(.conflict)` when somebody else has changed what was read.
    func keep(
        _ kind: Kind, _ document: some Encodable & Sendable, version: Int, by deed: Deed, at now: Timestamp
    ) async throws {
        let text = try JSONText.encode(document)
        let isKept = try await database.write { [tenant] tx in
            let last = try tx.row(
                """
                select max(version) as version from figure_setting
                where tenant_id = \(tenant) and kind = \(kind.rawValue)
                """)?.optionalInt("version")
            guard (last ?? 0) == Int64(version - 1) else { return false }
            let count = try tx.execute(
                """
                insert into figure_setting (tenant_id, kind, version, document, changed_at, actor)
                values (\(tenant), \(kind.rawValue), \(version), \(text), \(now), \(deed.actor))
                on conflict do nothing
                """)
            guard count == 1 else { return false }
            try AuditLog.append(
                AuditEntry(
                    at: now, actor: deed.actor, action: "\(kind.rawValue).changed", kind: "figures",
                    object: kind.rawValue, details: ["version": String(version)], address: deed.address),
                tenant: tenant, in: tx)
            return true
        }
        guard isKept else {
            throw Problem(
                .conflict, "Somebody else has changed this meanwhile; read it again and repeat the change.",
                details: ["reason": "versionChanged", "field": "version"])
        }
    }

    func annotations(from: CivilDate, to: CivilDate) async throws -> [FigureAnnotation] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select id, day, note, made_by from figure_annotation where tenant_id = \(tenant)
                and day >= \(from.description) and day <= \(to.description) order by day, id limit 500
                """
            ).map {
                FigureAnnotation(
                    id: try $0.id("id"), day: try $0.text("day"), text: try $0.text("note"),
                    by: try $0.optionalID("made_by"))
            }
        }
    }

    func add(_ annotation: FigureAnnotation, by deed: Deed, at now: Timestamp) async throws {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                insert into figure_annotation (tenant_id, id, day, note, made_at, made_by)
                values (\(tenant), \(annotation.id), \(annotation.day), \(annotation.text), \(now),
                    \(annotation.by))
                """)
            try Self.audit("annotation.made", annotation.id, deed, now, tenant, tx)
        }
    }

    /// - Returns: `false` when there is no such annotation.
    func removeAnnotation(_ id: AnnotationID, by deed: Deed, at now: Timestamp) async throws -> Bool {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                "delete from figure_annotation where tenant_id = \(tenant) and id = \(id)")
            if count > 0 { try Self.audit("annotation.removed", id, deed, now, tenant, tx) }
            return count > 0
        }
    }

    private static func audit(
        _ action: String, _ id: AnnotationID, _ deed: Deed, _ now: Timestamp, _ tenant: TenantID,
        _ tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: now, actor: deed.actor, action: action, kind: "annotation", object: id.description,
                address: deed.address), tenant: tenant, in: tx)
    }
}
