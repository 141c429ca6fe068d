/// A figure (指标): a formula over terms with what people need to read it.
package struct Figure: Hashable, Sendable {
    package enum Unit: String, Codable, Hashable, Sendable { case count, percent, duration, score, ratio }
    package enum Better: String, Codable, Hashable, Sendable { case higher, lower, neither }
    /// The families of the industry's awards (mission D01).
    package enum Family: String, Codable, Hashable, Sendable { case experience, efficiency, business }

    /// The word of the interface.
    package let key: String
    /// Language -> name.
    package let names: [String: String]
    package let unit: Unit
    /// Digits after the point.
    package let decimals: Int
    /// Grows when the formula changes; reports of any day are computed by the newest.
    package let version: Int
    package let formula: Formula
    package let better: Better
    package let family: Family
    /// Language -> what it says and what to beware of.
    package let about: [String: String]
    /// Whether the centre made it.
    package let isOwn: Bool

    /// The value of a group, in the figure's unit: per cent, milliseconds, or as it is; `nil` where the denominator is 0.
    package func value(_ terms: Terms) -> Double? {
        guard let scaled = formula.value(terms)?.rounded(decimals: decimals, timesHundred: unit == .percent)
        else { return nil }
        return Double(scaled) / Self.powers[decimals]
    }

    /// As many decimals as a figure may have, and no more.
    package static let mostDecimals = 4
    private static let powers: [Double] = [1, 10, 100, 1_000, 10_000]
}
