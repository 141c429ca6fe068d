import Web

/// What is declared of routes whose features have not said it themselves yet: whether they keep to scopes, and which
/// of them read personal data. A line goes when its feature declares it.
enum RouteDeclarations {
    static func complete(_ routes: inout Routes) {
        for path in [
            "/api/v1/interactions", "/api/v1/interactions/{id}", "/api/v1/interactions/{id}/recordings",
            "/api/v1/interactions/{id}/recordings/{startedAt}/stereo", "/api/v1/lost-calls",
        ] {
            routes.declare("GET", path, audits: .read)
        }
        // An agent's orders are for that agent, unless the person may steer others.
        for (method, order) in [
            ("POST", "sign-in"), ("POST", "sign-out"), ("PUT", "presence"), ("POST", "lease"),
            ("POST", "decline"), ("POST", "hang-up"), ("POST", "wrap-up/end"), ("POST", "wrap-up/extend"),
        ] {
            routes.declare(method, "/api/v1/agents/{number}/\(order)", scoping: .obeyed)
        }
        routes.declare("GET", "/api/v1/centre", scoping: .whole)
        routes.declare("GET", "/api/v1/components", scoping: .whole)
    }
}
