import Glibc

/// Brings audio of a higher rate down to 8,000 samples per second by a polyphase filter: a sinc low-pass at 3.4 kHz
/// (the telephone band, ITU-T G.712) under a Blackman window.
struct Resampler {
    private static let target = 8_000
    /// Middle of the transition from the pass band (3.4 kHz) to the Nyquist frequency (4 kHz), Hz.
    private static let cutoff = 3_700.0
    /// Half the filter in seconds: a Blackman window of this length has a transition of about 600 Hz.
    private static let halfLength = 0.0046

    private let rate: Int
    private let up: Int
    private let down: Int
    private let half: Int
    /// One filter per position of an output sample between two input samples.
    private let phases: [[Float]]

    init(from rate: Int) {
        self.rate = rate
        let divisor = Self.greatestCommonDivisor(rate, Self.target)
        up = Self.target / divisor
        down = rate / divisor
        half = Int((Self.halfLength * Double(rate)).rounded(.up))
        let (half, up) = (half, up)
        phases = (0..<up).map { phase in
            let offset = Double(phase) / Double(up)
            let taps = (-half...half).map { tap -> Double in
                let distance = Double(tap) - offset
                let angle = 2 * Double.pi * Self.cutoff * distance / Double(rate)
                let sinc = angle == 0 ? 1 : sin(angle) / angle
                let place = Double.pi * distance / Double(half + 1)
                return sinc * (0.42 + 0.5 * cos(place) + 0.08 * cos(2 * place))
            }
            let sum = taps.reduce(0, +)
            return taps.map { Float($0 / sum) }
        }
    }

    /// The same audio at 8,000 samples per second.
    func narrowBand(_ samples: [Int16]) -> [Int16] {
        if rate == Self.target { return samples }
        let count = samples.count * up / down
        var result: [Int16] = []
        result.reserveCapacity(count)
        for index in 0..<count {
            let centre = index * down / up
            let filter = phases[index * down % up]
            var sum: Float = 0
            let first = max(0, centre - half)
            let last = min(samples.count - 1, centre + half)
            for position in first...last {
                sum += Float(samples[position]) * filter[position - centre + half]
            }
            result.append(Int16(max(-32_768, min(32_767, sum.rounded()))))
        }
        return result
    }
    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
