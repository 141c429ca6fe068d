/// A value of From, To, Contact, Route, Record-Route, Refer-To: `"Display name" <uri>;parameters`.
public struct NameAddress: Sendable, Hashable {
    /// Where the parts of such a value are in a message.
    public struct Layout: Sendable, Hashable {
        /// With its quotes, if it has them; empty when there is none.
        public internal(set) var displayName = ByteSlice.none
        /// The URI without angle brackets.
        public internal(set) var uri = ByteSlice.none
        /// From the first semicolon behind the URI.
        public internal(set) var parameters = ByteSlice.none
        /// The value of `;tag=`; empty when missing.
        public internal(set) var tag = ByteSlice.none
        /// Whether the URI stood in angle brackets.
        public internal(set) var isBracketed = false
    }

    /// Plain text, without quotes.
    public var displayName: String
    public var uri: SIPURI
    /// The parameters of the header field (`tag`, `expires`, `q`), not those of the URI.
    public var parameters: SIPParameters

    public init(displayName: String = "", uri: SIPURI, parameters: SIPParameters = .init()) {
        self.displayName = displayName
        self.uri = uri
        self.parameters = parameters
    }

    /// Reads one value; nil when it is malformed or its URI is neither sip, sips nor tel.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= SIPMessage.mostBytes else { return nil }
        self.init(bytes, ByteSlice(0, bytes.count))
    }

    init?(_ bytes: [UInt8], _ slice: ByteSlice) {
        var layout = Layout()
        guard let stop = layout.read(bytes.span, slice.range.lowerBound, slice.end), stop == slice.end else {
            return nil
        }
        self.init(bytes, layout)
    }

    init?(_ bytes: [UInt8], _ layout: Layout) {
        guard let uri = SIPURI(bytes, layout.uri) else { return nil }
        let name = String(decoding: bytes[layout.displayName.range], as: UTF8.self)
        self.init(
            displayName: SIPText.unquoted(name), uri: uri,
            parameters: SIPParameters(bytes, layout.parameters))
    }

    /// The value as it goes into a header field; always in angle brackets, the name always quoted.
    public var text: String {
        (displayName.isEmpty ? "" : SIPText.quoted(displayName) + " ") + "<" + uri.text + ">"
            + parameters.text
    }
}

extension SIPParameters {
    /// The parameters that start at the slice; what comes behind a fault is left out.
    init(_ bytes: [UInt8], _ slice: ByteSlice) {
        list = []
        var cursor = SIPParameterCursor(slice)
        while let next = cursor.next(bytes.span) {
            let value = next.value.isEmpty ? nil : String(decoding: bytes[next.value.range], as: UTF8.self)
            list.append(.init(name: String(decoding: bytes[next.name.range], as: UTF8.self), value: value))
        }
    }
}

extension NameAddress.Layout {
    /// Reads one value from `start`; returns where it stops (at a comma or at `end`), nil when it is malformed.
    ///
    /// Strict as RFC 3261, 25.1, with one kindness: bytes above 127 may stand in an unquoted display name, since
    /// exchanges that do so are common and the meaning is clear.
    mutating func read(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var i = Scan.skipSpace(b, start, end)
        guard i < end else { return nil }
        if b[i] == 0x22 {
            guard let behind = Scan.skipQuoted(b, i, end) else { return nil }
            displayName = ByteSlice(i, behind)
            i = Scan.skipSpace(b, behind, end)
            guard i < end, b[i] == 0x3C else { return nil }
        } else {
            let first = i
            while i < end, Scan.isToken(b[i]) || Scan.isSpace(b[i]) || b[i] >= 0x80 { i += 1 }
            guard i < end else { return nil }
            if b[i] == 0x3C {
                displayName = Scan.trimmed(b, first, i)
            } else {
                i = first
            }
        }
        let uriEnd: Int
        if b[i] == 0x3C {
            isBracketed = true
            i += 1
            var j = i
            while j < end, b[j] != 0x3E { j += 1 }
            guard j < end else { return nil }
            uri = ByteSlice(i, j)
            (uriEnd, i) = (j, j + 1)
        } else {
            // Without brackets the URI has no parameters, headers or commas of its own (RFC 3261, 20.10).
            var j = i
            while j < end, !Scan.isSpace(b[j]), b[j] != 0x3B, b[j] != 0x2C, b[j] != 0x3F { j += 1 }
            guard j == end || b[j] != 0x3F else { return nil }
            uri = ByteSlice(i, j)
            (uriEnd, i) = (j, j)
        }
        guard SIPURI.Layout.isAbsolute(b, Int(uri.start), uriEnd) else { return nil }
        i = Scan.skipSpace(b, i, end)
        return readParameters(b, i, end)
    }

    private mutating func readParameters(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var cursor = SIPParameterCursor(start, end)
        while let next = cursor.next(b) {
            guard next.name.count == 3, Scan.equals(b, Int(next.name.start), next.name.end, "tag") else {
                continue
            }
            // An empty tag or a second one would let two elements see two dialogs in one message.
            guard tag.isEmpty, !next.value.isEmpty else { return nil }
            tag = next.value
        }
        guard cursor.isSound else { return nil }
        parameters = ByteSlice(start, max(start, cursor.stop))
        return cursor.stop
    }
}
