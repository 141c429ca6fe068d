package import Kernel

/// How far a permission reaches (decision 10), from the narrowest to the widest.
package enum PermissionScope: String, Codable, CaseIterable, Comparable, Sendable {
    /// What belongs to the person.
    case own
    /// What belongs to people of the same team (班组).
    case team
    /// What belongs to people of the same site (分中心).
    case site
    /// Everything of the tenant.
    case tenant

    package static func < (a: PermissionScope, b: PermissionScope) -> Bool { a.order < b.order }

    private var order: Int {
        switch self {
        case .own: 0
        case .team: 1
        case .site: 2
        case .tenant: 3
        }
    }
}

/// The classes of data that a permission opens (decision 10): who may count calls may not hear them.
package enum DataClass: String, Codable, CaseIterable, Hashable, Sendable {
    /// Numbers and names of customers.
    case identity
    /// What was said.
    case recording
    /// What somebody wrote down.
    case freeText
    /// Figures and settings, nothing of a customer.
    case figures
}

/// How far somebody's permission for an action reaches, and to which data.
package struct Grant: Hashable, Sendable {
    package var scope: PermissionScope
    package var data: Set<DataClass>

    package init(_ scope: PermissionScope, data: Set<DataClass> = Set(DataClass.allCases)) {
        self.scope = scope
        self.data = data
    }
}

/// Whether the answer of a route depends on the scope of who asks.
package enum RouteScoping: String, Hashable, Sendable {
    /// Nobody has said it yet; the test of the matrix fails when a narrower scope than the tenant meets it.
    case undecided
    /// The handler, and the store behind it, keep to `Principal.scope(of:)`.
    case obeyed
    /// There is nothing to narrow: the answer is about the centre, not about people or customers.
    case whole
}

/// What a call of a route leaves in the audit by itself. Changes are audited by the feature, in their transaction.
package enum RouteAudit: Hashable, Sendable {
    case nothing
    /// Personal data are read: who, when, by which route and of which thing. Written before the answer is sent.
    case read
}

/// A read of personal data, for the audit.
package struct AuditedRead: Hashable, Sendable {
    package var principal: Principal
    /// `GET /api/v1/interactions/{id}`.
    package var route: String
    /// What stands in the path for its parameters, joined by `/`; empty for a list.
    package var object: String
    /// The address of the other side.
    package var address: String
    package var at: Timestamp

    package init(principal: Principal, route: String, object: String, address: String, at: Timestamp) {
        self.principal = principal
        self.route = route
        self.object = object
        self.address = address
        self.at = at
    }
}

/// Keeps the audit of reads. An answer whose read could not be written down is not given.
package protocol ReadAuditor: Sendable {
    /// Returns when it has been committed.
    func audit(_ read: AuditedRead) async throws
}
