import Storage

enum DirectorySchema {
    /// The centre is kept as a whole, one row for each version: history and roll-back come for free, and what the
    /// engines decided under version 17 can be looked up later. Tokens of programs and of
    /// browsers' sessions are kept as digests, passwords as hashes of crypt(3).
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
            ] + Migration.tenantLock("centre_version")),
        Migration(
            feature: "directory", number: 2,
            statements: [
                """
                create table account (
                    tenant_id text not null, person_id text not null, username text not null,
                    password text not null, roles text not null, failures bigint not null, locked_until bigint,
                    changed_at bigint not null, must_change boolean not null, is_demo boolean not null,
                    primary key (tenant_id, person_id), unique (tenant_id, username))
                """,
                """
                create table web_session (
                    tenant_id text not null, digest text not null, person_id text not null,
                    started_at bigint not null, seen_at bigint not null, ends_at bigint not null,
                    primary key (tenant_id, digest),
                    foreign key (tenant_id, person_id) references account (tenant_id, person_id)
                        on delete cascade)
                """,
                "create index web_session_by_person on web_session (tenant_id, person_id, started_at)",
            ] + Migration.tenantLock("account") + Migration.tenantLock("web_session")),
        Migration(
            feature: "directory", number: 3,
            statements: [
                // What the version changed, for the list of versions; the file that it was taken over from.
                "alter table centre_version add column changes text",
                "alter table centre_version add column source text",
                """
                create table announcement_receipt (
                    tenant_id text not null, announcement_id text not null, person_id text not null,
                    at bigint not null, primary key (tenant_id, announcement_id, person_id))
                """,
            ] + Migration.tenantLock("announcement_receipt")),
    ]
}
