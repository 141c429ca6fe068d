import Kernel
import Storage

/// Which rows a term is made of: one place for the sums of reports and for the way from a number to its contacts.
extension TermStore {
    /// Of entries `e` into queues; `nil` for a term of something else.
    func entryCondition(_ term: Term, _ counting: Counting) -> SQL? {
        let abandoned: SQL = "e.ending in ('abandoned', 'shortAbandoned')"
        switch term {
        case .offered, .longestWait: return "1 = 1"
        case .answered, .waitAnswered, .ring: return "e.ending = 'answered'"
        case .abandoned: return abandoned
        case .shortAbandoned, .overflowed, .callback, .voicemail, .dissuaded:
            return "e.ending = '\(SQL(stringLiteral: term.rawValue))'"
        case .released: return "e.ending = 'releasedBySystem'"
        case .waiting: return "e.ended_at is null"
        case .answeredIn: return "e.ending = 'answered' and e.waited_ms <= \(level(counting))"
        case .abandonedIn: return "\(abandoned) and e.waited_ms <= \(level(counting))"
        case .answeredInConnect:
            return "e.ending = 'answered' and e.waited_ms <= cast(\(counting.connectMilliseconds) as bigint)"
        case .inHoursOffered: return open(counting)
        case .inHoursAnswered: return "e.ending = 'answered' and \(open(counting))"
        case .talk, .hold, .wrapUp, .handled: return "e.is_handled = 1"
        default: return nil
        }
    }

    /// Of contacts `e`; `nil` for a term of something else.
    func contactCondition(_ term: Term, _ counting: Counting) -> SQL? {
        switch term {
        case .contacts: "1 = 1"
        case .selfServed: "e.answered_at is not null and e.ended_at is not null and e.entry_count = 0"
        case .rejected: "e.is_rejected = 1"
        case .requests: "e.request_type is not null"
        case .ratingsAsked: "e.is_rating_asked = 1"
        case .ratings, .ratingSum: "e.rating is not null"
        case .satisfied: "e.rating >= \(counting.satisfiedFrom)"
        case .issues: issue(counting)
        case .resolvedFirst:
            """
            \(issue(counting)) and (e.again_after_ms is null
                or e.again_after_ms > cast(\(counting.repeatMilliseconds) as bigint))
            """
        default: nil
        }
    }

    /// An issue begins with a contact that was served and had no served one within the window before it. It counts once
    /// the window after it is over: before, whoever may still come again would be taken for settled.
    private func issue(_ counting: Counting) -> SQL {
        """
        e.is_traced = 1 and e.agent_id is not null and e.arrived_at <= cast(\(counting.settledBefore) as bigint)
            and (e.served_before_ms is null
                or e.served_before_ms > cast(\(counting.repeatMilliseconds) as bigint))
        """
    }

    private func open(_ counting: Counting) -> SQL {
        counting.openHours == nil
            ? "1 = 1" : "exists (select 1 from open_hours o where e.entered_at >= o.s and e.entered_at < o.e)"
    }

    private func level(_ counting: Counting) -> SQL {
        let usual: SQL = "cast(\(counting.levelMilliseconds) as bigint)"
        guard !counting.levelByQueue.isEmpty else { return usual }
        let others = counting.levelByQueue.sorted { $0.key < $1.key }.map { queue, milliseconds -> SQL in
            "when \(queue) then cast(\(milliseconds) as bigint)"
        }
        return "case e.queue_id \(SQL.joined(others, by: " ")) else \(usual) end"
    }

    /// The column of a term in a statement: `answered_in` of `answeredIn`.
    static func column(_ term: Term) -> String {
        term.rawValue.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    /// Counts of rows, with their names, in the order of the terms.
    static func counts(_ terms: [Term], _ condition: (Term) -> SQL?) -> SQL {
        let columns = terms.compactMap { term in
            condition(term).map {
                "count(case when \($0) then 1 end) as \(SQL(stringLiteral: column(term)))" as SQL
            }
        }
        return SQL.joined(columns)
    }
}

/// What stands behind a number: one contact or entry of it.
struct FigureEvidence: Sendable, Hashable {
    var interaction: InteractionID
    /// Of an entry, its place among those of its contact; 0 for the contact itself.
    var ordinal: Int
    /// When the queue was entered, or the contact arrived.
    var at: Timestamp
    var channel: String
    var origin: String
    var number: String
    var queue: QueueID?
    var agent: AgentID?
    var ending: String?
    var waitedMs: Int64?
    var talkedMs: Int64?
    var requestType: String?
    var rating: Int64?
}

extension TermStore {
    /// The contacts or entries that a term counts, in order of time; at most `limit`. Nothing for time of staff.
    ///
    /// - Parameter position: after what time and contact to go on.
    func evidence(
        _ term: Term, _ span: Range<Timestamp>, _ counting: Counting,
        after position: (at: Timestamp, interaction: InteractionID, ordinal: Int)?, limit: Int
    ) async throws -> [FigureEvidence] {
        let statement: SQL
        if let condition = entryCondition(term, counting) {
            statement = """
                with \(Self.alone)\(Self.openHours(counting))
                select e.interaction_id, e.ordinal, e.entered_at as at, e.channel, e.origin, e.number, e.queue_id,
                    e.agent_id, e.ending, e.waited_ms, e.talked_ms, c.request_type, c.rating
                from figure_entry e left join figure_contact c
                    on c.tenant_id = e.tenant_id and c.interaction_id = e.interaction_id
                where e.tenant_id = \(database.tenant) and e.entered_at >= \(span.lowerBound)
                    and e.entered_at < \(span.upperBound) and \(condition)\(contactFilter(counting.filter))
                    \(Self.after(position, "e.entered_at", "e.ordinal"))
                order by e.entered_at, e.interaction_id, e.ordinal limit \(limit)
                """
        } else if let condition = contactCondition(term, counting) {
            statement = """
                select e.interaction_id, 0 as ordinal, e.arrived_at as at, e.channel, e.origin, e.number,
                    e.queue_id, e.agent_id, null as ending, null as waited_ms, null as talked_ms, e.request_type,
                    e.rating
                from figure_contact e
                where e.tenant_id = \(database.tenant) and e.arrived_at >= \(span.lowerBound)
                    and e.arrived_at < \(span.upperBound) and \(condition)\(contactFilter(counting.filter, "e"))
                    \(Self.after(position, "e.arrived_at", "0"))
                order by e.arrived_at, e.interaction_id limit \(limit)
                """
        } else {
            return []
        }
        return try await database.read { tx in try tx.rows(statement).map(Self.evidence) }
    }

    /// So that other tables may follow with a comma.
    private static let alone: SQL = "alone as (select 1 as one)"

    private static func after(
        _ position: (at: Timestamp, interaction: InteractionID, ordinal: Int)?, _ at: SQL, _ ordinal: SQL
    ) -> SQL {
        guard let position else { return "" }
        return """
            and (\(at) > \(position.at) or (\(at) = \(position.at) and (e.interaction_id > \(position.interaction)
                or (e.interaction_id = \(position.interaction) and \(ordinal) > \(position.ordinal)))))
            """
    }

    private static func evidence(_ row: SQLRow) throws -> FigureEvidence {
        FigureEvidence(
            interaction: try row.id("interaction_id"), ordinal: Int(try row.int("ordinal")),
            at: try row.timestamp("at"), channel: try row.text("channel"), origin: try row.text("origin"),
            number: try row.text("number"), queue: try row.optionalID("queue_id"),
            agent: try row.optionalID("agent_id"), ending: try row.optionalText("ending"),
            waitedMs: try row.optionalInt("waited_ms"), talkedMs: try row.optionalInt("talked_ms"),
            requestType: try row.optionalText("request_type"), rating: try row.optionalInt("rating"))
    }
}
