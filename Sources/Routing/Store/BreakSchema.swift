import Storage

enum BreakSchema {
    static let migrations: [Migration] = [
        Migration(
            feature: "breaks", number: 1,
            statements: [
                """
                create table break_request (
                    tenant_id text not null, id text not null, agent_id text not null, reason text not null,
                    asked_at bigint not null, state text not null, decided_at bigint, decided_by text, note text,
                    primary key (tenant_id, id))
                """,
                "create index break_request_by_state on break_request (tenant_id, state, id)",
            ] + Migration.tenantLock("break_request"))
    ]
}
