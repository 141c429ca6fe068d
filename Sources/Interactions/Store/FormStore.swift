import Contracts
import Kernel
import Storage

/// What agents wrote about contacts, and what they see of earlier ones.
struct FormStore: Sendable {
    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// The form of a contact; an empty one when nobody has written yet.
    func form(of id: InteractionID) async throws -> InteractionForm {
        try await database.read { [tenant] tx in
            let row = try tx.row(
                """
                select request_type, disposition, notes, ticket_id, saved_at from interaction_form
                where tenant_id = \(tenant) and interaction_id = \(id)
                """)
            guard let row else { return InteractionForm(interaction: id, notes: "") }
            return InteractionForm(
                interaction: id, requestType: try row.optionalText("request_type"),
                disposition: try row.optionalText("disposition"), notes: try row.text("notes"),
                ticket: try row.optionalID("ticket_id"), savedAt: try row.timestamp("saved_at"))
        }
    }

    /// Saves the form as it is now: the later one holds, since it is one agent's autosave. A request type or disposition
    /// that is another one than before stands in the event log too, for the figures.
    ///
    /// - Parameter event: the id of that event.
    func save(_ form: InteractionForm, by person: AgentID?, event: EventID, at now: Timestamp) async throws {
        try await database.write { [tenant] tx in
            if !form.notes.isEmpty {
                // Who still had the form open must not write back what was erased.
                let party = try tx.row(
                    """
                    select 1 as found from interaction_party where tenant_id = \(tenant)
                        and interaction_id = \(form.interaction) limit 1
                    """)
                guard party != nil else {
                    throw Problem(
                        .conflict, "The data of this customer were erased; notes are not kept any more.",
                        details: ["reason": "subject.erased", "field": "notes"])
                }
            }
            let former = try tx.row(
                """
                select request_type, disposition from interaction_form
                where tenant_id = \(tenant) and interaction_id = \(form.interaction)
                """)
            try tx.execute(
                """
                insert into interaction_form (tenant_id, interaction_id, request_type, disposition, notes, ticket_id,
                    saved_at, saved_by)
                values (\(tenant), \(form.interaction), \(form.requestType), \(form.disposition), \(form.notes),
                    \(form.ticket), \(now), \(person))
                on conflict (tenant_id, interaction_id) do update set request_type = excluded.request_type,
                    disposition = excluded.disposition, notes = excluded.notes, ticket_id = excluded.ticket_id,
                    saved_at = excluded.saved_at,
                    saved_by = excluded.saved_by
                """)
            guard
                try former?.optionalText("request_type") != form.requestType
                    || former?.optionalText("disposition") != form.disposition
            else { return }
            let words = ["requestType": form.requestType, "disposition": form.disposition]
            try EventLog.append(
                [
                    NewEvent(
                        id: event, type: "interaction.classified", at: now,
                        actor: person.map { "agent:\($0)" } ?? "system", interaction: form.interaction,
                        payload: JSONText.encode(words))
                ], tenant: tenant, in: tx)
        }
    }

    /// Who spoke in this contact last, and whether it is still going on; `nil` when there is no such contact.
    func standing(of id: InteractionID) async throws -> (agent: AgentID?, isOpen: Bool)? {
        try await database.read { [tenant] tx in
            let row = try tx.row(
                "select agent_id, ended_at from interaction where tenant_id = \(tenant) and id = \(id)")
            return try row.map {
                (try $0.optionalID("agent_id"), try $0.optionalTimestamp("ended_at") == nil)
            }
        }
    }

    /// The canonical number of a contact's customer; `nil` when it was withheld.
    private static func caller(
        of id: InteractionID, _ tenant: TenantID, _ tx: any Transaction
    ) throws -> String? {
        let party = try tx.row(
            """
            select canonical from interaction_party
            where tenant_id = \(tenant) and interaction_id = \(id) and role = 'customer'
            """)
        guard let caller = try party?.optionalText("canonical"), caller != PhoneNumber.anonymous.canonical
        else { return nil }
        return caller
    }

    /// What is to be known about the caller of a contact; `nil` when nothing is, or the number was withheld.
    func care(of id: InteractionID) async throws -> CallerCare? {
        try await database.read { [tenant] tx in
            guard let caller = try Self.caller(of: id, tenant, tx) else { return nil }
            return try Self.care(of: caller, tenant, tx)
        }
    }

    static func care(of caller: String, _ tenant: TenantID, _ tx: any Transaction) throws -> CallerCare? {
        try tx.row("select care from caller_care where tenant_id = \(tenant) and canonical = \(caller)")
            .map { try JSONText.decode(from: $0.text("care")) }
    }

    /// Keeps what is to be known about the caller of a contact, with its audit.
    ///
    /// - Throws: `Problem(.conflict)` for a caller whose number was withheld.
    func save(_ care: CallerCare, of id: InteractionID, audit: AuditEntry) async throws {
        try await database.write { [tenant] tx in
            guard let caller = try Self.caller(of: id, tenant, tx) else {
                throw Problem(
                    .conflict, "The caller's number was withheld; there is nobody to remember this of.",
                    details: ["reason": "callerWithheld"])
            }
            if care.isEmpty {
                try tx.execute(
                    "delete from caller_care where tenant_id = \(tenant) and canonical = \(caller)")
            } else {
                try tx.execute(
                    """
                    insert into caller_care (tenant_id, canonical, care, changed_at)
                    values (\(tenant), \(caller), \(JSONText.encode(care)), \(audit.at))
                    on conflict (tenant_id, canonical) do update set care = excluded.care,
                        changed_at = excluded.changed_at
                    """)
            }
            try AuditLog.append(audit, tenant: tenant, in: tx)
        }
    }

    /// Earlier contacts of the caller of this one, newest first.
    func history(of id: InteractionID, limit: Int) async throws -> [EarlierContact] {
        try await database.read { [tenant] tx in
            guard let caller = try Self.caller(of: id, tenant, tx) else { return [] }
            return try tx.rows(
                """
                select i.id, i.arrived_at, i.agent_id, f.request_type, f.disposition, f.notes
                from interaction_party p
                    join interaction i on i.tenant_id = p.tenant_id and i.id = p.interaction_id
                    left join interaction_form f on f.tenant_id = i.tenant_id and f.interaction_id = i.id
                where p.tenant_id = \(tenant) and p.canonical = \(caller) and p.role = 'customer' and i.id < \(id)
                order by i.id desc limit \(limit)
                """
            ).map { row in
                EarlierContact(
                    interaction: try row.id("id"), arrivedAt: try row.timestamp("arrived_at"),
                    agent: try row.optionalID("agent_id"), requestType: try row.optionalText("request_type"),
                    disposition: try row.optionalText("disposition"), notes: try row.optionalText("notes"))
            }
        }
    }
}
