import Kernel
package import Logging

/// What a handler may know about the request besides its content.
package struct RouteContext: Sendable {
    /// The id of the request in the log.
    package let request: String
    /// The address of the other side, as text.
    package let address: String
    /// Carries the request's id.
    package let logger: Logger
    /// Whether it came over HTTPS; a cookie is marked accordingly.
    package let isSecure: Bool
    /// Whether it came from a program on this machine, directly.
    package let isOnMachine: Bool
}

/// One route as it stands in the table.
package struct Route: Hashable, Sendable {
    /// In capitals.
    package let method: String
    /// As in OpenAPI: `/api/v1/queues/{id}`.
    package let path: String
    package let permission: RoutePermission
    /// The class of data that the answer shows or the request changes; `nil` leaves it to the table of permissions.
    package let data: DataClass?
    package let scoping: RouteScoping
    package let audits: RouteAudit

    package init(
        method: String, path: String, permission: RoutePermission, data: DataClass? = nil,
        scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing
    ) {
        self.method = method
        self.path = path
        self.permission = permission
        self.data = data
        self.scoping = scoping
        self.audits = audits
    }
}

/// The routes of a feature or of the whole service. Each declares its permission, so the table can be checked against
/// the API description and the matrix of roles.
package struct Routes: Sendable {
    /// Answers a request of somebody who has the permission.
    package typealias Handler = @Sendable (WebRequest, Principal, RouteContext) async throws -> WebAnswer
    /// Answers a request of anybody.
    package typealias OpenHandler = @Sendable (WebRequest, RouteContext) async throws -> WebAnswer

    enum Work: Sendable {
        case known(Handler)
        case open(OpenHandler)
    }

    struct Entry: Sendable {
        var route: Route
        /// The content type that a body must have.
        let accepts: String
        let work: Work
        /// Whether a refusal with `unauthenticated` is a failed attempt of the address.
        var countsFailures = false
        /// Bytes of a body, where that is another bound than everybody's.
        var mostBody: Int?
    }

    private(set) var entries: [Entry] = []

    package init() {}

    /// Every route in the order of registration.
    package var table: [Route] { entries.map(\.route) }

    /// Reads something.
    ///
    /// - Parameters:
    ///   - data: the class of data in the answer, when it is another than the usual one of the permission.
    ///   - scoping: whether handler and store keep to `principal.scope(of:)`, or there is nothing to narrow.
    ///   - audits: `.read` for personal data of customers.
    package mutating func get(
        _ path: String, permission: RoutePermission, data: DataClass? = nil,
        scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing, _ handler: @escaping Handler
    ) {
        add(
            Route(
                method: "GET", path: path, permission: permission, data: data, scoping: scoping,
                audits: audits), handler)
    }

    /// Makes or does something; clients may repeat it with the same `Idempotency-Key`.
    ///
    /// - Parameter mostBody: bytes of a body, for a route that takes files; `nil` is the bound of `WebSettings`.
    package mutating func post(
        _ path: String, permission: RoutePermission, accepts: String = "application/json",
        data: DataClass? = nil, scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing,
        mostBody: Int? = nil, _ handler: @escaping Handler
    ) {
        add(
            Route(
                method: "POST", path: path, permission: permission, data: data, scoping: scoping,
                audits: audits), accepts: accepts, mostBody: mostBody, handler)
    }

    /// Replaces something.
    package mutating func put(
        _ path: String, permission: RoutePermission, accepts: String = "application/json",
        data: DataClass? = nil, scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing,
        _ handler: @escaping Handler
    ) {
        add(
            Route(
                method: "PUT", path: path, permission: permission, data: data, scoping: scoping,
                audits: audits), accepts: accepts, handler)
    }

    /// Changes parts of something.
    package mutating func patch(
        _ path: String, permission: RoutePermission, data: DataClass? = nil,
        scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing, _ handler: @escaping Handler
    ) {
        add(
            Route(
                method: "PATCH", path: path, permission: permission, data: data, scoping: scoping,
                audits: audits), handler)
    }

    /// Removes something.
    package mutating func delete(
        _ path: String, permission: RoutePermission, data: DataClass? = nil,
        scoping: RouteScoping = .undecided, audits: RouteAudit = .nothing, _ handler: @escaping Handler
    ) {
        add(
            Route(
                method: "DELETE", path: path, permission: permission, data: data, scoping: scoping,
                audits: audits), handler)
    }

    /// A route for anybody, such as the health check; `because` goes into the table.
    ///
    /// - Parameter countsFailures: a `Problem(.unauthenticated)` of the handler counts as a failed attempt of the
    ///   address, which has to wait after too many; requests of pages of other origins are refused.
    package mutating func open(
        _ method: String, _ path: String, because: String, countsFailures: Bool = false,
        _ handler: @escaping OpenHandler
    ) {
        let route = Route(
            method: method.uppercased(), path: path, permission: .open(because: because), scoping: .whole)
        entries.append(
            Entry(
                route: route, accepts: "application/json", work: .open(handler),
                countsFailures: countsFailures))
    }

    /// The routes of another part of the product.
    package mutating func add(_ other: Routes) { entries += other.entries }

    /// Declares more about a route that is there: for features that have not said it themselves yet.
    package mutating func declare(
        _ method: String, _ path: String, data: DataClass? = nil, scoping: RouteScoping? = nil,
        audits: RouteAudit? = nil
    ) {
        for index in entries.indices
        where entries[index].route.method == method && entries[index].route.path == path {
            let former = entries[index].route
            entries[index].route = Route(
                method: method, path: path, permission: former.permission, data: data ?? former.data,
                scoping: scoping ?? former.scoping, audits: audits ?? former.audits)
        }
    }

    private mutating func add(
        _ route: Route, accepts: String = "application/json", mostBody: Int? = nil,
        _ handler: @escaping Handler
    ) {
        entries.append(Entry(route: route, accepts: accepts, work: .known(handler), mostBody: mostBody))
    }

    /// Throws `Problem(.internal)` when two routes have the same method and path, whatever their parameters are called.
    func check() throws {
        var seen: Set<String> = []
        for route in table {
            let shape = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }.joined(
                separator: "/")
            guard seen.insert(route.method + " " + shape).inserted else {
                throw Problem(.internal, "Two routes answer \(route.method) \(route.path); remove one.")
            }
        }
    }
}
