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
        /// The window in which a caller who comes again was not helped by the first contact.
        var repeatMilliseconds: Int64
        /// Contacts up to here have their window behind them.
        var settledBefore: Timestamp
        /// Who works part of the time.
        var partTime: [AgentID] = []
        /// Reasons of breaks that are management.
        var management: [String] = []
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
                try collect(try tx.rows(attendance(period, counting)), Self.attendanceTerms)
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
        case .queue, .channel, .origin, .number, .requestType, .originType: return false
        case .total, .interval, .day, .weekdayHour, .agent, .team, .site: return true
        }
    }

    /// The last event of the log: rows that go as far are up to date.
    func head() async throws -> Int64 {
        try await database.read { [tenant] tx in try EventLog.head(of: tenant, in: tx) }
    }

    // MARK: Statements

    private static func sum(_ amount: SQL, where condition: SQL) -> SQL {
        sum("case when \(condition) then \(amount) end")
    }
    private static func sum(_ amount: SQL) -> SQL { "cast(coalesce(sum(\(amount)), 0) as bigint)" }

    private static let countedEntries: [Term] = [
        .offered, .answered, .abandoned, .shortAbandoned, .overflowed, .callback, .voicemail, .dissuaded,
        .released, .waiting, .answeredIn, .abandonedIn, .answeredInConnect, .inHoursOffered, .inHoursAnswered,
        .handled,
    ]
    /// Sums of a column over the entries of a term.
    private static let summedEntries: [(term: Term, column: SQL)] = [
        (.waitAnswered, "e.waited_ms"), (.ring, "e.rang_ms"), (.talk, "e.talked_ms"), (.hold, "e.held_ms"),
        (.wrapUp, "e.wrapped_up_ms"),
    ]
    private static let entryTerms = named(countedEntries + summedEntries.map(\.term) + [.longestWait])

    private static func named(_ terms: [Term]) -> [(Term, String)] { terms.map { ($0, column($0)) } }

    private func entries(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        let isJoined =
            counting.by == .requestType || counting.by == .originType || counting.filter.requestType != nil
        let join: SQL =
            isJoined
            ? """
             left join figure_contact c on c.tenant_id = e.tenant_id and c.interaction_id = e.interaction_id
            """ : ""
        let sums = Self.summedEntries.map { term, column -> SQL in
            """
            \(Self.sum(column, where: entryCondition(term, counting) ?? "1 = 0")) \
            as \(SQL(stringLiteral: Self.column(term)))
            """
        }
        return """
            with \(Self.spans(period))\(Self.openHours(counting))
            select span.n as n, (e.entered_at - span.s) / span.step as step, \(key(counting.by)) as key,
                \(Self.counts(Self.countedEntries) { entryCondition($0, counting) }), \(SQL.joined(sums)),
                cast(coalesce(max(e.waited_ms), 0) as bigint) as longest_wait
            from span join figure_entry e on e.tenant_id = \(tenant) and e.entered_at >= span.s
                and e.entered_at < span.e\(join)
            where 1 = 1\(contactFilter(counting.filter)) group by 1, 2, 3
            """
    }

    private static let countedContacts: [Term] = [
        .contacts, .selfServed, .rejected, .requests, .ratingsAsked, .ratings, .satisfied, .issues,
        .resolvedFirst,
    ]
    private static let contactTerms = named(countedContacts + [.ratingSum])

    private func contacts(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        """
        with \(Self.spans(period))
        select span.n as n, (e.arrived_at - span.s) / span.step as step, \(key(counting.by, "e")) as key,
            \(Self.counts(Self.countedContacts) { contactCondition($0, counting) }),
            \(Self.sum("e.rating")) as rating_sum
        from span join figure_contact e on e.tenant_id = \(tenant) and e.arrived_at >= span.s
            and e.arrived_at < span.e
        where 1 = 1\(contactFilter(counting.filter, "e")) group by 1, 2, 3
        """
    }

    private static let staffTerms: [(Term, String)] = [
        (.idle, "idle"), (.ringing, "ringing"), (.talkTime, "talk_time"), (.holdTime, "hold_time"),
        (.wrapUpTime, "wrap_up_time"), (.notReady, "not_ready"), (.onBreak, "on_break"),
        (.management, "management"), (.signedIn, "signed_in"), (.offers, "offers"), (.missed, "missed"),
        (.declined, "declined"),
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
                as on_break,
                \(Self.sum("e.spent_ms", where: "e.what in (\(list: StayRow.breaks(counting.management)))"))
                as management, \(Self.sum("e.spent_ms")) as signed_in, \(times("offers")) as offers,
                \(times("missed")) as missed, \(times("declined")) as declined
            from span join figure_staff e on e.tenant_id = \(tenant) and e.quarter_at >= span.s
                and e.quarter_at < span.e
            where 1 = 1\(peopleFilter(counting.filter)) group by 1, 2, 3
            """
    }

    private static let attendanceTerms: [(Term, String)] = [
        (.agentDays, "agent_days"), (.partTimeDays, "part_time_days"), (.seatDays, "seat_days"),
    ]

    /// Who was there, and at how many seats, once for each business day: a day is not the sum of its intervals, so these
    /// stand in the whole alone when rows are parts of a day.
    private func attendance(_ period: ReportPeriod, _ counting: Counting) -> SQL {
        let step: SQL = counting.by == .interval || counting.by == .weekdayHour ? "-1" : "0"
        return """
            with \(Self.spans(period))
            select span.n as n, \(step) as step, \(key(counting.by)) as key,
                count(distinct e.agent_id) as agent_days,
                count(distinct case when e.agent_id in (\(list: counting.partTime)) then e.agent_id end)
                    as part_time_days,
                count(distinct e.seat_id) as seat_days
            from span join (
                select agent_id, seat_id, quarter_at as first, quarter_at as last from figure_staff
                where tenant_id = \(tenant) and quarter_at >= \(period.start) and quarter_at < \(period.end)
                    and spent_ms > 0
                union all select agent_id, seat_id, since, cast(\(counting.asOf) as bigint) from figure_stay
                where tenant_id = \(tenant)) e on e.last >= span.s and e.first < span.e
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
            stay.reason = try row.text("reason")
            stay.activity = try row.text("activity")
            let key =
                switch counting.by {
                case .agent, .team: stay.agent.description
                case .site: stay.seat.description
                default: ""
                }
            let isManagement = StayRow.breaks(counting.management).contains(stay.what)
            let until = min(counting.asOf, period.end)
            for (quarter, spent) in StayRow.quarters(from: max(stay.since, period.start), to: until) {
                guard let part = period.part(of: quarter) ?? period.part(of: max(quarter, period.start))
                else { continue }
                var terms = Terms([stay.term: spent, .signedIn: spent])
                if isManagement { terms[.management] = spent }
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

    static func openHours(_ counting: Counting) -> SQL {
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
        case .originType:
            "e.origin || '\(SQL(stringLiteral: String(FigureQuery.mark)))' || coalesce(\(SQL(stringLiteral: requests.description)).request_type, '')"
        }
    }

    /// - Parameter requests: the table that has the request type.
    func contactFilter(_ filter: FigureQuery.Filter, _ requests: StaticString = "c") -> SQL {
        var sql: SQL = peopleFilter(filter)
        if let queue = filter.queue { sql = "\(sql) and e.queue_id = \(queue)" }
        if let channel = filter.channel { sql = "\(sql) and e.channel = \(channel)" }
        if let origin = filter.origin { sql = "\(sql) and e.origin = \(origin)" }
        if let number = filter.number { sql = "\(sql) and e.number = \(number)" }
        if let type = filter.requestType {
            sql = "\(sql) and \(SQL(stringLiteral: requests.description)).request_type = \(type)"
        }
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
