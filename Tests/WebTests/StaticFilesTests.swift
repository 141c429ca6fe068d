import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import NIOCore
import Testing

@testable import Web

/// The pages: what is served, and what never is.
@Suite struct StaticFilesTests {
    /// A folder with pages, a secret beside it, and a server in front of it.
    private func withPages(
        _ body: @Sendable @escaping (any TestClientProtocol, String) async throws -> Void
    ) async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "hotline-" + UUID().uuidString)
        let root = place.appending(path: "web").path()
        defer { try? FileManager.default.removeItem(at: place) }
        for folder in ["src", "test", ".git", "desk"] {
            try FileManager.default.createDirectory(
                atPath: root + "/" + folder, withIntermediateDirectories: true)
        }
        for (name, text) in [
            ("index.html", "<p>desk"), ("call.html", "<p>call"), ("src/main.js", "main()"),
            ("a b.css", "a{}"),
            ("src/types.d.ts", "x"), ("test/test.js", "test"), (".git/config.json", "{}"), (".env.txt", "x"),
            ("../secret.txt", "secret"), ("src/no-type", "x"), ("desk/part.js", "part()"),
        ] {
            try text.write(toFile: root + "/" + name, atomically: false, encoding: .utf8)
        }
        try FileManager.default.createSymbolicLink(
            atPath: root + "/src/link.txt", withDestinationPath: place.appending(path: "secret.txt").path())
        var routes = Routes()
        routes.get("/api/v1/me", permission: .signedIn) { _, _, _ in .empty }
        let server = WebServer(
            port: 0, routes: routes,
            parts: .init(authenticator: FakeTokens(), files: StaticFiles(root: root)),
            settings: WebSettings { Timestamp(milliseconds: 0) }, logger: quiet)
        try await server.application().test(.router) { try await body($0, root) }
    }

    @Test func `files have their type, the pages of the program are one, and the call page is another`()
        async throws
    {
        try await withPages { client, _ in
            for (path, type, text) in [
                ("/", "text/html; charset=utf-8", "<p>desk"),
                ("/desk", "text/html; charset=utf-8", "<p>desk"),
                ("/admin/people/7", "text/html; charset=utf-8", "<p>desk"),
                ("/call", "text/html; charset=utf-8", "<p>call"),
                ("/src/main.js", "text/javascript; charset=utf-8", "main()"),
                ("/desk/part.js", "text/javascript; charset=utf-8", "part()"),
                ("/a%20b.css", "text/css; charset=utf-8", "a{}"),
                ("/src/main.js?v=2", "text/javascript; charset=utf-8", "main()"),
            ] {
                let answer = try await client.call("GET", path, token: nil)
                #expect(answer.code == 200, "\(path)")
                #expect(answer.headers[.contentType] == type && answer.text == text, "\(path)")
                #expect(answer.headers[.cacheControl] == "no-cache")
                let policy = answer.headers[.contentSecurityPolicy] ?? ""
                for rule in ["default-src 'self'", "media-src 'self' blob:", "frame-ancestors 'none'"] {
                    #expect(policy.contains(rule))
                }
                let permissions = answer.headers[HTTPField.Name("Permissions-Policy")!]
                #expect(permissions?.contains("microphone=(self)") == true)
            }
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/%2e%2e/secret.txt", "/src/../../secret.txt", "/src/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/src/link.txt", "/.env.txt", "/.git/config.json", "/test/test.js", "/src/types.d.ts", "/src/no-type",
        "/src/", "/src", "//etc/passwd", "/%2fetc/passwd", "/src%5cmain.js", "/src/main.js%00.html",
        "/%252e%252e/secret.txt", "/nothing.html", "/deskx", "/src//main.js", "/./src/main.js",
    ])
    func `what is outside, hidden, for developers or of no type is not there`(path: String) async throws {
        try await withPages { client, _ in
            let answer = try await client.call("GET", path, token: nil)
            #expect(answer.code == 404 || answer.code == 400, "\(answer.text)")
            #expect(!answer.text.contains("secret") || answer.text.contains("notFound"))
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
    }

    @Test func `a browser that has a file is told that it is still the same, until it is not`() async throws {
        try await withPages { client, root in
            let first = try await client.call("GET", "/src/main.js", token: nil)
            let tag = try #require(first.headers[.eTag])
            func again(_ tag: String) async throws -> TestResponse {
                try await client.call("GET", "/src/main.js", token: nil, headers: [("If-None-Match", tag)])
            }
            for known in [tag, "W/" + tag, "\"x\", " + tag, "*"] {
                let answer = try await again(known)
                #expect(answer.code == 304 && answer.text.isEmpty)
                #expect(answer.headers[.eTag] == tag)
            }
            #expect(try await again("\"x\"").code == 200)
            try "changed()".write(toFile: root + "/src/main.js", atomically: true, encoding: .utf8)
            let changed = try await again(tag)
            #expect(changed.code == 200 && changed.text == "changed()")
            let head = try await client.call("HEAD", "/src/main.js", token: nil)
            #expect(head.code == 200 && head.text.isEmpty && head.headers[.contentLength] == "9")
        }
    }

    @Test func `routes stay routes, and a file is only read`() async throws {
        try await withPages { client, _ in
            for (method, path, code) in [
                ("GET", "/api/v1/me", 204), ("GET", "/api/v1/nothing", 404), ("POST", "/src/main.js", 404),
            ] {
                let answer = try await client.call(method, path)
                #expect(answer.code == code, "\(path)")
            }
        }
    }

    @Test func `a folder that is none gives no pages, and a file too long is not sent`() async throws {
        #expect(StaticFiles(root: "/nowhere/at/all") == nil)
        let folder = FileManager.default.temporaryDirectory.appending(path: "hotline-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "long.txt").path()
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: UInt64(StaticFiles.mostBytes))
        let files = try #require(StaticFiles(root: folder.path()))
        #expect(await files.file(at: "/long.txt")?.bytes.count == StaticFiles.mostBytes)
        try handle.truncate(atOffset: UInt64(StaticFiles.mostBytes + 1))
        #expect(await files.file(at: "/long.txt") == nil)
    }
}
