import Kernel

/// What makes a ticket's content right.
enum TicketRules {
    /// Characters of a title: one line of a list.
    static let longestTitle = 200
    /// Characters of a text: a long letter.
    static let longestText = 20_000

    /// The content without spaces around it.
    ///
    /// Throws `Problem(.invalid)` that names the field.
    static func checked(_ content: TicketContent, types: Set<String>) throws(Problem) -> TicketContent {
        var content = content
        content.title = trimmed(content.title)
        content.text = trimmed(content.text)
        guard types.contains(content.type) else {
            throw Problem(
                .invalid,
                "type must be one of the centre's request types: \(types.sorted().joined(separator: ", ")).",
                details: ["field": "type"])
        }
        guard !content.title.isEmpty else {
            throw Problem(.invalid, "The ticket needs a title.", details: ["field": "title"])
        }
        guard content.title.count <= longestTitle else {
            throw Problem(
                .invalid, "title must have at most \(longestTitle) characters.", details: ["field": "title"])
        }
        guard content.text.count <= longestText else {
            throw Problem(
                .invalid, "text must have at most \(longestText) characters.", details: ["field": "text"])
        }
        return content
    }

    /// `T-00042`.
    static func number(_ count: Int64) -> String {
        let digits = String(count)
        return "T-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
