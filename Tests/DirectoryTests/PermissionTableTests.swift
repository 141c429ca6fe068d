import Testing
import Web

@testable import Directory

/// The one table of permissions, by value.
@Suite struct PermissionTableTests {
    @Test func `G04: nobody of the three administrators sees a customer or does the work of another`() {
        let grants = Dictionary(
            uniqueKeysWithValues: [Role.systemAdmin, .securityAdmin, .auditAdmin].map {
                ($0, PermissionTable.grants(for: [$0]))
            })
        for (role, table) in grants {
            for (action, grant) in table {
                #expect(grant.data == [.figures], "\(role) \(action)")
            }
            for action in ["interaction.read", "recording.read", "form.write", "ticket.read"] {
                #expect(table[action] == nil, "\(role) \(action)")
            }
        }
        let owners = [
            "centre.write": Role.systemAdmin, "account.write": .securityAdmin, "audit.read": .auditAdmin,
            "privacy.erase": .privacyOfficer,
        ]
        for (action, owner) in owners {
            #expect(Role.allCases.filter { PermissionTable.row(action)?.grants[$0] != nil } == [owner])
        }
    }

    @Test func `of several roles the widest scope counts, and every class that one of them sees`() {
        let both = PermissionTable.grants(for: [.agent, .supervisor])
        #expect(both["ticket.write"]?.scope == .tenant)
        #expect(both["form.write"]?.scope == .team)
        let live = PermissionTable.grants(for: [.supervisor, .systemAdmin])["live.read"]
        #expect(live?.data == Set(DataClass.allCases))
        #expect(PermissionTable.grants(for: []).isEmpty)
    }

    @Test func `a token of former days keeps what it could, and one of an agent reaches the agent alone`() {
        let old = PermissionTable.grants(forToken: ["centre.read", "centre.write"], isAgent: false)
        #expect(
            Set(old.keys) == ["centre.read", "centre.write", "announcement.read", "announcement.write"])
        let agent = PermissionTable.grants(forToken: ["agent.control", "centre.read"], isAgent: true)
        #expect(agent["agent.control"]?.scope == .own)
        let chief = PermissionTable.grants(
            forToken: ["agent.control", "agent.controlOthers"], isAgent: true)
        #expect(chief["agent.control"]?.scope == .tenant)
        #expect(TokenRole.admin.permissions == PermissionTable.actions)
        #expect(!TokenRole.supervisor.permissions.contains("account.write"))
    }

    @Test func `the scopes have an order and every action one row`() {
        #expect(PermissionScope.allCases.sorted() == [.own, .team, .site, .tenant])
        #expect(PermissionTable.actions.count == PermissionTable.rows.count)
    }
}
