import Foundation
import Kernel
import Storage
import Testing

/// The audit (G06): gapless, chained, in the transaction of what it tells of.
@Suite struct AuditLogTests {
    private func entry(_ action: String, actor: String = "person:1", object: String = "x") -> AuditEntry {
        AuditEntry(
            at: morning, actor: actor, action: action, kind: "thing", object: object,
            details: ["b": "2", "a": "\"1\""], address: "192.0.2.1")
    }

    private func append(_ database: any Database, _ actions: String...) async throws {
        try await database.write { tx in
            try AuditLog.append(actions.map { entry($0) }, tenant: tenant, in: tx)
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `G06: entries come back as they were written, and the chain holds`(_ kind: DatabaseUnderTest)
        async throws
    {
        try await kind.open { database in
            let mine = database.tenant(tenant)
            #expect(
                try await AuditLog.verify(mine)
                    == .intact(entries: 0, hash: "sha256:" + String(repeating: "0", count: 64)))
            try await append(database, "a.done", "b.done")
            try await append(database, "c.done")
            let found = try await mine.read { try AuditLog.read(tenant, in: $0) }
            #expect(found.map(\.sequence) == [3, 2, 1])
            #expect(found.map(\.entry) == ["c.done", "b.done", "a.done"].map { entry($0) })
            #expect(try await AuditLog.verify(mine) == .intact(entries: 3, hash: found[0].hash))
            let page = try await mine.read { try AuditLog.read(tenant, before: 3, limit: 1, in: $0) }
            #expect(page.map(\.sequence) == [2])
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `what is taken back leaves no entry and no gap`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            struct Regret: Error {}
            try await append(database, "a.done")
            await #expect(throws: Regret.self) {
                try await database.write { tx in
                    try AuditLog.append(entry("b.done"), tenant: tenant, in: tx)
                    throw Regret()
                }
            }
            try await append(database, "c.done")
            let found = try await database.read { try AuditLog.read(tenant, in: $0) }
            #expect(found.map(\.sequence) == [2, 1])
            #expect(found.map(\.entry.action) == ["c.done", "a.done"])
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `many writers at the same time make one chain`(_ kind: DatabaseUnderTest) async throws {
        try await kind.open { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        try await database.write { tx in
                            _ = try AuditLog.append(entry("n\(number)"), tenant: tenant, in: tx)
                        }
                    }
                }
                try await group.waitForAll()
            }
            guard case .intact(40, _) = try await AuditLog.verify(database.tenant(tenant)) else {
                Issue.record("the chain is broken")
                return
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `G06: whatever is changed, removed or cut off shows where`(_ kind: DatabaseUnderTest) async throws {
        let frauds: [(SQL, Int64)] = [
            ("update audit_entry set actor = 'person:2' where seq = 2", 2),
            ("update audit_entry set details = '{}' where seq = 3", 3),
            ("update audit_entry set at = at + 1 where seq = 1", 1),
            ("update audit_entry set object_id = '', address = 'x192.0.2.1' where seq = 4", 4),
            ("delete from audit_entry where seq = 2", 2),
            ("delete from audit_entry where seq = 4", 4),
            ("delete from audit_entry", 1),
            ("update audit_head set last_seq = 3", 5),
            ("update audit_entry set hash = 'sha256:0' where seq = 1", 1),
        ]
        for (fraud, place) in frauds {
            try await kind.open { database in
                try await append(database, "a.done", "b.done", "c.done", "d.done")
                try await database.write { _ = try $0.execute(fraud) }
                #expect(try await AuditLog.verify(database.tenant(tenant)) == .broken(at: place))
            }
        }
    }

    @Test(arguments: DatabaseUnderTest.all)
    func `each tenant has a chain of its own, and a filter finds its entries`(_ kind: DatabaseUnderTest)
        async throws
    {
        try await kind.open { database in
            try await database.tenant(tenant).write { tx in
                try AuditLog.append(entry("a.done", object: "7"), tenant: tenant, in: tx)
            }
            try await database.tenant(otherTenant).write { tx in
                try AuditLog.append(
                    [entry("a.done"), entry("b.done", actor: "person:2")], tenant: otherTenant, in: tx)
            }
            func count(_ owner: TenantID, _ filter: AuditLog.Filter) async throws -> Int {
                try await database.tenant(owner).read { try AuditLog.read(owner, filter, in: $0).count }
            }
            #expect(try await count(tenant, .init()) == 1)
            #expect(try await count(otherTenant, .init()) == 2)
            #expect(try await count(otherTenant, .init(actor: "person:2")) == 1)
            #expect(try await count(otherTenant, .init(actor: "person:2", action: "a.done")) == 0)
            #expect(try await count(tenant, .init(kind: "thing", object: "7")) == 1)
            #expect(try await count(tenant, .init(from: morning, until: morning)) == 0)
            #expect(try await count(tenant, .init(from: morning, until: morning + .seconds(1))) == 1)
            guard case .intact(1, _) = try await AuditLog.verify(database.tenant(tenant)) else {
                Issue.record("the chain is broken")
                return
            }
        }
    }
}
