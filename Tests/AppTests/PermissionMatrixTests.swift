import Directory
import Foundation
import Storage
import TestKit
import Testing
import Web

@testable import App

/// Role x route x scope (G04): every cell is decided, and the page in the reference says what it is.
@Suite struct PermissionMatrixTests {
    private static let page = "docs/reference/permissions.md"

    private func routes() async throws -> [Route] {
        try await Installation.with(.embedded) { place in
            try await place.running(.demonstration) { $0.reach.routes }
        }
    }

    @Test func `G04: no cell of the matrix is undecided`() async throws {
        for route in try await routes() {
            guard case .named(let action) = route.permission else { continue }
            guard let row = PermissionTable.row(action) else {
                Issue.record("\(route.method) \(route.path): the table of permissions has no '\(action)'")
                continue
            }
            for role in Role.allCases {
                guard let grant = row.grants[role] else { continue }
                let isDecided = grant.scope == .tenant || route.scoping != .undecided
                #expect(
                    isDecided,
                    """
                    \(role) may \(action) within '\(grant.scope)' only, and \(route.method) \(route.path) does not \
                    say that it keeps to it
                    """)
            }
        }
    }

    @Test func `every migration has its place in the one order`() {
        #expect(Hotline.migrations.map(\.name) == Hotline.migrationOrder)
    }

    @Test func `every read of what was said or who called is audited`() async throws {
        for route in try await routes() where route.method == "GET" {
            guard case .named(let action) = route.permission, let row = PermissionTable.row(action) else {
                continue
            }
            let data = route.data ?? row.data
            // The timeline has ids and figures only (decision 5); what has nothing to narrow is about nobody.
            if data == .figures || route.scoping == .whole || route.path.hasSuffix("/timeline") { continue }
            #expect(route.audits == .read, "\(route.method) \(route.path)")
        }
    }

    @Test func `the page of permissions is what the program does`() async throws {
        let text = Self.text(try await routes())
        let path = Installation.repository + Self.page
        if ProcessInfo.processInfo.environment["HOTLINE_WRITE_PAGES"] != nil {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            written == text,
            "run this test with HOTLINE_WRITE_PAGES=1 and look at what changed in \(Self.page)")
    }

    private static func text(_ routes: [Route]) -> String {
        let roles = Role.allCases.map(\.rawValue)
        var lines = [
            "# Permissions", "",
            "Who may do what, how far, and to which data ([decision 10](../decisions/0010-permissions-audit-keys.md)).",
            "Made from `Sources/Directory/Rules/PermissionTable.swift` and the table of routes; a test compares it.",
            "",
            "Scopes: `own` what belongs to the person, `team` the same team (班组), `site` the same site (分中心), `tenant`",
            "everything. Classes of data: `identity` who a customer is, `recording` what was said, `freeText` what somebody",
            "wrote, `figures` counts and settings. A cell without classes opens all of them.", "",
            "## Actions", "", "| action | usual data | \(roles.joined(separator: " | ")) |",
            "|---|---|" + String(repeating: "---|", count: roles.count),
        ]
        for row in PermissionTable.rows {
            let cells = Role.allCases.map { cell(row.grants[$0]) }
            lines.append("| `\(row.action)` | \(row.data.rawValue) | \(cells.joined(separator: " | ")) |")
        }
        lines += [
            "", "## Routes", "",
            "`audited`: each answer leaves an entry in the audit. A dash is 403.", "",
            "| route | action | data | \(roles.joined(separator: " | ")) | |",
            "|---|---|---|" + String(repeating: "---|", count: roles.count) + "---|",
        ]
        for route in routes.sorted(by: { ($0.path, $0.method) < ($1.path, $1.method) }) {
            let audited = route.audits == .read ? "audited" : ""
            let start = "| \(route.method) `\(route.path)` |"
            switch route.permission {
            case .open(let reason):
                lines.append("\(start) open: \(reason) | | " + repeated("yes") + " | \(audited) |")
            case .signedIn:
                lines.append("\(start) signed in | | " + repeated("own") + " | \(audited) |")
            case .named(let action):
                let row = PermissionTable.row(action)
                let data = route.data ?? row?.data ?? .figures
                let cells = Role.allCases.map { role -> String in
                    guard let grant = row?.grants[role], grant.data.contains(data) else { return "-" }
                    return grant.scope.rawValue
                }
                lines.append(
                    "\(start) `\(action)` | \(data.rawValue) | \(cells.joined(separator: " | ")) | \(audited) |"
                )
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func repeated(_ word: String) -> String {
        Role.allCases.map { _ in word }.joined(separator: " | ")
    }

    private static func cell(_ grant: Grant?) -> String {
        guard let grant else { return "-" }
        guard grant.data.count < DataClass.allCases.count else { return grant.scope.rawValue }
        let classes = DataClass.allCases.filter { grant.data.contains($0) }.map(\.rawValue)
        return "\(grant.scope.rawValue): \(classes.joined(separator: ", "))"
    }
}
