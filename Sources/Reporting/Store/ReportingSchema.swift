import Storage

enum ReportingSchema {
    /// Rows that figures are summed from; all of them but settings and annotations can be made anew from the event log.
    /// Yes and no are 0 and 1, so that they can be summed.
    static let migrations: [Migration] = [
        Migration(
            feature: "reporting", number: 1,
            statements: contactTables + staffTables + settingTables
                + [
                    "figure_contact", "figure_entry", "figure_staff", "figure_stay", "figure_setting",
                    "figure_annotation",
                ].flatMap { Migration.tenantLock($0) }),
        Migration(
            feature: "reporting", number: 2,
            statements: alarmTables
                + ["alarm", "alarm_notice", "report_schedule"].flatMap { Migration.tenantLock($0) }),
        Migration(feature: "reporting", number: 3, statements: endedEntries),
        // How a contact lies among those of its caller, without saying who that is.
        Migration(
            feature: "reporting", number: 4,
            statements: [
                "alter table figure_contact add column is_traced bigint not null default 0",
                "alter table figure_contact add column served_before_ms bigint",
                "alter table figure_contact add column again_after_ms bigint",
            ]),
    ]

    /// Entries that were open still when their call had ended were released by the system; nothing looks for open entries
    /// of ended calls any more.
    private static let endedEntries: [SQL] = [
        """
        update figure_entry set ending = 'releasedBySystem',
            ended_at = (select c.ended_at from figure_contact c where c.tenant_id = figure_entry.tenant_id
                and c.interaction_id = figure_entry.interaction_id),
            waited_ms = (select c.ended_at from figure_contact c where c.tenant_id = figure_entry.tenant_id
                and c.interaction_id = figure_entry.interaction_id) - entered_at
        where ended_at is null and exists (select 1 from figure_contact c
            where c.tenant_id = figure_entry.tenant_id and c.interaction_id = figure_entry.interaction_id
            and c.ended_at is not null)
        """,
        "drop index figure_entry_open",
    ]

    private static let alarmTables: [SQL] = [
        """
        create table alarm (
            tenant_id text not null, id text not null, rule_id text not null, name text not null,
            figure text not null, queue_key text, severity text not null, comparison text not null,
            threshold double precision not null, value double precision not null, raised_at bigint not null,
            acknowledged_at bigint, acknowledged_by text, note text, cleared_at bigint,
            steps_taken bigint not null, primary key (tenant_id, id))
        """,
        "create index alarm_open on alarm (tenant_id, id) where cleared_at is null",
        """
        create table alarm_notice (
            tenant_id text not null, id text not null, alarm_id text not null, at bigint not null,
            channel text not null, recipient text not null, error text, primary key (tenant_id, id))
        """,
        "create index alarm_notice_alarm on alarm_notice (tenant_id, alarm_id, id)",
        """
        create table report_schedule (
            tenant_id text not null, id text not null, document text not null, made_at bigint not null,
            claimed_day text, last_at bigint, last_day text, last_error text, primary key (tenant_id, id))
        """,
    ]

    private static let contactTables: [SQL] = [
        """
        create table figure_contact (
            tenant_id text not null, interaction_id text not null, channel text not null, origin text not null,
            number text not null, arrived_at bigint not null, answered_at bigint, ended_at bigint,
            is_rejected bigint not null, is_rating_asked bigint not null, rating bigint,
            entry_count bigint not null, queue_id text, agent_id text, seat_id text, request_type text,
            primary key (tenant_id, interaction_id))
        """,
        "create index figure_contact_arrived on figure_contact (tenant_id, arrived_at)",
        "create index figure_contact_open on figure_contact (tenant_id, interaction_id) where ended_at is null",
        """
        create table figure_entry (
            tenant_id text not null, interaction_id text not null, ordinal bigint not null,
            channel text not null, origin text not null, number text not null, queue_id text not null,
            entered_at bigint not null, ended_at bigint, ending text not null, waited_ms bigint not null,
            agent_id text, seat_id text, rang_ms bigint not null, is_handled bigint not null,
            talked_ms bigint not null, held_ms bigint not null, wrapped_up_ms bigint not null,
            primary key (tenant_id, interaction_id, ordinal))
        """,
        "create index figure_entry_entered on figure_entry (tenant_id, entered_at)",
        """
        create index figure_entry_open on figure_entry (tenant_id, interaction_id)
        where ended_at is null or (agent_id is not null and is_handled = 0)
        """,
    ]

    private static let staffTables: [SQL] = [
        """
        create table figure_staff (
            tenant_id text not null, quarter_at bigint not null, agent_id text not null, seat_id text not null,
            what text not null, spent_ms bigint not null, times bigint not null,
            primary key (tenant_id, quarter_at, agent_id, seat_id, what)
        ) \(sqlite: "without rowid", postgres: "")
        """,
        """
        create table figure_stay (
            tenant_id text not null, agent_id text not null, seat_id text not null, presence text not null,
            reason text not null, activity text not null, since bigint not null,
            primary key (tenant_id, agent_id))
        """,
    ]

    private static let settingTables: [SQL] = [
        """
        create table figure_setting (
            tenant_id text not null, kind text not null, version bigint not null, document text not null,
            changed_at bigint not null, actor text not null, primary key (tenant_id, kind, version))
        """,
        """
        create table figure_annotation (
            tenant_id text not null, id text not null, day text not null, note text not null,
            made_at bigint not null, made_by text, primary key (tenant_id, id))
        """,
        "create index figure_annotation_day on figure_annotation (tenant_id, day)",
    ]
}
