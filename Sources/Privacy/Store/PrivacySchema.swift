import Storage

/// The tables of deletions, holds and retention.
enum PrivacySchema {
    static let migrations = [
        Migration(
            feature: "privacy", number: 1,
            statements: [
                """
                create table deletion (
                    tenant_id text not null, id text not null, at bigint not null, actor text not null,
                    basis text not null, reason text not null, subject text, data_class text, before_at bigint,
                    contacts text not null, interactions bigint not null, deleted text not null,
                    key_count bigint not null, verified_at bigint, left_count bigint,
                    primary key (tenant_id, id))
                """,
                // Files that go after the commit: what a crash left is found here at the next start.
                """
                create table file_removal (
                    tenant_id text not null, path text not null, deletion_id text not null,
                    primary key (tenant_id, path))
                """,
                """
                create table legal_hold (
                    tenant_id text not null, id text not null, number text, interaction_id text,
                    reason text not null, made_at bigint not null, made_by text not null, lifted_at bigint,
                    lifted_by text, lift_reason text, primary key (tenant_id, id))
                """,
                "create index legal_hold_standing on legal_hold (tenant_id, id) where lifted_at is null",
                """
                create table retention_setting (
                    tenant_id text not null, version bigint not null, document text not null,
                    changed_at bigint not null, actor text not null, primary key (tenant_id, version))
                """,
                """
                create table retention_sweep (
                    tenant_id text not null, at bigint not null, primary key (tenant_id))
                """,
            ]
                + [
                    "deletion", "file_removal", "legal_hold", "retention_setting", "retention_sweep",
                ].flatMap { Migration.tenantLock($0) })
    ]
}
