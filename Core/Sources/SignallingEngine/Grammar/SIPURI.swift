/// A sip, sips or tel URI (RFC 3261, 19.1; RFC 3966).
///
/// The parts are kept as they stood on the wire, escapes and all, so that a URI that is read and written again is
/// the same; `user` and `password` give and take plain text.
public struct SIPURI: Sendable, Hashable {
    public enum Scheme: String, Sendable, Hashable { case sip, sips, tel }

    /// A header that a request made from this URI would carry.
    public struct Header: Sendable, Hashable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var scheme: Scheme
    /// The user part with its escapes; nil when there is none. The number of a tel URI.
    public var escapedUser: String?
    /// The password with its escapes; nil when there is none.
    public var escapedPassword: String?
    /// Name or address, an IPv6 address with its brackets; empty for tel.
    public var host: String
    public var port: UInt16?
    public var parameters: SIPParameters
    /// With their escapes.
    public var headers: [Header]

    /// A URI made of plain parts; what needs escaping in the user part is escaped.
    public init(
        scheme: Scheme = .sip, user: String? = nil, host: String, port: UInt16? = nil,
        parameters: SIPParameters = .init()
    ) {
        self.scheme = scheme
        escapedUser = user.map(SIPURI.escaped)
        escapedPassword = nil
        self.host = host
        self.port = port
        self.parameters = parameters
        headers = []
    }

    /// Reads a URI; nil when it is malformed or of another scheme.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        self.init(bytes, ByteSlice(0, bytes.count))
    }

    init?(_ bytes: [UInt8], _ slice: ByteSlice) {
        var layout = Layout()
        guard layout.read(bytes.span, Int(slice.start), slice.end) == .sound, let scheme = layout.scheme
        else {
            return nil
        }
        func text(_ slice: ByteSlice) -> String { String(decoding: bytes[slice.range], as: UTF8.self) }
        self.scheme = scheme
        escapedUser = layout.hasUser ? text(layout.user) : nil
        escapedPassword = layout.hasPassword ? text(layout.password) : nil
        host = text(layout.host)
        port = layout.port
        parameters = SIPParameters()
        for part in Layout.parts(bytes.span, layout.parameters, separator: 0x3B) {
            let value = part.hasValue ? text(part.value) : nil
            parameters.list.append(.init(name: text(part.name), value: value))
        }
        headers = Layout.parts(bytes.span, layout.headers, separator: 0x26).map {
            Header(name: text($0.name), value: text($0.value))
        }
    }

    /// The user part as plain text.
    public var user: String? {
        get { escapedUser.map(SIPURI.unescaped) }
        set { escapedUser = newValue.map(SIPURI.escaped) }
    }
    /// The password as plain text.
    public var password: String? {
        get { escapedPassword.map(SIPURI.unescaped) }
        set { escapedPassword = newValue.map(SIPURI.escaped) }
    }

    /// The URI on the wire.
    public var text: String {
        var text = scheme.rawValue + ":"
        if let escapedUser {
            text += escapedUser
            if let escapedPassword { text += ":" + escapedPassword }
            if scheme != .tel { text += "@" }
        }
        text += host
        if let port { text += ":\(port)" }
        text += parameters.text
        var separator = "?"
        for header in headers {
            text += separator + header.name + "=" + header.value
            separator = "&"
        }
        return text
    }

    /// With `%41` as `A`. A percent sign without two digits stays as it is; bytes that are no UTF-8 are repaired.
    public static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(0x25) else { return text }
        return String(decoding: unescapedBytes(text), as: UTF8.self)
    }

    /// With everything that may not stand in a user part as `%XX`.
    public static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if Layout.isUser(byte), byte != 0x25 {
                bytes.append(byte)
            } else {
                bytes += [0x25, digit(byte >> 4), digit(byte & 15)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }

    static func unescapedBytes(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var i = 0
        while i < bytes.count {
            if bytes[i] == 0x25, i + 2 < bytes.count, let high = Scan.hexadecimal(bytes[i + 1]),
                let low = Scan.hexadecimal(bytes[i + 2])
            {
                plain.append(high << 4 | low)
                i += 3
            } else {
                plain.append(bytes[i])
                i += 1
            }
        }
        return plain
    }
}

extension SIPURI {
    /// Whether the two name the same resource (RFC 3261, 19.1.4).
    ///
    /// User and password with case, the rest without; escapes are the characters they stand for; `user`, `ttl`,
    /// `method`, `maddr` and `transport` must be in both or in neither, other parameters only count when both have
    /// them; headers must be the same set. tel URIs: the numbers without visual separators (RFC 3966, 5.4).
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard scheme == other.scheme else { return false }
        if scheme == .tel {
            guard SIPURI.digits(escapedUser ?? "") == SIPURI.digits(other.escapedUser ?? "") else {
                return false
            }
            return parametersAgree(with: other, needed: ["ext", "isub", "phone-context"])
        }
        guard escapedUser.map(SIPURI.unescapedBytes) == other.escapedUser.map(SIPURI.unescapedBytes),
            escapedPassword.map(SIPURI.unescapedBytes) == other.escapedPassword.map(SIPURI.unescapedBytes),
            SIPText.equal(host, other.host), port == other.port
        else { return false }
        guard parametersAgree(with: other, needed: ["user", "ttl", "method", "maddr", "transport"]) else {
            return false
        }
        return headersAgree(with: other)
    }

    private func parametersAgree(with other: SIPURI, needed: [String]) -> Bool {
        for name in needed where parameters.contains(name) != other.parameters.contains(name) { return false }
        for name in parameters.list.map(\.name) {
            // Of a name that stands twice, against 19.1.1, the first counts on both sides.
            guard let theirs = other.parameters[name], let mine = parameters[name] else { continue }
            let ours = SIPURI.unescapedBytes(mine).map(Scan.lowered)
            guard ours == SIPURI.unescapedBytes(theirs).map(Scan.lowered) else { return false }
        }
        return true
    }

    private func headersAgree(with other: SIPURI) -> Bool {
        guard headers.count == other.headers.count else { return false }
        func keys(_ headers: [Header]) -> [[UInt8]] {
            headers.map {
                SIPURI.unescapedBytes($0.name).map(Scan.lowered) + [0] + SIPURI.unescapedBytes($0.value)
            }
            .sorted { $0.lexicographicallyPrecedes($1) }
        }
        return keys(headers) == keys(other.headers)
    }

    /// The number without `-`, `.`, `(` and `)`, letters in lower case.
    private static func digits(_ number: String) -> [UInt8] {
        number.utf8.filter { $0 != 0x2D && $0 != 0x2E && $0 != 0x28 && $0 != 0x29 }.map(Scan.lowered)
    }
}
