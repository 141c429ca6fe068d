import Contracts
import Kernel

/// What makes a ticket's content right.
enum TicketRules {
    /// Characters of a title: one line of a list.
    static let longestTitle = 200
    /// Characters of a text: a long letter.
    static let longestText = 20_000
    /// Characters of a field: a line.
    static let longestField = 500

    /// The content without spaces around it.
    ///
    /// Throws `Problem(.invalid)` that names the field.
    ///
    /// - Parameter former: the ticket as it was: a type that the centre has given up stays with its fields.
    static func checked(
        _ content: TicketContent, types: [CentreRequestType], former: TicketContent? = nil
    ) throws(Problem) -> TicketContent {
        var content = content
        content.title = trimmed(content.title)
        content.text = trimmed(content.text)
        content.result = trimmed(content.result)
        let type = types.first { $0.key == content.type }
        guard type != nil || former?.type == content.type else {
            let known = types.map(\.key).sorted().joined(separator: ", ")
            throw Problem(
                .invalid, "type must be one of the centre's request types: \(known).",
                details: ["field": "type"])
        }
        content.fields =
            if let type { try fields(content.fields, of: type, former: former?.fields ?? [:]) } else {
                former?.fields ?? [:]
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
        guard content.result.count <= longestText else {
            throw Problem(
                .invalid, "result must have at most \(longestText) characters.", details: ["field": "result"])
        }
        return content
    }

    /// What the type asks for, without spaces around, and what it asked for once and the ticket has. Anything else is
    /// refused rather than dropped.
    private static func fields(
        _ given: [String: String], of type: CentreRequestType, former: [String: String]
    ) throws(Problem) -> [String: String] {
        let asked = type.fields ?? []
        let old = former.filter { entry in !asked.contains { $0.key == entry.key } }
        let stranger = given.keys.sorted().first { key in
            !asked.contains { $0.key == key } && given[key] != old[key]
        }
        if let stranger {
            throw Problem(
                .invalid, "Tickets of type \(type.key) have no field \(stranger.prefix(64)).",
                details: ["field": "fields.\(stranger.prefix(64))"])
        }
        var fields = old
        for field in asked {
            let text = trimmed(given[field.key] ?? "")
            guard !text.isEmpty || !field.isRequired else {
                throw Problem(
                    .invalid, "\(field.names["en"] ?? field.key) is missing; tickets of this type need it.",
                    details: ["field": "fields.\(field.key)", "reason": "missing"])
            }
            guard text.count <= longestField else {
                throw Problem(
                    .invalid, "\(field.key) must have at most \(longestField) characters.",
                    details: ["field": "fields.\(field.key)"])
            }
            if !text.isEmpty { fields[field.key] = text }
        }
        return fields
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
