package import Contracts
import Foundation
package import Kernel
package import Storage
package import Web

/// The directory: which tenants there are, what their centre looks like, who may ask what.
///
/// A centre comes from a readable file (`config/demo/centre.toml`), is kept in versions, and is changed through the
/// API; whoever depends on it is told after each change.
package struct DirectoryFeature: CentreSource {
    package static let migrations = DirectorySchema.migrations

    private let store: CentreStore
    private let audit: AuditStore
    private let receipts: ReceiptStore
    private let browsers: BrowserSessions
    private let clock: @Sendable () -> Timestamp
    package let tokens: TokenStore
    /// Signing in, passwords and roles, for those who have no screen.
    package let accounts: AccountService
    private let ids: IDSource

    package init(
        _ database: TenantDatabase, ids: IDSource, limits: SessionLimits = SessionLimits(),
        clock: @escaping @Sendable () -> Timestamp = { WallClock.now }
    ) {
        store = CentreStore(database: database)
        tokens = TokenStore(database.database)
        audit = AuditStore(database: database, centre: store)
        receipts = ReceiptStore(database: database)
        let rows = SessionStore(database: database)
        accounts = AccountService(
            accounts: AccountStore(database: database), sessions: rows, centre: store,
            hasher: PasswordHasher(), limits: limits)
        browsers = BrowserSessions(store: rows, service: accounts, tenant: database.tenant)
        self.ids = ids
        self.clock = clock
    }

    /// The sessions of browsers, for the web server.
    package var sessions: any SessionAuthenticator { browsers }
    /// Writes down who reads personal data, for the web server.
    package var readAuditor: any ReadAuditor { audit }

    package func centre() async throws -> Centre { try await store.newest() }

    /// Whether there is a centre already.
    package func hasCentre() async throws -> Bool { try await store.newestOrNone() != nil }

    /// Takes a centre over; a version that says the same is not made again.
    @discardableResult
    package func load(
        _ centre: Centre, actor: String, source: String? = nil, at now: Timestamp
    ) async throws -> Centre {
        try await store.save(
            .init(
                centre: centre, actor: actor,
                audit: AuditEntry(
                    at: now, actor: actor, action: "centre.loaded", kind: "centre", object: centre.name),
                source: source))
    }

    /// Takes over a centre from its file (see `load(_:at:)`).
    ///
    /// - Returns: whether it was taken over.
    @discardableResult
    package func load(file path: String, tenant: TenantID, at now: Timestamp) async throws -> Bool {
        try await load(
            CentreImport.file(path, tenant: tenant, present: store.newestOrNone()), at: now)
    }

    /// Takes over a centre with the accounts of its demonstration, when its file says something else than when it was
    /// taken over last. What was changed on screens since then gives way, and stays in the history.
    ///
    /// - Returns: whether it was taken over.
    @discardableResult
    package func load(_ file: CentreImport, at now: Timestamp) async throws -> Bool {
        let known = try await store.newestSource()
        let isNew = file.source == nil || (known != file.source && known != file.formerSource)
        let centre =
            isNew
            ? try await load(file.centre, actor: "file", source: file.source, at: now)
            : try await store.newest()
        // Once known by what it says, the file stays the same whatever later versions read in it.
        if !isNew, known != file.source, let source = file.source { try await store.noteSource(source) }
        try await accounts.seed(file.demoPasswords, people: centre.people, at: now)
        return isNew
    }

    /// Whether the chain of the audit holds: `intact <entries> <hash>` or `broken at <number>`.
    package func auditVerdict() async throws -> String {
        let verdict = try await audit.verdict()
        return verdict.at.map { "broken at \($0)" }
            ?? "intact \(verdict.entries ?? 0) \(verdict.hash ?? "")"
    }

    /// Removes sessions that have ended by time; to be called now and then.
    package func sweepSessions() async throws { try await accounts.sweep(at: clock()) }

    /// The routes of sessions, accounts, the audit and the centre.
    ///
    /// - Parameters:
    ///   - relays: is asked whenever a browser asks who is signed in.
    ///   - objections: what another centre would harm outside the directory, such as a flow that names a queue.
    ///   - changed: is called after each change of the centre was committed.
    package func routes(
        relays: @escaping RelaySource,
        objections: @escaping @Sendable (Centre) async throws -> [String],
        changed: @escaping @Sendable () async throws -> Void
    ) -> Routes {
        var routes = Routes()
        let service = CentreService(
            store: store, ids: ids, now: clock, objections: objections,
            changed: { [store, browsers] in
                await browsers.centreChanged(people: Set(try await store.newest().people.map(\.id)))
                try await changed()
            })
        CentreRoutes(service: service).add(to: &routes)
        CentreVersionRoutes(service: service).add(to: &routes)
        SessionRoutes(service: accounts, sessions: browsers, centre: store, relays: relays, now: clock)
            .add(to: &routes)
        AccountRoutes(service: accounts, sessions: browsers, now: clock).add(to: &routes)
        AuditRoutes(store: audit).add(to: &routes)
        AnnouncementRoutes(service: service, receipts: receipts).add(to: &routes)
        return routes
    }
}
