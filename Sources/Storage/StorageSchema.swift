/// The tables of this target: the event log, the journal and the audit.
package enum StorageSchema {
    /// To be put at the head of the product's list.
    package static let migrations: [Migration] = [
        Migration(
            feature: "storage", number: 1,
            statements: eventTables + Migration.tenantLock("event_head") + Migration.tenantLock("event")
                + Migration.tenantLock("event_cursor")),
        Migration(
            feature: "storage", number: 2,
            statements: journalTables + Migration.tenantLock("journal_segment")
                + Migration.tenantLock("journal_entry")),
        Migration(
            feature: "storage", number: 3,
            statements: auditTables + Migration.tenantLock("audit_head") + Migration.tenantLock("audit_entry")
        ),
    ]

    private static let eventTables: [SQL] = [
        """
        create table event_head (
            tenant_id text not null primary key,
            last_seq bigint not null
        ) \(sqlite: "without rowid", postgres: "")
        """,
        """
        create table event (
            tenant_id text not null,
            seq bigint not null,
            id text not null,
            type text \(sqlite: "", postgres: "collate \"C\"") not null,
            v bigint not null,
            at bigint not null,
            actor text not null,
            cause text,
            interaction_id text,
            agent_id text,
            queue_id text,
            payload text not null,
            primary key (tenant_id, seq)
        ) \(sqlite: "without rowid", postgres: "")
        """,
        """
        create index event_by_interaction on event (tenant_id, interaction_id, seq)
        where interaction_id is not null
        """,
        "create index event_by_type on event (tenant_id, type, at)",
        // The engine's facts are the events whose type begins with "fact."; '/' is the character after '.'.
        """
        create view fact \(sqlite: "", postgres: "with (security_invoker = true)") as
        select tenant_id, seq, id, type, v, at, actor, cause, interaction_id, agent_id, queue_id, payload
        from event where type >= 'fact.' and type < 'fact/'
        """,
        """
        create table event_cursor (
            tenant_id text not null,
            consumer text not null,
            seq bigint not null,
            primary key (tenant_id, consumer)
        ) \(sqlite: "without rowid", postgres: "")
        """,
    ]

    private static let journalTables: [SQL] = [
        """
        create table journal_segment (
            tenant_id text not null,
            segment bigint not null,
            engine text not null,
            engine_version bigint not null,
            settings_hash text not null,
            opened_at bigint not null,
            snapshot \(SQL.blob) not null,
            snapshot_checksum text not null,
            closed_at bigint,
            entry_count bigint,
            digest text,
            primary key (tenant_id, segment)
        )
        """,
        "create index journal_segment_by_engine on journal_segment (tenant_id, engine, segment)",
        """
        create table journal_entry (
            tenant_id text not null,
            segment bigint not null,
            number bigint not null,
            at bigint not null,
            input \(SQL.blob) not null,
            checksum bigint not null,
            primary key (tenant_id, segment, number),
            foreign key (tenant_id, segment) references journal_segment (tenant_id, segment)
        ) \(sqlite: "without rowid", postgres: "")
        """,
    ]

    private static let auditTables: [SQL] = [
        """
        create table audit_head (
            tenant_id text not null primary key,
            last_seq bigint not null,
            last_hash text not null
        ) \(sqlite: "without rowid", postgres: "")
        """,
        """
        create table audit_entry (
            tenant_id text not null,
            seq bigint not null,
            at bigint not null,
            actor text not null,
            action text not null,
            object_kind text not null,
            object_id text not null,
            details text not null,
            address text not null,
            hash text not null,
            primary key (tenant_id, seq)
        ) \(sqlite: "without rowid", postgres: "")
        """,
        "create index audit_by_object on audit_entry (tenant_id, object_kind, object_id, seq)",
        "create index audit_by_actor on audit_entry (tenant_id, actor, seq)",
    ]
}
