import Storage

enum TicketSchema {
    static let migrations: [Migration] = [
        Migration(
            feature: "tickets", number: 1,
            statements: [
                """
                create table ticket (
                    tenant_id text not null, id text not null, number text not null, type text not null,
                    title text not null, text text not null, owner_id text, state text not null,
                    interaction_id text, created_at bigint not null, created_by text, changed_at bigint not null,
                    version bigint not null, primary key (tenant_id, id), unique (tenant_id, number))
                """,
                "create index ticket_open on ticket (tenant_id, state, id)",
                "create index ticket_owner on ticket (tenant_id, owner_id, id)",
                "create index ticket_interaction on ticket (tenant_id, interaction_id)",
                """
                create table ticket_count (
                    tenant_id text not null, last bigint not null, primary key (tenant_id))
                """,
            ] + Migration.tenantLock("ticket") + Migration.tenantLock("ticket_count")),
        Migration(
            feature: "tickets", number: 2,
            statements: [
                "alter table ticket add column fields text not null default '{}'",
                "alter table ticket add column result text not null default ''",
            ]),
        Migration(
            feature: "tickets", number: 3, statements: ["alter table ticket add column erased_at bigint"]),
    ]
}
