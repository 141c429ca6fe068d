import Glibc

extension AudioClip {
    private static let rate = 8_000.0
    /// -10 dBm0, the level of call-progress tones (ITU-T E.180): full scale sine is +3.14 dBm0.
    private static let toneLevel = 32_767.0 * 0.22

    /// Tones at the same time, with ramps of 4 ms against clicks. Frequencies in Hz; a length of zero is empty.
    package static func tone(_ frequencies: [Double], milliseconds: Int, level: Double = 1) -> AudioClip {
        AudioClip(linear: toneSamples(frequencies, milliseconds: milliseconds, level: level))
    }
    /// Silence of a length.
    package static func silence(milliseconds: Int) -> AudioClip {
        AudioClip(aLaw: [UInt8](repeating: ALaw.silence, count: max(0, milliseconds) * 8))
    }
    /// Ring-back tone 450 Hz, 1 s on and 4 s off (GB 3380, as ITU-T E.180 lists it for China); loop it.
    package static func ringBack() -> AudioClip {
        AudioClip(
            aLaw: tone([450], milliseconds: 1_000).samples + silence(milliseconds: 4_000).samples)
    }
    /// Busy tone 450 Hz, 0.35 s on and off (GB 3380, as ITU-T E.180 lists it for China); loop it.
    package static func busy() -> AudioClip {
        AudioClip(aLaw: tone([450], milliseconds: 350).samples + silence(milliseconds: 350).samples)
    }

    private static func toneSamples(_ frequencies: [Double], milliseconds: Int, level: Double) -> [Int16] {
        let count = max(0, milliseconds) * 8
        let ramp = 32
        let share = toneLevel * level / Double(max(1, frequencies.count))
        return (0..<count).map { index in
            let edge = min(1, Double(min(index, count - 1 - index)) / Double(ramp))
            let sum = frequencies.reduce(0.0) { $0 + sin(2 * .pi * $1 * Double(index) / rate) }
            return Int16(sum * share * edge)
        }
    }

    /// Music on hold without anybody's rights in it: broken chords in C over a quiet bass, 19.2 s; loop it.
    package static func holdMusic() -> AudioClip {
        // C, A minor, F, G; then C, E minor, F, G: semitones above C3 of bass and four chord notes.
        let chords: [[Int]] = [
            [0, 12, 16, 19, 24], [-3, 9, 12, 16, 21], [-7, 5, 9, 12, 17], [-5, 7, 11, 14, 19],
            [0, 12, 16, 19, 24], [4, 11, 16, 19, 23], [-7, 5, 9, 12, 17], [-5, 7, 11, 14, 17],
        ]
        let pattern = [1, 2, 3, 4, 3, 2, 3, 2]
        let beat = 2_400  // samples: 0.3 s
        var mix = [Double](repeating: 0, count: chords.count * pattern.count * beat)
        func play(_ semitone: Int, at start: Int, samples: Int, level: Double) {
            let frequency = 130.81 * pow(2, Double(semitone) / 12)
            for index in 0..<samples {
                let seconds = Double(index) / rate
                let envelope = min(1, seconds / 0.008) * exp(-2.2 * seconds)
                let left = Double(samples - index) / rate
                let phase = 2 * .pi * frequency * seconds
                let voice = sin(phase) + 0.35 * sin(2 * phase) * exp(-3 * seconds) + 0.12 * sin(3 * phase)
                // Tails run over the end into the beginning, so that the loop has no seam.
                mix[(start + index) % mix.count] += voice * envelope * level * min(1, left / 0.05)
            }
        }
        for (bar, chord) in chords.enumerated() {
            let start = bar * pattern.count * beat
            play(chord[0], at: start, samples: 8 * beat, level: 0.16)
            play(chord[0] + 12, at: start + 4 * beat, samples: 4 * beat, level: 0.08)
            for (step, note) in pattern.enumerated() {
                play(chord[note], at: start + step * beat, samples: 4 * beat, level: step == 0 ? 0.2 : 0.15)
            }
        }
        let peak = max(0.001, mix.map(abs).max() ?? 1)
        // -12 dB below full scale at the peak: pleasant beside speech.
        return AudioClip(linear: mix.map { Int16($0 / peak * 32_767 * 0.25) })
    }
}
