package import Contracts
import Kernel
package import Storage
package import Web

/// Interactions: the record of every contact, its recordings, and who must be called back because the platform died.
package struct InteractionsFeature: Sendable {
    package static let migrations = InteractionSchema.migrations

    private let store: InteractionStore
    private let dataDirectory: String

    package init(_ database: TenantDatabase, dataDirectory: String) {
        store = InteractionStore(database)
        self.dataDirectory = dataDirectory
    }

    /// Who keeps the records, for the routing desk.
    package var ledger: any InteractionLedger { store }

    package var routes: Routes {
        var routes = Routes()
        InteractionRoutes(store: store, dataDirectory: dataDirectory).add(to: &routes)
        return routes
    }
}
