package import Web

/// Who may do what, how far, and to which data (decision 10): the one table from which sessions get their grants.
///
/// An action that is not here is nobody's, and the test of the matrix fails for a route that asks for it.
package enum PermissionTable {
    /// An action, what its answers usually show, and who has it.
    package struct Row: Sendable {
        package let action: String
        /// The class of data of a route that names none of its own.
        package let data: DataClass
        package let grants: [Role: Grant]

        init(_ action: String, _ data: DataClass, _ grants: [Role: Grant]) {
            self.action = action
            self.data = data
            self.grants = grants
        }
    }

    private static let own = Grant(.own)
    private static let team = Grant(.team)
    private static let all = Grant(.tenant)
    private static let figures = Grant(.tenant, data: [.figures])

    /// Scopes narrower than the tenant stand only where the routes of the action keep to them.
    package static let rows: [Row] = [
        Row("agent.control", .figures, [.agent: own, .supervisor: own]),
        Row("agent.controlOthers", .figures, [.supervisor: all]),
        Row("live.read", .figures, [.supervisor: all, .systemAdmin: figures]),
        Row(
            "centre.read", .figures,
            [
                .agent: figures, .supervisor: figures, .systemAdmin: figures, .securityAdmin: figures,
                .privacyOfficer: figures,
            ]),
        Row("centre.write", .figures, [.systemAdmin: figures]),
        Row("skill.write", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("break.decide", .figures, [.supervisor: all]),
        Row("interaction.read", .identity, [.agent: own, .supervisor: all]),
        Row("recording.read", .recording, [.agent: own, .supervisor: all]),
        Row("form.write", .freeText, [.agent: own, .supervisor: team]),
        Row("ticket.read", .freeText, [.agent: team, .supervisor: all]),
        Row("ticket.write", .freeText, [.agent: team, .supervisor: all]),
        Row(
            "announcement.read", .figures,
            [.agent: figures, .supervisor: figures, .systemAdmin: figures]),
        Row("announcement.write", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("flow.write", .figures, [.systemAdmin: figures]),
        Row("prompt.write", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("figures.read", .figures, [.agent: own, .supervisor: all, .systemAdmin: figures]),
        Row("figures.write", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("alarm.read", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("alarm.write", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("alarm.acknowledge", .figures, [.supervisor: figures, .systemAdmin: figures]),
        Row("account.write", .figures, [.securityAdmin: figures]),
        Row("audit.read", .figures, [.auditAdmin: figures]),
        Row("privacy.read", .identity, [.privacyOfficer: all]),
        Row("privacy.export", .identity, [.privacyOfficer: all]),
        Row("privacy.erase", .identity, [.privacyOfficer: all]),
        Row("privacy.write", .figures, [.privacyOfficer: all]),
    ]

    /// Every action there is.
    package static let actions = Set(rows.map(\.action))

    /// The row of an action.
    package static func row(_ action: String) -> Row? { rows.first { $0.action == action } }

    /// What somebody with these roles may do: of each action the widest scope, and every class of data that one of the
    /// roles sees.
    package static func grants(for roles: Set<Role>) -> [String: Grant] {
        var grants: [String: Grant] = [:]
        for row in rows {
            for role in Role.allCases where roles.contains(role) {
                guard let grant = row.grants[role] else { continue }
                guard let former = grants[row.action] else {
                    grants[row.action] = grant
                    continue
                }
                grants[row.action] = Grant(
                    max(former.scope, grant.scope), data: former.data.union(grant.data))
            }
        }
        return grants
    }

    /// What the words of an older token mean today beside themselves.
    private static let implied = [
        "centre.read": ["announcement.read"], "centre.write": ["announcement.write"],
    ]

    /// What a token with these words may do: everywhere in its tenant, or for its own agent when it has one.
    package static func grants(forToken words: Set<String>, isAgent: Bool) -> [String: Grant] {
        let all = words.union(words.flatMap { implied[$0] ?? [] })
        let isBound = isAgent && !words.contains("agent.controlOthers")
        return Dictionary(
            uniqueKeysWithValues: all.map { word in
                let narrow = rows.first { $0.action == word }?.grants[.agent]
                return (word, isBound ? narrow ?? Grant(.tenant) : Grant(.tenant))
            })
    }
}

/// What a kind of token may do.
package enum TokenRole: String, CaseIterable, Sendable {
    /// Everything that any person may.
    case admin
    /// What a supervisor may.
    case supervisor
    /// One agent's own place.
    case agent

    package var permissions: Set<String> {
        switch self {
        case .admin: PermissionTable.actions
        case .supervisor: Set(PermissionTable.grants(for: [.supervisor]).keys)
        case .agent: Set(PermissionTable.grants(for: [.agent]).keys)
        }
    }
}
