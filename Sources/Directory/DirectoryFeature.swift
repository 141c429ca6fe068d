package import Contracts
import Foundation
package import Kernel
package import Storage
package import Web

/// The directory: which tenants there are, what their centre looks like, who may ask what.
///
/// A centre comes from a readable file (`config/demo/centre.toml`), is kept in versions, and is changed through the
/// API; whoever depends on it is told after each change.
package struct DirectoryFeature: CentreSource {
    package static let migrations = DirectorySchema.migrations

    private let store: CentreStore
    package let tokens: TokenStore
    private let ids: IDSource

    package init(_ database: TenantDatabase, ids: IDSource) {
        store = CentreStore(database: database)
        tokens = TokenStore(database.database)
        self.ids = ids
    }

    package func centre() async throws -> Centre { try await store.newest() }

    /// Takes a centre over; a version that says the same is not made again.
    @discardableResult
    package func load(_ centre: Centre, actor: String, at now: Timestamp) async throws -> Centre {
        try await store.save(centre, actor: actor, at: now)
    }

    /// Every permission there is, and what a kind of token gets.
    package enum Role: String, CaseIterable, Sendable {
        /// Everything.
        case admin
        /// Sees and steers, changes no settings.
        case supervisor
        /// One agent's own place.
        case agent

        package var permissions: Set<String> {
            switch self {
            case .admin:
                Role.supervisor.permissions.union(["centre.write"])
            case .supervisor:
                [
                    "agent.control", "agent.controlOthers", "live.read", "centre.read", "interaction.read",
                    "recording.read",
                ]
            case .agent: ["agent.control", "centre.read"]
            }
        }
    }

    /// The routes of the centre's announcements. `changed` is called after each change was committed.
    package func routes(changed: @escaping @Sendable () async throws -> Void) -> Routes {
        var routes = Routes()
        AnnouncementRoutes(store: store, ids: ids, changed: changed).add(to: &routes)
        return routes
    }
}
