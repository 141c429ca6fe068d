import HTTPTypes
import HummingbirdTesting
import Kernel
import Sheets
import Synchronization
import Testing

@testable import Web

/// A list that is given away whole, page after page.
@Suite struct ListFileTests {
    private static let columns: [SheetColumn<Int>] = [
        .whole("号", "Number") { $0 }, .text("字", "Word") { "w\($0)" },
    ]

    /// Keeps what was written down.
    private final class Notes: ReadAuditor {
        let objects = Mutex<[String]>([])
        func audit(_ read: AuditedRead) async throws { objects.withLock { $0.append(read.object) } }
    }

    private func test(
        items: Int, auditor: Notes? = nil,
        _ body: @Sendable @escaping (any TestClientProtocol) async throws -> Void
    ) async throws {
        var routes = Routes()
        routes.get("/api/v1/numbers/{kind}", permission: "queue.read", scoping: .whole) { request, _, _ in
            try await request.list("numbers", Self.columns) { page in
                let start = page.position.flatMap { Int($0) } ?? 0
                let found = Array((start..<items).prefix(page.limit + 1))
                return Page(found: found, request: page) { "\($0 + 1)" }
            }
        }
        let server = WebServer(
            port: 0, routes: routes, parts: .init(authenticator: FakeTokens(), auditor: auditor),
            settings: WebSettings { Timestamp(milliseconds: 0) }, logger: quiet)
        try await server.application().test(.router) { try await body($0) }
    }

    @Test func `G19 a file has every page of its list, once and in order`() async throws {
        try await test(items: 1_201) { client in
            let file = try await client.call("GET", "/api/v1/numbers/all?format=csv&language=en&limit=7")
            let lines = file.text.split(separator: "\r\n").map(String.init)

            #expect(lines == ["\u{FEFF}Number,Word"] + (0..<1_201).map { "\($0),w\($0)" })
            #expect(
                file.headers[.contentDisposition] == "attachment; filename=\"hotline-numbers-1970-01-01.csv\""
            )
            let page = try await client.call("GET", "/api/v1/numbers/all?limit=2")
            #expect(page.text.hasPrefix(#"{"items":[0,1],"next":"#))
        }
    }

    @Test func `G19 a workbook beyond its bound is refused with the remedy, and has not left`() async throws {
        let notes = Notes()
        defer { #expect(notes.objects.withLock { $0 } == []) }
        try await test(items: SheetFormat.mostWorkbookRows + 1, auditor: notes) { client in
            let refused = try await client.call("GET", "/api/v1/numbers/all?format=xlsx")

            #expect(refused.code == 400)
            #expect(try refused.problem().details?["limit"] == "100000")
        }
    }

    @Test func `G19 every file that leaves is written down`() async throws {
        let notes = Notes()
        try await test(items: 1, auditor: notes) { client in
            for (query, expected) in [("", 200), ("?format=csv", 200), ("?format=pdf", 400)] {
                let answer = try await client.call("GET", "/api/v1/numbers/all" + query)
                #expect(answer.code == expected)
            }
        }
        #expect(notes.objects.withLock { $0 } == ["all/numbers.csv"])
    }
}
