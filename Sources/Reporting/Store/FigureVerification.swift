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

    init(_ database: TenantDatabase) { self.database = database }

    /// Place -> term -> what the facts say.
    typealias Counts = [String: [String: Int64]]

    func counts(from start: Timestamp, to end: Timestamp, level: Int64, connect: Int64, satisfied: Int64)
        async throws -> Counts
    {
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
            try add(try tx.rows(conversations(start, end)), ["talk", "hold", "handled"])
            try add(try tx.rows(wrapUps(start, end)), ["wrapUp"])
            try add(try tx.rows(rings(start, end)), ["ring"])
            try add(try tx.rows(contacts(start, end, satisfied)), Self.contactTerms)
            try add(
                try tx.rows(stays(start, end)),
                [
                    "idle", "ringing", "talkTime", "holdTime", "wrapUpTime", "notReady", "onBreak",
                    "signedIn", "agentDays",
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

    private var isNoTest: SQL {
        """
        not exists (select 1 from event t where t.tenant_id = \(tenant) and t.interaction_id = e.interaction_id
            and t.type = 'fact.call.arrived'
            and \(sqlite: "json_extract(t.payload, '$.origin')", postgres: "t.payload::json->>'origin'") = 'test')
        """
    }

    private func place(_ start: Timestamp, _ at: SQL) -> SQL {
        "'queue ' || queue_id || ' ' || cast((\(at) - cast(\(start) as bigint)) / \(Self.step) as text)"
    }

    /// Each entry with what came next for its interaction: its end, unless it waits still.
    private func entries(_ start: Timestamp, _ end: Timestamp, _ level: Int64, _ connect: Int64) -> SQL {
        """
        with line as (
            select e.queue_id, e.at, e.type, e.interaction_id,
                lead(e.type) over (partition by e.interaction_id order by e.seq) as next_type,
                lead(e.payload) over (partition by e.interaction_id order by e.seq) as next_payload
            from event e where e.tenant_id = \(tenant)
            and e.type in ('fact.queue.entered', 'fact.queue.entryEnded') and e.at >= \(start)
            and \(isNoTest)),
        entry as (
            select queue_id, at, case when next_type = 'fact.queue.entryEnded' then
                \(sqlite: "json_extract(next_payload, '$.ending')", postgres: "next_payload::json->>'ending'") end
                as ending,
                case when next_type = 'fact.queue.entryEnded' then
                \(sqlite: "json_extract(next_payload, '$.waited')",
                    postgres: "cast(next_payload::json->>'waited' as bigint)") end as waited
            from line where type = 'fact.queue.entered' and at >= \(start) and at < \(end))
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

    /// Facts of one type that follow an entry of the day, with that entry's queue and time.
    ///
    /// - Parameter ofAgent: the entry is the last that ended with the fact's agent, not the last of all.
    private func following(
        _ type: StaticString, ofAgent: Bool, _ start: Timestamp, _ end: Timestamp
    ) -> SQL {
        let before: SQL =
            ofAgent
            ? """
            (select max(z.seq) from event z where z.tenant_id = e.tenant_id
                and z.interaction_id = e.interaction_id and z.type = 'fact.queue.entryEnded'
                and z.agent_id = e.agent_id and z.seq < e.seq)
            """ : "e.seq"
        return """
            select e.payload, x.queue_id, x.at from event e join event x on x.tenant_id = e.tenant_id
                and x.seq = (select max(y.seq) from event y where y.tenant_id = e.tenant_id
                    and y.interaction_id = e.interaction_id and y.type = 'fact.queue.entered' and y.seq < \(before))
            where e.tenant_id = \(tenant) and e.type = '\(SQL(stringLiteral: type.description))'
                and e.at >= \(start) and x.at >= \(start) and x.at < \(end) and \(isNoTest)
            """
    }

    private func conversations(_ start: Timestamp, _ end: Timestamp) -> SQL {
        """
        with ended as (\(following("fact.conversation.ended", ofAgent: true, start, end)))
        select \(place(start, "at")) as place, count(*) as handled,
            cast(sum(\(sqlite: "json_extract(payload, '$.talked')",
                postgres: "cast(payload::json->>'talked' as bigint)")) as bigint) as talk,
            cast(sum(\(sqlite: "json_extract(payload, '$.held')",
                postgres: "cast(payload::json->>'held' as bigint)")) as bigint) as hold
        from ended group by 1
        """
    }

    private func wrapUps(_ start: Timestamp, _ end: Timestamp) -> SQL {
        """
        with ended as (\(following("fact.wrapUp.ended", ofAgent: true, start, end)))
        select \(place(start, "at")) as place,
            cast(sum(\(sqlite: "json_extract(payload, '$.lasted')",
                postgres: "cast(payload::json->>'lasted' as bigint)")) as bigint) as wrap_up
        from ended group by 1
        """
    }

    private func rings(_ start: Timestamp, _ end: Timestamp) -> SQL {
        """
        with ended as (\(following("fact.offer.ended", ofAgent: false, start, end)))
        select \(place(start, "at")) as place,
            cast(sum(\(sqlite: "json_extract(payload, '$.rang')",
                postgres: "cast(payload::json->>'rang' as bigint)")) as bigint) as ring
        from ended
        where \(sqlite: "json_extract(payload, '$.outcome')", postgres: "payload::json->>'outcome'") = 'accepted'
        group by 1
        """
    }

    private func contacts(_ start: Timestamp, _ end: Timestamp, _ satisfied: Int64) -> SQL {
        func has(_ types: StaticString) -> SQL {
            """
            exists (select 1 from event t where t.tenant_id = e.tenant_id
                and t.interaction_id = e.interaction_id and t.type in (\(SQL(stringLiteral: types.description))))
            """
        }
        return """
            with contact as (
                select \(has("'fact.call.rejected'")) as rejected, \(has("'fact.call.answered'")) as answered,
                    \(has("'fact.call.ended'")) as ended, \(has("'fact.queue.entered'")) as queued,
                    \(has("'fact.call.handedToRating', 'fact.flow.ratingSkipped', 'fact.flow.rated'")) as asked,
                    (select \(sqlite: "json_extract(t.payload, '$.score')",
                        postgres: "cast(t.payload::json->>'score' as bigint)")
                        from event t where t.tenant_id = e.tenant_id and t.interaction_id = e.interaction_id
                        and t.type = 'fact.flow.rated' order by t.seq desc limit 1) as score,
                    (select \(sqlite: "json_extract(t.payload, '$.requestType')",
                        postgres: "t.payload::json->>'requestType'")
                        from event t where t.tenant_id = e.tenant_id and t.interaction_id = e.interaction_id
                        and t.type = 'interaction.classified' order by t.seq desc limit 1) as request_type
                from event e where e.tenant_id = \(tenant) and e.type = 'fact.call.arrived'
                    and e.at >= \(start) and e.at < \(end) and \(isNoTest))
            select 'day' as place, count(*) as contacts, count(case when rejected then 1 end) as rejected,
                count(case when answered and ended and not queued then 1 end) as self_served,
                count(request_type) as requests, count(case when asked then 1 end) as ratings_asked,
                count(score) as ratings, cast(coalesce(sum(score), 0) as bigint) as rating_sum,
                count(case when score >= \(satisfied) then 1 end) as satisfied
            from contact
            """
    }

    /// Time between consecutive facts of an agent, by the activity and presence that held in it.
    private func stays(_ start: Timestamp, _ end: Timestamp) -> SQL {
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
                        postgres: "p.payload::json->>'presence'"), 'notReady') as presence
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
