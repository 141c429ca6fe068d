import Contracts
import Kernel
import Web

/// The sessions of browsers, as Web asks for them: known ones from memory, others from their rows.
///
/// A request changes memory only; the row learns of activity at most once a minute, and at that moment the session and
/// its account are read again, so that what another process has ended or changed counts within a minute. What ends
/// here ends at once, streams included.
///
/// | | late | twice | never |
/// |---|---|---|---|
/// | a request after the end | 401 | 401 | - |
/// | the end of a session | - | the second finds nothing | by idleness, at the latest after `most` |
/// | writing the last activity | the session seems idle earlier, by a minute at most | the later stamp counts | the request fails, the next one tries again |
/// | a former token after a new sign-in | 401, its session has ended | - | it ends by idleness |
actor BrowserSessions: SessionAuthenticator {
    /// How old the activity in the row may become.
    static let writeEvery = TimeSpan.minutes(1)
    /// Sessions in memory; beyond it some are forgotten and read again.
    static let mostKept = 50_000

    private struct Kept {
        var session: Session
        var principal: Principal
        /// The last activity.
        var seenAt: Timestamp
    }

    private let store: SessionStore
    private let service: AccountService
    private let tenant: TenantID
    private var kept: [String: Kept] = [:]
    /// Those who wait for the end of a session, each under a number of its own.
    private var waiting: [String: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var waiters = 0

    init(store: SessionStore, service: AccountService, tenant: TenantID) {
        self.store = store
        self.service = service
        self.tenant = tenant
    }

    func principal(forSession token: String, at now: Timestamp) async throws -> Principal? {
        let digest = SessionToken.digest(token)
        if let known = kept[digest] {
            guard isCurrent(known, at: now) else {
                forget([digest])
                return nil
            }
            kept[digest]?.seenAt = max(known.seenAt, now)
            guard now - known.session.seenAt >= Self.writeEvery else { return known.principal }
            // Set first, so that the requests that come meanwhile do not write too.
            kept[digest]?.session.seenAt = now
            do {
                guard try await store.touch(digest, at: now) else {
                    forget([digest])
                    return nil
                }
            } catch {
                kept[digest]?.session.seenAt = known.session.seenAt
                throw error
            }
        }
        return try await load(digest, at: now)
    }

    func isLive(_ session: String, at now: Timestamp) async -> Bool {
        guard let known = kept[session] else {
            // Forgotten for want of room, or ended: the row knows. A database that is away ends nothing.
            do { return try await load(session, at: now) != nil } catch { return true }
        }
        return isCurrent(known, at: now)
    }

    func untilEnded(_ session: String) async {
        waiters += 1
        let number = waiters
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume()
                } else {
                    waiting[session, default: [:]][number] = continuation
                }
            }
        } onCancel: {
            // Ends by itself at once; nobody needs to await it.
            Task { await self.stopWaiting(session, number) }
        }
    }

    /// Ends sessions here that have been ended in their rows: they are forgotten and their streams stop.
    func forget(_ digests: some Sequence<String>) {
        for digest in digests {
            kept[digest] = nil
            for (_, continuation) in waiting.removeValue(forKey: digest) ?? [:] { continuation.resume() }
        }
    }

    /// Somebody may have left the centre, or belong to another team: who has left is out at once, streams included; the
    /// others are read again at their next request.
    func centreChanged(people: Set<AgentID>) {
        forget(kept.filter { !people.contains($0.value.session.person) }.keys)
        kept.removeAll()
    }

    /// Reads a session and its account again at its next request; it goes on, and so do its streams.
    func readAgain(_ digest: String) { kept[digest] = nil }

    /// When a session ends at the latest; `nil` for one that is not in memory.
    func end(of digest: String) -> Timestamp? { kept[digest]?.session.endsAt }

    /// How many wait for an end, for tests.
    var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }

    private func stopWaiting(_ session: String, _ number: Int) {
        waiting[session]?.removeValue(forKey: number)?.resume()
        if waiting[session]?.isEmpty == true { waiting[session] = nil }
    }

    /// The row is up to a minute behind the activity.
    private var grace: TimeSpan { service.limits.idle + Self.writeEvery }

    private func isCurrent(_ known: Kept, at now: Timestamp) -> Bool {
        now < known.session.endsAt && now - known.seenAt < service.limits.idle
    }

    private func load(_ digest: String, at now: Timestamp) async throws -> Principal? {
        guard let (session, account) = try await store.find(digest, idle: grace, at: now),
            let person = try await service.person(account.person)
        else {
            forget([digest])
            return nil
        }
        let principal = Principal(
            tenant: tenant, person: account.person, name: account.user,
            grants: account.mustChange ? [:] : PermissionTable.grants(for: account.roles),
            team: person.team, site: person.site, session: digest, mustChangePassword: account.mustChange)
        if kept.count >= Self.mostKept, kept[digest] == nil, let some = kept.keys.first { kept[some] = nil }
        kept[digest] = Kept(
            session: session, principal: principal, seenAt: max(kept[digest]?.seenAt ?? now, now))
        return principal
    }
}
