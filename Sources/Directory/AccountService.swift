package import Contracts
package import Kernel
import Storage

/// Signing in and out, passwords, roles: authorise, load, decide, save, tell.
///
/// Every use case writes its audit in the transaction of what it does. A refused sign-in is audited too, without what
/// was typed, because people type passwords into the field of the name.
package struct AccountService: Sendable {
    /// What became of a sign-in.
    package enum SignIn: Sendable, Hashable {
        /// The text of the session's token, which is nowhere kept, and when it ends at the latest.
        case begun(token: String, person: AgentID, endsAt: Timestamp, gaveWay: [String])
        case wrong
        case locked(until: Timestamp)
        /// An account of the demonstration from another machine.
        case demoElsewhere
    }

    /// What became of a new password.
    package enum Change: Sendable, Hashable {
        case done(ended: [String])
        /// The old one is wrong.
        case wrongOld
        case locked(until: Timestamp)
        case refused(PasswordRules.Fault)
    }

    /// Who asks, for the audit and for the rule of the demonstration.
    package struct Asker: Sendable {
        package var address: String
        /// Whether the request came from this machine, directly.
        package var isOnMachine: Bool

        package init(address: String, isOnMachine: Bool) {
            self.address = address
            self.isOnMachine = isOnMachine
        }
    }

    let accounts: AccountStore
    let sessions: SessionStore
    let centre: CentreStore
    let hasher: PasswordHasher
    package let limits: SessionLimits

    /// Signs a person in by number and password.
    package func signIn(
        _ user: String, _ password: String, from asker: Asker, at now: Timestamp
    ) async throws -> SignIn {
        func entry(_ action: String, _ actor: String, _ object: String, _ reason: String? = nil) -> AuditEntry
        {
            AuditEntry(
                at: now, actor: actor, action: action, kind: "account", object: object,
                details: reason.map { ["reason": $0] } ?? [:], address: asker.address)
        }
        guard user.utf8.count <= PasswordRules.mostBytes, password.utf8.count <= PasswordRules.mostBytes,
            let account = try await accounts.account(user: user),
            try await person(account.person) != nil
        else {
            _ = try await hasher.isRight(
                password.utf8.count > PasswordRules.mostBytes ? "" : password, for: nil)
            try await accounts.audit(entry("session.refused", "unknown", "", "unknown"))
            return .wrong
        }
        let id = account.person.description
        if let until = account.lockedUntil, until > now {
            try await accounts.audit(entry("session.refused", "unknown", id, "locked"))
            return .locked(until: until)
        }
        if account.isDemo, !asker.isOnMachine {
            try await accounts.audit(entry("session.refused", "unknown", id, "demoOnLoopbackOnly"))
            return .demoElsewhere
        }
        guard try await hasher.isRight(password, for: account.hash) else {
            let until = try await accounts.failed(
                account.person, limits: limits, audit: entry("session.refused", "unknown", id, "password"))
            return until.map { .locked(until: $0) } ?? .wrong
        }
        let token = SessionToken.new()
        let session = Session(
            digest: SessionToken.digest(token), person: account.person, startedAt: now, seenAt: now,
            endsAt: now + limits.most)
        let gaveWay = try await accounts.begin(
            session, for: account, most: limits.mostOfPerson,
            audit: entry("session.begun", "person:\(id)", id))
        guard let gaveWay else { return .wrong }
        return .begun(token: token, person: account.person, endsAt: session.endsAt, gaveWay: gaveWay)
    }

    /// Ends a session. Ending one that is gone does nothing.
    func end(
        _ digest: String, of person: AgentID?, actor: String, address: String, at now: Timestamp
    ) async throws {
        try await sessions.end(
            digest,
            audit: AuditEntry(
                at: now, actor: actor, action: "session.ended", kind: "account",
                object: person?.description ?? "", address: address))
    }

    /// Changes the own password. Wrong old ones count like wrong sign-ins. The session that asks goes on, the others of
    /// the person end.
    package func changePassword(
        of person: AgentID, old: String, new: String, keeping session: String?, from asker: Asker,
        at now: Timestamp
    ) async throws -> Change {
        let id = person.description
        let audit = AuditEntry(
            at: now, actor: "person:\(id)", action: "password.changed", kind: "account", object: id,
            address: asker.address)
        guard let account = try await accounts.account(of: person) else {
            throw Problem(.notFound, "There is no account of this person any more.")
        }
        if let until = account.lockedUntil, until > now { return .locked(until: until) }
        guard old.utf8.count <= PasswordRules.mostBytes,
            try await hasher.isRight(old, for: account.hash)
        else {
            var refused = audit
            refused.action = "password.refused"
            let until = try await accounts.failed(person, limits: limits, audit: refused)
            return until.map { .locked(until: $0) } ?? .wrongOld
        }
        let name = try await self.person(person)?.name ?? ""
        if let fault = PasswordRules.fault(of: new, number: account.user, name: name, old: old) {
            return .refused(fault)
        }
        let hash = try await hasher.hash(new)
        let ended = try await accounts.change(person, keeping: session, audit: audit) { present in
            guard present.hash == account.hash else {
                throw Problem(.conflict, "The password was changed meanwhile; sign in again.")
            }
            present.hash = hash
            present.changedAt = now
            present.mustChange = false
            present.isDemo = false
            return true
        }
        return .done(ended: ended)
    }

    /// Gives a person a new password that has to be changed at the first sign-in, opens the door, and makes the account
    /// when there is none. Returns the password, which is shown once, and the sessions that ended.
    ///
    /// - Throws: `Problem(.notFound)` for a number that the centre does not know.
    package func reset(
        number: String, actor: String, address: String, at now: Timestamp
    ) async throws -> (password: String, ended: [String]) {
        let person = try await person(number: number)
        let password = Self.newPassword()
        let hash = try await hasher.hash(password)
        let audit = AuditEntry(
            at: now, actor: actor, action: "password.reset", kind: "account",
            object: person.id.description, address: address)
        let roles = Set(person.roles.compactMap { Role(rawValue: $0) })
        let account = Account(
            person: person.id, user: number, hash: hash, roles: roles, failures: 0, lockedUntil: nil,
            changedAt: now, mustChange: true, isDemo: false)
        var made = audit
        made.action = "account.made"
        made.details = ["roles": roles.map(\.rawValue).sorted().joined(separator: " ")]
        if let stale = try await accounts.account(user: number), stale.person != person.id {
            // Of somebody who had this number before and has left.
            var removed = audit
            removed.action = "account.removed"
            removed.object = stale.person.description
            _ = try await accounts.change(stale.person, audit: removed) { _ in false }
        }
        if try await accounts.make(account, audit: made) { return (password, []) }
        let ended = try await accounts.change(person.id, audit: audit) { present in
            present.hash = hash
            present.failures = 0
            present.lockedUntil = nil
            present.changedAt = now
            present.mustChange = true
            present.isDemo = false
            return true
        }
        return (password, ended)
    }

    /// Gives an account other roles. Its sessions end, so that nobody goes on with what was taken.
    package func setRoles(
        _ roles: Set<Role>, number: String, actor: String, address: String, at now: Timestamp
    ) async throws -> [String] {
        let person = try await person(number: number)
        let words = roles.map(\.rawValue).sorted().joined(separator: " ")
        let audit = AuditEntry(
            at: now, actor: actor, action: "account.rolesSet", kind: "account",
            object: person.id.description, details: ["roles": words], address: address)
        return try await accounts.change(person.id, audit: audit) { present in
            present.roles = roles
            return true
        }
    }

    /// Removes an account; the person stays in the centre.
    package func remove(
        number: String, actor: String, address: String, at now: Timestamp
    ) async throws -> [String] {
        let person = try await person(number: number)
        let audit = AuditEntry(
            at: now, actor: actor, action: "account.removed", kind: "account",
            object: person.id.description, address: address)
        return try await accounts.change(person.id, audit: audit) { _ in false }
    }

    /// Every account with the name of its person, by number.
    package func list() async throws -> [(account: Account, name: String)] {
        let people = Dictionary(
            try await centre.newest().people.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }
        )
        return try await accounts.all().map { ($0, people[$0.person] ?? "") }
    }

    /// Makes the accounts of a demonstration that are not there yet. An account that was changed stays as it is.
    package func seed(_ passwords: [AgentID: String], people: [CentrePerson], at now: Timestamp) async throws
    {
        let missing = try await accounts.missing(Array(passwords.keys))
        for person in people where missing.contains(person.id) {
            guard let password = passwords[person.id] else { continue }
            let roles = Set(person.roles.compactMap { Role(rawValue: $0) })
            let account = Account(
                person: person.id, user: person.number,
                hash: try await hasher.hash(password, cost: .demonstration), roles: roles, failures: 0,
                lockedUntil: nil, changedAt: now, mustChange: false, isDemo: true)
            _ = try await accounts.make(
                account,
                audit: AuditEntry(
                    at: now, actor: "file", action: "account.made", kind: "account",
                    object: person.id.description,
                    details: ["roles": roles.map(\.rawValue).sorted().joined(separator: " "), "demo": "true"])
            )
        }
    }

    /// Removes sessions whose time is over; they have ended without it.
    func sweep(at now: Timestamp) async throws { _ = try await sessions.sweep(idle: limits.idle, at: now) }

    func person(_ id: AgentID) async throws -> CentrePerson? {
        try await centre.newest().people.first { $0.id == id }
    }

    private func person(number: String) async throws -> CentrePerson {
        guard let person = try await centre.newest().people.first(where: { $0.number == number }) else {
            throw Problem(
                .notFound, "The centre has nobody with the number \(number.prefix(64)).",
                details: ["field": "number"])
        }
        return person
    }

    /// Four groups of four signs that are not mistaken for each other: 80 bits.
    private static func newPassword() -> String {
        let signs = Array("abcdefghjkmnpqrstuvwxyz23456789ACDEFGHJ")
        var random = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            String((0..<4).compactMap { _ in signs.randomElement(using: &random) })
        }.joined(separator: "-")
    }
}

/// Tokens of sessions and their digests. A token has 256 random bits, so its plain SHA-256 cannot be guessed back.
enum SessionToken {
    static func new() -> String {
        var random = SystemRandomNumberGenerator()
        return hexadecimal((0..<32).map { _ in UInt8(truncatingIfNeeded: random.next() as UInt64) })
    }

    static func digest(_ token: String) -> String { hexadecimal(SHA256.digest(Array(token.utf8))) }
}

/// Two digits for each byte.
func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
