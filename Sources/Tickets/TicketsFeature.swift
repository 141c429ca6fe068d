package import Contracts
package import Kernel
package import Storage
package import Web

/// Tickets (工单): what a customer asked for and was not done at once, with a type, an owner and an end.
///
/// A ticket is made from a call or by itself, has one of the centre's request types (mission N22), is looked after by
/// one person, and is open or done. Whoever changes it names the version that was read; a change that comes too late
/// is told so and loses nothing. Every change stands in the event log and in the audit, in the same transaction.
package struct TicketsFeature: Sendable {
    package static let migrations = TicketSchema.migrations

    private let service: TicketService

    package init(
        _ database: TenantDatabase, centre: any CentreSource, interactions: any InteractionLookup,
        ids: IDSource,
        now: @escaping @Sendable () -> Timestamp
    ) {
        service = TicketService(
            store: TicketStore(database), centre: centre, interactions: interactions, ids: ids, now: now)
    }

    /// What tickets hold of customers.
    package var personalData: any PersonalDataHolder { service.store }

    package var routes: Routes {
        var routes = Routes()
        TicketRoutes(service: service).add(to: &routes)
        return routes
    }
}
