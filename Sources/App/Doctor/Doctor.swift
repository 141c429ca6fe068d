import Contracts
import Directory
import Foundation
import Kernel
import Logging
import Media
import Speech
import Storage

/// Looks at everything that keeps a centre from taking calls, and names cause and remedy (mission G11). Changes nothing,
/// and may be asked while the program runs or not.
package struct Doctor: Sendable {
    /// Days before the end of a certificate at which somebody should look.
    private static let certificateDays = 14
    /// Open files for a machine of 1,000 calls: two legs each, and what else there is.
    private static let enoughFiles = 8_192
    /// How long a trunk may think about its answer.
    private static let trunkPatience = Duration.seconds(2)
    /// Trunk addresses that are asked.
    private static let mostTrunks = 16

    let configuration: Configuration

    /// - Parameter configuration: of the installation that is looked at.
    package init(_ configuration: Configuration) { self.configuration = configuration }

    /// Everything that was looked at, in order.
    package func findings() async -> [Finding] {
        var findings = ports() + names()
        findings += [await clock(), disk(), await certificate(), files(), await speech()]
        let (database, centre) = await database()
        findings += database + addresses(of: centre) + trunks(of: centre)
        return findings + (await programs())
    }

    // MARK: the machine

    private func ports() -> [Finding] {
        // The lock of the data directory tells whether the ports are taken by our own program.
        let isServing = FileManager.default.fileExists(atPath: configuration.data.directory) && isLocked()
        var findings: [Finding] = []
        func look(_ transport: Sockets.Transport, _ text: String, _ field: String) {
            let place: HostPort
            do { place = try HostPort(text, field: field) } catch {
                let problem = error as? Problem
                findings.append(
                    Finding(
                        "ports", .wrong, problem?.message ?? "\(field) cannot be read",
                        remedy: "Correct \(field) in the configuration."))
                return
            }
            guard let complaint = Sockets.complaint(transport, place) else { return }
            guard !isServing else { return }
            findings.append(
                Finding(
                    "ports", .wrong, "\(transport.rawValue) port \(text) cannot be used: \(complaint).",
                    remedy: "Stop what has it (`ss -lnp | grep \(place.port)`), or change \(field)."))
        }
        look(.udp, configuration.sip.listen, "sip.listen")
        look(.tcp, configuration.sip.listen, "sip.listen")
        look(.tcp, configuration.http.listen, "http.listen")
        if !configuration.http.tlsListen.isEmpty {
            look(.tcp, configuration.http.tlsListen, "http.tls_listen")
        }
        if let taken = ephemeralOverlap() { findings.append(taken) }
        guard findings.isEmpty else { return findings }
        return [
            Finding(
                "ports", .fine,
                isServing ? "The program runs and has its ports." : "The ports for SIP and pages are free.")
        ]
    }

    private func isLocked() -> Bool { DataLock.isHeld(configuration.data.directory) }

    /// The system gives other programs ports out of a range of its own, which must not be that of audio.
    private func ephemeralOverlap() -> Finding? {
        guard let bytes = FileManager.default.contents(atPath: "/proc/sys/net/ipv4/ip_local_port_range")
        else {
            return nil
        }
        let range = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.compactMap { Int($0) }
        let rtp = configuration.rtp
        guard range.count == 2, rtp.firstPort <= range[1], rtp.lastPort >= range[0] else { return nil }
        return Finding(
            "ports", .warning,
            "Audio ports \(rtp.firstPort)-\(rtp.lastPort) lie in the system's own range \(range[0])-\(range[1]).",
            remedy: "Choose [rtp] ports outside of it, or set net.ipv4.ip_local_port_range.")
    }

    private func names() -> [Finding] {
        var names = ["localhost"] + configuration.http.hosts
        names += configuration.relay.urls.compactMap { url in
            url.split(separator: ":").dropFirst().first.map(String.init)
        }
        let unknown = names.filter { !Sockets.isKnown($0) }
        guard unknown.isEmpty else {
            return unknown.map {
                Finding(
                    "names", .wrong, "The name \($0) has no address.",
                    remedy: "Look at /etc/resolv.conf and /etc/hosts, or correct the configuration.")
            }
        }
        return [Finding("names", .fine, "Every configured name has an address.")]
    }

    private func clock() async -> Finding {
        let remedy = "Run chrony or `timedatectl set-ntp true`; in a container, on its host."
        let answer = try? await ProgramCall(
            "timedatectl", ["show", "--property", "NTPSynchronized", "--value"], patience: 10
        ).answer()
        switch answer?.output.trimmingCharacters(in: .whitespacesAndNewlines) {
        case "yes": return Finding("clock", .fine, "The clock follows a time server.")
        case "no":
            return Finding(
                "clock", .warning, "The clock does not follow a time server; figures would have wrong times.",
                remedy: remedy)
        default:
            return Finding(
                "clock", .warning,
                "Whether the clock follows a time server cannot be told: timedatectl says nothing.",
                remedy: remedy)
        }
    }

    private func disk() -> Finding {
        let folder = configuration.data.directory
        guard FileManager.default.fileExists(atPath: folder) else {
            return Finding(
                "disk", .warning, "The data directory \(folder) is not there yet.",
                remedy: "`hotline serve` makes it; or name the right one with --data.")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            return Finding(
                "disk", .wrong, "The data directory \(folder) cannot be written.",
                remedy: "Give it to the program's user: chown -R hotline \(folder).")
        }
        do {
            let free = try DiskWatch.freeSpace(of: folder)()
            let state = try DiskMarks(configuration.disk).state(free: free, after: .ample)
            let text = "\(free / 1_048_576) MiB are free in \(folder)."
            switch state {
            case .ample: return Finding("disk", .fine, text)
            case .low:
                return Finding(
                    "disk", .warning, text, remedy: "Make room; below [disk] marks recording stops.")
            case .scarce, .full:
                return Finding(
                    "disk", .wrong,
                    text + (state == .full ? " No calls are taken." : " Nothing is recorded."),
                    remedy: "Make room, or set the marks of [disk] lower.")
            }
        } catch {
            return Finding(
                "disk", .wrong, (error as? Problem)?.message ?? "The disk cannot be asked.",
                remedy: "Look at [disk] in the configuration.")
        }
    }

    private func files() -> Finding {
        let limit = ProcessLimits.raiseOpenFiles()
        return limit >= Self.enoughFiles
            ? Finding("files", .fine, "\(limit) files and sockets may be open.")
            : Finding(
                "files", .warning,
                "Only \(limit) files and sockets may be open; each leg of a call needs one.",
                remedy: "Set LimitNOFILE=65536 in the unit, or raise `ulimit -n`.")
    }

    private func certificate() async -> Finding {
        let http = configuration.http
        guard !http.tlsListen.isEmpty else {
            return Finding("certificate", .fine, "HTTPS is not served.")
        }
        let own = OwnCertificate(dataDirectory: configuration.data.directory, hosts: http.hosts)
        let path = http.certificate.isEmpty ? own.certificate : http.certificate
        guard FileManager.default.fileExists(atPath: path) else {
            return http.certificate.isEmpty
                ? Finding("certificate", .fine, "The first start makes a certificate of its own.")
                : Finding(
                    "certificate", .wrong, "There is no certificate \(path).",
                    remedy: "Correct http.certificate.")
        }
        do {
            let until = try await OwnCertificate.facts(of: path).until
            let seconds = String(Self.certificateDays * 86_400)
            let answer = try await ProgramCall(
                "openssl", ["x509", "-in", path, "-noout", "-checkend", seconds], patience: 30
            ).answer()
            guard answer.status != 0 else {
                return Finding("certificate", .fine, "The certificate holds until \(until).")
            }
            return Finding(
                "certificate", .wrong,
                "The certificate \(path) ends within \(Self.certificateDays) days, or has ended: \(until).",
                remedy: http.certificate.isEmpty
                    ? "`hotline cert --renew` makes a new one." : "Put a new one in its place.")
        } catch {
            return Finding(
                "certificate", .wrong, (error as? Problem)?.message ?? "\(path) cannot be read.",
                remedy: "Install openssl, and look at the file.")
        }
    }

    private func speech() async -> Finding {
        var settings = EspeakSynthesizer.Settings()
        settings.program = configuration.speech.program
        settings.speed = configuration.speech.wordsPerMinute
        do {
            // What the synthesizer would log is told here.
            let logger = Logger(label: "hotline.doctor") { _ in SwiftLogNoOpLogHandler() }
            let voice = try EspeakSynthesizer(settings: settings, logger: logger)
            _ = try await voice.synthesize(text: "1", language: "zh-CN")
            return Finding("speech", .fine, "\(settings.program) speaks.")
        } catch {
            return Finding(
                "speech", .wrong, (error as? Problem)?.message ?? "\(settings.program) does not speak.",
                remedy: "apt install espeak-ng, or set [speech] program.")
        }
    }

    private func programs() async -> [Finding] {
        var findings: [Finding] = []
        var needed = [("tar", "backups in one file"), ("openssl", "certificates of its own")]
        if !configuration.mail.url.isEmpty || !configuration.sms.url.isEmpty {
            needed.append(("curl", "alarms and reports by e-mail and text message"))
        }
        for (program, use) in needed {
            let answer = try? await ProgramCall(program, ["--version"], patience: 10).answer()
            // openssl knows no such option and answers all the same; 127 is a program that is not there.
            if answer == nil || answer?.status == 127 || answer?.status == 126 {
                findings.append(
                    Finding(
                        "programs", .warning, "There is no program \(program), which makes \(use).",
                        remedy: "apt install \(program)"))
            }
        }
        return findings.isEmpty
            ? [Finding("programs", .fine, "The programs that are called are there.")] : findings
    }

    // MARK: the trunks

    private func trunks(of centre: Centre?) -> [Finding] {
        guard let centre else { return [] }
        let peers = centre.trunks.flatMap { trunk in
            trunk.sources.filter { !$0.contains("/") }.map { (trunk.name, $0) }
        }.filter { !$0.1.hasPrefix("127.") && $0.1 != "::1" }
        guard !peers.isEmpty else {
            return [Finding("trunk", .fine, "No trunk is at a single address of another machine.")]
        }
        return peers.prefix(Self.mostTrunks).map { name, address in
            let answer = Sockets.answer(
                from: HostPort(host: address, port: 5_060), within: Self.trunkPatience
            ) { host, port in Self.options(to: address, from: host, port) }
            guard let line = answer?.split(separator: "\r\n").first, line.hasPrefix("SIP/2.0 ") else {
                return Finding(
                    "trunk", .warning,
                    "The trunk \(name) at \(address) does not answer OPTIONS on UDP port 5060.",
                    remedy: "Ask its operator whether it answers this machine; look at routes and firewalls.")
            }
            return Finding("trunk", .fine, "The trunk \(name) at \(address) answers: \(line.dropFirst(8)).")
        }
    }

    private static func options(to address: String, from host: String, _ port: Int) -> String {
        let word = UUID().uuidString.lowercased()
        return [
            "OPTIONS sip:\(address) SIP/2.0", "Via: SIP/2.0/UDP \(host):\(port);branch=z9hG4bK\(word);rport",
            "Max-Forwards: 70", "From: <sip:doctor@\(host)>;tag=\(word.prefix(8))", "To: <sip:\(address)>",
            "Call-ID: \(word)", "CSeq: 1 OPTIONS", "Contact: <sip:doctor@\(host):\(port)>",
            "Accept: application/sdp", "Content-Length: 0", "", "",
        ].joined(separator: "\r\n")
    }
}
