import Web

/// What is declared of routes whose features have not said it themselves yet: whether they keep to scopes, and which
/// of them read personal data. A line goes when its feature declares it.
enum RouteDeclarations {
    static func complete(_ routes: inout Routes) {
        routes.declare("GET", "/api/v1/centre", scoping: .whole)
        routes.declare("GET", "/api/v1/components", scoping: .whole)
        // Notes about a customer.
        routes.declare("GET", "/api/v1/interactions/{id}/form", audits: .read)
    }
}
