/// One value of Via (RFC 3261, 20.42): where its parts are in the message.
public struct SIPVia: Sendable {
    /// The whole value without white space around it.
    public internal(set) var value = ByteSlice.none
    /// `UDP`, `TCP`, `TLS`, `WS`, ...
    public internal(set) var transport = ByteSlice.none
    /// Name or address; an IPv6 address with its brackets.
    public internal(set) var host = ByteSlice.none
    /// The port of sent-by; 0 when it is not given.
    public internal(set) var port: UInt16 = 0
    /// Empty when missing (RFC 2543).
    public internal(set) var branch = ByteSlice.none
    public internal(set) var received = ByteSlice.none
    public internal(set) var maddr = ByteSlice.none
    /// Whether `rport` is there, with or without value (RFC 3581).
    public internal(set) var wantsRPort = false
    /// The value of `rport`; 0 when it has none.
    public internal(set) var rport: UInt16 = 0
    /// The parameters from the first semicolon on.
    public internal(set) var parameters = ByteSlice.none
    /// Whether the value obeys the grammar; false only in a message that `SIPSyntaxError` carries.
    public internal(set) var isSound = false

    /// Reads the value at `start`, at most up to `end`, and says whether it obeys the grammar.
    mutating func read(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var i = Scan.skipSpace(b, start, end)
        let first = i
        let last = SIPValues.end(b, i, end)
        value = Scan.trimmed(b, first, last)
        func slash() -> Bool {
            i = Scan.skipSpace(b, i, last)
            guard i < last, b[i] == 0x2F else { return false }
            i = Scan.skipSpace(b, i + 1, last)
            return true
        }
        func token() -> ByteSlice {
            let from = i
            i = Scan.skipToken(b, i, last)
            return ByteSlice(from, i)
        }
        let name = token()
        guard slash() else { return false }
        let version = token()
        guard slash() else { return false }
        // Another version is a fault, and its sender is still told so (RFC 4475, 3.1.2.16).
        let isOurs =
            Scan.equals(b, Int(name.start), name.end, "sip")
            && Scan.isExactly(b, Int(version.start), version.end, "2.0")
        transport = token()
        let gap = i
        i = Scan.skipSpace(b, i, last)
        guard !transport.isEmpty, i > gap else { return false }
        let hostEnd = SIPURI.Layout.skipHost(b, i, last)
        guard hostEnd > i else { return false }
        host = ByteSlice(i, hostEnd)
        i = Scan.skipSpace(b, hostEnd, last)
        if i < last, b[i] == 0x3A {
            i = Scan.skipSpace(b, i + 1, last)
            let from = i
            while i < last, Scan.isDigit(b[i]) { i += 1 }
            guard let number = Scan.number(b, from, i, most: 65_535) else { return false }
            port = UInt16(number)
            i = Scan.skipSpace(b, i, last)
        }
        parameters = ByteSlice(i, max(i, value.end))
        isSound = readParameters(b) && isOurs
        return isSound
    }

    private mutating func readParameters(_ b: Span<UInt8>) -> Bool {
        var cursor = SIPParameterCursor(parameters)
        while let next = cursor.next(b) {
            let (s, e) = (Int(next.name.start), next.name.end)
            switch (e - s, Scan.lowered(b[s])) {
            case (6, 0x62) where Scan.equals(b, s, e, "branch"): branch = next.value
            case (8, 0x72) where Scan.equals(b, s, e, "received"): received = next.value
            case (5, 0x6D) where Scan.equals(b, s, e, "maddr"): maddr = next.value
            case (5, 0x72) where Scan.equals(b, s, e, "rport"):
                wantsRPort = true
                rport = UInt16(Scan.number(b, Int(next.value.start), next.value.end, most: 65_535) ?? 0)
            default: break
            }
        }
        return cursor.isSound
    }
}
