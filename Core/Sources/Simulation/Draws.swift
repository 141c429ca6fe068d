import Glibc
import Kernel

/// Random draws beyond the generator's own; `Glibc` for the logarithm alone.
extension SeededGenerator {
    /// An exponential span with this mean, at least a millisecond (inverse of the distribution function).
    mutating func exponential(mean: TimeSpan) -> TimeSpan {
        // 53 bits, moved by half a step so that it is never 0.
        let uniform = (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992
        return .milliseconds(max(1, Int64(-log(uniform) * Double(mean.milliseconds))))
    }

    /// A span from `low` up to but not including `high`, in whole milliseconds.
    mutating func span(_ low: TimeSpan, _ high: TimeSpan) -> TimeSpan {
        .milliseconds(low.milliseconds + Int64(below(Int(max(1, (high - low).milliseconds)))))
    }

    mutating func one<Element>(of list: [Element]) -> Element { list[below(list.count)] }
}
