import Storage

enum InteractionSchema {
    /// `interaction` is the record without personal content; `interaction_party` holds who the parties were, so that
    /// erasing a person deletes rows there and leaves every figure exact (decision 5).
    static let migrations: [Migration] = [
        Migration(
            feature: "interactions", number: 1,
            statements: [
                """
                create table interaction (
                    tenant_id text not null, id text not null, channel text not null, number text not null,
                    origin text not null, arrived_at bigint not null, answered_at bigint, queue_id text,
                    queued_at bigint, connected_at bigint, agent_id text, talked_ms bigint not null default 0,
                    held_ms bigint not null default 0, rating bigint, ended_at bigint, ended_by text,
                    primary key (tenant_id, id))
                """,
                "create index interaction_arrived on interaction (tenant_id, arrived_at)",
                "create index interaction_open on interaction (tenant_id, id) where ended_at is null",
                "create index interaction_lost on interaction (tenant_id, ended_at) where ended_by = 'crash'",
                """
                create table interaction_party (
                    tenant_id text not null, interaction_id text not null, role text not null, raw text not null,
                    canonical text, primary key (tenant_id, interaction_id, role))
                """,
                "create index interaction_party_number on interaction_party (tenant_id, canonical)",
                """
                create table recording (
                    tenant_id text not null, interaction_id text not null, started_at bigint not null,
                    manifest text not null, tracks text not null,
                    primary key (tenant_id, interaction_id, started_at))
                """,
                "create index recording_open on recording (tenant_id, started_at) where tracks = '[]'",
            ] + Migration.tenantLock("interaction") + Migration.tenantLock("interaction_party")
                + Migration.tenantLock("recording")),
        // What agents write about a contact: personal, so rows of their own that erasure can take away.
        Migration(
            feature: "interactions", number: 2,
            statements: [
                """
                create table interaction_form (
                    tenant_id text not null, interaction_id text not null, request_type text, disposition text,
                    notes text not null, ticket_id text, saved_at bigint not null, saved_by text,
                    primary key (tenant_id, interaction_id))
                """,
                // Contacts of one number in their order: a number that calls all day must not be sorted for each call.
                """
                create index interaction_party_caller
                    on interaction_party (tenant_id, canonical, interaction_id)
                """,
                "drop index interaction_party_number",
            ] + Migration.tenantLock("interaction_form")),
        Migration(
            feature: "interactions", number: 3,
            statements: [
                """
                create table caller_care (
                    tenant_id text not null, canonical text not null, care text not null,
                    changed_at bigint not null, primary key (tenant_id, canonical))
                """
            ] + Migration.tenantLock("caller_care")),
        // Recordings are sealed under the key of the customer: `key_id` once the sealed files are on the disk,
        // `sealed_at` once the open ones are gone.
        Migration(
            feature: "interactions", number: 4,
            statements: [
                "alter table recording add column key_id text",
                "alter table recording add column sealed_at bigint",
                """
                create index recording_unsealed on recording (tenant_id, interaction_id, started_at)
                    where sealed_at is null and tracks <> '[]'
                """,
                """
                create index interaction_form_notes on interaction_form (tenant_id, interaction_id)
                    where notes <> ''
                """,
            ]),
    ]
}
