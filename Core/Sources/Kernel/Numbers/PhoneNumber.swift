/// A phone number as it was received, together with the one form in which numbers are compared, stored and found.
///
/// `NumberingRules` make it from what a trunk delivers (`docs/decisions/0008-numbers.md`). Two numbers are equal when
/// their canonical forms are, however differently they were written: `0571-12345678` from one trunk and
/// `+8657112345678` from another are the same customer.
public struct PhoneNumber: Sendable {
    /// The meaning of a number, apart from its spelling.
    public enum Form: Hashable, Sendable {
        /// The caller withheld the number, or the network had none to give.
        case anonymous
        /// A number that can be reached from everywhere: the digits of E.164, country code first, without the plus.
        case global(String)
        /// Digits that mean something inside one numbering plan only. `plan` is empty for the centre's own plan
        /// (the exchange's `5186`), a country code with plus for public services (`10086` in `+86`), else a name.
        case short(String, plan: String)
    }

    /// The text as received: at most `NumberingRules.maximumTextLength` bytes, control characters replaced.
    public let raw: String
    /// What the number is; equality and hashing look at nothing else.
    public let form: Form

    /// A number whose form is already known. `raw` defaults to the canonical text.
    public init(_ form: Form, raw: String? = nil) {
        self.form = form
        self.raw = raw ?? form.text
    }

    /// Nobody's number.
    public static let anonymous = PhoneNumber(.anonymous)

    /// Whether the number is withheld or missing.
    public var isAnonymous: Bool { form == .anonymous }

    /// The form as one text for stores and events: `+8657112345678`, `5186`, `10086;phone-context=+86`
    /// (RFC 3966, 5.1.5), or `anonymous`.
    public var canonical: String { form.text }
}

extension PhoneNumber.Form {
    fileprivate static let anonymousText = "anonymous"
    fileprivate static let contextMark = ";phone-context="

    fileprivate var text: String {
        switch self {
        case .anonymous: Self.anonymousText
        case .global(let digits): "+" + digits
        case .short(let digits, let plan): plan.isEmpty ? digits : digits + Self.contextMark + plan
        }
    }
}

extension PhoneNumber {
    /// Reads back what `canonical` gave; `nil` for any other text. For numbers as people and networks write them
    /// use `NumberingRules.number(from:)`.
    public init?(canonical text: String, raw: String? = nil) {
        guard text.utf8.count <= NumberingRules.maximumTextLength else { return nil }
        if text == Form.anonymousText {
            self.init(.anonymous, raw: raw)
            return
        }
        let pieces = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        var digits = pieces[0]
        let isGlobal = digits.first == "+"
        if isGlobal { digits.removeFirst() }
        guard !digits.isEmpty, digits.utf8.allSatisfy(DialledText.isDigit) else { return nil }
        if pieces.count == 2 {
            let context = (";" + pieces[1])
            guard !isGlobal, context.hasPrefix(Form.contextMark) else { return nil }
            let plan = String(context.dropFirst(Form.contextMark.count))
            guard !plan.isEmpty else { return nil }
            self.init(.short(String(digits), plan: plan), raw: raw)
        } else if isGlobal {
            guard CountryCodes.isPossible(String(digits)) else { return nil }
            self.init(.global(String(digits)), raw: raw)
        } else {
            self.init(.short(String(digits), plan: ""), raw: raw)
        }
    }
}

extension PhoneNumber: Hashable {
    /// Whether both mean the same number, however they were written.
    public static func == (a: PhoneNumber, b: PhoneNumber) -> Bool { a.form == b.form }
    /// Feeds the form only, in agreement with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(form) }
}

extension PhoneNumber: CustomStringConvertible {
    /// The number with its middle hidden, for screens and logs of people who may not see it:
    /// `+86138****5678`, `+86571****5678`, `+852****6789`. Public services are shown whole, since they are nobody's.
    public var masked: String {
        switch form {
        case .anonymous:
            return canonical
        case .short(let digits, let plan):
            if plan.hasPrefix("+") { return digits }
            return "**" + digits.suffix(digits.count > 3 ? 2 : 1)
        case .global(let digits):
            let country = CountryCodes.prefix(of: digits) ?? ""
            let national = digits.dropFirst(country.count)
            let shown = national.count >= Self.lengthThatMayShowItsHead ? national.prefix(3) : ""
            return "+" + country + shown + "****" + national.suffix(national.count >= 8 ? 4 : 2)
        }
    }

    /// From this many national digits on, the first three (area code or operator) do not give the person away.
    private static var lengthThatMayShowItsHead: Int { 10 }

    /// The masked form, so that a number written into a log by accident is not a leak.
    public var description: String { masked }
}

extension PhoneNumber: Codable {
    private enum CodingKeys: String, CodingKey { case raw, canonical }

    /// Reads `{"raw": ..., "canonical": ...}`; throws `dataCorrupted` when the canonical text is none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .canonical)
        let raw = try container.decodeIfPresent(String.self, forKey: .raw)
        guard let number = PhoneNumber(canonical: text, raw: raw.map(DialledText.bounded)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .canonical, in: container, debugDescription: "not a canonical phone number")
        }
        self = number
    }

    /// Writes both texts.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(raw, forKey: .raw)
        try container.encode(canonical, forKey: .canonical)
    }
}
