import Kernel
import Storage

/// The rows of accounts. Whoever changes something does it in a transaction together with its audit.
struct AccountStore: Sendable {
    /// Accounts listed at once: as many as a centre file may have people.
    static let mostListed = 20_000

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    func account(user: String) async throws -> Account? {
        try await database.read { [tenant] tx in
            try tx.row(
                "select * from account where tenant_id = \(tenant) and username = \(user)"
            ).map(Account.init)
        }
    }

    func account(of person: AgentID) async throws -> Account? {
        try await database.read { [tenant] tx in
            try Self.account(of: person, tenant: tenant, in: tx)
        }
    }

    static func account(of person: AgentID, tenant: TenantID, in tx: any Transaction) throws -> Account? {
        try tx.row("select * from account where tenant_id = \(tenant) and person_id = \(person)")
            .map(Account.init)
    }

    func all() async throws -> [Account] {
        try await database.read { [tenant] tx in
            try tx.rows(
                "select * from account where tenant_id = \(tenant) order by username limit \(Self.mostListed)"
            ).map(Account.init)
        }
    }

    /// Those that the demonstration has and nobody has made yet.
    func missing(_ people: [AgentID]) async throws -> Set<AgentID> {
        let known = Set(try await all().map(\.person))
        return Set(people).subtracting(known)
    }

    /// Makes an account, unless the person has one. Returns whether it was made.
    func make(_ account: Account, audit: AuditEntry) async throws -> Bool {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                insert into account (tenant_id, person_id, username, password, roles, failures, locked_until,
                changed_at, must_change, is_demo)
                values (\(tenant), \(account.person), \(account.user), \(account.hash), \(account.words),
                0, null, \(account.changedAt), \(account.mustChange), \(account.isDemo))
                on conflict do nothing
                """)
            if count > 0 { try AuditLog.append(audit, tenant: tenant, in: tx) }
            return count > 0
        }
    }

    /// Counts a wrong password, and shuts the account after too many. Returns until when it is shut.
    func failed(
        _ person: AgentID, limits: SessionLimits, audit: AuditEntry
    ) async throws -> Timestamp? {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                update account set failures = failures + 1
                where tenant_id = \(tenant) and person_id = \(person)
                """)
            var entries = [audit]
            var until: Timestamp?
            if let account = try Self.account(of: person, tenant: tenant, in: tx),
                account.failures >= limits.mostFailures
            {
                let end = audit.at + limits.lockOut
                until = end
                try tx.execute(
                    """
                    update account set failures = 0, locked_until = \(end)
                    where tenant_id = \(tenant) and person_id = \(person)
                    """)
                var locked = audit
                locked.action = "account.locked"
                locked.details = ["until": String(end.milliseconds)]
                entries.append(locked)
            }
            try AuditLog.append(entries, tenant: tenant, in: tx)
            return until
        }
    }

    /// Begins a session, if the account is still as it was when its password was found right. Returns the digests of
    /// sessions that gave way; `nil` when the account has changed.
    func begin(
        _ session: Session, for account: Account, most: Int, audit: AuditEntry
    ) async throws -> [String]? {
        try await database.write { [tenant] tx in
            let count = try tx.execute(
                """
                update account set failures = 0, locked_until = null
                where tenant_id = \(tenant) and person_id = \(account.person) and password = \(account.hash)
                and (locked_until is null or locked_until <= \(audit.at))
                """)
            guard count > 0 else { return nil }
            let oldest = try tx.rows(
                """
                select digest from web_session where tenant_id = \(tenant) and person_id = \(account.person)
                order by started_at desc, digest limit 1000 offset \(most - 1)
                """
            ).map { try $0.text("digest") }
            for digest in oldest {
                try tx.execute(
                    "delete from web_session where tenant_id = \(tenant) and digest = \(digest)")
            }
            try tx.execute(
                """
                insert into web_session (tenant_id, digest, person_id, started_at, seen_at, ends_at)
                values (\(tenant), \(session.digest), \(session.person), \(session.startedAt),
                \(session.seenAt), \(session.endsAt))
                """)
            try AuditLog.append(audit, tenant: tenant, in: tx)
            return oldest
        }
    }

    /// Sets password, roles or state of an account and ends its sessions but `keeping`. Returns the digests of those.
    ///
    /// - Parameter change: what is to be set; it is given the account as it is now. `nil` removes the account.
    /// - Throws: `Problem(.notFound)` when there is no such account.
    func change(
        _ person: AgentID, keeping: String? = nil, audit: AuditEntry,
        _ change: @escaping @Sendable (inout Account) throws -> Bool
    ) async throws -> [String] {
        try await database.write { [tenant] tx in
            guard var account = try Self.account(of: person, tenant: tenant, in: tx) else {
                throw Problem(.notFound, "There is no account of this number.", details: ["field": "number"])
            }
            let stays = try change(&account)
            let ended = try tx.rows(
                "select digest from web_session where tenant_id = \(tenant) and person_id = \(person)"
            ).map { try $0.text("digest") }.filter { $0 != keeping }
            for digest in ended {
                try tx.execute(
                    "delete from web_session where tenant_id = \(tenant) and digest = \(digest)")
            }
            if stays {
                try tx.execute(
                    """
                    update account set password = \(account.hash), roles = \(account.words),
                    failures = \(account.failures), locked_until = \(account.lockedUntil),
                    changed_at = \(account.changedAt), must_change = \(account.mustChange),
                    is_demo = \(account.isDemo)
                    where tenant_id = \(tenant) and person_id = \(person)
                    """)
            } else {
                try tx.execute(
                    "delete from account where tenant_id = \(tenant) and person_id = \(person)")
            }
            try AuditLog.append(audit, tenant: tenant, in: tx)
            return ended
        }
    }

    /// Puts something into the audit that changes no row, such as a sign-in that was refused.
    func audit(_ entry: AuditEntry) async throws {
        try await database.write { [tenant] tx in
            _ = try AuditLog.append(entry, tenant: tenant, in: tx)
        }
    }
}

extension Account {
    init(_ row: SQLRow) throws {
        person = try row.id("person_id")
        user = try row.text("username")
        hash = try row.text("password")
        // A role that this version does not know gives nothing.
        roles = Set(try row.text("roles").split(separator: " ").compactMap { Role(rawValue: String($0)) })
        failures = Int(try row.int("failures"))
        lockedUntil = try row.optionalTimestamp("locked_until")
        changedAt = try row.timestamp("changed_at")
        mustChange = try row.bool("must_change")
        isDemo = try row.bool("is_demo")
    }

    /// The roles as one text.
    fileprivate var words: String { roles.map(\.rawValue).sorted().joined(separator: " ") }
}
