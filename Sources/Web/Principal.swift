package import Kernel

/// Who makes a request: a person or a program, inside one tenant.
package struct Principal: Hashable, Sendable {
    package var tenant: TenantID
    /// The person behind it; `nil` for a program with a token of its own.
    package var person: AgentID?
    /// For the audit and the log of changes; not shown to others.
    package var name: String
    /// What it may do, such as `queue.read`.
    package var permissions: Set<String>

    package init(tenant: TenantID, person: AgentID?, name: String, permissions: Set<String>) {
        self.tenant = tenant
        self.person = person
        self.name = name
        self.permissions = permissions
    }
}

/// Knows who a bearer token (RFC 6750) belongs to. Who owns the tokens compares them in constant time.
package protocol TokenAuthenticator: Sendable {
    /// The owner of `token`; `nil` when it is unknown, expired or revoked.
    func principal(forToken token: String) async throws -> Principal?
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
