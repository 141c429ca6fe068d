import Contracts
import Kernel
import Storage

/// What tickets hold of customers: their texts. The ticket itself stays, with number, type and state, since it was
/// counted.
extension TicketStore: PersonalDataHolder {
    /// Contacts of one statement.
    private static let page = 500
    private static let kind = "ticket"
    /// Whose texts are still there.
    private static let hasText: SQL = "erased_at is null"

    private func each<R>(
        _ subject: DataSubject, _ body: (SQL) throws -> R
    ) rethrows -> [R] {
        try subject.contacts.chunks(of: Self.page).map { contacts in
            try body(
                """
                tenant_id = \(database.tenant) and interaction_id in (\(list: Array(contacts)))
                    and \(Self.hasText)
                """)
        }
    }

    func holdings(of subject: DataSubject, in tx: any Transaction) throws -> [Holding] {
        let count = try each(subject) { condition in
            Int(try tx.row("select count(*) as n from ticket where \(condition)")?.int("n") ?? 0)
        }.reduce(0, +)
        return count == 0 ? [] : [Holding(.freeText, Self.kind, items: count)]
    }

    func records(of subject: DataSubject, in tx: any Transaction) throws -> [PersonalRecord] {
        struct Record: Encodable {
            var number: String
            var type: String
            var title: String
            var text: String
            var fields: [String: String]
            var result: String
            var state: String
            var interaction: InteractionID?
            var createdAt: Timestamp
            var changedAt: Timestamp
        }
        let tickets = try each(subject) { condition in
            try tx.rows("select * from ticket where \(condition) order by id").map(Self.ticket)
        }.flatMap { $0 }
        guard !tickets.isEmpty else { return [] }
        let text = try JSONText.encode(
            tickets.map {
                Record(
                    number: $0.number, type: $0.content.type, title: $0.content.title, text: $0.content.text,
                    fields: $0.content.fields, result: $0.content.result, state: $0.content.state.rawValue,
                    interaction: $0.interaction, createdAt: $0.createdAt, changedAt: $0.changedAt)
            })
        return [PersonalRecord(name: "tickets.json", bytes: Int64(text.utf8.count)) { Array(text.utf8) }]
    }

    func obstacle(toErasing subject: DataSubject, in tx: any Transaction) throws -> Problem? {
        let open = try each(subject) { condition in
            try tx.rows(
                """
                select number from ticket where \(condition) and state = \(Ticket.State.open.rawValue)
                order by id limit 5
                """
            ).map { try $0.text("number") }
        }.flatMap { $0 }
        guard !open.isEmpty else { return nil }
        return Problem(
            .conflict,
            "A matter of this person is still open: \(open.joined(separator: ", ")). Close it first, then erase.",
            details: ["reason": "subject.openTicket", "tickets": open.joined(separator: " ")])
    }

    func erase(
        _ classes: Set<PersonalClass>, of subject: DataSubject, at now: Timestamp, in tx: any Transaction
    ) throws -> ErasedData {
        var erased = ErasedData()
        guard classes.contains(.freeText) else { return erased }
        let count = try each(subject) { condition in
            try tx.execute(
                """
                update ticket set title = '', text = '', fields = '{}', result = '', erased_at = \(now),
                    version = version + 1
                where \(condition) and state = \(Ticket.State.done.rawValue)
                """)
        }.reduce(0, +)
        if count > 0 { erased.holdings = [Holding(.freeText, Self.kind, items: count)] }
        return erased
    }

    func expired(
        _ dataClass: PersonalClass, before moment: Timestamp, after contact: InteractionID?, limit: Int,
        in tx: any Transaction
    ) throws -> [InteractionID] {
        guard dataClass == .freeText else { return [] }
        let later: SQL = contact.map { "and interaction_id > \($0)" } ?? ""
        return try tx.rows(
            """
            select distinct interaction_id from ticket
            where tenant_id = \(database.tenant) and interaction_id is not null and \(Self.hasText)
                and state = \(Ticket.State.done.rawValue) and changed_at < \(moment) \(later)
            order by interaction_id limit \(limit)
            """
        ).map { try $0.id("interaction_id") }
    }
}
