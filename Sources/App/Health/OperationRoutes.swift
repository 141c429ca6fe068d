import Kernel
import Routing
import Speech
import Storage
import Web

/// What operators and their programs ask: health, readiness, metrics and components.
struct OperationRoutes: Sendable {
    let routing: RoutingFeature
    let database: TenantDatabase
    let speech: PromptCache
    let disk: DiskWatch
    let tokens: any TokenAuthenticator
    let now: @Sendable () -> Timestamp

    var routes: Routes {
        let startedAt = now()
        let readiness = Readiness(routing: routing, database: database.database, disk: disk)
        var routes = HealthRoute.routes(database.database, readiness)
        MetricsRoute(
            routing: routing, database: database, disk: disk, tokens: tokens, readiness: readiness,
            startedAt: startedAt
        ).add(to: &routes)
        ComponentRoutes(
            routing: routing, database: database.database, speech: speech, disk: disk, startedAt: startedAt,
            now: now
        ).add(to: &routes)
        return routes
    }
}
