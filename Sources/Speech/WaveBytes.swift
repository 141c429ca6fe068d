import Kernel

/// WAV files as bytes (RIFF: four-character chunk names, little-endian sizes).
enum WaveBytes {
    private static let headerLength = 12
    private static let chunkHeaderLength = 8

    /// `bytes` with the sizes in the RIFF and `data` headers set to what is there.
    ///
    /// A program that writes WAV into a pipe cannot go back to fill in the sizes and leaves a huge number. Throws
    /// `Problem(.unavailable)` when the bytes are no WAV file or hold no sound.
    static func repaired(_ bytes: [UInt8]) throws -> [UInt8] {
        var bytes = bytes
        guard bytes.count > headerLength, bytes.starts(with: Array("RIFF".utf8)),
            bytes[8..<12].elementsEqual("WAVE".utf8)
        else { throw Problem(.unavailable, "The speech engine answered with something that is no WAV file.") }
        var position = headerLength
        while position + chunkHeaderLength <= bytes.count {
            let body = position + chunkHeaderLength
            let size = min(Int(word(bytes, at: position + 4)), bytes.count - body)
            if bytes[position..<(position + 4)].elementsEqual("data".utf8) {
                guard size > 1 else { break }
                // Whole 16-bit samples only: half a sample at the end would be noise.
                let whole = size & ~1
                bytes.removeSubrange((body + whole)...)
                setWord(&bytes, at: position + 4, to: UInt32(whole))
                setWord(&bytes, at: 4, to: UInt32(bytes.count - 8))
                return bytes
            }
            position = body + size + (size & 1)
        }
        throw Problem(.unavailable, "The speech engine answered with a WAV file without sound.")
    }

    private static func word(_ bytes: [UInt8], at position: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[position + $1]) << UInt32(8 * $1) }
    }

    private static func setWord(_ bytes: inout [UInt8], at position: Int, to value: UInt32) {
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
    }
}
