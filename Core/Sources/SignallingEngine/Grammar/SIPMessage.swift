/// A SIP request or response: its bytes, and where things are in them (RFC 3261, 7).
///
/// One allocation for the bytes and one for the list of headers. What every message needs is found at once, the rest
/// when asked for. A value that `init` returns is sound; see `SIPSyntaxError` for the others.
public struct SIPMessage: Sendable {
    /// The longest message: what a UDP datagram can hold; the same on streams.
    public static let mostBytes = 65_535
    /// The most header fields; real messages have 10 to 30.
    public static let mostHeaders = 96

    /// The message as it came; behind `body` there may be bytes that do not belong to it.
    public let bytes: [UInt8]
    let layout: SIPLayout

    /// Reads one datagram, or one message cut out of a stream by `SIPStreamFramer`.
    public init(_ bytes: [UInt8]) throws(SIPSyntaxError) {
        var layout = SIPLayout()
        layout.read(bytes.span)
        if let flaw = layout.flaw {
            guard layout.canBeAnswered else { throw .unreadable(flaw) }
            throw .answerable(SIPMessage(bytes: bytes, layout: layout), flaw)
        }
        self.init(bytes: bytes, layout: layout)
    }

    private init(bytes: [UInt8], layout: SIPLayout) {
        self.bytes = bytes
        self.layout = layout
    }

    public var isRequest: Bool { layout.status == 0 }
    /// `other` in a response; the response's method is `cSeqMethod`.
    public var method: SIPMethod { layout.method }
    /// The method's token, also when it is `other`; empty in a response.
    public var methodText: String { text(layout.methodText) }
    /// 100 to 699; 0 in a request.
    public var status: Int { layout.status }
    /// The reason phrase of a response.
    public var reason: ByteSlice { layout.reason }
    /// Empty in a response. A sip, sips or tel URI; `uri` gives it as a value.
    public var requestURI: ByteSlice { layout.requestURI }
    public var callID: ByteSlice { layout.callID }
    public var cSeqNumber: UInt32 { layout.cSeqNumber }
    public var cSeqMethod: SIPMethod { layout.cSeqMethod }
    public var cSeqMethodText: String { text(layout.cSeqMethodText) }
    public var from: NameAddress.Layout { layout.from }
    public var to: NameAddress.Layout { layout.to }
    /// Empty when there is none.
    public var fromTag: ByteSlice { layout.from.tag }
    /// Empty when there is none.
    public var toTag: ByteSlice { layout.to.tag }
    public var topVia: SIPVia { layout.topVia }
    /// nil when the request has no Max-Forwards (RFC 2543 had none).
    public var maxForwards: Int? { layout.maxForwards }
    /// nil when the message has no Content-Length.
    public var contentLength: Int? { layout.contentLength }
    public var body: ByteSlice { layout.body }
    public var bodyBytes: [UInt8] { Array(bytes[layout.body.range]) }
    public var headers: [SIPHeader] { layout.headers }
}

/// One header field: where its name and value are.
public struct SIPHeader: Sendable {
    public let name: SIPHeaderName
    public let nameSlice: ByteSlice
    /// Without white space around it; a folded value still holds its line ends.
    public let value: ByteSlice
}

// MARK: access

extension SIPMessage {
    /// The value of the first header field of that name.
    public func first(_ name: SIPHeaderName) -> ByteSlice? {
        for header in layout.headers where header.name == name { return header.value }
        return nil
    }

    /// The values of all header fields of that name, one for each line.
    public func all(_ name: SIPHeaderName) -> [ByteSlice] {
        layout.headers.filter { $0.name == name }.map(\.value)
    }

    public func contains(_ name: SIPHeaderName) -> Bool { first(name) != nil }

    /// The value of the first header field with that name, compared without case.
    public func first(named name: String) -> ByteSlice? {
        for header in layout.headers where equalsIgnoringCase(header.nameSlice, name) { return header.value }
        return nil
    }

    /// The comma-separated values of all header fields of that name, in order, without white space around them.
    ///
    /// Commas in quotes and angle brackets do not separate; empty values are left out. At most
    /// `SIPMessage.mostValues` are returned.
    public func values(_ name: SIPHeaderName) -> [ByteSlice] {
        var values: [ByteSlice] = []
        let b = bytes.span
        for header in layout.headers where header.name == name {
            var i = Int(header.value.start)
            while i < header.value.end, values.count < SIPMessage.mostValues {
                let end = SIPValues.end(b, i, header.value.end)
                let value = Scan.trimmed(b, i, end)
                if !value.isEmpty { values.append(value) }
                i = end + 1
            }
        }
        return values
    }
    /// The most values that `values` returns for one name.
    public static let mostValues = 256

    /// Whether one of the comma-separated tokens of that name is `token` (Supported, Require, Allow), without case.
    public func lists(_ token: String, in name: SIPHeaderName) -> Bool {
        values(name).contains { equalsIgnoringCase($0, token) }
    }

    /// The slice as text; folded lines become one, bytes that are no UTF-8 are repaired.
    public func text(_ slice: ByteSlice) -> String {
        guard !slice.isEmpty else { return "" }
        let part = bytes[slice.range]
        guard part.contains(where: { $0 == 0x0D || $0 == 0x0A }) else {
            return String(decoding: part, as: UTF8.self)
        }
        return String(decoding: part.map { $0 == 0x0D || $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }

    /// The text of the first header field of that name.
    public func text(_ name: SIPHeaderName) -> String? { first(name).map { text($0) } }

    public func equalsIgnoringCase(_ slice: ByteSlice, _ text: String) -> Bool {
        slice.count == text.utf8.count
            && zip(bytes[slice.range], text.utf8).allSatisfy { Scan.lowered($0) == Scan.lowered($1) }
    }

    public func equals(_ slice: ByteSlice, _ text: String) -> Bool {
        slice.count == text.utf8.count && bytes[slice.range].elementsEqual(text.utf8)
    }

    /// The Request-URI as a value; nil in a response.
    public var uri: SIPURI? { SIPURI(bytes, layout.requestURI) }

    /// From as a value; nil when its URI is neither sip, sips nor tel.
    public var fromAddress: NameAddress? { NameAddress(bytes, layout.from) }
    /// To as a value; nil when its URI is neither sip, sips nor tel.
    public var toAddress: NameAddress? { NameAddress(bytes, layout.to) }

    /// One value of Contact, Route, Record-Route or Refer-To; nil when it is malformed or of another URI scheme.
    public func address(_ slice: ByteSlice) -> NameAddress? { NameAddress(bytes, slice) }

    /// All values of Contact, Route, Record-Route or Refer-To; those of other URI schemes are left out.
    public func addresses(_ name: SIPHeaderName) -> [NameAddress] { values(name).compactMap { address($0) } }

    /// The number that a header field holds, before any parameters (Expires, Min-SE, Session-Expires, RSeq).
    public func number(_ name: SIPHeaderName) -> UInt32? {
        guard let value = first(name) else { return nil }
        let b = bytes.span
        var i = Int(value.start)
        while i < value.end, Scan.isDigit(b[i]) { i += 1 }
        guard i == value.end || b[i] == 0x3B || Scan.isSpace(b[i]) else { return nil }
        return Scan.number(b, Int(value.start), i, most: UInt64(UInt32.max)).map { UInt32($0) }
    }

    /// The parameters behind the first semicolon of a header value (Session-Expires, Event, Replaces).
    public func parameters(_ slice: ByteSlice) -> SIPParameters {
        let b = bytes.span
        var i = Int(slice.start)
        while i < slice.end, b[i] != 0x3B { i += 1 }
        return SIPParameters(bytes, ByteSlice(i, slice.end))
    }

    /// Whether Content-Type names this type, parameters aside: `application/sdp`.
    public func hasContentType(_ type: String) -> Bool {
        guard let value = first(.contentType) else { return false }
        let b = bytes.span
        var i = Int(value.start)
        while i < value.end, b[i] != 0x3B, !Scan.isSpace(b[i]) { i += 1 }
        return equalsIgnoringCase(ByteSlice(Int(value.start), i), type)
    }
}
