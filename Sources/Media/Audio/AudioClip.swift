package import Kernel

/// Audio that is ready to be played to a leg: A-law samples at 8,000 per second, immutable and shared.
package final class AudioClip: Sendable {
    /// A-law codes, one per 125 microseconds.
    package let samples: [UInt8]
    /// Length, rounded down.
    package var milliseconds: Int { samples.count / 8 }

    package init(aLaw samples: [UInt8]) { self.samples = samples }
    /// Linear samples of 16 bits at 8,000 per second.
    package init(linear samples: [Int16]) { self.samples = samples.map(ALaw.encode) }

    /// A prompt of ten minutes in PCM of 48 kHz fits; longer files are refused.
    package static let fileLimit = 64 << 20

    /// Reads a mono WAV file: PCM of 16 bits at any rate from 8,000 to 48,000 per second (resampled), A-law or
    /// mu-law at 8,000. Blocks on the disk and computes: never call it on a media thread.
    ///
    /// Throws `notFound` when the file cannot be opened, `unsupported` for any other format.
    package static func load(_ path: String) throws(Problem) -> AudioClip {
        do {
            let file = try DiskFile(path, .read)
            guard try file.size <= fileLimit, let wav = try WAVFile.describe(file), wav.channels == 1 else {
                throw Problem(
                    .unsupported, "Not a mono WAV file in PCM 16 bit, A-law or mu-law, or too long.")
            }
            let data = try file.read(at: wav.dataStart, count: wav.dataCount)
            switch wav.format {
            case .aLaw where wav.samplesPerSecond == 8_000:
                return AudioClip(aLaw: data)
            case .muLaw where wav.samplesPerSecond == 8_000:
                let table = G711Tables.shared.aOfMu
                return AudioClip(aLaw: data.map { table[Int($0)] })
            case .pcm where (8_000...48_000).contains(wav.samplesPerSecond):
                let linear = (0..<data.count / 2).map {
                    Int16(bitPattern: UInt16(data[2 * $0]) | UInt16(data[2 * $0 + 1]) << 8)
                }
                return AudioClip(linear: Resampler(from: wav.samplesPerSecond).narrowBand(linear))
            default:
                throw Problem(
                    .unsupported,
                    "WAV files need PCM at 8,000 to 48,000 samples per second, or G.711 at 8,000.",
                    details: ["rate": "\(wav.samplesPerSecond)"])
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.notFound, "The audio file cannot be read: \(error)", cause: error)
        }
    }
}
