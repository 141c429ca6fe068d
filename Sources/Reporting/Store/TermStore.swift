import Kernel
import Storage

/// Sums terms over the rows of figures.
struct TermStore: Sendable {
    /// Where a group belongs: a part of the period and a value of the dimension.
    struct Group: Hashable, Sendable {
        var span: Int
        var step: Int
        var key: String
    }
    /// What is needed beside the period.
    struct Counting: Sendable {
        var filter: FigureQuery.Filter
        var by: FigureQuery.Dimension
        /// Milliseconds of the service level, by queue where it differs.
        var levelMilliseconds: Int64
        var levelByQueue: [QueueID: Int64] = [:]
        var connectMilliseconds: Int64
        var satisfiedFrom: Int64
        /// When the service was open; `nil` is always.
        var openHours: [Range<Timestamp>]?
        /// Up to when present stays of agents count.
        var asOf: Timestamp
    }

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// The terms of each group that has any, and how far the rows go.
    func terms(_ period: ReportPeriod, _ counting: Counting) async throws -> (
        groups: [Group: Terms], sequence: Int64
    ) {
        try await database.read { [self] tx in
            var groups: [Group: Terms] = [:]
            func collect(_ rows: [SQLRow], _ terms: [(Term, String)]) throws {
                for row in rows {
                    let group = Group(
                        span: Int(try row.int("n")), step: Int(try row.int("step")),
                        key: try row.optionalText("key") ?? "")
                    var found = Terms()
                    for (term, column) in terms { found[term] = try row.int(column) }
                    groups[group, default: Terms()].add(found)
                }
            }
            try collect(try tx.rows(entries(period, counting)), Self.entryTerms)
            try collect(try tx.rows(contacts(period, counting)), Self.contactTerms)
            if Self.tellsStaff(counting) {
                try collect(try tx.rows(staff(period, counting)), Self.staffTerms)
                try addPresentStays(to: &groups, period, counting, in: tx)
            }
            return (groups, try EventLog.cursor(of: FoldStore.consumer, tenant: tenant, in: tx))
        }
    }

    /// Whether agents' time can be told: an agent's hour belongs to no single queue, number or type.
    static func tellsStaff(_ counting: Counting) -> Bool {
        guard !counting.filter.concernsContacts else { return false }
        switch counting.by {
        case .queue, .channel, .origin, .number, .requestType: return false
        case .total, .interval, .day, .weekdayHour, .agent, .team, .site: return true
        }
    }

    /// The last event of the log: rows that go as far are up to date.
    func head() async throws -> Int64 {
        try await database.read { [tenant] tx in try EventLog.head(of: tenant, in: tx) }
    }

    // MARK: Statements

    private static func count(_ condition: SQL) -> SQL { "count(case when \(condition) then 1 end)" }
    private static func sum(_ amount: SQL, where condition: SQL) -> SQL {
        sum("case when \(condition) then \(amount) end")
    }
    private static func sum(_ amount: SQL) -> SQL { "cast(coalesce(sum(\(amount)), 0) as bigint)" }

    private static let entryTerms: [(Term, String)] = [
        (.offered, "offered"), (.answered, "answered"), (.abandoned, "abandoned"),
        (.shortAbandoned, "short_abandoned"), (.overflowed, "overflowed"), (.callback, "callback"),
        (.voicemail, "voicemail"), (.dissuaded, "dissuaded"), (.released, "released"), (.waiting, "waiting"),
        (.answeredIn, "answered_in"), (.abandonedIn, "abandoned_in"),
        (.answeredInConnect, "answered_in_connect"), (.inHoursOffered, "in_hours_offered"),
        (.inHoursAnswered, "in_hours_answered"), (.waitAnswered, "wait_answered"),
        (.longestWait, "longest_wait"), (.ring, "ring"), (.talk, "talk"), (.hold, "hold"),
        (.wrapUp, "wrap_up"), (.handled, "handled"),
    ]

    private func entries(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        let level = level(counting)
        let connect: SQL = "\(counting.connectMilliseconds)"
        let open: SQL =
            counting.openHours == nil
            ? "1 = 1"
            : "exists (select 1 from open_hours o where e.entered_at >= o.s and e.entered_at < o.e)"
        let abandoned: SQL = "e.ending in ('abandoned', 'shortAbandoned')"
        let join: SQL =
            counting.by == .requestType
            ? """
             left join figure_contact c on c.tenant_id = e.tenant_id and c.interaction_id = e.interaction_id
            """ : ""
        return """
            with \(Self.spans(period))\(Self.openHours(counting))
            select span.n as n, (e.entered_at - span.s) / span.step as step, \(key(counting.by)) as key,
                count(*) as offered, \(Self.count("e.ending = 'answered'")) as answered,
                \(Self.count(abandoned)) as abandoned,
                \(Self.count("e.ending = 'shortAbandoned'")) as short_abandoned,
                \(Self.count("e.ending = 'overflowed'")) as overflowed,
                \(Self.count("e.ending = 'callback'")) as callback,
                \(Self.count("e.ending = 'voicemail'")) as voicemail,
                \(Self.count("e.ending = 'dissuaded'")) as dissuaded,
                \(Self.count("e.ending = 'releasedBySystem'")) as released,
                \(Self.count("e.ended_at is null")) as waiting,
                \(Self.count("e.ending = 'answered' and e.waited_ms <= \(level)")) as answered_in,
                \(Self.count("\(abandoned) and e.waited_ms <= \(level)")) as abandoned_in,
                \(Self.count("e.ending = 'answered' and e.waited_ms <= \(connect)")) as answered_in_connect,
                \(Self.count(open)) as in_hours_offered,
                \(Self.count("e.ending = 'answered' and \(open)")) as in_hours_answered,
                \(Self.sum("e.waited_ms", where: "e.ending = 'answered'")) as wait_answered,
                cast(coalesce(max(e.waited_ms), 0) as bigint) as longest_wait,
                \(Self.sum("e.rang_ms", where: "e.ending = 'answered'")) as ring,
                \(Self.sum("e.talked_ms", where: "e.is_handled = 1")) as talk,
                \(Self.sum("e.held_ms", where: "e.is_handled = 1")) as hold,
                \(Self.sum("e.wrapped_up_ms", where: "e.is_handled = 1")) as wrap_up,
                \(Self.sum("e.is_handled")) as handled
            from span join figure_entry e on e.tenant_id = \(tenant) and e.entered_at >= span.s
                and e.entered_at < span.e\(join)
            where 1 = 1\(contactFilter(counting.filter)) group by 1, 2, 3
            """
    }

    private func level(_ counting: Counting) -> SQL {
        let usual: SQL = "cast(\(counting.levelMilliseconds) as bigint)"
        guard !counting.levelByQueue.isEmpty else { return usual }
        let others = counting.levelByQueue.sorted { $0.key < $1.key }.map { queue, milliseconds -> SQL in
            "when \(queue) then cast(\(milliseconds) as bigint)"
        }
        return "case e.queue_id \(SQL.joined(others, by: " ")) else \(usual) end"
    }

    private static let contactTerms: [(Term, String)] = [
        (.contacts, "contacts"), (.selfServed, "self_served"), (.rejected, "rejected"),
        (.requests, "requests"), (.ratingsAsked, "ratings_asked"), (.ratings, "ratings"),
        (.ratingSum, "rating_sum"), (.satisfied, "satisfied"),
    ]

    private func contacts(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        """
        with \(Self.spans(period))
        select span.n as n, (e.arrived_at - span.s) / span.step as step, \(key(counting.by, "e")) as key,
            count(*) as contacts,
            \(Self.count("e.answered_at is not null and e.ended_at is not null and e.entry_count = 0"))
                as self_served,
            \(Self.sum("e.is_rejected")) as rejected, \(Self.count("e.request_type is not null")) as requests,
            \(Self.sum("e.is_rating_asked")) as ratings_asked, count(e.rating) as ratings,
            \(Self.sum("e.rating")) as rating_sum,
            \(Self.count("e.rating >= \(counting.satisfiedFrom)")) as satisfied
        from span join figure_contact e on e.tenant_id = \(tenant) and e.arrived_at >= span.s
            and e.arrived_at < span.e
        where 1 = 1\(contactFilter(counting.filter)) group by 1, 2, 3
        """
    }

    private static let staffTerms: [(Term, String)] = [
        (.idle, "idle"), (.ringing, "ringing"), (.talkTime, "talk_time"), (.holdTime, "hold_time"),
        (.wrapUpTime, "wrap_up_time"), (.notReady, "not_ready"), (.onBreak, "on_break"),
        (.signedIn, "signed_in"), (.offers, "offers"), (.missed, "missed"), (.declined, "declined"),
    ]

    private func staff(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        func spent(_ what: StaticString) -> SQL {
            Self.sum("e.spent_ms", where: "e.what = '\(SQL(stringLiteral: what.description))'")
        }
        func times(_ what: StaticString) -> SQL {
            Self.sum("e.times", where: "e.what = '\(SQL(stringLiteral: what.description))'")
        }
        return """
            with \(Self.spans(period))
            select span.n as n, (e.quarter_at - span.s) / span.step as step, \(key(counting.by)) as key,
                \(spent("idle")) as idle, \(spent("ringing")) as ringing, \(spent("talking")) as talk_time,
                \(spent("hold")) as hold_time, \(spent("wrapUp")) as wrap_up_time,
                \(spent("notReady")) as not_ready, \(Self.sum("e.spent_ms", where: "e.what like 'break.%'"))
                as on_break, \(Self.sum("e.spent_ms")) as signed_in, \(times("offers")) as offers,
                \(times("missed")) as missed, \(times("declined")) as declined
            from span join figure_staff e on e.tenant_id = \(tenant) and e.quarter_at >= span.s
                and e.quarter_at < span.e
            where 1 = 1\(peopleFilter(counting.filter)) group by 1, 2, 3
            """
    }

    /// What agents are doing at this moment is in no row yet.
    private func addPresentStays(
        to groups: inout [Group: Terms], _ period: ReportPeriod, _ counting: Counting,
        in tx: any Transaction
    ) throws {
        let rows = try tx.rows(
            """
            select agent_id, seat_id, presence, reason, activity, since from figure_stay e
            where tenant_id = \(tenant)\(peopleFilter(counting.filter))
            """)
        for row in rows {
            var stay = StayRow(
                agent: try row.id("agent_id"), seat: try row.id("seat_id"),
                since: try row.timestamp("since"))
            stay.presence = try row.text("presence")
            stay.activity = try row.text("activity")
            let key =
                switch counting.by {
                case .agent, .team: stay.agent.description
                case .site: stay.seat.description
                default: ""
                }
            let until = min(counting.asOf, period.end)
            for (quarter, spent) in StayRow.quarters(from: max(stay.since, period.start), to: until) {
                guard let part = period.part(of: quarter) ?? period.part(of: max(quarter, period.start))
                else { continue }
                let terms = Terms([stay.term: spent, .signedIn: spent])
                groups[Group(span: part.span, step: part.step, key: key), default: Terms()].add(terms)
            }
        }
    }

    // MARK: Pieces

    private static func spans(_ period: ReportPeriod) -> SQL {
        let rows = period.spans.enumerated().map { index, span -> SQL in
            """
            (cast(\(index) as bigint), cast(\(span.start) as bigint), cast(\(span.end) as bigint), \
            cast(\(span.step) as bigint))
            """
        }
        return "span (n, s, e, step) as (values \(SQL.joined(rows)))"
    }

    private static func openHours(_ counting: Counting) -> SQL {
        guard let hours = counting.openHours else { return "" }
        let rows = (hours.isEmpty ? [Timestamp(milliseconds: 0)..<Timestamp(milliseconds: 0)] : hours).map {
            "(cast(\($0.lowerBound) as bigint), cast(\($0.upperBound) as bigint))" as SQL
        }
        return ", open_hours (s, e) as (values \(SQL.joined(rows)))"
    }

    private func key(_ by: FigureQuery.Dimension, _ requests: StaticString = "c") -> SQL {
        switch by {
        case .total, .interval, .day, .weekdayHour: "''"
        case .queue: "e.queue_id"
        case .agent, .team: "e.agent_id"
        case .site: "e.seat_id"
        case .channel: "e.channel"
        case .origin: "e.origin"
        case .number: "e.number"
        case .requestType: "\(SQL(stringLiteral: requests.description)).request_type"
        }
    }

    private func contactFilter(_ filter: FigureQuery.Filter) -> SQL {
        var sql: SQL = peopleFilter(filter)
        if let queue = filter.queue { sql = "\(sql) and e.queue_id = \(queue)" }
        if let channel = filter.channel { sql = "\(sql) and e.channel = \(channel)" }
        if let origin = filter.origin { sql = "\(sql) and e.origin = \(origin)" }
        if let number = filter.number { sql = "\(sql) and e.number = \(number)" }
        return sql
    }

    private func peopleFilter(_ filter: FigureQuery.Filter) -> SQL {
        var sql: SQL = ""
        if let agents = filter.agents { sql = "\(sql) and e.agent_id in (\(list: agents))" }
        if let seats = filter.seats { sql = "\(sql) and e.seat_id in (\(list: seats))" }
        return sql
    }
}

extension StayRow {
    /// The term that the time of this stay counts in.
    var term: Term {
        switch what {
        case "idle": .idle
        case "ringing": .ringing
        case "talking": .talkTime
        case "hold": .holdTime
        case "wrapUp": .wrapUpTime
        case "notReady": .notReady
        default: .onBreak
        }
    }
}
