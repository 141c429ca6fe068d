import Glibc

enum Decibels {
    /// Ten times the decimal logarithm, rounded; the least for no power at all.
    static func of(power: Double) -> Int {
        power > 0 ? Int((10 * log10(power)).rounded()) : -200
    }
}
