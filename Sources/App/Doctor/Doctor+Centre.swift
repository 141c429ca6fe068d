import Contracts
import Directory
import Foundation
import Kernel
import Media
import Storage
import Vault

extension Doctor {
    /// Whether the database answers and has the schema of this version, and the centre that is in it.
    func database() async -> ([Finding], Centre?) {
        let store: Store
        do { store = try Store(configuration) } catch {
            return (
                [
                    Finding(
                        "database", .warning, (error as? Problem)?.message ?? "There is no database.",
                        remedy: "`hotline init` or the first `hotline serve` makes one.")
                ], nil
            )
        }
        var findings: [Finding] = []
        var centre: Centre?
        do {
            let applied = try await store.database.applied(of: Hotline.migrations).count
            let missing = Hotline.migrations.count - applied
            findings.append(
                missing == 0
                    ? Finding("database", .fine, "The \(store.database.dialect.rawValue) database answers.")
                    : Finding(
                        "database", .warning, "\(missing) steps of the schema have not run yet.",
                        remedy: "The next start runs them, after a copy; see docs/guides/backup.md."))
            let health = await store.database.health()
            if store.database.dialect == .postgres, !health.hasRowSecurity {
                findings.append(
                    Finding(
                        "database", .warning, "The role is exempt from row-level security.",
                        remedy: "Use one that is neither superuser nor bypassrls."))
            }
            if missing == 0 {
                findings.append(try await masterKey(store.database.tenant(Hotline.embeddedTenant)))
                let directory = DirectoryFeature(
                    store.database.tenant(Hotline.embeddedTenant), ids: IDSource())
                centre = try? await directory.centre()
                if centre == nil {
                    findings.append(
                        Finding(
                            "database", .warning, "There is no centre in the database yet.",
                            remedy: "`hotline init` asks for one."))
                }
            }
            try store.close()
        } catch {
            let problem = error as? Problem
            findings.append(
                Finding(
                    "database", .wrong, problem?.message ?? "The database does not answer: \(error)",
                    remedy: problem?.code == .conflict
                        ? "Start the version that the data belong to."
                        : "Look whether it runs, and at [data] in the configuration."))
        }
        return (findings, centre)
    }

    private func masterKey(_ database: TenantDatabase) async throws -> Finding {
        let path = MasterKeys.place(
            configured: configuration.keys.file, dataDirectory: configuration.data.directory)
        guard let complaint = try await Vault.complaint(database, keysAt: path) else {
            return Finding("key", .fine, "The master key opens what was sealed.")
        }
        return Finding(
            "key", .wrong, complaint.message,
            remedy: "Put a copy of its file in its place; calls go on meanwhile.")
    }

    /// What makes audio go one way only: others are told an address at which they cannot reach this machine.
    func addresses(of centre: Centre?) -> [Finding] {
        let host: String
        // An address that cannot be read is told with the ports.
        do { host = try HostPort(configuration.sip.listen, field: "sip.listen").host } catch { return [] }
        let advertised = Advertised(configuration, sipHost: host)
        var findings = advertised.warnings.map {
            Finding(
                "address", .warning, $0, remedy: "Otherwise calls stand with audio in one direction or none.")
        }
        let told = [advertised.sip ?? host, advertised.audio]
        let trunks = (centre?.trunks ?? []).flatMap(\.sources).map { String($0.prefix { $0 != "/" }) }
        let publicPeers = trunks.filter { !Self.isPrivate($0) && !$0.contains(":") }
        if let address = told.first(where: Self.isPrivate), let peer = publicPeers.first {
            findings.append(
                Finding(
                    "address", .warning,
                    "\(address), which peers are told, cannot be reached from \(peer), where a trunk is.",
                    remedy:
                        "Behind NAT set [sip] advertised and [rtp] advertised to the outer address, and let the "
                        + "router pass UDP \(configuration.rtp.firstPort)-\(configuration.rtp.lastPort)."))
        }
        let own = Set(MachineNames.addresses + ["127.0.0.1"])
        for (field, address) in [("sip", configuration.sip.listen), ("rtp", configuration.rtp.address)] {
            let host = String(address.prefix { $0 != ":" })
            if MachineNames.isAddress(host), host != Advertised.everywhere, !host.hasPrefix("127."),
                !own.contains(host)
            {
                findings.append(
                    Finding(
                        "address", .wrong, "\(host) of [\(field)] is no address of this machine.",
                        remedy: "Use one of \(own.sorted().joined(separator: ", ")), or 0.0.0.0."))
            }
        }
        guard findings.isEmpty else { return findings }
        return [
            Finding("address", .fine, "Peers are told \(told.joined(separator: " for SIP, ")) for audio.")
        ]
    }

    /// Loopback, link-local and the networks of RFC 1918 and RFC 6598.
    static func isPrivate(_ address: String) -> Bool {
        let parts = address.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 4 else { return address == "localhost" }
        switch (parts[0], parts[1]) {
        case (127, _), (10, _), (192, 168), (169, 254), (172, 16...31), (100, 64...127): return true
        default: return false
        }
    }
}
