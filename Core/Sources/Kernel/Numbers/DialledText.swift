/// A number as people and networks write it, reduced to digits: what `NumberingRules` interpret.
struct DialledText: Equatable {
    /// ASCII digits only.
    var digits: String
    /// Whether a plus stood in front.
    var hasPlus: Bool
    /// The value of `;phone-context=` (RFC 3966, 5.1.5), digits with plus or a domain name.
    var context: String?

    /// What one text yields.
    enum Reading: Equatable {
        case number(DialledText)
        /// The sender says that there is no number to see.
        case withheld
        /// Neither.
        case unreadable
    }

    /// User parts and names that stand for a withheld number (RFC 3323 and what gateways send).
    private static let withheldWords = [
        "anonymous", "unavailable", "restricted", "withheld", "private", "unknown", "blocked", "none", "匿名",
        "未知",
    ]

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// `text` cut to the bound of received texts, with control characters replaced, safe to store and show.
    static func bounded(_ text: String) -> String {
        let isShort = text.utf8.count <= NumberingRules.maximumTextLength
        // A character cut in half becomes one of three bytes, hence the margin.
        let kept = text.utf8.prefix(NumberingRules.maximumTextLength - 3)
        let cut = isShort ? text : String(decoding: kept, as: UTF8.self)
        guard cut.unicodeScalars.contains(where: isControl) else { return cut }
        var clean = String.UnicodeScalarView()
        for scalar in cut.unicodeScalars { clean.append(isControl(scalar) ? "?" : scalar) }
        return String(clean)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    // MARK: - Identity texts: lists, names and addresses

    /// Reads a header value such as `"Li" <sip:+86571...@host>, <tel:+86571...>`, a URI, a user part or a plain number.
    /// Of a list the first value that holds a number counts.
    static func read(_ text: String) -> Reading {
        guard text.utf8.count <= NumberingRules.maximumTextLength else { return .unreadable }
        var isWithheld = false
        let values = values(of: text)
        for value in values {
            switch readValue(value, isListed: values.count > 1) {
            case .number(let number): return .number(number)
            case .withheld: isWithheld = true
            case .unreadable: continue
            }
        }
        return isWithheld ? .withheld : .unreadable
    }

    /// The comma-separated values, commas inside quotes and angle brackets left alone.
    private static func values(of text: String) -> [String] {
        var values = [""]
        var isQuoted = false
        var isEscaped = false
        var isInside = false
        for character in text {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                if character == "\\" { isEscaped = true }
                if character == "\"" { isQuoted = false }
            } else if character == "\"" {
                isQuoted = true
            } else if character == "<" {
                isInside = true
            } else if character == ">" {
                isInside = false
            } else if character == ",", !isInside {
                values.append("")
                continue
            }
            values[values.count - 1].append(character)
        }
        return values
    }

    /// Reads one value. In a list only addresses count: a comma inside a plain text does not make two numbers of it.
    private static func readValue(_ value: String, isListed: Bool) -> Reading {
        var address = Substring(trimmed(value))
        let isBare = !address.contains("<")
        if let close = address.lastIndex(of: ">"), let open = address[..<close].lastIndex(of: "<") {
            address = address[address.index(after: open)..<close]
        }
        let (scheme, rest) = schemeAndRest(String(address))
        if isListed, isBare, scheme.isEmpty { return .unreadable }
        guard scheme == "sip" || scheme == "sips" else {
            // A plain text or a user part may carry a host all the same.
            let user = rest.split(separator: "@", omittingEmptySubsequences: false).first ?? ""
            return readUser(String(user))
        }
        guard let at = rest.lastIndex(of: "@") else { return .unreadable }
        let host = rest[rest.index(after: at)...].lowercased()
        if host.hasPrefix("anonymous.invalid") { return .withheld }
        let userAndPassword = rest[..<at].split(separator: ":", omittingEmptySubsequences: false)
        return readUser(String(userAndPassword.first ?? ""))
    }

    private static func schemeAndRest(_ address: String) -> (scheme: String, rest: String) {
        guard let colon = address.firstIndex(of: ":") else { return ("", address) }
        let scheme = address[..<colon].lowercased()
        guard ["sip", "sips", "tel", "callto"].contains(scheme) else { return ("", address) }
        return (scheme, String(address[address.index(after: colon)...]))
    }

    // MARK: - User parts

    /// Reads a user part with its parameters: `+86-571-1234-5678;ext=1`, `%2B86571...`, `anonymous`, or nothing.
    private static func readUser(_ user: String) -> Reading {
        let unescaped = user.contains("%") ? percentDecoded(user) : user
        guard let unescaped else { return .unreadable }
        let parts = unescaped.split(separator: ";", omittingEmptySubsequences: false)
        let subscriber = trimmed(String(parts[0]))
        if subscriber.isEmpty || withheldWords.contains(subscriber.lowercased()) { return .withheld }
        guard var number = digits(of: subscriber) else { return .unreadable }
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1)
            if pair.count == 2, pair[0].lowercased() == "phone-context" { number.context = String(pair[1]) }
        }
        return .number(number)
    }

    /// The digits with separators removed; `nil` when anything but digits, one leading plus and separators is there.
    private static func digits(of subscriber: String) -> DialledText? {
        var found: [UInt8] = []
        var hasPlus = false
        for scalar in subscriber.unicodeScalars {
            switch scalar.value {
            case 0x30...0x39: found.append(UInt8(scalar.value))
            case 0xFF10...0xFF19: found.append(UInt8(scalar.value - 0xFF10 + 0x30))
            case 0x2B, 0xFF0B:
                guard found.isEmpty, !hasPlus else { return nil }
                hasPlus = true
            default:
                guard isSeparator(scalar.value) else { return nil }
            }
        }
        guard !found.isEmpty else { return nil }
        // The zero that people put in brackets, `+44 (0)20 ...`, is not part of an international number.
        if hasPlus || (found.count > 1 && found[0] == 0x30 && found[1] == 0x30),
            let bracketed = subscriber.firstRange(of: "(0)")
        {
            let before = subscriber[..<bracketed.lowerBound]
            let after = subscriber[bracketed.upperBound...]
            return digits(of: String(before + after))
        }
        return DialledText(digits: String(decoding: found, as: UTF8.self), hasPlus: hasPlus, context: nil)
    }

    /// Visual separators: those of RFC 3966, their full-width twins, typographic dashes, spaces and direction marks.
    private static func isSeparator(_ value: UInt32) -> Bool {
        switch value {
        case 0x20, 0x28, 0x29, 0x2D, 0x2E, 0x2F: true
        case 0x09, 0xA0, 0x3000, 0x2002...0x200B, 0x202F: true
        case 0x2010...0x2015, 0x2212, 0xFF0D, 0x30FC, 0xFF08, 0xFF09, 0xFF0E: true
        case 0x200C...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func trimmed(_ text: String) -> String {
        var view = Substring(text)
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }

    /// Undoes `%2B`; `nil` for a percent sign without two hexadecimal digits.
    private static func percentDecoded(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25 {
                guard index + 2 < bytes.count, let high = hexValue(bytes[index + 1]),
                    let low = hexValue(bytes[index + 2])
                else { return nil }
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
