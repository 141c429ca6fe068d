extension SIPURI {
    /// Where the parts of a URI are in the bytes that hold it.
    public struct Layout: Sendable {
        /// What reading found.
        public enum Verdict: Sendable { case sound, malformed, otherScheme }

        public internal(set) var scheme: Scheme?
        public internal(set) var hasUser = false
        public internal(set) var user = ByteSlice.none
        public internal(set) var hasPassword = false
        public internal(set) var password = ByteSlice.none
        public internal(set) var host = ByteSlice.none
        public internal(set) var port: UInt16?
        /// From the first semicolon.
        public internal(set) var parameters = ByteSlice.none
        /// Behind the question mark.
        public internal(set) var headers = ByteSlice.none

        public init() {}

        /// Reads the URI that fills `start..<end`.
        public mutating func read(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Verdict {
            guard Layout.isAbsolute(b, start, end) else { return .malformed }
            var i = start
            while b[i] != 0x3A { i += 1 }
            if Scan.equals(b, start, i, "sip") {
                scheme = .sip
            } else if Scan.equals(b, start, i, "sips") {
                scheme = .sips
            } else if Scan.equals(b, start, i, "tel") {
                scheme = .tel
                return readNumber(b, i + 1, end) ? .sound : .malformed
            } else {
                return .otherScheme
            }
            return readAddress(b, i + 1, end) ? .sound : .malformed
        }

        private mutating func readAddress(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
            var i = start
            var at = start
            // Neither parameters nor headers may hold an unescaped @, so the first one ends the user part.
            while at < end, b[at] != 0x40 { at += 1 }
            if at < end {
                hasUser = true
                while i < at, b[i] != 0x3A, Layout.isUser(b[i]) { i += 1 }
                user = ByteSlice(start, i)
                guard !user.isEmpty else { return false }
                if i < at {
                    guard b[i] == 0x3A else { return false }
                    hasPassword = true
                    password = ByteSlice(i + 1, at)
                    i += 1
                    while i < at, Layout.isPassword(b[i]) { i += 1 }
                }
                guard i == at, Layout.escapesAreSound(b, start, at) else { return false }
                i += 1
            }
            let hostEnd = Layout.skipHost(b, i, end)
            guard hostEnd > i else { return false }
            host = ByteSlice(i, hostEnd)
            i = hostEnd
            if i < end, b[i] == 0x3A {
                let from = i + 1
                i = from
                while i < end, Scan.isDigit(b[i]) { i += 1 }
                guard let number = Scan.number(b, from, i, most: 65_535) else { return false }
                port = UInt16(number)
            }
            return readTail(b, i, end)
        }

        private mutating func readNumber(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
            var i = start
            if i < end, b[i] == 0x2B { i += 1 }
            var digits = 0
            while i < end, b[i] != 0x3B {
                switch b[i] {
                case 0x30...0x39, 0x41...0x46, 0x61...0x66, 0x2A, 0x23: digits += 1
                case 0x2D, 0x2E, 0x28, 0x29: break
                default: return false
                }
                i += 1
            }
            hasUser = true
            user = ByteSlice(start, i)
            return digits > 0 && readTail(b, i, end)
        }

        private mutating func readTail(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
            var i = start
            if i < end, b[i] == 0x3B {
                while i < end, b[i] != 0x3F { i += 1 }
                parameters = ByteSlice(start, i)
                guard Layout.partsAreSound(b, start + 1, i, separator: 0x3B) else { return false }
            }
            if i < end {
                guard b[i] == 0x3F else { return false }
                headers = ByteSlice(i + 1, end)
                guard Layout.partsAreSound(b, i + 1, end, separator: 0x26) else { return false }
            }
            return Layout.escapesAreSound(b, start, end)
        }
    }
}

extension SIPURI.Layout {
    /// `name=value` inside a URI.
    struct Part {
        var name: ByteSlice
        var value: ByteSlice
        var hasValue: Bool
    }

    /// The parts of a slice that `read` has found sound; a separator at its start is skipped.
    static func parts(_ b: Span<UInt8>, _ slice: ByteSlice, separator: UInt8) -> [Part] {
        var parts: [Part] = []
        var i = Int(slice.start)
        let end = slice.end
        if i < end, b[i] == separator { i += 1 }
        while i < end {
            let start = i
            var equals = -1
            while i < end, b[i] != separator {
                if b[i] == 0x3D, equals < 0 { equals = i }
                i += 1
            }
            let nameEnd = equals < 0 ? i : equals
            let value = equals < 0 ? ByteSlice(i, i) : ByteSlice(equals + 1, i)
            parts.append(Part(name: ByteSlice(start, nameEnd), value: value, hasValue: equals >= 0))
            i += 1
        }
        return parts
    }

    /// Every part has a name, and no byte stands there that a URI may not hold.
    static func partsAreSound(_ b: Span<UInt8>, _ start: Int, _ end: Int, separator: UInt8) -> Bool {
        var i = start
        var nameLength = 0
        var inName = true
        while i < end {
            let c = b[i]
            if c == separator {
                guard nameLength > 0 else { return false }
                (nameLength, inName) = (0, true)
            } else if c == 0x3D, inName {
                inName = false
            } else {
                guard isParameter(c) else { return false }
                if inName { nameLength += 1 }
            }
            i += 1
        }
        return nameLength > 0
    }

    /// Every percent sign has its two hexadecimal digits.
    static func escapesAreSound(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var i = start
        while i < end {
            if b[i] == 0x25 {
                guard i + 2 < end, Scan.hexadecimal(b[i + 1]) != nil, Scan.hexadecimal(b[i + 2]) != nil else {
                    return false
                }
                i += 2
            }
            i += 1
        }
        return true
    }

    /// `scheme ":" 1*visible`: what any absolute URI looks like, without angle brackets, quotes and white space.
    static func isAbsolute(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard start < end, Scan.isLetter(b[start]) else { return false }
        var i = start + 1
        while i < end,
            Scan.isLetter(b[i]) || Scan.isDigit(b[i]) || b[i] == 0x2B || b[i] == 0x2D || b[i] == 0x2E
        {
            i += 1
        }
        guard i < end, b[i] == 0x3A, i + 1 < end else { return false }
        while i < end {
            guard b[i] > 0x20, b[i] < 0x7F, b[i] != 0x22, b[i] != 0x3C, b[i] != 0x3E else { return false }
            i += 1
        }
        return true
    }

    /// The offset behind a host name, an IPv4 address or an IPv6 address in brackets; `start` when there is none.
    static func skipHost(_ b: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var i = start
        if i < end, b[i] == 0x5B {
            i += 1
            var colons = 0
            while i < end, Scan.hexadecimal(b[i]) != nil || b[i] == 0x3A || b[i] == 0x2E {
                if b[i] == 0x3A { colons += 1 }
                i += 1
            }
            return i < end && b[i] == 0x5D && colons >= 2 ? i + 1 : start
        }
        while i < end,
            Scan.isLetter(b[i]) || Scan.isDigit(b[i]) || b[i] == 0x2D || b[i] == 0x2E || b[i] == 0x5F
        {
            i += 1
        }
        return i
    }

    /// `unreserved / escaped / user-unreserved`; the percent sign is checked by `escapesAreSound`.
    static func isUser(_ c: UInt8) -> Bool {
        switch c {
        case 0x26, 0x3D, 0x2B, 0x24, 0x2C, 0x3B, 0x3F, 0x2F, 0x25, 0x23: true
        default: isUnreserved(c)
        }
    }

    static func isPassword(_ c: UInt8) -> Bool {
        switch c {
        case 0x26, 0x3D, 0x2B, 0x24, 0x2C, 0x25: true
        default: isUnreserved(c)
        }
    }

    /// `param-unreserved` and `hnv-unreserved` together.
    static func isParameter(_ c: UInt8) -> Bool {
        switch c {
        case 0x5B, 0x5D, 0x2F, 0x3A, 0x26, 0x2B, 0x24, 0x3F, 0x25, 0x3D: true
        default: isUnreserved(c)
        }
    }

    /// Letters, digits and - _ . ! ~ * ' ( )
    static func isUnreserved(_ c: UInt8) -> Bool {
        switch c {
        case 0x2D, 0x5F, 0x2E, 0x21, 0x7E, 0x2A, 0x27, 0x28, 0x29: true
        default: Scan.isLetter(c) || Scan.isDigit(c)
        }
    }
}
