package import Kernel

/// Sends messages to people of the centre: alarms and reports, not customers' conversations.
///
/// Late: a message that the gateway took counts as sent. Twice: a repetition is another message; callers note what was
/// sent. Never: each attempt ends at its deadline with a `Problem`.
package protocol Messenger: Sendable {
    /// Whether e-mail can be sent at all.
    var sendsMail: Bool { get }
    /// Whether text messages can be sent at all.
    var sendsText: Bool { get }
    /// Throws `Problem`: `.unsupported` when it is not configured, `.invalid` for an address, `.unavailable` or
    /// `.timedOut` when the server would not have it.
    func send(_ mail: Mail) async throws
    /// Sends a text message; throws as `send(_:)` does.
    func send(text: String, to number: String) async throws
}

/// An e-mail.
package struct Mail: Hashable, Sendable {
    package struct Attachment: Hashable, Sendable {
        /// In ASCII.
        package var name: String
        package var contentType: String
        package var bytes: [UInt8]
        package init(name: String, contentType: String, bytes: [UInt8]) {
            self.name = name
            self.contentType = contentType
            self.bytes = bytes
        }
    }
    package var to: [String]
    package var subject: String
    /// Plain text.
    package var text: String
    /// The same for readers of HTML; `nil` for none.
    package var html: String?
    package var attachments: [Attachment]
    package var at: Timestamp

    package init(
        to: [String], subject: String, text: String, html: String? = nil, attachments: [Attachment] = [],
        at: Timestamp
    ) {
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.at = at
    }

    /// Whether it looks like an address; nothing in it can be taken for more than that by a program or a server.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, parts.allSatisfy({ !$0.isEmpty }),
            parts[1].contains(".")
        else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2E, 0x2D, 0x5F, 0x2B, 0x40].contains(byte)
        } && !text.hasPrefix("-")
    }
}

/// A number that text messages go to: digits, with a plus before them or none.
package enum TextNumber {
    package static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (5...20).contains(digits.utf8.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
