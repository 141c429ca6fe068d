import App
import Foundation
import Kernel
import Logging
import TestKit
import Testing

@testable import Web

/// HTTPS from the first start (G25).
@Suite struct CertificateTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hotline-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path())
    }

    @Test func `G25: the first start serves HTTPS by a certificate that its own authority vouches for`()
        async throws
    {
        try await Installation.with(.embedded) { place in
            var place = place
            place.servesTLS = true
            try await place.running(.demonstration) { hotline in
                let port = try #require(hotline.reach.httpsPort)
                let secure = HTTPPeer(port: port, authority: place.folder + "/tls/authority.crt")
                #expect(try await secure.request("GET", "/healthz").status == 200)
                let agent = try await BrowserPeer.signIn(secure, "5001", "hotline-5001")
                #expect(agent.session.status == 200)
                #expect(agent.session.headers["set-cookie"]?.hasSuffix("; Secure") == true)
                #expect(agent.session.headers["strict-transport-security"] == nil)
                #expect(try await agent.request("GET", "/api/v1/centre").status == 200)
                // The same routes answer on both.
                let plain = HTTPPeer(port: hotline.reach.httpPort)
                #expect(
                    try await plain.request("GET", "/api/v1/centre", headers: ["Cookie": agent.cookie]).status
                        == 200)
            }
        }
    }

    @Test func `G25: keys are for the program's user alone, and a second start makes nothing new`()
        async throws
    {
        try await withFolder { folder in
            let own = OwnCertificate(dataDirectory: folder, hosts: ["Hotline.Example", "192.0.2.77"])
            #expect(try await own.prepare())
            for name in ["authority.key", "server.key"] {
                let values = try FileManager.default.attributesOfItem(atPath: folder + "/tls/" + name)
                #expect((values[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            }
            for name in ["localhost", "127.0.0.1", "::1", "hotline.example", "192.0.2.77"] {
                #expect(own.names.contains(name))
            }
            #expect(Set(own.names).count == own.names.count)
            let read: () throws -> [Data?] = {
                [own.authority, own.certificate].map { FileManager.default.contents(atPath: $0) }
            }
            let first = try read()
            #expect(try await !own.prepare())
            #expect(try read() == first)
            // A new name makes a new certificate by the same authority.
            let moved = OwnCertificate(dataDirectory: folder, hosts: ["other.example"])
            #expect(try await moved.prepare())
            let second = try read()
            #expect(second[0] == first[0] && second[1] != first[1])
            #expect(try await moved.prepare(isForced: true))
            #expect(try read()[1] != second[1])
        }
    }

    @Test func `G25: new files are taken without a restart, and a half-written pair is not`() async throws {
        try await withFolder { folder in
            let own = OwnCertificate(dataDirectory: folder, hosts: [])
            try await own.prepare()
            let listener = SecureListener(
                host: "127.0.0.1", port: 0, certificate: own.certificate, key: own.key)
            let certificate = try CertificateInUse(listener)
            let first = certificate.newest
            // Each look hands over to the test, which says when to look again.
            let (looks, seen) = AsyncStream.makeStream(of: Void.self)
            let (turns, turn) = AsyncStream.makeStream(of: Void.self)
            var watch = CertificateWatch(
                listener: listener, certificate: certificate,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            watch.sleep = { _ in
                seen.yield()
                for await _ in turns { return }
                throw CancellationError()
            }
            // Awaited at the end.
            let running = Task { [watch] in try await watch.run() }
            var looked = looks.makeAsyncIterator()
            _ = await looked.next()
            turn.yield()
            _ = await looked.next()
            #expect(certificate.newest === first)
            try Data("half".utf8).write(to: URL(filePath: own.key))
            turn.yield()
            _ = await looked.next()
            #expect(certificate.newest === first)
            try await own.prepare(isForced: true)
            turn.yield()
            _ = await looked.next()
            #expect(certificate.newest !== first)
            turn.finish()
            try await running.value
        }
    }

    @Test func `G25: what hotline cert says names the authority and how to trust it`() async throws {
        try await withFolder { folder in
            var configuration = Configuration()
            configuration.data.directory = folder
            let text = try await CertificateReport(configuration).text(isRenewed: false)
            #expect(text.contains(folder + "/tls/authority.crt"))
            #expect(text.contains("SHA-256") && text.contains("certutil -addstore"))
            configuration.http.certificate = folder + "/tls/server.crt"
            configuration.http.key = folder + "/tls/server.key"
            #expect(try await CertificateReport(configuration).text(isRenewed: false).contains("valid until"))
            await #expect(throws: Problem.self) {
                try await CertificateReport(configuration).text(isRenewed: true)
            }
        }
    }

    @Test func `a certificate that cannot be used says which key of the configuration is at fault`() throws {
        #expect {
            try CertificateInUse(
                SecureListener(host: "127.0.0.1", port: 0, certificate: "/nowhere.crt", key: "/nowhere.key"))
        } throws: {
            ($0 as? Problem)?.details["field"] == "http.certificate"
        }
    }
}
