import Foundation
import Kernel
import Programs

/// Sends by the program curl: e-mail over SMTP, text messages through a gateway that takes JSON.
///
/// Both servers are settings of the deployment, never of a user. Addresses, texts and passwords go to curl on its
/// standard input, so that the list of processes shows none of them.
package struct CurlMessenger: Messenger {
    package struct Settings: Sendable {
        /// `smtps://host:465` or `smtp://host:587`; empty sends none.
        package var mailURL = ""
        package var mailFrom = ""
        package var mailUser = ""
        package var mailPassword = ""
        /// Empty sends none.
        package var textURL = ""
        package var textToken = ""
        /// For servers of tests, which have no certificate.
        package var allowsPlain = false
        package init() {}
    }

    private static let deadline = Duration.seconds(30)
    private let settings: Settings

    /// Throws `Problem(.invalid)` that names the key of the configuration.
    package init(_ settings: Settings) throws {
        self.settings = settings
        if !settings.mailURL.isEmpty {
            guard settings.mailURL.hasPrefix("smtps://") || settings.mailURL.hasPrefix("smtp://") else {
                throw Self.fault("mail.url", "[mail] url begins with smtps:// or smtp://.")
            }
            guard Mail.isAddress(settings.mailFrom) else {
                throw Self.fault(
                    "mail.from", "[mail] from is the address that sends, such as hotline@example.com.")
            }
        }
        if !settings.textURL.isEmpty {
            guard settings.textURL.hasPrefix("https://") || settings.textURL.hasPrefix("http://127.0.0.1")
            else {
                throw Self.fault("sms.url", "[sms] url begins with https://.")
            }
        }
    }

    private static func fault(_ field: String, _ message: String) -> Problem {
        Problem(.invalid, message, details: ["field": field])
    }

    package var sendsMail: Bool { !settings.mailURL.isEmpty }
    package var sendsText: Bool { !settings.textURL.isEmpty }

    package func send(_ mail: Mail) async throws {
        guard sendsMail else {
            throw Problem(
                .unsupported, "No mail server is configured; set [mail] url and from.",
                details: ["reason": "mailNotConfigured"])
        }
        guard !mail.to.isEmpty, mail.to.allSatisfy(Mail.isAddress) else {
            throw Problem(.invalid, "An address to send to is not one.", details: ["field": "to"])
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "hotline-mail-" + UUID().uuidString)
        let text = MailText.text(mail, from: settings.mailFrom)
        guard
            FileManager.default.createFile(
                atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            throw Problem(.unavailable, "A file for the message cannot be written.")
        }
        defer { try? FileManager.default.removeItem(at: file) }
        var lines = [
            option("url", settings.mailURL), option("mail-from", settings.mailFrom),
            option("upload-file", file.path),
        ]
        lines += mail.to.map { option("mail-rcpt", $0) }
        if !settings.mailUser.isEmpty {
            lines.append(option("user", settings.mailUser + ":" + settings.mailPassword))
        }
        if !settings.allowsPlain { lines.append("ssl-reqd") }
        try await run(lines)
    }

    package func send(text: String, to number: String) async throws {
        guard sendsText else {
            throw Problem(
                .unsupported, "No gateway for text messages is configured; set [sms] url.",
                details: ["reason": "smsNotConfigured"])
        }
        guard TextNumber.isNumber(number) else {
            throw Problem(.invalid, "A number to send to is not one.", details: ["field": "to"])
        }
        let body = try JSONEncoder().encode(["to": number, "text": text])
        var lines = [
            option("url", settings.textURL), option("header", "Content-Type: application/json"),
            option("data-raw", String(decoding: body, as: UTF8.self)), "fail", "globoff",
            option("proto", "=https,http"),
        ]
        if !settings.textToken.isEmpty {
            lines.append(option("header", "Authorization: Bearer " + settings.textToken))
        }
        try await run(lines)
    }

    /// A line of curl's configuration.
    private func option(_ name: String, _ value: String) -> String {
        let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\r", with: "\\r").replacing("\t", with: "\\t")
        return "\(name) = \"\(escaped)\""
    }

    private func run(_ lines: [String]) async throws {
        let configuration =
            (lines + ["silent", "show-error", "max-time = 25"]).joined(separator: "\n") + "\n"
        let run = ProgramRun(
            program: "curl", arguments: ["--disable", "--config", "-"], input: Array(configuration.utf8),
            deadline: Self.deadline, mostOutput: 65_536)
        let answer = try await run.run()
        guard answer.ending == .exited(0) else {
            throw Problem(
                .unavailable, "The message was not taken: \(answer.complaint.prefix(200))",
                details: ["reason": "notSent"])
        }
    }
}
