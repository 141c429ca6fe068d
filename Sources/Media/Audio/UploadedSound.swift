package import Kernel

/// A prompt that somebody has uploaded or recorded, read from bytes that nobody has looked at: a RIFF WAVE file of PCM
/// with 8, 16, 24 or 32 bits, or of 32-bit floating point, mono or stereo. It becomes mono at 8,000 samples per second,
/// which is what is played.
package struct UploadedSound: Sendable {
    /// Bytes of a file, and its length in milliseconds.
    package static let mostBytes = 20 * 1_024 * 1_024
    package static let mostMilliseconds = 5 * 60 * 1_000
    /// Rates from the telephone's to the studio's. All are multiples of 25, which bounds the filter's phases.
    private static let rates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
    /// Peaks are kept below this share of full scale (-1 dB): what is louder is turned down as a whole.
    private static let mostPeak: Float = 0.891
    /// Length of a block of the level, in samples: 400 ms, as in ITU-R BS.1770.
    private static let block = 3_200
    /// Blocks this much below the loudest one are pauses and no part of the level, as a share of power (-20 dB).
    private static let pause = 0.01
    /// What silence is called, in dB of full scale.
    private static let silence = -96

    /// Mono, 8,000 per second.
    package let samples: [Int16]
    /// Length, rounded down.
    package var milliseconds: Int { samples.count / 8 }

    /// How loud the speech is, in dB of full scale, pauses left out. A square wave at full scale has 0, usual speech
    /// about -20.
    package var level: Int {
        let powers = stride(from: 0, to: samples.count, by: Self.block).map { start -> Double in
            let part = samples[start..<min(samples.count, start + Self.block)]
            return part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(part.count)
        }
        guard let loudest = powers.max(), loudest > 0 else { return Self.silence }
        let spoken = powers.filter { $0 >= loudest * Self.pause }
        return max(
            Self.silence, Decibels.of(power: spoken.reduce(0, +) / Double(spoken.count) / 32_768 / 32_768))
    }

    /// The file that is kept: mono, PCM of 16 bits, 8,000 per second.
    package var bytes: [UInt8] { Self.file(samples) }

    private static func file(_ samples: [Int16]) -> [UInt8] {
        var bytes = WAVFile.header(.pcm, samplesPerSecond: 8_000, channels: 1, dataCount: 2 * samples.count)
        bytes.reserveCapacity(bytes.count + 2 * samples.count)
        for sample in samples {
            let bits = UInt16(bitPattern: sample)
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        return bytes
    }

    /// Reads a track that this product has recorded; what is beyond the length of a prompt is cut off. Blocks on the
    /// disk.
    ///
    /// Throws as `init(_:)` does, and what `AudioClip.load` throws.
    package init(track path: String) throws(Problem) {
        let codes = try AudioClip.load(path).samples.prefix(Self.mostMilliseconds * 8)
        try self.init(Self.file(codes.map(ALaw.decode)))
    }

    /// Reads a file. Computes for a second or two when it is long: not on a thread that others wait for.
    ///
    /// Throws `Problem(.invalid)` with the field `file` that says what is wrong with it.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Self.mostBytes else {
            throw Self.refused("it has more than \(Self.mostBytes / 1_024 / 1_024) MB")
        }
        let (format, data) = try Self.chunks(of: bytes)
        let frames = data.count / format.frame
        guard frames > 0 else { throw Self.refused("there is no sound in it") }
        guard frames * 1_000 / format.rate <= Self.mostMilliseconds else {
            throw Self.refused("it is longer than \(Self.mostMilliseconds / 60_000) minutes")
        }
        let mono = Self.mono(bytes, data, format, frames)
        samples = Resampler(from: format.rate).narrowBand(mono)
        guard !samples.isEmpty else { throw Self.refused("there is no sound in it") }
    }

    // MARK: the file

    private enum Coding { case integer8, integer16, integer24, integer32, float32 }

    private struct Format {
        var coding: Coding
        var channels: Int
        var rate: Int
        var width: Int
        /// Bytes of one moment.
        var frame: Int { width * channels }
    }

    private static func refused(_ why: String) -> Problem {
        Problem(
            .invalid,
            "The sound file cannot be used: \(why). Send a WAV file: PCM of 8, 16, 24 or 32 bits or float, 8 to 48 kHz, "
                + "mono or stereo, at most 5 minutes and 20 MB.", details: ["field": "file"])
    }

    /// The format and where the samples are. Sizes in the file are claims: a chunk ends at the latest where the file does.
    private static func chunks(of bytes: [UInt8]) throws(Problem) -> (Format, Range<Int>) {
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8),
            bytes[8..<12].elementsEqual("WAVE".utf8)
        else { throw refused("it is no WAV file") }
        var position = 12
        var format: Format?
        while position + 8 <= bytes.count {
            let start = position + 8
            let stated = number(bytes, at: position + 4, count: 4)
            let count = min(stated, bytes.count - start)
            if bytes[position..<position + 4].elementsEqual("fmt ".utf8) {
                format = try Self.format(bytes, start..<start + count)
            } else if bytes[position..<position + 4].elementsEqual("data".utf8) {
                guard let format else { throw refused("its format is missing") }
                return (format, start..<start + count)
            }
            // Each turn goes on by eight bytes at least.
            position = start + count + count % 2
        }
        throw refused("there is no sound in it")
    }

    private static func format(_ bytes: [UInt8], _ chunk: Range<Int>) throws(Problem) -> Format {
        guard chunk.count >= 16 else { throw refused("its format cannot be read") }
        let start = chunk.lowerBound
        var tag = number(bytes, at: start, count: 2)
        let channels = number(bytes, at: start + 2, count: 2)
        let rate = number(bytes, at: start + 4, count: 4)
        let bits = number(bytes, at: start + 14, count: 2)
        // WAVE_FORMAT_EXTENSIBLE: the real tag begins the identifier at the end.
        if tag == 0xFFFE, chunk.count >= 26 { tag = number(bytes, at: start + 24, count: 2) }
        let coding: Coding
        switch (tag, bits) {
        case (1, 8): coding = .integer8
        case (1, 16): coding = .integer16
        case (1, 24): coding = .integer24
        case (1, 32): coding = .integer32
        case (3, 32): coding = .float32
        default: throw refused("its coding (\(tag), \(bits) bits) is not known here")
        }
        guard (1...2).contains(channels) else { throw refused("it has \(channels) channels") }
        guard rates.contains(rate) else { throw refused("it has \(rate) samples per second") }
        guard number(bytes, at: start + 12, count: 2) == channels * bits / 8 else {
            throw refused("its format contradicts itself")
        }
        return Format(coding: coding, channels: channels, rate: rate, width: bits / 8)
    }

    private static func number(_ bytes: [UInt8], at index: Int, count: Int) -> Int {
        guard index + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
    }

    /// Both channels together, turned down when they are louder than a telephone takes.
    private static func mono(_ bytes: [UInt8], _ data: Range<Int>, _ format: Format, _ frames: Int) -> [Int16]
    {
        var mixed: [Float] = []
        mixed.reserveCapacity(frames)
        var peak: Float = 0
        for frame in 0..<frames {
            var sum: Float = 0
            for channel in 0..<format.channels {
                sum += sample(
                    bytes, at: data.lowerBound + frame * format.frame + channel * format.width, format.coding)
            }
            let value = sum / Float(format.channels)
            peak = max(peak, abs(value))
            mixed.append(value)
        }
        let gain = peak > mostPeak ? mostPeak / peak : 1
        return mixed.map { Int16($0 * gain * 32_767) }
    }

    /// From -1 to 1; floating point may be beyond, and what is no number is silence.
    private static func sample(_ bytes: [UInt8], at index: Int, _ coding: Coding) -> Float {
        switch coding {
        case .integer8: return (Float(bytes[index]) - 128) / 128
        case .integer16:
            return Float(Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)) / 32_768
        case .integer24:
            let bits =
                UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1]) << 16 | UInt32(bytes[index + 2]) << 24
            return Float(Int32(bitPattern: bits)) / 2_147_483_648
        case .integer32: return Float(Int32(bitPattern: word(bytes, index))) / 2_147_483_648
        case .float32:
            let value = Float(bitPattern: word(bytes, index))
            // Beyond a hundred times full scale it is noise of a broken file.
            return value.isFinite ? max(-100, min(100, value)) : 0
        }
    }

    private static func word(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }
}
