import Foundation
import Kernel

/// An e-mail on the wire (RFC 5322, MIME by RFC 2045 to 2047): everything that is not ASCII travels in base64, so that no
/// text can become a header.
enum MailText {
    static func text(_ mail: Mail, from: String) -> String {
        var text =
            header(
                "From", from) + header("To", mail.to.joined(separator: ", "))
            + header("Subject", word(mail.subject)) + header("Date", date(mail.at))
            + header("MIME-Version", "1.0")
        let mixed = "hotline-mixed"
        let alternative = "hotline-alternative"
        text += header("Content-Type", "multipart/mixed; boundary=\"\(mixed)\"") + "\r\n"
        text +=
            "--\(mixed)\r\n" + header("Content-Type", "multipart/alternative; boundary=\"\(alternative)\"")
            + "\r\n"
        text += part(alternative, "text/plain; charset=utf-8", Array(mail.text.utf8))
        if let html = mail.html { text += part(alternative, "text/html; charset=utf-8", Array(html.utf8)) }
        text += "--\(alternative)--\r\n"
        for attachment in mail.attachments {
            let name = attachment.name.filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
            }
            text += part(
                mixed, attachment.contentType, attachment.bytes,
                disposition: "attachment; filename=\"\(name)\"")
        }
        return text + "--\(mixed)--\r\n"
    }

    private static func header(_ name: String, _ value: String) -> String {
        "\(name): \(value.filter { !$0.isNewline })\r\n"
    }

    /// An encoded word, so that Chinese and line ends are neither here nor there.
    private static func word(_ text: String) -> String {
        // 39 bytes are 52 characters of base64: with its marks a word stays below 75.
        var words: [String] = []
        var bytes: [UInt8] = []
        for character in text {
            if bytes.count + character.utf8.count > 39, !bytes.isEmpty {
                words.append(Data(bytes).base64EncodedString())
                bytes = []
            }
            bytes += Array(character.utf8)
        }
        words.append(Data(bytes).base64EncodedString())
        return words.map { "=?UTF-8?B?\($0)?=" }.joined(separator: " ")
    }

    private static func part(
        _ boundary: String, _ contentType: String, _ bytes: [UInt8], disposition: String? = nil
    ) -> String {
        "--\(boundary)\r\n" + header("Content-Type", contentType)
            + (disposition.map { header("Content-Disposition", $0) } ?? "")
            + header("Content-Transfer-Encoding", "base64") + "\r\n"
            + Data(bytes).base64EncodedString(options: [
                .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
            ])
            + "\r\n"
    }

    private static func date(_ at: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, d MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(at.milliseconds) / 1_000))
    }
}
