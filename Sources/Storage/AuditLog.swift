package import Kernel

/// Something that somebody did or saw, about to be written into the audit (decision 10).
///
/// Ids, words and figures only: never a customer's name, number or text, never a password.
package struct AuditEntry: Sendable, Hashable {
    package var at: Timestamp
    /// `person:<id>`, `token:<name>`, `file`, `system`, or `unknown` before anybody is signed in.
    package var actor: String
    /// Dotted, past tense: `session.begun`, `announcement.made`, `interaction.read`.
    package var action: String
    /// The kind of thing that it was done to, such as `account` or `interaction`.
    package var kind: String
    /// The id or number of the thing; empty for a list.
    package var object: String
    package var details: [String: String]
    /// The network address of who did it; empty for the program itself.
    package var address: String

    package init(
        at: Timestamp, actor: String, action: String, kind: String, object: String,
        details: [String: String] = [:], address: String = ""
    ) {
        self.at = at
        self.actor = actor
        self.action = action
        self.kind = kind
        self.object = object
        self.details = details
        self.address = address
    }
}

/// An entry with its place in its tenant's audit.
package struct LoggedAudit: Sendable, Hashable {
    /// From 1, without gaps, in the order of the commits.
    package var sequence: Int64
    package var entry: AuditEntry
    /// `sha256:` and 64 digits over the former entry's hash and this entry's content.
    package var hash: String

    init(_ row: SQLRow) throws {
        sequence = try row.int("seq")
        hash = try row.text("hash")
        entry = AuditEntry(
            at: try row.timestamp("at"), actor: try row.text("actor"), action: try row.text("action"),
            kind: try row.text("object_kind"), object: try row.text("object_id"),
            details: try JSONText.decode(from: row.text("details")), address: try row.text("address"))
    }
}

/// The audit of a tenant: who did and saw what. Written in the transaction of what it tells of, so there is neither the
/// one without the other; never changed, which the chain of hashes shows (`verify`).
package enum AuditLog {
    /// Entries read at once.
    package static let maximumPage = 1_000
    /// What stands before the first entry.
    static let beginning = "sha256:" + String(repeating: "0", count: 64)

    /// Appends entries in order. The tenant's row in `audit_head` stays locked until the transaction ends, so numbers
    /// are given in the order of the commits and a transaction that fails leaves no gap.
    ///
    /// - Returns: the number of the last one.
    @discardableResult
    package static func append(
        _ entries: [AuditEntry], tenant: TenantID, in transaction: any Transaction
    ) throws -> Int64 {
        guard !entries.isEmpty else { throw Problem(.invalid, "There is nothing to put into the audit") }
        // Takes the lock of the row, and makes it the first time.
        let head = try transaction.row(
            """
            insert into audit_head (tenant_id, last_seq, last_hash) values (\(tenant), 0, \(beginning))
            on conflict (tenant_id) do update set last_seq = audit_head.last_seq
            returning last_seq, last_hash
            """)
        guard let head else { throw Problem(.internal, "The head of the audit gave no row") }
        var sequence = try head.int("last_seq")
        var hash = try head.text("last_hash")
        var rows = RowInsert(
            into: "audit_entry",
            columns: [
                "tenant_id", "seq", "at", "actor", "action", "object_kind", "object_id", "details", "address",
                "hash",
            ])
        for entry in entries {
            sequence += 1
            let details = try JSONText.encode(entry.details)
            hash = Self.hash(entry, details: details, tenant: tenant, sequence: sequence, after: hash)
            rows.add([
                tenant.sqlValue, .int(sequence), entry.at.sqlValue, .text(entry.actor), .text(entry.action),
                .text(entry.kind), .text(entry.object), .text(details), .text(entry.address), .text(hash),
            ])
        }
        try transaction.insert(rows)
        try transaction.execute(
            """
            update audit_head set last_seq = \(sequence), last_hash = \(hash) where tenant_id = \(tenant)
            """)
        return sequence
    }

    /// Appends one entry.
    @discardableResult
    package static func append(
        _ entry: AuditEntry, tenant: TenantID, in transaction: any Transaction
    ) throws -> Int64 {
        try append([entry], tenant: tenant, in: transaction)
    }

    /// Which entries somebody looks for; what is `nil` does not matter.
    package struct Filter: Sendable, Hashable {
        package var actor: String?
        package var action: String?
        package var kind: String?
        package var object: String?
        package var from: Timestamp?
        /// Not included.
        package var until: Timestamp?

        package init(
            actor: String? = nil, action: String? = nil, kind: String? = nil, object: String? = nil,
            from: Timestamp? = nil, until: Timestamp? = nil
        ) {
            self.actor = actor
            self.action = action
            self.kind = kind
            self.object = object
            self.from = from
            self.until = until
        }
    }

    /// Entries before a number (`nil` for the newest), newest first, at most `limit` (and `maximumPage`).
    package static func read(
        _ tenant: TenantID, _ filter: Filter = Filter(), before sequence: Int64? = nil,
        limit: Int = maximumPage, in transaction: any Transaction
    ) throws -> [LoggedAudit] {
        var conditions: [SQL] = ["tenant_id = \(tenant)"]
        if let sequence { conditions.append("seq < \(sequence)") }
        if let actor = filter.actor { conditions.append("actor = \(actor)") }
        if let action = filter.action { conditions.append("action = \(action)") }
        if let kind = filter.kind { conditions.append("object_kind = \(kind)") }
        if let object = filter.object { conditions.append("object_id = \(object)") }
        if let from = filter.from { conditions.append("at >= \(from)") }
        if let until = filter.until { conditions.append("at < \(until)") }
        return try transaction.rows(
            """
            select seq, at, actor, action, object_kind, object_id, details, address, hash from audit_entry
            where \(SQL.joined(conditions, by: " and ")) order by seq desc
            limit \(max(0, min(limit, maximumPage)))
            """
        ).map(LoggedAudit.init)
    }

    /// Every entry about one of some contacts, oldest first: about the contact itself or a part of it (`id/part`).
    package static func entries(
        about contacts: [String], tenant: TenantID, in transaction: any Transaction
    ) throws -> [LoggedAudit] {
        let kinds = ["interaction", "recording"]
        return try contacts.flatMap { contact in
            try transaction.rows(
                """
                select seq, at, actor, action, object_kind, object_id, details, address, hash from audit_entry
                where tenant_id = \(tenant) and object_kind in (\(list: kinds))
                    and object_id >= \(contact) and object_id <= \(contact + "/z") order by seq
                """
            ).map(LoggedAudit.init)
        }
    }

    /// What became of an audit.
    package enum Verdict: Sendable, Hashable {
        /// Complete and unchanged. Who keeps `hash` elsewhere can prove later that nothing up to here was rewritten.
        case intact(entries: Int64, hash: String)
        /// The first entry that is missing or does not fit.
        case broken(at: Int64)
    }

    /// Follows the whole chain: numbers without a gap, each hash, and the end that the head tells of. Reads page by page,
    /// each in a transaction of its own; what is appended meanwhile is included.
    package static func verify(_ database: TenantDatabase) async throws -> Verdict {
        let tenant = database.tenant
        var (sequence, hash) = (Int64(0), beginning)
        while true {
            let (after, former) = (sequence, hash)
            let (page, head) = try await database.read { transaction in
                let rows = try transaction.rows(
                    """
                    select seq, at, actor, action, object_kind, object_id, details, address, hash
                    from audit_entry where tenant_id = \(tenant) and seq > \(after) order by seq
                    limit \(maximumPage)
                    """)
                let head = try transaction.row(
                    "select last_seq, last_hash from audit_head where tenant_id = \(tenant)")
                let end = try head.map { (try $0.int("last_seq"), try $0.text("last_hash")) }
                return (try chain(rows, tenant: tenant, from: after, former), end ?? (0, beginning))
            }
            if let fault = page.fault { return .broken(at: fault) }
            (sequence, hash) = (page.sequence, page.hash)
            if sequence == after {
                let isWhole = head.0 == sequence && head.1 == former
                return isWhole ? .intact(entries: sequence, hash: hash) : .broken(at: sequence + 1)
            }
        }
    }

    private static func chain(
        _ rows: [SQLRow], tenant: TenantID, from sequence: Int64, _ hash: String
    ) throws -> (sequence: Int64, hash: String, fault: Int64?) {
        var (sequence, hash) = (sequence, hash)
        for row in rows {
            let logged = try LoggedAudit(row)
            let expected = Self.hash(
                logged.entry, details: try row.text("details"), tenant: tenant, sequence: sequence + 1,
                after: hash)
            guard logged.sequence == sequence + 1, logged.hash == expected else {
                return (sequence, hash, sequence + 1)
            }
            (sequence, hash) = (logged.sequence, logged.hash)
        }
        return (sequence, hash, nil)
    }

    /// SHA-256 over the former hash and every field, each with its length before it so that neighbours cannot run
    /// together. The form has a version; a change of it would be a new one.
    private static func hash(
        _ entry: AuditEntry, details: String, tenant: TenantID, sequence: Int64, after former: String
    ) -> String {
        let fields = [
            "audit.1", former, tenant.description, String(sequence), String(entry.at.milliseconds),
            entry.actor, entry.action, entry.kind, entry.object, details, entry.address,
        ]
        let text = fields.map { "\($0.utf8.count):\($0)" }.joined()
        return "sha256:"
            + SHA256.digest(Array(text.utf8)).map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined()
    }
}
