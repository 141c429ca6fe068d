package import Kernel

/// RIFF WAVE files: the header that recordings carry, reading of others, and the repair of one that was cut.
package enum WAVFile {
    /// Format tags of the RIFF registry (RFC 2361).
    package enum Format: UInt16, Sendable {
        case pcm = 1
        case aLaw = 6
        case muLaw = 7

        var bytesPerSample: Int { self == .pcm ? 2 : 1 }
    }
    /// What a header says about its samples.
    struct Description {
        var format: Format
        var samplesPerSecond: Int
        var channels: Int
        var dataStart: Int
        /// Bytes of samples that are really in the file.
        var dataCount: Int
    }

    /// RIFF, an 18-byte `fmt `, `fact` and the head of `data`.
    static let headerSize = 58
    /// Where the sizes lie that closing and repair have to set.
    static let riffSizeOffset = 4, factOffset = 46, dataSizeOffset = 54
    /// No chunk before the samples is longer in files that are read here.
    private static let searchLimit = 65_536

    /// The header for `dataCount` bytes of samples.
    static func header(_ format: Format, samplesPerSecond: Int, channels: Int, dataCount: Int) -> [UInt8] {
        let frame = format.bytesPerSample * channels
        var bytes: [UInt8] = []
        bytes.reserveCapacity(headerSize)
        func append(_ text: StaticString) {
            text.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        func append16(_ value: Int) { for shift in [0, 8] { bytes.append(UInt8(value >> shift & 255)) } }
        func append32(_ value: Int) { bytes.append(contentsOf: littleEndian(value)) }
        append("RIFF")
        append32(headerSize - 8 + dataCount + dataCount % 2)
        append("WAVEfmt ")
        append32(18)
        append16(Int(format.rawValue))
        append16(channels)
        append32(samplesPerSecond)
        append32(samplesPerSecond * frame)
        append16(frame)
        append16(format.bytesPerSample * 8)
        append16(0)
        append("fact")
        append32(4)
        append32(dataCount / frame)
        append("data")
        append32(dataCount)
        return bytes
    }
    private static func littleEndian(_ value: Int) -> [UInt8] {
        let value = UInt32(clamping: value)
        return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// Sets the sizes in a header written by `header` to what the file holds, with the pad byte of an odd length.
    static func complete(_ file: DiskFile, format: Format, channels: Int) throws(SystemError) {
        let frame = format.bytesPerSample * channels
        let count = max(0, try file.size - headerSize) / frame * frame
        try file.truncate(to: headerSize + count)
        if count % 2 == 1 { try file.write([0], at: headerSize + count) }
        try file.write(littleEndian(headerSize - 8 + count + count % 2), at: riffSizeOffset)
        try file.write(littleEndian(count / frame), at: factOffset)
        try file.write(littleEndian(count), at: dataSizeOffset)
    }

    /// Makes a recording that was cut by a crash playable: the header's sizes are set to what reached the disk.
    /// Returns the length in milliseconds. Harmless for a file that is whole.
    ///
    /// Throws `invalid` when the file was not written by this product's recorder, `unavailable` when it cannot be read.
    @discardableResult package static func repair(_ path: String) throws(Problem) -> Int {
        do {
            let file = try DiskFile(path, .update)
            let start = try file.read(at: 0, count: headerSize)
            let expected = header(.aLaw, samplesPerSecond: 8_000, channels: 1, dataCount: 0)
            guard start.count == headerSize,
                start[8..<riffSizeOffset + 40] == expected[8..<riffSizeOffset + 40]
            else {
                throw Problem(.invalid, "Not a recorded track; its header cannot be repaired.")
            }
            let stated = word(start[...], at: dataSizeOffset, bytes: 4)
            // A whole file of odd length ends with a pad byte that is no sample.
            if headerSize + stated + stated % 2 != (try file.size) || stated == 0 {
                try complete(file, format: .aLaw, channels: 1)
                try file.synchronise()
            }
            return word(try file.read(at: dataSizeOffset, count: 4)[...], at: 0, bytes: 4) / 8
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.unavailable, "The recorded track cannot be repaired: \(error)", cause: error)
        }
    }

    /// Finds the format and the samples of any WAVE file of a format known here; `nil` otherwise. A data size that
    /// the file does not hold is cut to what is there.
    static func describe(_ file: DiskFile) throws(SystemError) -> Description? {
        let head = try file.read(at: 0, count: searchLimit)[...]
        let size = try file.size
        guard head.count >= 12, head[0..<4].elementsEqual("RIFF".utf8),
            head[8..<12].elementsEqual("WAVE".utf8)
        else { return nil }
        var position = 12
        var found: (format: Format, rate: Int, channels: Int)?
        while position + 8 <= head.count {
            let name = head[position..<position + 4]
            let length = word(head, at: position + 4, bytes: 4)
            if name.elementsEqual("fmt ".utf8), length >= 16, position + 24 <= head.count {
                guard let format = Format(rawValue: UInt16(word(head, at: position + 8, bytes: 2))),
                    word(head, at: position + 22, bytes: 2) == format.bytesPerSample * 8
                else { return nil }
                found = (
                    format, word(head, at: position + 12, bytes: 4), word(head, at: position + 10, bytes: 2)
                )
            } else if name.elementsEqual("data".utf8), let found {
                let start = position + 8
                return Description(
                    format: found.format, samplesPerSecond: found.rate, channels: found.channels,
                    dataStart: start,
                    dataCount: max(0, min(length, size - start)))
            }
            position += 8 + length + length % 2
        }
        return nil
    }
    private static func word(_ bytes: ArraySlice<UInt8>, at index: Int, bytes count: Int) -> Int {
        guard index + count <= bytes.endIndex else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
    }
}
