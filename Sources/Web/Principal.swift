package import Kernel

/// Who makes a request: a person or a program, inside one tenant.
package struct Principal: Hashable, Sendable {
    package var tenant: TenantID
    /// The person behind it; `nil` for a program with a token of its own.
    package var person: AgentID?
    /// For the audit and the log of changes; not shown to others. The number (工号) of a person who signed in.
    package var name: String
    /// What it may do, such as `queue.read`, and how far that reaches.
    package var grants: [String: Grant]
    /// The team (班组) of the person, by its key; `nil` outside every team.
    package var team: String?
    /// The site (分中心) of the person, by its key.
    package var site: String?
    /// The browser session that it came with; `nil` for a token.
    package var session: String?
    /// Whether the password has to be changed first: until then only the routes of the session answer.
    package var mustChangePassword = false

    /// What it may do at all.
    package var permissions: Set<String> { Set(grants.keys) }

    /// A program or person whose permissions all reach as far as `scope`, to every class of data.
    package init(
        tenant: TenantID, person: AgentID?, name: String, permissions: Set<String>,
        scope: PermissionScope = .tenant
    ) {
        self.init(
            tenant: tenant, person: person, name: name,
            grants: Dictionary(uniqueKeysWithValues: permissions.map { ($0, Grant(scope)) }))
    }

    package init(
        tenant: TenantID, person: AgentID?, name: String, grants: [String: Grant], team: String? = nil,
        site: String? = nil, session: String? = nil, mustChangePassword: Bool = false
    ) {
        self.tenant = tenant
        self.person = person
        self.name = name
        self.grants = grants
        self.team = team
        self.site = site
        self.session = session
        self.mustChangePassword = mustChangePassword
    }

    /// Who it is in the audit: `person:<id>` or `token:<name>`.
    package var actor: String { person.map { "person:\($0)" } ?? "token:\(name)" }

    /// How far an action reaches. Throws `Problem(.forbidden)` when it may not be done at all.
    package func scope(of action: String) throws -> PermissionScope {
        guard let grant = grants[action] else { throw Self.lacks(action) }
        return grant.scope
    }

    /// Whether it sees a class of data by an action.
    package func sees(_ data: DataClass, in action: String) -> Bool {
        grants[action]?.data.contains(data) ?? false
    }

    /// Whether an action reaches what belongs to this person, team and site: the predicate of a scope for one thing.
    /// Stores write the same into their statements.
    package func covers(_ action: String, person: AgentID?, team: String? = nil, site: String? = nil) -> Bool
    {
        guard let scope = grants[action]?.scope else { return false }
        let isOwn = person != nil && person == self.person
        return switch scope {
        case .own: isOwn
        case .team: isOwn || (team != nil && team == self.team)
        case .site: isOwn || (site != nil && site == self.site)
        case .tenant: true
        }
    }

    static func lacks(_ action: String) -> Problem {
        Problem(
            .forbidden, "This needs the permission '\(action)'; ask an administrator for it.",
            details: ["permission": action])
    }
}

/// Knows who a bearer token (RFC 6750) belongs to. Who owns the tokens compares them in constant time.
package protocol TokenAuthenticator: Sendable {
    /// The owner of `token`; `nil` when it is unknown, expired or revoked.
    func principal(forToken token: String) async throws -> Principal?
}

/// Knows the sessions of browsers by the tokens in their cookies. Who owns them keeps digests only.
package protocol SessionAuthenticator: Sendable {
    /// Whose session it is, with `Principal.session` set; `nil` when it is unknown or has ended. The request counts as
    /// activity: the session does not end for idleness within the next span.
    func principal(forSession token: String, at now: Timestamp) async throws -> Principal?
    /// Whether a session still stands; asking is no activity.
    func isLive(_ session: String, at now: Timestamp) async -> Bool
    /// Returns when somebody has ended the session, or when the task is cancelled. An end by time is not told here.
    func untilEnded(_ session: String) async
}

/// What a route asks of who calls it. Every route says it; there is no default.
package enum RoutePermission: Hashable, Sendable, ExpressibleByStringLiteral {
    /// A principal with this permission.
    case named(String)
    /// Any principal: the route shows or changes only what is its own.
    case signedIn
    /// Anybody, for the reason given.
    case open(because: String)

    package init(stringLiteral value: String) { self = .named(value) }
}

extension RoutePermission: CustomStringConvertible {
    package var description: String {
        switch self {
        case .named(let name): name
        case .signedIn: "signed in"
        case .open(let reason): "open: \(reason)"
        }
    }
}
