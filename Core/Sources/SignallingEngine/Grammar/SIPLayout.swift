/// Where things are in a message. A type of its own since a span of a message's bytes borrows the whole message.
struct SIPLayout: Sendable {
    var headers: [SIPHeader] = []
    var method = SIPMethod.other
    var methodText = ByteSlice.none
    var status = 0
    var reason = ByteSlice.none
    var requestURI = ByteSlice.none
    var callID = ByteSlice.none
    var cSeqNumber: UInt32 = 0
    var cSeqMethod = SIPMethod.other
    var cSeqMethodText = ByteSlice.none
    var from = NameAddress.Layout()
    var to = NameAddress.Layout()
    var topVia = SIPVia()
    var maxForwards: Int?
    var contentLength: Int?
    var body = ByteSlice.none
    /// The first fault that was met.
    private(set) var flaw: SIPFlaw?

    /// The header fields that have been seen, one bit for each name.
    private var seen: UInt64 = 0
    private var isFatal = false

    /// Whether a fault can be answered: a request other than ACK whose way back is known.
    var canBeAnswered: Bool {
        !isFatal && status == 0 && !methodText.isEmpty && method != .ack && !topVia.host.isEmpty
    }

    private mutating func note(_ flaw: SIPFlaw) { if self.flaw == nil { self.flaw = flaw } }

    private mutating func fail(_ flaw: SIPFlaw) {
        self.flaw = flaw
        isFatal = true
    }

    private func has(_ name: SIPHeaderName) -> Bool { seen >> UInt64(name.rawValue) & 1 == 1 }

    mutating func read(_ b: Span<UInt8>) {
        guard b.count <= SIPMessage.mostBytes else { return fail(.tooLong) }
        headers.reserveCapacity(24)
        var i = 0
        while i < b.count, b[i] == 0x0D || b[i] == 0x0A { i += 1 }
        guard i < b.count else { return fail(.empty) }
        let line = Scan.line(b, i, b.count)
        guard readStartLine(b, i, line.end) else { return fail(.startLine) }
        guard let behind = readHeaders(b, line.next) else { return }
        checkWhole(b, behind)
    }

    // MARK: start line

    private mutating func readStartLine(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        if end - start >= 4, Scan.equals(b, start, start + 4, "sip/") { return readStatusLine(b, start, end) }
        let tokenEnd = Scan.skipToken(b, start, end)
        guard tokenEnd > start, tokenEnd < end, b[tokenEnd] == 0x20 else { return false }
        methodText = ByteSlice(start, tokenEnd)
        method = SIPMethod(b, start, tokenEnd)
        // The version is the last word; white space behind it is a fault that can be answered (RFC 4475, 3.1.2.10).
        var last = end
        while last > tokenEnd, Scan.isSpace(b[last - 1]) { last -= 1 }
        var versionStart = last
        while versionStart > tokenEnd, !Scan.isSpace(b[versionStart - 1]) { versionStart -= 1 }
        guard readVersion(b, versionStart, last) else { return false }
        let uri = Scan.trimmed(b, tokenEnd, versionStart)
        guard !uri.isEmpty else { return false }
        requestURI = uri
        guard last == end, Int(uri.start) == tokenEnd + 1, uri.end == versionStart - 1 else {
            note(.requestLine)
            return true
        }
        var parts = SIPURI.Layout()
        switch parts.read(b, Int(uri.start), uri.end) {
        case .malformed: note(.requestLine)
        case .otherScheme: note(.uriScheme)
        // Headers make no sense in a Request-URI (RFC 3261, 19.1.1; RFC 4475, 3.1.2.11).
        case .sound: if !parts.headers.isEmpty { note(.requestLine) }
        }
        return true
    }

    /// `SIP/2.0`; other numbers are noted.
    private mutating func readVersion(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start >= 7, Scan.equals(b, start, start + 4, "sip/") else { return false }
        if Scan.isExactly(b, start + 4, end, "2.0") { return true }
        var dots = 0
        for i in start + 4..<end {
            if b[i] == 0x2E { dots += 1 } else if !Scan.isDigit(b[i]) { return false }
        }
        guard dots == 1, b[start + 4] != 0x2E, b[end - 1] != 0x2E else { return false }
        note(.version)
        return true
    }

    private mutating func readStatusLine(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start >= 11, Scan.equals(b, start, start + 8, "sip/2.0 "),
            let code = Scan.number(b, start + 8, start + 11, most: 699), code >= 100
        else { return false }
        status = Int(code)
        guard end > start + 11 else { return true }  // the space behind the code is often left out
        guard b[start + 11] == 0x20 else { return false }
        reason = ByteSlice(start + 12, end)
        return true
    }

    // MARK: headers

    /// Reads up to the empty line and returns where the body starts; nil when the message is lost.
    private mutating func readHeaders(_ b: Span<UInt8>, _ start: Int) -> Int? {
        var i = start
        while true {
            var line = Scan.line(b, i, b.count)
            guard line.next > i else {
                note(.unterminated)
                return i
            }
            if line.end == i { return line.next }
            // A line that starts with white space goes on the one before it (RFC 3261, 7.3.1).
            while line.next < b.count, b[line.next] == 0x20 || b[line.next] == 0x09 {
                line = Scan.line(b, line.next, b.count)
            }
            let nameEnd = Scan.skipToken(b, i, line.end)
            var colon = nameEnd
            while colon < line.end, b[colon] == 0x20 || b[colon] == 0x09 { colon += 1 }
            guard nameEnd > i, colon < line.end, b[colon] == 0x3A else {
                note(.headerLine)
                i = line.next
                continue
            }
            guard headers.count < SIPMessage.mostHeaders else {
                fail(.tooManyHeaders)
                return nil
            }
            let name = SIPHeaderName(b, i, nameEnd)
            let value = Scan.trimmed(b, colon + 1, line.end)
            headers.append(SIPHeader(name: name, nameSlice: ByteSlice(i, nameEnd), value: value))
            if name != .other { take(b, name, value) }
            i = line.next
        }
    }

    private mutating func take(_ b: Span<UInt8>, _ name: SIPHeaderName, _ value: ByteSlice) {
        let isFirst = !has(name)
        seen |= 1 << UInt64(name.rawValue)
        let (s, e) = (Int(value.start), value.end)
        switch name {
        case .via:
            guard isFirst else { return }
            if !topVia.read(b, s, e) { note(.malformed(.via)) }
        case .callID, .from, .to, .cSeq, .maxForwards, .contentLength:
            guard isFirst else { return note(.repeated(name)) }
            if !takeSingle(b, name, s, e) { note(.malformed(name)) }
        case .contact, .route, .recordRoute:
            if !SIPLayout.addressesAreSound(b, name, s, e) { note(.malformed(name)) }
        default: break
        }
    }

    private mutating func takeSingle(_ b: Span<UInt8>, _ name: SIPHeaderName, _ s: Int, _ e: Int) -> Bool {
        switch name {
        case .callID:
            callID = ByteSlice(s, e)
            for i in s..<e where b[i] <= 0x20 || b[i] == 0x7F { return false }
            return e > s
        case .from: return from.read(b, s, e) == e
        case .to: return to.read(b, s, e) == e
        case .cSeq:
            var i = s
            while i < e, Scan.isDigit(b[i]) { i += 1 }
            // Less than 2**31 (RFC 3261, 8.1.1.5).
            guard let number = Scan.number(b, s, i, most: 0x7FFF_FFFF) else { return false }
            cSeqNumber = UInt32(number)
            let start = Scan.skipSpace(b, i, e)
            guard start > i, start < e, Scan.skipToken(b, start, e) == e else { return false }
            cSeqMethodText = ByteSlice(start, e)
            cSeqMethod = SIPMethod(b, start, e)
            return true
        case .maxForwards:
            maxForwards = Scan.number(b, s, e, most: 255).map { Int($0) }
            return maxForwards != nil
        default:
            contentLength = Scan.number(b, s, e, most: UInt64(UInt32.max)).map { Int($0) }
            return contentLength != nil
        }
    }

    /// Every value is a name-addr; Contact may also be `*` or without brackets, and routes may not.
    private static func addressesAreSound(_ b: Span<UInt8>, _ name: SIPHeaderName, _ s: Int, _ e: Int) -> Bool
    {
        if name == .contact, e - s == 1, b[s] == 0x2A { return true }
        var i = s
        while true {
            var value = NameAddress.Layout()
            guard let stop = value.read(b, i, e), value.isBracketed || name == .contact else { return false }
            if stop >= e { return true }
            i = stop + 1
        }
    }

    // MARK: the whole

    private mutating func checkWhole(_ b: Span<UInt8>, _ bodyStart: Int) {
        for name in [SIPHeaderName.via, .callID, .from, .to, .cSeq] where !has(name) { note(.missing(name)) }
        if status == 0, has(.cSeq), !cSeqMethodText.isEmpty, !methodAgrees(b) {
            note(method == .other ? .unknownMethodMismatch : .methodMismatch)
        }
        let rest = b.count - bodyStart
        if let contentLength, contentLength > rest { note(.truncated) }
        body = ByteSlice(bodyStart, bodyStart + min(contentLength ?? rest, rest))
    }

    private func methodAgrees(_ b: Span<UInt8>) -> Bool {
        guard method == cSeqMethod, methodText.count == cSeqMethodText.count else { return false }
        for i in 0..<Int(methodText.count)
        where b[Int(methodText.start) + i] != b[Int(cSeqMethodText.start) + i] {
            return false
        }
        return true
    }
}
