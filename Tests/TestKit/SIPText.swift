/// A SIP message as text, enough of it for a test phone (RFC 3261, section 7).
package struct SIPText: Hashable, Sendable {
    package var startLine: String
    package var headers: [(name: String, value: String)] = []
    package var body = ""
    /// What kind of text the body is, when there is one.
    var bodyType = "application/sdp"

    package init(startLine: String) { self.startLine = startLine }

    /// Reads a datagram; `nil` for what is no message, such as a keep-alive.
    init?(_ text: String) {
        guard let gap = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<gap.lowerBound].split(separator: "\r\n").map(String.init)
        guard let first = lines.first, first.contains("SIP/2.0") else { return nil }
        startLine = first
        body = String(text[gap.upperBound...])
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append((String(line[..<colon]), String(value)))
        }
    }

    package static func == (one: SIPText, other: SIPText) -> Bool { one.wire == other.wire }
    package func hash(into hasher: inout Hasher) { hasher.combine(wire) }

    /// The first header of that name.
    package subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// `INVITE` in a request, `nil` in a response.
    package var method: String? {
        startLine.hasPrefix("SIP/2.0") ? nil : String(startLine.prefix { $0 != " " })
    }
    /// `200` in a response, `nil` in a request.
    package var status: Int? {
        startLine.hasPrefix("SIP/2.0 ") ? Int(startLine.dropFirst(8).prefix(3)) : nil
    }
    package var callID: String { self["Call-ID"] ?? "" }
    /// The method to which a response belongs.
    package var answeredMethod: String {
        (self["CSeq"] ?? "").split(separator: " ").last.map(String.init) ?? ""
    }
    /// The URI in the first contact.
    package var contact: String? {
        self["Contact"].map { contact in
            guard let open = contact.firstIndex(of: "<"), let close = contact.firstIndex(of: ">") else {
                return String(contact.prefix { $0 != ";" })
            }
            return String(contact[contact.index(after: open)..<close])
        }
    }

    mutating func add(_ name: String, _ value: String) { headers.append((name, value)) }

    /// As it goes over the wire.
    var wire: String {
        var text = startLine + "\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if !body.isEmpty { text += "Content-Type: \(bodyType)\r\n" }
        return text + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
    }
}
