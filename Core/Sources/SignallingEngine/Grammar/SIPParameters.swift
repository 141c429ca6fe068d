/// Walks over `;name=value;name` outside the angle brackets of a header value.
struct SIPParameterCursor {
    /// One parameter; the value is empty when there is none and keeps its quotes when it has them.
    struct Parameter {
        var name: ByteSlice
        var value: ByteSlice
    }
    private var position: Int
    private let end: Int
    /// False once something against the grammar has been met; `next` then returns nil.
    private(set) var isSound = true
    /// Where the walk ended: at the end of the slice, or at a comma.
    var stop: Int { position }

    init(_ slice: ByteSlice) { (position, end) = (Int(slice.start), slice.end) }
    init(_ start: Int, _ end: Int) { (position, self.end) = (start, end) }

    /// The next parameter; nil at the end, at a comma, and at a fault.
    mutating func next(_ b: Span<UInt8>) -> Parameter? {
        var i = Scan.skipSpace(b, position, end)
        position = i
        guard i < end, b[i] != 0x2C else { return nil }
        guard b[i] == 0x3B else { return fail() }
        i = Scan.skipSpace(b, i + 1, end)
        let nameStart = i
        i = Scan.skipToken(b, i, end)
        guard i > nameStart else { return fail() }
        let name = ByteSlice(nameStart, i)
        i = Scan.skipSpace(b, i, end)
        guard i < end, b[i] == 0x3D else {
            position = i
            return Parameter(name: name, value: ByteSlice(i, i))
        }
        i = Scan.skipSpace(b, i + 1, end)
        let valueStart = i
        if i < end, b[i] == 0x22 {
            guard let behind = Scan.skipQuoted(b, i, end) else { return fail() }
            i = behind
        } else {
            // Tokens, hosts (with the colons and brackets of IPv6) and whatever else has no delimiter in it.
            while i < end, SIPParameterCursor.isValue(b[i]) { i += 1 }
        }
        guard i > valueStart else { return fail() }
        position = i
        return Parameter(name: name, value: ByteSlice(valueStart, i))
    }

    private mutating func fail() -> Parameter? {
        isSound = false
        return nil
    }

    @inline(__always) private static func isValue(_ c: UInt8) -> Bool {
        c > 0x20 && c != 0x3B && c != 0x2C && c != 0x22 && c != 0x3C && c != 0x3E && c != 0x7F
    }
}

/// Splits the comma-separated values of a header field, honouring quotes and angle brackets.
enum SIPValues {
    /// The offset of the comma that ends the value at `start`, or `end`.
    @inline(__always)
    static func end(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var i = start
        while i < end {
            switch b[i] {
            case 0x2C: return i
            case 0x22:
                guard let behind = Scan.skipQuoted(b, i, end) else { return end }
                i = behind
            case 0x3C:
                while i < end, b[i] != 0x3E { i += 1 }
            default: i += 1
            }
        }
        return end
    }
}

/// The parameters of a header value or a URI, in their order. Names are compared without case.
public struct SIPParameters: Sendable, Hashable {
    /// One parameter as it stands on the wire (escaped, quoted); no value for `;lr`.
    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var value: String?
        public init(name: String, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }
    public var list: [Parameter]

    public init(_ list: [Parameter] = []) { self.list = list }

    /// The value of the first parameter of that name; empty when it has none, nil when it is not there.
    public subscript(name: String) -> String? {
        list.first { SIPText.equal($0.name, name) }.map { $0.value ?? "" }
    }

    public func contains(_ name: String) -> Bool { self[name] != nil }

    /// Replaces or adds the parameter; nil removes it.
    public mutating func set(_ name: String, _ value: String?) {
        list.removeAll { SIPText.equal($0.name, name) }
        if let value { list.append(Parameter(name: name, value: value.isEmpty ? nil : value)) }
    }

    /// `;name=value;name`
    public var text: String {
        var text = ""
        for parameter in list {
            text += ";" + parameter.name
            if let value = parameter.value { text += "=" + value }
        }
        return text
    }
}

/// Text that is compared and quoted as SIP wants it.
public enum SIPText {
    /// Equality without the case of ASCII letters.
    public static func equal(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count
            && zip(a.utf8, b.utf8).allSatisfy { Scan.lowered($0) == Scan.lowered($1) }
    }

    /// The text in quotes, with a backslash before quotes and backslashes; control characters become spaces.
    public static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            if byte == 0x22 || byte == 0x5C { bytes.append(0x5C) }
            bytes.append(byte < 0x20 || byte == 0x7F ? 0x20 : byte)
        }
        bytes.append(0x22)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text without the quotes around it and without their backslashes; other text as it is.
    public static func unquoted(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard bytes.count >= 2, bytes.first == 0x22, bytes.last == 0x22 else { return text }
        var plain: [UInt8] = []
        var i = 1
        while i < bytes.count - 1 {
            if bytes[i] == 0x5C, i + 1 < bytes.count - 1 { i += 1 }
            plain.append(bytes[i])
            i += 1
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
