/// The text of a challenge or of credentials: `Digest realm="a", nonce="b", qop=auth` (RFC 3261, 25.1).
public struct AuthParameters: Sendable {
    /// The most parameters; a digest header has about ten.
    public static let mostParameters = 32

    /// `Digest`, `Basic`, `Bearer`, ...
    public let scheme: String
    private var list: [(name: String, value: String)] = []

    /// Reads a header value; nil when it is malformed.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let b = bytes.span
        let first = Scan.skipSpace(b, 0, b.count)
        let schemeEnd = Scan.skipToken(b, first, b.count)
        var i = Scan.skipSpace(b, schemeEnd, b.count)
        guard schemeEnd > first, i > schemeEnd else { return nil }
        scheme = String(decoding: bytes[first..<schemeEnd], as: UTF8.self)
        while i < b.count {
            let nameStart = i
            i = Scan.skipToken(b, i, b.count)
            let nameEnd = i
            i = Scan.skipSpace(b, i, b.count)
            guard nameEnd > nameStart, i < b.count, b[i] == 0x3D, list.count < AuthParameters.mostParameters
            else {
                return nil
            }
            i = Scan.skipSpace(b, i + 1, b.count)
            let valueStart = i
            if i < b.count, b[i] == 0x22 {
                guard let behind = Scan.skipQuoted(b, i, b.count), behind <= b.count else { return nil }
                i = behind
            } else {
                while i < b.count, b[i] != 0x2C, !Scan.isSpace(b[i]), b[i] != 0x22 { i += 1 }
            }
            guard i > valueStart else { return nil }
            let name = String(decoding: bytes[nameStart..<nameEnd].map(Scan.lowered), as: UTF8.self)
            // A parameter that stands twice could mean one thing to us and another to whoever looked before us.
            guard self[name] == nil else { return nil }
            let value = String(decoding: bytes[valueStart..<i], as: UTF8.self)
            list.append((name, SIPText.unquoted(value)))
            i = Scan.skipSpace(b, i, b.count)
            guard i < b.count else { break }
            guard b[i] == 0x2C else { return nil }
            i = Scan.skipSpace(b, i + 1, b.count)
        }
    }

    /// The value of the parameter of that name in lower case, without quotes.
    public subscript(name: String) -> String? { list.first { $0.name == name }?.value }

}
