import Foundation
import Kernel

/// The certificate that an installation makes itself, so that there is HTTPS from the first start: an authority of its
/// own, which people trust once, and a server certificate by it, which is renewed without anybody's doing.
///
/// Everything is in `tls/` of the data directory. The authority's key signs nothing but this server; who has the data
/// directory has it, so the folder is for the program's user alone.
package struct OwnCertificate: Sendable {
    /// Days that an authority and a server certificate hold. Browsers refuse server certificates of more than 825 days.
    private static let authorityDays = 3_650
    private static let serverDays = 397
    /// Seconds before its end at which a server certificate is made anew: 30 days.
    private static let renewBefore = 30 * 86_400

    private let folder: String
    private let hosts: [String]
    private let openssl: OpenSSL

    /// - Parameters:
    ///   - dataDirectory: where `tls/` is.
    ///   - hosts: names beside those that are found.
    package init(dataDirectory: String, hosts: [String]) {
        self.init(dataDirectory: dataDirectory, hosts: hosts, openssl: OpenSSL())
    }

    init(dataDirectory: String, hosts: [String], openssl: OpenSSL) {
        folder = dataDirectory + "/tls"
        self.hosts = hosts
        self.openssl = openssl
    }

    /// The authority's certificate: what people import.
    package var authority: String { folder + "/authority.crt" }
    package var certificate: String { folder + "/server.crt" }
    package var key: String { folder + "/server.key" }

    /// Every name and address that the certificate is for.
    package var names: [String] {
        var names = ["localhost"]
        if let name = MachineNames.hostName { names.append(name) }
        names += ["127.0.0.1", "::1"] + MachineNames.addresses + hosts.map { $0.lowercased() }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }

    /// Makes what is missing, what runs out within 30 days, and what lacks a name. Returns whether a certificate was made.
    ///
    /// - Parameter isForced: makes a new server certificate in any case; the authority stays.
    /// - Throws: `Problem`.
    @discardableResult
    package func prepare(isForced: Bool = false) async throws -> Bool {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem(.unavailable, "The folder \(folder) cannot be made.", cause: error)
        }
        if !exists("authority.crt") || !exists("authority.key") {
            try await makeAuthority()
        } else if !isForced, try await isCurrent() {
            return false
        }
        try await makeServer()
        return true
    }

    /// The fingerprint of a certificate, SHA-256 as browsers show it, and until when it holds.
    static func facts(of path: String) async throws -> (fingerprint: String, until: String) {
        let text = try await OpenSSL().run(
            ["x509", "-in", path, "-noout", "-fingerprint", "-sha256", "-enddate"], in: ".")
        let lines = text.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).last ?? "" }
        return (String(lines.first ?? ""), String(lines.dropFirst().first ?? ""))
    }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + name)
    }

    private func isCurrent() async throws -> Bool {
        guard exists("server.crt"), exists("server.key"),
            let made = try? String(contentsOfFile: folder + "/server.names", encoding: .utf8)
        else { return false }
        // Names that were there once stay good: a machine that moves between networks would make one each time.
        guard Set(made.split(separator: "\n").map(String.init)).isSuperset(of: names) else { return false }
        do {
            try await openssl.run(
                ["x509", "-in", "server.crt", "-noout", "-checkend", String(Self.renewBefore)], in: folder)
            return true
        } catch let problem as Problem where problem.code == .internal { return false }
    }

    private func makeAuthority() async throws {
        try write(
            """
            [req]
            distinguished_name = name
            x509_extensions = authority
            prompt = no
            [name]
            CN = Hotline authority of \(MachineNames.hostName ?? "this machine")
            [authority]
            basicConstraints = critical, CA:true, pathlen:0
            keyUsage = critical, keyCertSign, cRLSign
            subjectKeyIdentifier = hash
            """, to: "authority.cnf")
        try await newKey("authority.key")
        try await openssl.run(
            [
                "req", "-x509", "-new", "-key", "authority.key", "-sha256", "-days",
                String(Self.authorityDays), "-config", "authority.cnf", "-out", "authority.crt",
            ], in: folder)
    }

    /// The key is made anew with the certificate. Both are written beside the old ones and then put in their places, so
    /// that a crash leaves a pair that fits, or one that the next start makes anew.
    private func makeServer() async throws {
        let names = names
        let list = names.enumerated().map { index, name in
            "\(MachineNames.isAddress(name) ? "IP" : "DNS").\(index + 1) = \(name)"
        }
        try write(
            """
            [req]
            distinguished_name = name
            prompt = no
            [name]
            CN = Hotline
            [server]
            basicConstraints = critical, CA:false
            keyUsage = critical, digitalSignature
            extendedKeyUsage = serverAuth
            subjectAltName = @names
            [names]
            \(list.joined(separator: "\n"))
            """, to: "server.cnf")
        try await newKey("server.key.new")
        try await openssl.run(
            ["req", "-new", "-key", "server.key.new", "-config", "server.cnf", "-out", "server.csr"],
            in: folder)
        var random = SystemRandomNumberGenerator()
        try await openssl.run(
            [
                "x509", "-req", "-in", "server.csr", "-CA", "authority.crt", "-CAkey", "authority.key",
                "-set_serial", "0x" + String(random.next() >> 1 as UInt64, radix: 16), "-sha256", "-days",
                String(Self.serverDays), "-extfile", "server.cnf", "-extensions", "server", "-out",
                "server.crt.new",
            ], in: folder)
        try? FileManager.default.removeItem(atPath: folder + "/server.names")
        try replace("server.key.new", "server.key")
        try replace("server.crt.new", "server.crt")
        try write(names.joined(separator: "\n"), to: "server.names")
        for name in ["server.csr", "server.cnf", "authority.cnf"] {
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    /// A key on P-256, which every browser knows, readable by this user alone.
    private func newKey(_ name: String) async throws {
        let path = folder + "/" + name
        try? FileManager.default.removeItem(atPath: path)
        _ = FileManager.default.createFile(
            atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        try await openssl.run(
            ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name], in: folder)
    }

    private func write(_ text: String, to name: String) throws {
        do {
            try (text + "\n").write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        } catch { throw Problem(.unavailable, "\(folder)/\(name) cannot be written.", cause: error) }
    }

    private func replace(_ new: String, _ name: String) throws {
        guard rename(folder + "/" + new, folder + "/" + name) == 0 else {
            throw Problem(.unavailable, "\(folder)/\(name) cannot be replaced.")
        }
    }
}
