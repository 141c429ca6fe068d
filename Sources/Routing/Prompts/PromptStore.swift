import Kernel
import Storage

/// The rows of the prompt library of one tenant.
struct PromptStore: Sendable {
    let database: TenantDatabase

    private static let columns: SQL = """
        v.key, v.version, v.language, v.source, v.spoken, v.path, v.duration_ms, v.level_db, v.made_at, v.made_by,
        v.used_at, case when c.version is null then 0 else 1 end as is_current
        """
    private static let source: SQL = """
        prompt_version v left join prompt_current c on c.tenant_id = v.tenant_id and c.key = v.key
            and c.language = v.language and c.version = v.version
        """

    /// Every prompt by key, those whose key or name holds a text.
    func prompts(holding text: String? = nil) async throws -> [LibraryPrompt] {
        let tenant = database.tenant
        let (prompts, versions) = try await database.read { tx in
            (
                try tx.rows("select key, names from prompt where tenant_id = \(tenant) order by key"),
                try tx.rows(
                    """
                    select \(Self.columns) from \(Self.source) where v.tenant_id = \(tenant)
                    order by v.key, v.version
                    """)
            )
        }
        let byKey = Dictionary(grouping: versions) { (try? $0.text("key")) ?? "" }
        let wanted = text.map { $0.lowercased() } ?? ""
        return try prompts.compactMap { row in
            let key = try row.text("key")
            let names: [String: String] = try JSONText.decode(from: row.text("names"))
            guard
                wanted.isEmpty
                    || ([key] + names.values).contains(where: { $0.lowercased().contains(wanted) })
            else { return nil }
            var prompt = LibraryPrompt(key: key, names: names, current: [:], drafts: [:])
            for row in byKey[key] ?? [] {
                let version = try Self.version(row)
                if version.isCurrent {
                    prompt.current[version.language] = version
                } else if try row.optionalInt("used_at") == nil {
                    prompt.drafts[version.language] = version
                }
            }
            return prompt
        }
    }

    /// Key -> language -> file of what callers hear; a prompt that has nothing to hear yet is there with no language.
    func recordings() async throws -> [String: [String: String]] {
        try await database.read { [tenant = database.tenant] tx in
            let rows = try tx.rows(
                """
                select p.key, c.language, v.path from prompt p
                left join prompt_current c on c.tenant_id = p.tenant_id and c.key = p.key
                left join prompt_version v on v.tenant_id = c.tenant_id and v.key = c.key and v.version = c.version
                where p.tenant_id = \(tenant)
                """)
            var recordings: [String: [String: String]] = [:]
            for row in rows {
                var languages = try recordings[row.text("key")] ?? [:]
                if let language = try row.optionalText("language") {
                    languages[language] = try row.text("path")
                }
                recordings[try row.text("key")] = languages
            }
            return recordings
        }
    }

    /// Newest first; `nil` when there is no such prompt.
    func versions(of key: String) async throws -> [PromptVersion]? {
        try await database.read { [tenant = database.tenant] tx in
            guard try Self.exists(key, tenant, tx) else { return nil }
            return try tx.rows(
                """
                select \(Self.columns) from \(Self.source) where v.tenant_id = \(tenant) and v.key = \(key)
                order by v.version desc
                """
            ).map(Self.version)
        }
    }

    /// Where the file of a version is, below the folder of prompts.
    func path(_ version: Int, of key: String) async throws -> String? {
        try await database.read { [tenant = database.tenant] tx in
            try tx.row(
                """
                select path from prompt_version
                where tenant_id = \(tenant) and key = \(key) and version = \(version)
                """
            )?.text("path")
        }
    }

    // MARK: changes, each audited in its transaction

    /// `false` when the key is taken.
    func create(_ key: String, _ names: [String: String], doing deed: FlowDeed) async throws -> Bool {
        try await database.write { [tenant = database.tenant] tx in
            let made = try tx.execute(
                """
                insert into prompt (tenant_id, key, names, created_at)
                values (\(tenant), \(key), \(JSONText.encode(names)), \(deed.at))
                on conflict (tenant_id, key) do nothing
                """)
            guard made == 1 else { return false }
            try Self.audit("prompt.made", key, [:], deed, tenant, tx)
            return true
        }
    }

    /// `false` when there is no such prompt.
    func rename(_ key: String, _ names: [String: String], doing deed: FlowDeed) async throws -> Bool {
        try await database.write { [tenant = database.tenant] tx in
            let changed = try tx.execute(
                "update prompt set names = \(JSONText.encode(names)) where tenant_id = \(tenant) and key = \(key)"
            )
            guard changed == 1 else { return false }
            try Self.audit("prompt.renamed", key, [:], deed, tenant, tx)
            return true
        }
    }

    /// Removes a prompt with its versions; their files stay, since calls that stand may speak them. `false` when there
    /// is none.
    func remove(_ key: String, doing deed: FlowDeed) async throws -> Bool {
        try await database.write { [tenant = database.tenant] tx in
            guard try Self.exists(key, tenant, tx) else { return false }
            try tx.execute("delete from prompt_current where tenant_id = \(tenant) and key = \(key)")
            try tx.execute("delete from prompt_version where tenant_id = \(tenant) and key = \(key)")
            try tx.execute("delete from prompt where tenant_id = \(tenant) and key = \(key)")
            try Self.audit("prompt.removed", key, [:], deed, tenant, tx)
            return true
        }
    }

    /// Adds a draft; `nil` when there is no such prompt.
    func add(
        _ sound: KeptSound, _ language: String, _ source: PromptVersion.Source, text: String?, to key: String,
        doing deed: FlowDeed
    ) async throws -> PromptVersion? {
        try await SQLError.retryingTaken {
            try await insert(sound, language, source, text: text, to: key, doing: deed)
        }
    }

    private func insert(
        _ sound: KeptSound, _ language: String, _ source: PromptVersion.Source, text: String?, to key: String,
        doing deed: FlowDeed
    ) async throws -> PromptVersion? {
        try await database.write { [tenant = database.tenant] tx in
            guard try Self.exists(key, tenant, tx) else { return nil }
            let last = try tx.row(
                """
                select max(version) as last, count(*) as versions from prompt_version
                where tenant_id = \(tenant) and key = \(key)
                """)
            guard try (last?.int("versions") ?? 0) < Int64(PromptLibrary.mostVersions) else {
                throw Problem(
                    .exhausted, "The prompt has \(PromptLibrary.mostVersions) versions; make a new prompt.")
            }
            let version = try Int(last?.optionalInt("last") ?? 0) + 1
            try tx.execute(
                """
                insert into prompt_version (tenant_id, key, version, language, source, spoken, path, digest,
                    duration_ms, level_db, made_at, made_by)
                values (\(tenant), \(key), \(version), \(language), \(source.rawValue), \(text), \(sound.path),
                    \(sound.digest), \(sound.milliseconds), \(sound.level), \(deed.at), \(deed.by))
                """)
            try Self.audit(
                "prompt.recorded", key,
                ["version": String(version), "language": language, "source": source.rawValue], deed, tenant,
                tx)
            return PromptVersion(
                version: version, language: language, source: source, text: text,
                durationMs: sound.milliseconds, levelDb: sound.level, at: deed.at, by: deed.by,
                isCurrent: false)
        }
    }

    /// Makes a version what callers hear in its language. `false` when there is no such version.
    func use(_ version: Int, of key: String, doing deed: FlowDeed) async throws -> Bool {
        try await database.write { [tenant = database.tenant] tx in
            let language = try tx.row(
                """
                select language from prompt_version
                where tenant_id = \(tenant) and key = \(key) and version = \(version)
                """
            )?.text("language")
            guard let language else { return false }
            try tx.execute(
                """
                insert into prompt_current (tenant_id, key, language, version)
                values (\(tenant), \(key), \(language), \(version))
                on conflict (tenant_id, key, language) do update set version = excluded.version
                """)
            try tx.execute(
                """
                update prompt_version set used_at = \(deed.at)
                where tenant_id = \(tenant) and key = \(key) and version = \(version)
                """)
            try Self.audit(
                "prompt.used", key, ["version": String(version), "language": language], deed, tenant, tx)
            return true
        }
    }

    // MARK: rows

    private static func exists(_ key: String, _ tenant: TenantID, _ tx: any Transaction) throws -> Bool {
        try tx.row("select key from prompt where tenant_id = \(tenant) and key = \(key)") != nil
    }

    private static func version(_ row: SQLRow) throws -> PromptVersion {
        PromptVersion(
            version: Int(try row.int("version")), language: try row.text("language"),
            source: PromptVersion.Source(rawValue: try row.text("source")) ?? .upload,
            text: try row.optionalText("spoken"), durationMs: Int(try row.int("duration_ms")),
            levelDb: Int(try row.int("level_db")), at: try row.timestamp("made_at"),
            by: try row.text("made_by"), isCurrent: try row.int("is_current") == 1)
    }

    private static func audit(
        _ action: String, _ key: String, _ details: [String: String], _ deed: FlowDeed, _ tenant: TenantID,
        _ tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: deed.at, actor: deed.actor, action: action, kind: "prompt", object: key, details: details,
                address: deed.address), tenant: tenant, in: tx)
    }
}
