import Glibc
import Kernel
import Testing

@testable import Media

struct G711Tests {
    @Test func `A-law codes stand for the values of ITU-T G.711, table 1`() {
        // Decision values and character signals of the recommendation, 13 bits scaled by 8.
        let values: [(UInt8, Int16)] = [
            (0xD5, 8), (0xD4, 24), (0xDA, 248), (0xC5, 264), (0xC0, 344), (0xF5, 528), (0xE5, 1_056),
            (0x95, 2_112), (0x85, 4_224), (0xB5, 8_448), (0xA5, 16_896), (0xAA, 32_256),
        ]
        for (code, value) in values {
            #expect(ALaw.decode(code) == value)
            #expect(ALaw.decode(code ^ 0x80) == -value)
        }
        #expect(ALaw.encode(0) == 0xD5)
        #expect(ALaw.encode(-1) == 0x55)
        #expect(ALaw.encode(.max) == 0xAA)
        #expect(ALaw.encode(.min) == 0x2A)
    }
    @Test func `mu-law codes stand for the values of ITU-T G.711, table 2`() {
        let values: [(UInt8, Int16)] = [
            (0xFF, 0), (0xFE, 8), (0xF0, 120), (0xEF, 132), (0xE0, 372), (0xDF, 396), (0xCF, 924),
            (0xBF, 1_980),
            (0xAF, 4_092), (0x9F, 8_316), (0x8F, 16_764), (0x80, 32_124),
        ]
        for (code, value) in values {
            #expect(MuLaw.decode(code) == value)
            #expect(MuLaw.decode(code & 0x7F) == -value)
        }
        #expect(MuLaw.encode(0) == 0xFF)
        #expect(MuLaw.encode(.max) == 0x80)
        #expect(MuLaw.encode(.min) == 0x00)
    }
    @Test func `every code survives decoding and encoding, and no sample moves by more than half a step`() {
        for code in UInt8.min...UInt8.max {
            #expect(ALaw.encode(ALaw.decode(code)) == code)
            // Mu-law has two zeros.
            if code != 0x7F { #expect(MuLaw.encode(MuLaw.decode(code)) == code) }
        }
        for sample in stride(from: Int16.min, through: .max, by: 7) {
            let magnitude = abs(Int(sample))
            #expect(abs(Int(ALaw.decode(ALaw.encode(sample))) - Int(sample)) <= max(16, magnitude / 16))
            #expect(abs(Int(MuLaw.decode(MuLaw.encode(sample))) - Int(sample)) <= max(8, magnitude / 16 + 8))
        }
    }
    @Test func `the tables between the laws agree with going through linear samples`() {
        let tables = G711Tables.shared
        #expect(tables.muOfA[0xAA] == 0x80)
        #expect(tables.aOfMu[0xFF] == 0xD5)
        for code in UInt8.min...UInt8.max {
            let there = tables.muOfA[Int(code)]
            let back = Int(ALaw.decode(tables.aOfMu[Int(there)]))
            #expect(abs(back - Int(ALaw.decode(code))) <= max(16, abs(back) / 16))
        }
    }
}

struct AudioClipTests {
    /// Strength of one frequency in the clip, 1 for a full-scale sine.
    private func strength(_ frequency: Double, in clip: AudioClip) -> Double {
        var (real, imaginary) = (0.0, 0.0)
        for (index, code) in clip.samples.enumerated() {
            let angle = 2 * Double.pi * frequency * Double(index) / 8_000
            real += Double(ALaw.decode(code)) * cos(angle)
            imaginary += Double(ALaw.decode(code)) * sin(angle)
        }
        return (real * real + imaginary * imaginary).squareRoot() * 2 / Double(clip.samples.count) / 32_768
    }
    private func sine(_ frequency: Double, rate: Int, milliseconds: Int) -> [UInt8] {
        (0..<rate * milliseconds / 1_000).flatMap { index -> [UInt8] in
            let value = Int16(16_384 * sin(2 * .pi * frequency * Double(index) / Double(rate)))
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
    }
    private func load(_ format: WAVFile.Format, rate: Int, channels: Int = 1, _ data: [UInt8]) throws
        -> AudioClip
    {
        let scratch = try Scratch()
        let path = scratch.path + "/clip.wav"
        let file = try DiskFile(path, .create)
        try file.write(
            WAVFile.header(format, samplesPerSecond: rate, channels: channels, dataCount: data.count) + data)
        return try AudioClip.load(path)
    }

    @Test(arguments: [8_000, 16_000, 22_050, 44_100, 48_000])
    func `speech of any usual rate keeps its telephone band and its length`(rate: Int) throws {
        let clip = try load(.pcm, rate: rate, sine(1_000, rate: rate, milliseconds: 500))
        #expect((499...500).contains(clip.milliseconds))
        #expect(abs(strength(1_000, in: clip) - 0.5) < 0.02)
        let high = try load(.pcm, rate: rate, sine(3_200, rate: rate, milliseconds: 500))
        #expect(abs(strength(3_200, in: high) - 0.5) < 0.05)
    }
    @Test func `what is above the telephone band does not fold back into it`() throws {
        for frequency in [4_400.0, 5_000, 7_000, 10_000] {
            let clip = try load(.pcm, rate: 22_050, sine(frequency, rate: 22_050, milliseconds: 300))
            let alias = frequency < 8_000 ? 8_000 - frequency : frequency - 8_000
            #expect(strength(alias, in: clip) < 0.005)
        }
    }
    @Test func `G.711 files are taken as they are, mu-law by the table`() throws {
        let data = speech(9, count: 1_001)
        #expect(try load(.aLaw, rate: 8_000, data).samples == data)
        #expect(try load(.muLaw, rate: 8_000, data).samples == data.map { G711Tables.shared.aOfMu[Int($0)] })
    }
    @Test func `stereo, odd rates and things that are no WAV are refused with a reason`() throws {
        func code(_ body: () throws -> AudioClip) -> Problem.Code? {
            do { _ = try body() } catch { return (error as? Problem)?.code }
            return nil
        }
        #expect(
            code { try load(.pcm, rate: 8_000, channels: 2, sine(1, rate: 8_000, milliseconds: 2)) }
                == .unsupported)
        #expect(code { try load(.aLaw, rate: 16_000, [1, 2]) } == .unsupported)
        #expect(code { try AudioClip.load("/nowhere/at/all.wav") } == .notFound)
        #expect(code { try AudioClip.load("/etc/passwd") } == .unsupported)
    }
    @Test func `tones have their frequency and cadence`() {
        let ringBack = AudioClip.ringBack()
        #expect(ringBack.milliseconds == 5_000)
        let tone = AudioClip(aLaw: Array(ringBack.samples[0..<8_000]))
        #expect(strength(450, in: tone) > 0.2)
        #expect(strength(900, in: tone) < 0.01)
        #expect(ringBack.samples[8_000...].allSatisfy { $0 == ALaw.silence })
        let busy = AudioClip.busy()
        #expect(busy.milliseconds == 700)
        #expect(busy.samples[2_800...].allSatisfy { $0 == ALaw.silence })
        #expect(AudioClip.tone([697, 1_209], milliseconds: 0).samples.isEmpty)
    }
    @Test func `hold music is music: a loop of some seconds, never loud, never long silent`() {
        let music = AudioClip.holdMusic()
        #expect(music.milliseconds == 19_200)
        #expect(music.samples.allSatisfy { abs(Int(ALaw.decode($0))) < 9_000 })
        for start in stride(from: 0, to: music.samples.count, by: 4_800) {
            #expect(music.samples[start..<start + 4_800].contains { abs(Int(ALaw.decode($0))) > 1_000 })
        }
    }
}
