package import Contracts
package import Kernel
package import Storage
package import Web

/// Interactions: the record of every contact, its recordings, and who must be called back because the platform died.
package struct InteractionsFeature: Sendable {
    package static let migrations = InteractionSchema.migrations

    private let store: InteractionStore
    private let forms: FormStore
    private let centre: any CentreSource
    private let dataDirectory: String
    private let ids: IDSource
    private let now: @Sendable () -> Timestamp

    package init(
        _ database: TenantDatabase, centre: any CentreSource, dataDirectory: String, ids: IDSource,
        now: @escaping @Sendable () -> Timestamp
    ) {
        store = InteractionStore(database)
        forms = FormStore(database)
        self.centre = centre
        self.dataDirectory = dataDirectory
        self.ids = ids
        self.now = now
    }

    /// Who keeps the records, for the routing desk.
    package var ledger: any InteractionLedger { store }

    /// Who knows whether there is such a contact, for features that refer to one.
    package var lookup: any InteractionLookup { store }

    /// - Parameter careChanged: is told what is known about the caller of a contact from now on.
    package func routes(
        careChanged: @escaping @Sendable (InteractionID, CallerCare) async -> Void
    ) -> Routes {
        var routes = Routes()
        FormRoutes(forms: forms, centre: centre, ids: ids, now: now, careChanged: careChanged).add(
            to: &routes)
        InteractionRoutes(store: store, centre: centre, dataDirectory: dataDirectory).add(to: &routes)
        return routes
    }
}
