/// A currency of ISO 4217, by its three letters.
public struct Currency: Hashable, Sendable {
    /// Three upper-case letters, such as `CNY`.
    public let code: String

    /// `nil` unless `code` is three letters A to Z.
    public init?(_ code: String) {
        let letters = Array(code.utf8)
        guard letters.count == 3, letters.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
        self.code = code
    }

    private init(known code: String) { self.code = code }

    /// Renminbi (人民币).
    public static let renminbi = Currency(known: "CNY")

    /// Digits after the decimal point (ISO 4217, column "minor unit"): 2 unless listed.
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
            "XOF",
            "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        default: 2
        }
    }
}

extension Currency: Codable {
    /// Reads the three letters; throws `dataCorrupted` for anything else.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let currency = Currency(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a currency code"))
        }
        self = currency
    }
    /// Writes the three letters.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}

/// A decimal fraction such as a tax rate or a price per minute: exact, up to `maximumScale` digits after the point.
public struct DecimalRate: Hashable, Sendable {
    /// The most digits after the point.
    public static let maximumScale = 9

    /// The value times ten to the power of `scale`, without trailing zeros.
    public let significand: Int64
    /// Digits after the point, 0 to `maximumScale`.
    public let scale: Int

    /// `nil` when `scale` is outside 0 to `maximumScale`. Trailing zeros are dropped, so equal values are equal.
    public init?(significand: Int64, scale: Int) {
        guard (0...Self.maximumScale).contains(scale) else { return nil }
        var reduced = (significand, scale)
        while reduced.1 > 0, reduced.0 % 10 == 0 { reduced = (reduced.0 / 10, reduced.1 - 1) }
        self.significand = reduced.0
        self.scale = reduced.1
    }

    /// Reads `0.065`, `-1.5` or `12`; `nil` for other texts, too many digits or too large a value.
    public init?(_ text: String) {
        var rest = Substring(text)
        let isNegative = rest.first == "-"
        if isNegative { rest.removeFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) })
        else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        guard let size = Int64(parts[0] + fraction) else { return nil }
        self.init(significand: isNegative ? -size : size, scale: fraction.utf8.count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// Ten to the power of `scale`.
    fileprivate var divisor: Int128 { (0..<scale).reduce(Int128(1)) { power, _ in power * 10 } }
}

extension DecimalRate: CustomStringConvertible, Codable {
    /// The shortest decimal text: `0.065`.
    public var description: String { Decimals.text(significand, digits: scale) }

    /// Reads the decimal text; throws `dataCorrupted` for anything else.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let rate = DecimalRate(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a decimal fraction")
            )
        }
        self = rate
    }
    /// Writes the decimal text, since a JSON number would become floating point on the way.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// An amount of money in whole minor units (分, cents). There is no floating point anywhere near it.
///
/// The one rounding rule: an amount that falls between two minor units goes to the nearest, and exactly half goes
/// away from zero (四舍五入). Every operation that could overflow or mix currencies throws `Problem` instead.
public struct Money: Codable, Hashable, Sendable {
    /// Minor units, such as fen.
    public let minorUnits: Int64
    /// The currency of the amount.
    public let currency: Currency

    /// An amount of `minorUnits` in `currency`.
    public init(minorUnits: Int64, _ currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// The sum. Throws `invalid` for two currencies, `exhausted` on overflow.
    public func adding(_ other: Money) throws(Problem) -> Money {
        try requireSameCurrency(other)
        return try checked(minorUnits.addingReportingOverflow(other.minorUnits))
    }

    /// The difference. Throws `invalid` for two currencies, `exhausted` on overflow.
    public func subtracting(_ other: Money) throws(Problem) -> Money {
        try requireSameCurrency(other)
        return try checked(minorUnits.subtractingReportingOverflow(other.minorUnits))
    }

    /// The amount `count` times. Throws `exhausted` on overflow.
    public func times(_ count: Int64) throws(Problem) -> Money {
        try checked(minorUnits.multipliedReportingOverflow(by: count))
    }

    /// The amount times a decimal fraction, rounded by the one rule. Throws `exhausted` on overflow.
    public func times(_ rate: DecimalRate) throws(Problem) -> Money {
        let divisor = rate.divisor
        let (quotient, remainder) = (Int128(minorUnits) * Int128(rate.significand)).quotientAndRemainder(
            dividingBy: divisor)
        let roundsAway = 2 * remainder.magnitude >= divisor.magnitude
        let rounded = roundsAway ? quotient + remainder.signum() : quotient
        return try checked((Int64(truncatingIfNeeded: rounded), Int64(exactly: rounded) == nil))
    }

    private func requireSameCurrency(_ other: Money) throws(Problem) {
        guard currency == other.currency else {
            throw Problem(
                .invalid,
                "Amounts in \(currency.code) and \(other.currency.code) cannot be joined; convert one first",
                details: ["reason": "currency"])
        }
    }

    private func checked(_ result: (partialValue: Int64, overflow: Bool)) throws(Problem) -> Money {
        guard !result.overflow else {
            throw Problem(.exhausted, "The amount is too large", details: ["reason": "overflow"])
        }
        return Money(minorUnits: result.partialValue, currency)
    }
}

extension Money: CustomStringConvertible {
    /// `12.34 CNY`.
    public var description: String {
        Decimals.text(minorUnits, digits: currency.minorDigits) + " " + currency.code
    }
}

/// Fixed-point numbers as text.
enum Decimals {
    /// `value` with its last `digits` digits behind a point.
    static func text(_ value: Int64, digits: Int) -> String {
        var magnitude = String(value.magnitude)
        if digits > 0 {
            while magnitude.utf8.count <= digits { magnitude = "0" + magnitude }
            magnitude.insert(".", at: magnitude.index(magnitude.endIndex, offsetBy: -digits))
        }
        return value < 0 ? "-" + magnitude : magnitude
    }
}
