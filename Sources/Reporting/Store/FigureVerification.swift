import Kernel
import Storage

/// Counts a business day by another path than reports do: plain SQL over the facts of the event log, which shares no
/// code with the fold or with the sums over its rows.
struct FigureVerification: Sendable {
    /// A number that is not the same both ways.
    struct Difference: Hashable, Sendable {
        /// `queue 0194...` with an interval, `agent 0194...`, or `day`.
        var place: String
        var term: String
        var reported: Int64
        var counted: Int64
    }

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }
    /// Milliseconds of an interval.
    static let step: Int64 = 1_800_000
    /// How long before a day an agent may have signed in.
    private static let longestStay: Int64 = 7 * 86_400_000
    /// How long after a day a contact of it may go on, be wrapped up and classified: a call lasts hours. What comes later
    /// need not be looked at, however long the log is.
    private static let longestContact: Int64 = 7 * 86_400_000

    init(_ database: TenantDatabase) { self.database = database }

    /// Place -> term -> what the facts say.
    typealias Counts = [String: [String: Int64]]

    /// - Parameters:
    ///   - management: reasons of breaks that are management.
    ///   - window: within which a caller who comes again was not helped by the first contact.
    ///   - settled: contacts up to here have it behind them.
    func counts(
        from start: Timestamp, to end: Timestamp, level: Int64, connect: Int64, satisfied: Int64,
        management: [String], window: TimeSpan, settled: Timestamp
    ) async throws -> Counts {
        try await database.read { [self] tx in
            var counts: Counts = [:]
            func add(_ rows: [SQLRow], _ terms: [String]) throws {
                for row in rows {
                    let place = try row.text("place")
                    for term in terms {
                        counts[place, default: [:]][term, default: 0] += try row.int(Self.column(term))
                    }
                }
            }
            try add(try tx.rows(entries(start, end, level, connect)), Self.entryTerms)
            try add(
                try tx.rows(conversations(start, end)), ["talk", "hold", "handled", "wrapUp", "ring"])
            try add(try tx.rows(contacts(start, end, satisfied)), Self.contactTerms)
            try add(try tx.rows(issues(start, end, window, settled)), ["issues", "resolvedFirst"])
            try add(
                try tx.rows(stays(start, end, management)),
                [
                    "idle", "ringing", "talkTime", "holdTime", "wrapUpTime", "notReady", "onBreak",
                    "management", "signedIn", "agentDays",
                ])
            return counts
        }
    }

    /// `answeredIn` -> `answered_in`.
    private static func column(_ term: String) -> String {
        term.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }

    private static let entryTerms = [
        "offered", "answered", "abandoned", "shortAbandoned", "overflowed", "callback", "voicemail",
        "dissuaded", "released", "waiting", "answeredIn", "abandonedIn", "answeredInConnect", "waitAnswered",
    ]
    private static let contactTerms = [
        "contacts", "selfServed", "rejected", "requests", "ratingsAsked", "ratings", "ratingSum", "satisfied",
    ]

    /// Facts of contacts of some types from a day's beginning on, but for those of tests.
    private func facts(_ types: StaticString, _ start: Timestamp, _ end: Timestamp) -> SQL {
        let last = Timestamp(milliseconds: end.milliseconds + Self.longestContact)
        return """
            e.tenant_id = \(tenant) and e.type in (\(SQL(stringLiteral: types.description)))
            and e.at >= \(start) and e.at < \(last) and e.interaction_id is not null
            and e.interaction_id not in (select t.interaction_id from event t where t.tenant_id = \(tenant)
                and t.type = 'fact.call.arrived' and t.at >= \(start - .hours(24)) and t.at < \(last)
                and t.interaction_id is not null
                and \(Self.text("t.payload", "origin")) = 'test')
            """
    }

    /// A text out of a payload.
    private static func text(_ payload: SQL, _ name: StaticString) -> SQL {
        let name = SQL(stringLiteral: name.description)
        return """
            \(sqlite: "json_extract(", postgres: "(")\(payload)\(sqlite: ", '$.", postgres: "::json->>'")\(name)')
            """
    }

    /// A whole number out of a payload.
    private static func number(_ payload: SQL, _ name: StaticString) -> SQL {
        "cast(\(text(payload, name)) as bigint)"
    }

    private func place(_ start: Timestamp, _ at: SQL) -> SQL {
        "'queue ' || queue_id || ' ' || cast((\(at) - cast(\(start) as bigint)) / \(Self.step) as text)"
    }

    /// Each entry with what came next for its interaction: its end, the end of the call, or nothing: it waits still.
    private func entries(_ start: Timestamp, _ end: Timestamp, _ level: Int64, _ connect: Int64) -> SQL {
        """
        with line as (
            select e.queue_id, e.at, e.type, case when e.type = 'fact.queue.entryEnded'
                then \(Self.text("e.payload", "ending")) end as ending,
                case when e.type = 'fact.queue.entryEnded' then \(Self.number("e.payload", "waited")) end as waited,
                e.interaction_id, e.seq
            from event e
            where \(facts("'fact.queue.entered', 'fact.queue.entryEnded', 'fact.call.ended'", start, end))),
        pair as (
            select queue_id, at, type, lead(type) over w as next_type, lead(ending) over w as next_ending,
                lead(waited) over w as next_waited,
                max(case when type = 'fact.call.ended' then 1 else 0 end) over (partition by interaction_id)
                as is_over
            from line window w as (partition by interaction_id order by seq)),
        entry as (
            select queue_id, at, case when next_type = 'fact.queue.entryEnded' then next_ending
                when is_over = 1 then 'releasedBySystem' end as ending, next_waited as waited
            from pair where type = 'fact.queue.entered' and at >= \(start) and at < \(end))
        select \(place(start, "at")) as place, count(*) as offered,
            count(case when ending = 'answered' then 1 end) as answered,
            count(case when ending like '%bandoned' then 1 end) as abandoned,
            count(case when ending = 'shortAbandoned' then 1 end) as short_abandoned,
            count(case when ending = 'overflowed' then 1 end) as overflowed,
            count(case when ending = 'callback' then 1 end) as callback,
            count(case when ending = 'voicemail' then 1 end) as voicemail,
            count(case when ending = 'dissuaded' then 1 end) as dissuaded,
            count(case when ending = 'releasedBySystem' then 1 end) as released,
            count(case when ending is null then 1 end) as waiting,
            count(case when ending = 'answered' and waited <= \(level) then 1 end) as answered_in,
            count(case when ending like '%bandoned' and waited <= \(level) then 1 end) as abandoned_in,
            count(case when ending = 'answered' and waited <= \(connect) then 1 end) as answered_in_connect,
            cast(coalesce(sum(case when ending = 'answered' then waited end), 0) as bigint) as wait_answered
        from entry group by 1
        """
    }

    /// What followed the entries of the day, with each entry's queue and time: conversations and wrap-ups belong to the
    /// last entry that ended with their agent, ringing to the last of all.
    private func conversations(_ start: Timestamp, _ end: Timestamp) -> SQL {
        func sum(_ type: StaticString, _ amount: StaticString) -> SQL {
            let (type, amount) = (
                SQL(stringLiteral: type.description), SQL(stringLiteral: amount.description)
            )
            return "cast(coalesce(sum(case when type = '\(type)' then \(amount) end), 0) as bigint)"
        }
        let types: StaticString = """
            'fact.queue.entered', 'fact.queue.entryEnded', 'fact.conversation.ended', 'fact.wrapUp.ended', \
            'fact.offer.ended'
            """
        return """
            with line as (
                select e.interaction_id, e.agent_id, e.seq, e.type,
                    case e.type when 'fact.conversation.ended' then \(Self.number("e.payload", "talked"))
                        when 'fact.wrapUp.ended' then \(Self.number("e.payload", "lasted"))
                        when 'fact.offer.ended' then case \(Self.text("e.payload", "outcome"))
                            when 'accepted' then \(Self.number("e.payload", "rang")) end end as amount,
                    case e.type when 'fact.conversation.ended' then \(Self.number("e.payload", "held")) end as held
                from event e where \(facts(types, start, end))),
            after_entry as (
                select line.*, max(case when type = 'fact.queue.entered' then seq end)
                    over (partition by interaction_id order by seq) as entry_seq from line),
            after_agent as (
                select after_entry.*, max(case when type = 'fact.queue.entryEnded' then entry_seq end)
                    over (partition by interaction_id, agent_id order by seq) as agent_seq from after_entry),
            ended as (
                select a.type, a.amount, a.held, x.queue_id, x.at from after_agent a
                join event x on x.tenant_id = \(tenant)
                    and x.seq = case a.type when 'fact.offer.ended' then a.entry_seq else a.agent_seq end
                where a.type in ('fact.conversation.ended', 'fact.wrapUp.ended', 'fact.offer.ended')
                and x.at >= \(start) and x.at < \(end))
            select \(place(start, "at")) as place,
                count(case when type = 'fact.conversation.ended' then 1 end) as handled,
                \(sum("fact.conversation.ended", "amount")) as talk,
                \(sum("fact.conversation.ended", "held")) as hold,
                \(sum("fact.wrapUp.ended", "amount")) as wrap_up, \(sum("fact.offer.ended", "amount")) as ring
            from ended group by 1
            """
    }

    /// Contacts that arrived on the day, with what became of each.
    private func contacts(_ start: Timestamp, _ end: Timestamp, _ satisfied: Int64) -> SQL {
        func has(_ types: StaticString) -> SQL {
            "max(case when e.type in (\(SQL(stringLiteral: types.description))) then 1 else 0 end)"
        }
        func last(_ type: StaticString) -> SQL {
            "max(case when e.type = '\(SQL(stringLiteral: type.description))' then e.seq end)"
        }
        let types: StaticString = """
            'fact.call.arrived', 'fact.call.rejected', 'fact.call.answered', 'fact.call.ended', \
            'fact.queue.entered', 'fact.call.handedToRating', 'fact.flow.ratingSkipped', 'fact.flow.rated', \
            'interaction.classified'
            """
        return """
            with contact as (
                select \(has("'fact.call.rejected'")) as rejected, \(has("'fact.call.answered'")) as answered,
                    \(has("'fact.call.ended'")) as ended, \(has("'fact.queue.entered'")) as queued,
                    \(has("'fact.call.handedToRating', 'fact.flow.ratingSkipped', 'fact.flow.rated'")) as asked,
                    \(last("fact.flow.rated")) as rated_seq, \(last("interaction.classified")) as classified_seq
                from event e where \(facts(types, start, end)) group by e.interaction_id
                having max(case when e.type = 'fact.call.arrived' and e.at < \(end) then 1 else 0 end) = 1),
            told as (
                select c.*, \(Self.number("r.payload", "score")) as score,
                    \(Self.text("q.payload", "requestType")) as request_type
                from contact c left join event r on r.tenant_id = \(tenant) and r.seq = c.rated_seq
                    left join event q on q.tenant_id = \(tenant) and q.seq = c.classified_seq)
            select 'day' as place, count(*) as contacts, count(case when rejected = 1 then 1 end) as rejected,
                count(case when answered = 1 and ended = 1 and queued = 0 then 1 end) as self_served,
                count(request_type) as requests, count(case when asked = 1 then 1 end) as ratings_asked,
                count(score) as ratings, cast(coalesce(sum(score), 0) as bigint) as rating_sum,
                count(case when score >= \(satisfied) then 1 end) as satisfied
            from told
            """
    }

    /// Contacts of the day in which somebody spoke with a caller, with nothing before within the window; and what the next
    /// contacts say of them. A contact is traced at its arrival, so the last that can say anything came a window later.
    private func issues(
        _ start: Timestamp, _ end: Timestamp, _ window: TimeSpan, _ settled: Timestamp
    ) -> SQL {
        let last = Timestamp(milliseconds: end.milliseconds + window.milliseconds)
        let length = window.milliseconds
        return """
            with talked as (
                select e.interaction_id from event e where \(facts("'fact.call.arrived', 'fact.queue.entryEnded'", start, end))
                group by e.interaction_id
                having max(case when e.type = 'fact.call.arrived' and e.at < \(end) and e.at <= \(settled) then 1 else 0 end) = 1
                    and max(case when e.type = 'fact.queue.entryEnded'
                        and \(Self.text("e.payload", "ending")) = 'answered' then 1 else 0 end) = 1),
            trace as (
                select t.interaction_id, \(Self.number("t.payload", "servedAfter")) as served_after,
                    \(Self.text("t.payload", "previous")) as previous, \(Self.number("t.payload", "after")) as after
                from event t where t.tenant_id = \(tenant) and t.type = 'interaction.traced'
                    and t.at >= \(start) and t.at < \(last)),
            repeated as (
                select previous from trace where previous is not null and after <= cast(\(length) as bigint) group by previous)
            select 'day' as place, count(*) as issues,
                count(case when r.previous is null then 1 end) as resolved_first
            from talked c join trace t on t.interaction_id = c.interaction_id
                left join repeated r on r.previous = c.interaction_id
            where t.served_after is null or t.served_after > cast(\(length) as bigint)
            """
    }

    /// Time between consecutive facts of an agent, by the activity and presence that held in it.
    private func stays(_ start: Timestamp, _ end: Timestamp, _ management: [String]) -> SQL {
        let earliest = Timestamp(milliseconds: start.milliseconds - Self.longestStay)
        return """
            with turn as (
                select agent_id, type, at, lead(at) over w as until,
                    max(case when type in ('fact.agent.signedIn', 'fact.agent.activityChanged') then seq end)
                        over w as activity_seq,
                    max(case when type in ('fact.agent.signedIn', 'fact.agent.presenceChanged') then seq end)
                        over w as presence_seq
                from event where tenant_id = \(tenant) and at >= \(earliest) and type in
                    ('fact.agent.signedIn', 'fact.agent.signedOut', 'fact.agent.activityChanged',
                     'fact.agent.presenceChanged')
                window w as (partition by agent_id order by seq)),
            stay as (
                select t.agent_id, \(Self.clipped(start, end)) as spent,
                    coalesce(\(sqlite: "json_extract(a.payload, '$.activity')",
                        postgres: "a.payload::json->>'activity'"), 'idle') as activity,
                    coalesce(\(sqlite: "json_extract(p.payload, '$.presence')",
                        postgres: "p.payload::json->>'presence'"), 'notReady') as presence,
                    \(Self.text("p.payload", "reason")) as reason
                from turn t join event a on a.tenant_id = \(tenant) and a.seq = t.activity_seq
                    join event p on p.tenant_id = \(tenant) and p.seq = t.presence_seq
                where t.type <> 'fact.agent.signedOut' and t.until is not null and t.until > \(start)
                    and t.at < \(end))
            select 'agent ' || agent_id as place, \(Self.spent("activity = 'ringing'")) as ringing,
                \(Self.spent("activity = 'talking'")) as talk_time, \(Self.spent("activity = 'hold'")) as hold_time,
                \(Self.spent("activity = 'wrapUp'")) as wrap_up_time,
                \(Self.spent("activity = 'idle' and presence = 'ready'")) as idle,
                \(Self.spent("activity = 'idle' and presence = 'notReady'")) as not_ready,
                \(Self.spent("activity = 'idle' and presence = 'break'")) as on_break,
                \(Self.spent("activity = 'idle' and presence = 'break' and reason in (\(list: management))"))
                as management,
                cast(sum(spent) as bigint) as signed_in, case when sum(spent) > 0 then 1 else 0 end as agent_days
            from stay group by 1
            """
    }

    private static func spent(_ condition: SQL) -> SQL {
        "cast(coalesce(sum(case when \(condition) then spent end), 0) as bigint)"
    }

    private static func clipped(_ start: Timestamp, _ end: Timestamp) -> SQL {
        """
        (case when t.until < cast(\(end) as bigint) then t.until else cast(\(end) as bigint) end)
        - (case when t.at > cast(\(start) as bigint) then t.at else cast(\(start) as bigint) end)
        """
    }
}
