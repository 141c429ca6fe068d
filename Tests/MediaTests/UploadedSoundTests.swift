import Glibc
import Kernel
import Testing

@testable import Media

/// Prompts that come from outside (G16): every coding that is promised, and nothing that lies about itself.
struct UploadedSoundTests {
    /// A file by hand: `samples` per channel from -1 to 1.
    private func file(
        tag: Int = 1, bits: Int = 16, channels: Int = 1, rate: Int = 8_000, isExtensible: Bool = false,
        _ samples: [Double]
    ) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var data: [UInt8] = []
        for sample in samples {
            for _ in 0..<channels {
                switch (tag, bits) {
                case (3, _): data += little(Int(Float(sample).bitPattern), 4)
                case (_, 8): data += little(Int(sample * 127) + 128, 1)
                default: data += little(Int(sample * (pow(2, Double(bits) - 1) - 1)), bits / 8)
                }
            }
        }
        let frame = channels * bits / 8
        var format = little(isExtensible ? 0xFFFE : tag, 2) + little(channels, 2) + little(rate, 4)
        format += little(rate * frame, 4) + little(frame, 2) + little(bits, 2)
        if isExtensible {
            format +=
                little(22, 2) + little(bits, 2) + little(0, 4) + little(tag, 2)
                + [UInt8](repeating: 0, count: 14)
        }
        var bytes = Array("RIFF".utf8) + little(0, 4) + Array("WAVE".utf8)
        bytes += Array("LIST".utf8) + little(3, 4) + [1, 2, 3, 0]
        bytes += Array("fmt ".utf8) + little(format.count, 4) + format
        return bytes + Array("data".utf8) + little(data.count, 4) + data
    }

    private func tone(_ frequency: Double, rate: Int, seconds: Double = 0.5, level: Double = 0.5) -> [Double]
    {
        (0..<Int(Double(rate) * seconds)).map { level * sin(2 * .pi * frequency * Double($0) / Double(rate)) }
    }

    /// The share of the power that is in one frequency.
    private func strength(_ samples: [Int16], _ frequency: Double) -> Double {
        let middle = samples.dropFirst(400).dropLast(400)
        var (real, imaginary, power) = (0.0, 0.0, 0.0)
        for (index, sample) in middle.enumerated() {
            let angle = 2 * .pi * frequency * Double(index) / 8_000
            real += Double(sample) * cos(angle)
            imaginary += Double(sample) * sin(angle)
            power += Double(sample) * Double(sample)
        }
        return power == 0 ? 0 : 2 * (real * real + imaginary * imaginary) / (power * Double(middle.count))
    }

    @Test(arguments: [
        (1, 8, 1, 8_000), (1, 16, 2, 11_025), (1, 24, 1, 22_050), (1, 32, 2, 44_100), (3, 32, 1, 48_000),
        (3, 32, 2, 16_000),
    ])
    func `G16: a tone stays that tone whatever it was written in`(
        _ tag: Int, _ bits: Int, _ channels: Int, _ rate: Int
    ) throws {
        for isExtensible in [false, true] {
            let bytes = file(
                tag: tag, bits: bits, channels: channels, rate: rate, isExtensible: isExtensible,
                tone(1_000, rate: rate))
            let sound = try UploadedSound(bytes)
            #expect(abs(sound.milliseconds - 500) <= 1)
            #expect(strength(sound.samples, 1_000) > 0.98)
            #expect(abs(sound.level - -9) <= 1, "\(sound.level) dB")
            // What is kept is what the players read.
            let again = try UploadedSound(sound.bytes)
            #expect(again.samples.count == sound.samples.count && abs(again.level - sound.level) <= 1)
        }
    }

    @Test func `what the telephone cannot carry is filtered, and what is too loud is turned down`() throws {
        let high = try UploadedSound(file(rate: 48_000, tone(7_000, rate: 48_000)))
        // Folded back it would be a tone of 1 kHz at -9 dB.
        #expect(high.level < -30)
        let loud = try UploadedSound(file(tag: 3, bits: 32, tone(500, rate: 8_000, level: 4)))
        #expect(strength(loud.samples, 500) > 0.99, "it is not clipped")
        #expect(loud.samples.map { abs(Int($0)) }.max() ?? 0 < 29_500)
        let broken = try UploadedSound(file(tag: 3, bits: 32, [.nan, .infinity, 0.5, -0.5, 0]))
        #expect(broken.samples.count == 5)
        #expect(try UploadedSound(file([0, 0, 0])).level == -96)
    }

    @Test func `a file that is none, or says what is not so, is refused`() {
        let good = file(tone(1_000, rate: 8_000))
        func isRefused(_ bytes: [UInt8]) -> Bool {
            do throws(Problem) {
                _ = try UploadedSound(bytes)
                return false
            } catch { return error.code == .invalid && error.details["field"] == "file" }
        }
        #expect(isRefused([]))
        #expect(isRefused(Array("RIFF".utf8)))
        #expect(isRefused(Array("OggS and more that is no wave file at all".utf8)))
        #expect(isRefused(file([])))
        #expect(isRefused(file(bits: 12, [0])) && isRefused(file(tag: 6, bits: 8, [0])))
        #expect(isRefused(file(channels: 3, [0, 0])) && isRefused(file(channels: 0, [0])))
        for rate in [0, 7_999, 47_999, 96_000, 0xFFFF_FFFF] { #expect(isRefused(file(rate: rate, [0, 0]))) }
        // Every beginning of a good file, and every byte of its header wrong: never a trap.
        for length in 0..<60 { _ = isRefused(Array(good.prefix(length))) }
        for index in 0..<56 {
            for value in [0, 1, 0x7F, 0xFF] as [UInt8] {
                var bytes = good
                bytes[index] = value
                _ = isRefused(bytes)
            }
        }
        let long = file(bits: 8, [Double](repeating: 0, count: 8_000 * 301))
        #expect(isRefused(long))
        // A size beyond the file is what is there.
        var claimed = good
        claimed.replaceSubrange((good.count - 8_004)..<(good.count - 8_000), with: [0xFF, 0xFF, 0xFF, 0x7F])
        #expect(!isRefused(claimed))
    }
}
