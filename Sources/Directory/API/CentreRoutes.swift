import Contracts
import Foundation
import Kernel
import Web

/// The settings of the centre, row by row, in the words of its file.
struct CentreRoutes: Sendable {
    let service: CentreService
    private var store: CentreStore { service.store }

    /// A row on the wire: its values, with what only the server knows.
    struct RowBody: Encodable, Sendable {
        var values: [String: SettingValue]
        func encode(to encoder: any Encoder) throws { try SettingValue.table(values).encode(to: encoder) }
    }
    struct ListBody: Encodable, Sendable {
        var version: Int
        var items: [RowBody]
        var next: String?
    }
    struct OneBody: Encodable, Sendable {
        var version: Int
        var row: RowBody
    }
    struct DoneBody: Encodable, Sendable { var version: Int }
    struct SkillsBody: Decodable, Sendable { var skills: [String: Int] }

    func add(to routes: inout Routes) {
        addGeneral(to: &routes)
        for section in CentreSection.all {
            let path = "/api/v1/centre/\(section.word)"
            routes.get(path, permission: "centre.read", scoping: .whole) { request, principal, _ in
                try await list(section, request, principal)
            }
            routes.post(path, permission: "centre.write", scoping: .whole) { request, principal, context in
                try await self.add(section, request, asker(principal, context))
            }
            routes.get(path + "/{key}", permission: "centre.read", scoping: .whole) { request, principal, _ in
                let centre = try await store.newest()
                let row = try await CentreFault.asProblem {
                    try CentreEditor(centre).row(try request.parameter("key"), in: section)
                }
                return try .json(
                    OneBody(version: centre.version, row: body(row.shown(to: principal), centre)))
            }
            routes.put(path + "/{key}", permission: "centre.write", scoping: .whole) {
                request, principal, context in
                let values = try Self.values(of: request)
                return try await replace(section, request, principal, context) { _ in values }
            }
            routes.delete(path + "/{key}", permission: "centre.write", scoping: .whole) {
                request, principal, context in
                try await remove(section, request, asker(principal, context))
            }
        }
        routes.put("/api/v1/centre/people/{key}/skills", permission: "skill.write", scoping: .whole) {
            request, principal, context in
            let body: SkillsBody = try request.json()
            return try await replace(CentreSection.people, request, principal, context) { present in
                present.merging(["skills": .levels(body.skills)]) { $1 }
            }
        }
    }

    private func addGeneral(to routes: inout Routes) {
        routes.get("/api/v1/centre/general", permission: "centre.read", scoping: .whole) { _, _, _ in
            let centre = try await store.newest()
            return try .json(
                OneBody(version: centre.version, row: RowBody(values: CentreEditor(centre).general)))
        }
        routes.put("/api/v1/centre/general", permission: "centre.write", scoping: .whole) {
            request, principal, context in
            let values = try Self.values(of: request)
            let done = try await CentreFault.asProblem {
                try await service.edit(asker(principal, context), readAt: Self.version(of: request)) {
                    editor in
                    try editor.setGeneral(values)
                    return (
                        .init(action: "centre.changed", kind: "general", object: "general"), editor.general
                    )
                }
            }
            return try .json(OneBody(version: done.version, row: RowBody(values: done.value)))
        }
    }

    // MARK: rows

    private func list(
        _ section: CentreSection, _ request: WebRequest, _ principal: Principal
    ) async throws -> WebAnswer {
        let centre = try await store.newest()
        let words = (request.query["text"] ?? "").lowercased()
        let rows = section.rows(of: CentreFile(centre)).filter { $0.mentions(words) }
            .map { $0.shown(to: principal) }
        let shown = rows.map(\.shown)
        return try await request.list(section.word, section.columns(of: shown), items: shown) {
            let page = try PageRequest(request)
            let start = page.position.flatMap { Int($0) } ?? 0
            let found = Array(rows.enumerated().dropFirst(max(0, start)).prefix(page.limit + 1))
            let cut = Page(found: found, request: page) { String($0.offset + 1) }
            return try .json(
                ListBody(
                    version: centre.version, items: cut.items.map { body($0.element, centre) },
                    next: cut.next))
        }
    }

    private func add(
        _ section: CentreSection, _ request: WebRequest, _ asker: CentreService.Asker
    ) async throws -> WebAnswer {
        let values = try Self.values(of: request)
        let person: AgentID = service.newID()
        let done = try await CentreFault.asProblem {
            try await service.edit(asker) { editor in
                let row = try editor.add(values, to: section, person: person)
                return (.init(action: "centre.added", kind: section.table, object: row.key), row)
            }
        }
        let centre = try await store.newest()
        return try .created(
            OneBody(version: done.version, row: body(done.value, centre)),
            at: "/api/v1/centre/\(section.word)/\(done.value.key)")
    }

    private func replace(
        _ section: CentreSection, _ request: WebRequest, _ principal: Principal, _ context: RouteContext,
        _ values: @escaping @Sendable ([String: SettingValue]) -> [String: SettingValue]
    ) async throws -> WebAnswer {
        let key = try request.parameter("key")
        let readAt = try Self.version(of: request)
        let done = try await CentreFault.asProblem {
            try await service.edit(asker(principal, context), readAt: readAt, row: (section, key)) { editor in
                let present = try editor.row(key, in: section)
                let row = try editor.replace(key, in: section, with: values(present.values))
                let changed = Set(row.values.keys).union(present.values.keys)
                    .filter { row.values[$0] != present.values[$0] }.map(SettingValue.apiKey).sorted()
                return (
                    .init(
                        action: "centre.changed", kind: section.table, object: key,
                        details: ["fields": changed.joined(separator: " ")]), row
                )
            }
        }
        let centre = try await store.newest()
        return try .json(OneBody(version: done.version, row: body(done.value.shown(to: principal), centre)))
    }

    private func remove(
        _ section: CentreSection, _ request: WebRequest, _ asker: CentreService.Asker
    ) async throws -> WebAnswer {
        let key = try request.parameter("key")
        let readAt = try Self.version(of: request)
        let done = try await CentreFault.asProblem {
            try await service.edit(asker, readAt: readAt, row: (section, key)) { editor in
                try editor.remove(key, from: section)
                return (.init(action: "centre.removed", kind: section.table, object: key), ())
            }
        }
        return try .json(DoneBody(version: done.version))
    }

    private func body(_ row: CentreSection.Row, _ centre: Centre) -> RowBody {
        var values = row.shown.values
        if let calendar = centre.calendars.first(where: { $0.key == row.key })?.calendar,
            values["weekly"] != nil || values["always"] != nil
        {
            let now = service.now()
            values["is_open"] = .flag(calendar.isOpen(at: now))
            if let change = calendar.nextChange(after: now) {
                values["changes_at"] = .number(Int(change.milliseconds))
            }
        }
        return RowBody(values: values)
    }

    private static func values(of request: WebRequest) throws -> [String: SettingValue] {
        guard case .table(var values) = try request.json(SettingValue.self) else {
            throw Problem(.invalid, "The body must be an object: the row.")
        }
        // What a reader was told beside the row may come back with it.
        for key in ["is_open", "changes_at"] { values[key] = nil }
        return values
    }

    /// The version in which the row was read, as the query says.
    private static func version(of request: WebRequest) throws -> Int? {
        guard let text = request.query["version"] else { return nil }
        guard let version = Int(text), version > 0 else {
            throw Problem(
                .invalid, "'version' must be the number of a version.", details: ["field": "version"])
        }
        return version
    }
}

extension CentreSection.Row {
    /// What only those see who look after the centre: nobody else needs to know how old a colleague is.
    private static let ofStaff = ["born", "joined"]

    /// The row as somebody may see it.
    fileprivate func shown(to principal: Principal) -> CentreSection.Row {
        guard !principal.permissions.contains("centre.write") else { return self }
        var row = self
        for key in Self.ofStaff { row.values[key] = nil }
        return row
    }

    /// Whether its name or one of its names has the words in it, in small letters; every row has none.
    fileprivate func mentions(_ words: String) -> Bool {
        if words.isEmpty || key.lowercased().contains(words) { return true }
        switch values["name"] {
        case .text(let name)?: return name.lowercased().contains(words)
        case .table(let names)?:
            return names.values.contains {
                if case .text(let name) = $0 { name.lowercased().contains(words) } else { false }
            }
        default: return false
        }
    }
}

/// Who asks, in the words of versions and audit.
func asker(_ principal: Principal, _ context: RouteContext) -> CentreService.Asker {
    CentreService.Asker(name: principal.name, actor: principal.actor, address: context.address)
}
