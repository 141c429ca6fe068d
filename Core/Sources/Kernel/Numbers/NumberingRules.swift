/// How one trunk (or the centre's own phones) writes numbers, in both directions.
///
/// Values of the settings, one per trunk; `number(from:)` and `dialString(in:)` are pure functions of them. Mainland
/// China's plan is built in and used whenever a number belongs to country code 86; every other country is described
/// by lengths.
public struct NumberingRules: Hashable, Sendable {
    /// The most bytes of a received text that are looked at or kept.
    public static let maximumTextLength = 256

    /// How the trunk wants the numbers that are dialled through it.
    public enum DialFormat: String, Codable, CaseIterable, Sendable {
        /// `+8657112345678`, without an outside-line prefix: the plus says it all.
        case e164
        /// `8657112345678`
        case e164WithoutPlus
        /// As a subscriber of the home area dials: `12345678`, `02112345678`, `13812345678`, `0085223456789`.
        case national
    }

    /// The name of the plan that short codes of this trunk belong to; empty is the centre's own.
    public var plan: String
    /// Country code without plus, such as `86`.
    public var homeCountry: String
    /// Area code without the national prefix, such as `571`; empty where a country has none.
    public var homeArea: String
    /// What is dialled in front of a country code, besides `+`.
    public var internationalPrefixes: [String]
    /// What is dialled in front of an area code; empty where there is none.
    public var nationalPrefix: String
    /// Whether mobile numbers are dialled with the national prefix in front (`013812345678`). Received numbers are
    /// understood either way.
    public var zeroBeforeMobile: Bool
    /// What the exchange wants in front of every number outside it, such as `9`; empty where nothing.
    public var outsidePrefix: String
    /// Short codes of the centre and its exchange, such as `5186`. They win over every other meaning.
    public var shortCodes: [String]
    /// Lengths of subscriber numbers inside the home area.
    public var localLengths: [Int]
    /// Lengths of national numbers (area code included) where the home country is not 86.
    public var nationalLengths: [Int]
    /// The fewest digits that count as a number.
    public var minimumLength: Int
    /// The most digits that count as a number, prefixes included.
    public var maximumLength: Int
    /// How numbers are written for dialling.
    public var dialFormat: DialFormat
    /// Whether `DialFormat.national` writes the area code inside the home area too.
    public var dialsHomeArea: Bool

    /// Rules of a trunk; the defaults are those of a line in mainland China without an area.
    public init(
        plan: String = "", homeCountry: String = "86", homeArea: String = "",
        internationalPrefixes: [String] = ["00"], nationalPrefix: String = "0",
        zeroBeforeMobile: Bool = false,
        outsidePrefix: String = "", shortCodes: [String] = [], localLengths: [Int] = [7, 8],
        nationalLengths: [Int] = [], minimumLength: Int = 3, maximumLength: Int = 20,
        dialFormat: DialFormat = .national, dialsHomeArea: Bool = false
    ) {
        self.plan = plan
        self.homeCountry = homeCountry
        self.homeArea = homeArea
        self.internationalPrefixes = internationalPrefixes
        self.nationalPrefix = nationalPrefix
        self.zeroBeforeMobile = zeroBeforeMobile
        self.outsidePrefix = outsidePrefix
        self.shortCodes = shortCodes
        self.localLengths = localLengths
        self.nationalLengths = nationalLengths
        self.minimumLength = minimumLength
        self.maximumLength = maximumLength
        self.dialFormat = dialFormat
        self.dialsHomeArea = dialsHomeArea
    }

    /// What is wrong with the rules themselves, one sentence each; empty when they can be used.
    public func faults() -> [String] {
        var faults: [String] = []
        func requireDigits(_ value: String, _ name: String, mayBeEmpty: Bool = true) {
            let isGood = value.utf8.allSatisfy(DialledText.isDigit) && (mayBeEmpty || !value.isEmpty)
            if !isGood { faults.append("\(name) '\(value)' must be digits") }
        }
        requireDigits(homeCountry, "the home country", mayBeEmpty: false)
        requireDigits(homeArea, "the home area")
        requireDigits(nationalPrefix, "the national prefix")
        requireDigits(outsidePrefix, "the outside-line prefix")
        for prefix in internationalPrefixes {
            requireDigits(prefix, "an international prefix", mayBeEmpty: false)
        }
        for code in shortCodes { requireDigits(code, "a short code", mayBeEmpty: false) }
        if plan.hasPrefix("+") { faults.append("the plan '\(plan)' must not look like a country code") }
        if minimumLength < 1 || minimumLength > maximumLength {
            faults.append("the lengths \(minimumLength) to \(maximumLength) are not a range")
        }
        return faults
    }
}

extension NumberingRules: Codable {
    private enum CodingKeys: String, CodingKey {
        case plan, homeCountry, homeArea, internationalPrefixes, nationalPrefix, zeroBeforeMobile,
            outsidePrefix
        case shortCodes, localLengths, nationalLengths, minimumLength, maximumLength, dialFormat,
            dialsHomeArea
    }

    /// Reads the rules; a missing key has its default, so that stored rules survive new keys.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            if let given = try values.decodeIfPresent(Value.self, forKey: key) { value = given }
        }
        try read(.plan, into: &plan)
        try read(.homeCountry, into: &homeCountry)
        try read(.homeArea, into: &homeArea)
        try read(.internationalPrefixes, into: &internationalPrefixes)
        try read(.nationalPrefix, into: &nationalPrefix)
        try read(.zeroBeforeMobile, into: &zeroBeforeMobile)
        try read(.outsidePrefix, into: &outsidePrefix)
        try read(.shortCodes, into: &shortCodes)
        try read(.localLengths, into: &localLengths)
        try read(.nationalLengths, into: &nationalLengths)
        try read(.minimumLength, into: &minimumLength)
        try read(.maximumLength, into: &maximumLength)
        try read(.dialFormat, into: &dialFormat)
        try read(.dialsHomeArea, into: &dialsHomeArea)
    }
}
