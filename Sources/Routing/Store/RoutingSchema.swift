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
    ]
}
