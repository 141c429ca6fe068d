import Storage

enum RoutingSchema {
    /// What must outlive the program so that nothing is forgotten: the dialogs of standing calls (each gets a BYE after
    /// a crash, decision 11) and where the phones are.
    static let migrations: [Migration] = [
        Migration(
            feature: "routing", number: 1,
            statements: [
                """
                create table call_dialog (
                    tenant_id text not null, interaction_id text not null, leg bigint not null,
                    snapshot text not null, is_answered boolean not null default false,
                    primary key (tenant_id, interaction_id, leg))
                """,
                """
                create table phone_binding (
                    tenant_id text not null, phone_user text not null, contact text not null,
                    binding text not null, expires_at bigint not null,
                    primary key (tenant_id, phone_user, contact))
                """,
                """
                create table flow_version (
                    tenant_id text not null, key text not null, version bigint not null, document text not null,
                    published_at bigint not null, primary key (tenant_id, key, version))
                """,
            ] + Migration.tenantLock("call_dialog") + Migration.tenantLock("phone_binding")
                + Migration.tenantLock("flow_version")),
        Migration(
            feature: "routing", number: 2,
            statements: [
                """
                create table agent_phone (
                    tenant_id text not null, agent_id text not null, kind text not null,
                    primary key (tenant_id, agent_id))
                """
            ] + Migration.tenantLock("agent_phone")),
        // Flows that are edited on the screen, and the prompts of the library. The document of a draft is null when there
        // is none: the row stays, so that revisions go on and a page with an old one never overwrites a new draft. A flow
        // that was removed keeps its history; its number of versions goes on when the key comes back.
        Migration(
            feature: "routing", number: 3,
            statements: [
                "alter table flow_version add column actor text not null default 'file'",
                """
                create table flow_draft (
                    tenant_id text not null, key text not null, revision bigint not null, base bigint,
                    document text, saved_at bigint not null, saved_by text not null,
                    primary key (tenant_id, key))
                """,
                """
                create table flow_removal (
                    tenant_id text not null, key text not null, removed_at bigint not null,
                    removed_by text not null, primary key (tenant_id, key))
                """,
                """
                create table prompt (
                    tenant_id text not null, key text not null, names text not null,
                    created_at bigint not null, primary key (tenant_id, key))
                """,
                """
                create table prompt_version (
                    tenant_id text not null, key text not null, version bigint not null, language text not null,
                    source text not null, spoken text, path text not null, digest text not null,
                    duration_ms bigint not null, level_db bigint not null, made_at bigint not null,
                    made_by text not null, used_at bigint, primary key (tenant_id, key, version),
                    foreign key (tenant_id, key) references prompt (tenant_id, key))
                """,
                """
                create table prompt_current (
                    tenant_id text not null, key text not null, language text not null, version bigint not null,
                    primary key (tenant_id, key, language),
                    foreign key (tenant_id, key, version) references prompt_version (tenant_id, key, version))
                """,
            ] + Migration.tenantLock("flow_draft") + Migration.tenantLock("flow_removal")
                + Migration.tenantLock("prompt") + Migration.tenantLock("prompt_version")
                + Migration.tenantLock("prompt_current")),
    ]
}
