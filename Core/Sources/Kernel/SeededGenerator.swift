/// A small deterministic generator (SplitMix64): the same seed gives the same sequence on every machine.
///
/// For engines and simulations. Not for secrets: tags, tokens and nonces need a keyed generator.
public struct SeededGenerator: RandomNumberGenerator, Codable, Hashable, Sendable {
    private var state: UInt64

    /// A generator whose whole sequence follows from `seed`.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to but not including `bound`, each equally likely; 0 when `bound` is less than 2.
    ///
    /// The high word of a 128-bit product, with the few values drawn again that would favour some results
    /// (D. Lemire, "Fast Random Integer Generation in an Interval", 2019).
    public mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        let width = UInt64(bound)
        let unfair = (0 &- width) % width
        var product = next().multipliedFullWidth(by: width)
        while product.low < unfair { product = next().multipliedFullWidth(by: width) }
        return Int(product.high)
    }

    /// True `perMille` times out of a thousand: never at 0 and below, always at 1,000 and above.
    public mutating func chance(_ perMille: Int) -> Bool { below(1_000) < perMille }
}
