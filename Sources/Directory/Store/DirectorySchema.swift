import Storage

enum DirectorySchema {
    /// The centre is kept as a whole, one row for each version: history and roll-back come for free, and what the
    /// engines decided under version 17 can be looked up later. Tokens are kept as digests.
    static let migrations: [Migration] = [
        Migration(
            feature: "directory", number: 1,
            statements: [
                """
                create table tenant (id text not null primary key, name text not null, created_at bigint not null)
                """,
                """
                create table centre_version (
                    tenant_id text not null, version bigint not null, document text not null,
                    created_at bigint not null, actor text not null, primary key (tenant_id, version))
                """,
                """
                create table api_token (
                    tenant_id text not null, id text not null, digest text not null unique, name text not null,
                    agent_id text, permissions text not null, created_at bigint not null, revoked_at bigint,
                    primary key (tenant_id, id))
                """,
            ] + Migration.tenantLock("centre_version"))
    ]
}
