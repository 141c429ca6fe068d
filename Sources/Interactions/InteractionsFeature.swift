package import Contracts
package import Kernel
package import Logging
package import Storage
package import Vault
package import Web

/// Interactions: the record of every contact, its recordings, and who must be called back because the platform died.
package struct InteractionsFeature: Sendable {
    package static let migrations = InteractionSchema.migrations

    private let store: InteractionStore
    private let forms: FormStore
    private let files: RecordingFiles
    private let sealer: RecordingSealer?
    private let tracer: ContactTracer
    private let centre: any CentreSource
    private let ids: IDSource
    private let now: @Sendable () -> Timestamp

    /// - Parameter seals: whether recordings are sealed under the keys of customers once they have ended.
    package init(
        _ database: TenantDatabase, centre: any CentreSource, dataDirectory: String, vault: Vault,
        seals: Bool,
        ids: IDSource, now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        store = InteractionStore(database)
        forms = FormStore(database)
        files = RecordingFiles(database: database, vault: vault, directory: dataDirectory)
        tracer = ContactTracer(database, ids: ids, logger: logger)
        sealer =
            seals
            ? RecordingSealer(
                store: RecordingStore(database), vault: vault, directory: dataDirectory, logger: logger,
                now: now) : nil
        self.centre = centre
        self.ids = ids
        self.now = now
    }

    /// Who keeps the records, for the routing desk.
    package var ledger: any InteractionLedger { store }

    /// Who knows whether there is such a contact, for features that refer to one.
    package var lookup: any InteractionLookup { store }

    /// What the record of contacts holds of customers, and who knows whose contacts are whose.
    package var personalData: any PersonalDataHolder & SubjectDirectory {
        InteractionPersonalData(database: store.database, files: files)
    }

    /// Seals recordings and traces contacts beside the calls until the task is cancelled.
    package func run() async {
        async let tracing: Void = tracer.run()
        await sealer?.run()
        await tracing
    }

    /// - Parameter careChanged: is told what is known about the caller of a contact from now on.
    package func routes(
        careChanged: @escaping @Sendable (InteractionID, CallerCare) async -> Void
    ) -> Routes {
        var routes = Routes()
        FormRoutes(forms: forms, centre: centre, ids: ids, now: now, careChanged: careChanged).add(
            to: &routes)
        InteractionRoutes(store: store, centre: centre, files: files).add(to: &routes)
        return routes
    }
}
