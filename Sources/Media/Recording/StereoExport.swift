package import Kernel

/// The player's view of a recording: one stereo file of linear samples, the customer left, the agents right.
package enum StereoExport {
    /// Samples of one channel that are held in memory at once: one second.
    private static let piece = 8_000

    private struct Source {
        let file: DiskFile
        let start: Int
        let dataStart: Int
        let count: Int

        /// Adds what the track says between `position` and the end of `sums`.
        func add(to sums: inout [Int32], at position: Int) throws {
            let first = max(position, start)
            let last = min(position + sums.count, start + count)
            guard first < last else { return }
            let table = G711Tables.shared.linearOfA
            let bytes = try file.read(at: dataStart + first - start, count: last - first)
            for (index, byte) in bytes.enumerated() {
                sums[first - position + index] += Int32(table[Int(byte)])
            }
        }
    }

    /// Writes 16-bit stereo PCM at 8,000 per second to `path`, with a memory that does not depend on the length.
    /// Agents' tracks are summed; a track that the manifest does not have is silence. Blocks on the disk.
    /// Returns the length in milliseconds.
    ///
    /// Throws `notFound` when a track's file is gone, `invalid` when it is no recorded track, `unavailable` when the
    /// export cannot be written.
    @discardableResult package static func write(
        _ manifest: RecordingManifest, in directory: String, customer: String, agents: [String],
        to path: String
    ) throws(Problem) -> Int {
        let left = try sources(manifest, directory, [customer])
        let right = try sources(manifest, directory, agents)
        let length = (left + right).map { $0.start + $0.count }.max() ?? 0
        do {
            let output = try DiskFile(path, .create)
            try output.write(
                WAVFile.header(.pcm, samplesPerSecond: 8_000, channels: 2, dataCount: length * 4))
            var position = 0
            while position < length {
                let count = min(piece, length - position)
                var channels = [[Int32](repeating: 0, count: count), [Int32](repeating: 0, count: count)]
                for source in left { try source.add(to: &channels[0], at: position) }
                for source in right { try source.add(to: &channels[1], at: position) }
                var bytes: [UInt8] = []
                bytes.reserveCapacity(count * 4)
                for index in 0..<count {
                    for channel in 0..<2 {
                        let sample = UInt16(bitPattern: Int16(clamping: channels[channel][index]))
                        bytes.append(UInt8(truncatingIfNeeded: sample))
                        bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
                    }
                }
                try output.write(bytes)
                position += count
            }
            return length / 8
        } catch {
            throw Problem(.unavailable, "The stereo export cannot be written: \(error)", cause: error)
        }
    }

    private static func sources(
        _ manifest: RecordingManifest, _ directory: String, _ names: [String]
    ) throws(Problem) -> [Source] {
        var found: [Source] = []
        for track in manifest.tracks where names.contains(track.name) {
            guard RecordingSpec.isPlain(track.file) else {
                throw Problem(.invalid, "A track's file name leads out of its directory.")
            }
            do {
                let file = try DiskFile("\(directory)/\(track.file)", .read)
                guard let wav = try WAVFile.describe(file), wav.format == .aLaw, wav.channels == 1 else {
                    throw Problem(.invalid, "A track is no A-law recording.", details: ["track": track.name])
                }
                found.append(
                    Source(
                        file: file, start: track.startMilliseconds * 8, dataStart: wav.dataStart,
                        count: wav.dataCount))
            } catch let problem as Problem {
                throw problem
            } catch {
                throw Problem(
                    .notFound, "A track cannot be read: \(error)", cause: error,
                    details: ["track": track.name])
            }
        }
        return found
    }
}
