/// The character classes and small scanners that every part of the grammar uses (RFC 3261, section 25).
///
/// All take a span and offsets, never read outside `start..<end`, and allocate nothing.
enum Scan {
    /// The text of a line without its line end, and where the next line starts.
    struct Line {
        var end: Int
        var next: Int
    }

    /// The line that starts at `start`: up to LF, with or without CR before it, or up to `end`.
    @inline(__always)
    static func line(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Line {
        var i = start
        let raw = b.bytes
        // Eight bytes at a time until one of them is LF (the zero-byte test on the word XOR LF).
        while i &+ 8 <= end {
            let word = raw.unsafeLoadUnaligned(fromByteOffset: i, as: UInt64.self)
            let marked = UInt64(littleEndian: word) ^ 0x0A0A_0A0A_0A0A_0A0A
            let hit = (marked &- 0x0101_0101_0101_0101) & ~marked & 0x8080_8080_8080_8080
            if hit != 0 {
                i &+= hit.trailingZeroBitCount >> 3
                return Line(end: i > start && b[i - 1] == 0x0D ? i - 1 : i, next: i + 1)
            }
            i &+= 8
        }
        while i < end {
            if b[i] == 0x0A { return Line(end: i > start && b[i - 1] == 0x0D ? i - 1 : i, next: i + 1) }
            i += 1
        }
        return Line(end: end, next: end)
    }

    /// SP, TAB, CR or LF: inside a header value the latter two are only left of folded lines.
    @inline(__always) static func isSpace(_ c: UInt8) -> Bool {
        c == 0x20 || c == 0x09 || c == 0x0D || c == 0x0A
    }

    @inline(__always) static func isDigit(_ c: UInt8) -> Bool { c &- 0x30 < 10 }

    @inline(__always) static func isLetter(_ c: UInt8) -> Bool { (c | 0x20) &- 0x61 < 26 }

    /// `token` of RFC 3261: letters, digits and - . ! % * _ + ` ' ~
    @inline(__always) static func isToken(_ c: UInt8) -> Bool {
        let low: UInt64 = 1 << 33 | 1 << 37 | 1 << 39 | 1 << 42 | 1 << 43 | 1 << 45 | 1 << 46 | 0x3FF << 48
        let high: UInt64 = 0x07FF_FFFE | 1 << 31 | 1 << 32 | 0x3FF_FFFF << 33 | 1 << 62
        return c < 64 ? low >> UInt64(c) & 1 == 1 : c < 128 && high >> UInt64(c - 64) & 1 == 1
    }

    @inline(__always) static func skipSpace(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var i = start
        while i < end, isSpace(b[i]) { i += 1 }
        return i
    }

    @inline(__always) static func skipToken(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var i = start
        while i < end, isToken(b[i]) { i += 1 }
        return i
    }

    /// The slice without the white space around it.
    @inline(__always) static func trimmed(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> ByteSlice {
        let first = skipSpace(b, start, end)
        var last = end
        while last > first, isSpace(b[last - 1]) { last -= 1 }
        return ByteSlice(first, last)
    }

    /// The offset behind a quoted string that starts at `start` with its quote; nil when it does not end.
    static func skipQuoted(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var i = start + 1
        while i < end {
            if b[i] == 0x5C {
                i += 2
            } else if b[i] == 0x22 {
                return i + 1
            } else {
                i += 1
            }
        }
        return nil
    }

    /// The number that the digits of a slice write, leading zeros allowed; nil for anything else or above `most`.
    @inline(__always)
    static func number(_ b: Span<UInt8>, _ start: Int, _ end: Int, most: UInt64) -> UInt64? {
        guard end > start else { return nil }
        var value: UInt64 = 0
        var i = start
        while i < end {
            guard isDigit(b[i]) else { return nil }
            value = value &* 10 &+ UInt64(b[i] &- 0x30)
            guard value <= most else { return nil }
            i += 1
        }
        return value
    }

    /// Whether the slice is `text`, letters compared without case. `text` is in lower case.
    @inline(__always)
    static func equals(_ b: Span<UInt8>, _ start: Int, _ end: Int, _ text: StaticString) -> Bool {
        guard end - start == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for i in 0..<text.count where lowered(b[start + i]) != text[i] { return false }
            return true
        }
    }

    /// Whether the slice is exactly `text`.
    @inline(__always)
    static func isExactly(_ b: Span<UInt8>, _ start: Int, _ end: Int, _ text: StaticString) -> Bool {
        guard end - start == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { text in
            for i in 0..<text.count where b[start + i] != text[i] { return false }
            return true
        }
    }

    @inline(__always) static func lowered(_ c: UInt8) -> UInt8 { c &- 0x41 < 26 ? c | 0x20 : c }

    /// The value of a hexadecimal digit; nil for any other byte.
    @inline(__always) static func hexadecimal(_ c: UInt8) -> UInt8? {
        switch c {
        case 0x30...0x39: c - 0x30
        case 0x41...0x46: c - 0x37
        case 0x61...0x66: c - 0x57
        default: nil
        }
    }
}
