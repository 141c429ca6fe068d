import Kernel
import Storage
import Web

/// What a probe asks: whether the program can do its work, which it cannot without its database.
enum HealthRoute {
    private struct Body: Encodable {
        var status: String
    }

    static func routes(_ database: any Database) -> Routes {
        var routes = Routes()
        routes.open("GET", "/healthz", because: "probes have no token and learn nothing but yes or no") {
            _, _ in
            guard await database.health().isReachable else {
                throw Problem(.unavailable, "The database does not answer.")
            }
            return try .json(Body(status: "ok"))
        }
        return routes
    }
}
