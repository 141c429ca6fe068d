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
}

/// One route as it stands in the table.
package struct Route: Hashable, Sendable {
    /// In capitals.
    package let method: String
    /// As in OpenAPI: `/api/v1/queues/{id}`.
    package let path: String
    package let permission: RoutePermission
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
        let route: Route
        /// The content type that a body must have.
        let accepts: String
        let work: Work
    }

    private(set) var entries: [Entry] = []

    package init() {}

    /// Every route in the order of registration.
    package var table: [Route] { entries.map(\.route) }

    /// Reads something.
    package mutating func get(_ path: String, permission: RoutePermission, _ handler: @escaping Handler) {
        add("GET", path, permission, handler)
    }

    /// Makes or does something; clients may repeat it with the same `Idempotency-Key`.
    package mutating func post(
        _ path: String, permission: RoutePermission, accepts: String = "application/json",
        _ handler: @escaping Handler
    ) {
        add("POST", path, permission, accepts: accepts, handler)
    }

    /// Replaces something.
    package mutating func put(_ path: String, permission: RoutePermission, _ handler: @escaping Handler) {
        add("PUT", path, permission, handler)
    }

    /// Changes parts of something.
    package mutating func patch(_ path: String, permission: RoutePermission, _ handler: @escaping Handler) {
        add("PATCH", path, permission, handler)
    }

    /// Removes something.
    package mutating func delete(_ path: String, permission: RoutePermission, _ handler: @escaping Handler) {
        add("DELETE", path, permission, handler)
    }

    /// A route for anybody, such as the health check; `because` goes into the table.
    package mutating func open(
        _ method: String, _ path: String, because: String, _ handler: @escaping OpenHandler
    ) {
        let route = Route(method: method.uppercased(), path: path, permission: .open(because: because))
        entries.append(Entry(route: route, accepts: "application/json", work: .open(handler)))
    }

    /// The routes of another part of the product.
    package mutating func add(_ other: Routes) { entries += other.entries }

    private mutating func add(
        _ method: String, _ path: String, _ permission: RoutePermission, accepts: String = "application/json",
        _ handler: @escaping Handler
    ) {
        let route = Route(method: method, path: path, permission: permission)
        entries.append(Entry(route: route, accepts: accepts, work: .known(handler)))
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
