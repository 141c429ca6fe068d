import Foundation
import Kernel

/// A file sealed under a key, in pieces, so that a reader needs one piece at a time (decision 9).
///
/// Head: `HLSEAL01`, the 16 bytes of the key's id, 8 random bytes, the length of the content as 8 bytes, the highest
/// first. Then the content in pieces of 64 KiB, each sealed with AES-256-GCM: the nonce is the random bytes and the
/// piece's number in 4 bytes, the context is the head and that number. A piece that is changed, moved, left out or
/// added is refused.
package enum SealedFile {
    /// What the name of a sealed file ends in.
    package static let suffix = ".sealed"
    private static let magic = Array("HLSEAL01".utf8)
    private static let headSize = 40
    private static let piece = 65_536
    private static let tag = 16

    private struct Head {
        var key: KeyID
        var salt: [UInt8]
        var length: Int

        var bytes: [UInt8] {
            magic + SealedFile.bytes(key.high) + SealedFile.bytes(key.low) + salt
                + SealedFile.bytes(UInt64(length))
        }

        func nonce(_ piece: Int) -> [UInt8] { salt + SealedFile.bytes(UInt64(piece))[4...] }
        func context(_ piece: Int) -> [UInt8] { bytes + SealedFile.bytes(UInt64(piece)) }

        init(key: KeyID, length: Int) {
            self.key = key
            self.length = length
            salt = SecretKey.random(8)
        }
        init?(_ bytes: [UInt8]) {
            guard bytes.count == headSize, Array(bytes[..<8]) == magic else { return nil }
            key = KeyID(high: SealedFile.word(bytes, 8), low: SealedFile.word(bytes, 16))
            salt = Array(bytes[24..<32])
            guard let length = Int(exactly: SealedFile.word(bytes, 32)) else { return nil }
            self.length = length
        }
    }

    /// Writes the content of one file sealed into another, which has its name only once it is complete and on the disk.
    /// Blocks on the disk.
    ///
    /// - Throws: `Problem(.notFound)` without a source, `Problem(.unavailable)` when it cannot be written.
    package static func seal(_ source: String, to target: String, under key: SecretKey, named id: KeyID)
        throws
    {
        let input = try reading(source)
        defer { try? input.close() }
        let length = Int(try input.seekToEnd())
        try input.seek(toOffset: 0)
        let head = Head(key: id, length: length)
        let unfinished = target + ".partial"
        do {
            let output = try writing(unfinished)
            try output.write(contentsOf: head.bytes)
            var number = 0
            while number * piece < length {
                let content = try input.read(upToCount: piece) ?? Data()
                guard content.count == min(piece, length - number * piece) else {
                    throw Problem(.unavailable, "\(source) changed while it was sealed")
                }
                try output.write(
                    contentsOf: key.seal(
                        Array(content), nonce: head.nonce(number), context: head.context(number)))
                number += 1
            }
            try output.synchronize()
            try output.close()
            guard rename(unfinished, target) == 0 else {
                throw Problem(
                    .unavailable, "\(target) cannot be written: \(String(cString: strerror(errno)))")
            }
        } catch {
            // What was begun is of no use to anybody.
            try? FileManager.default.removeItem(atPath: unfinished)
            throw error
        }
    }

    /// Under which key a file was sealed; `nil` when it is no sealed file.
    package static func key(of path: String) throws -> KeyID? {
        let input = try reading(path)
        defer { try? input.close() }
        return try Head(Array(input.read(upToCount: headSize) ?? Data()))?.key
    }

    /// The content of a sealed file, piece by piece. Blocks on the disk.
    ///
    /// - Throws: `Problem(.forbidden)` under another key or when anything was changed; then what was given so far is not
    ///   to be used.
    package static func open(_ path: String, under key: SecretKey, _ body: ([UInt8]) throws -> Void) throws {
        let input = try reading(path)
        defer { try? input.close() }
        guard let head = try Head(Array(input.read(upToCount: headSize) ?? Data())) else {
            throw Problem(.invalid, "\(path) is no sealed file.")
        }
        var number = 0
        while number * piece < head.length {
            let size = min(piece, head.length - number * piece) + tag
            let sealed = Array(try input.read(upToCount: size) ?? Data())
            try body(key.open(sealed, nonce: head.nonce(number), context: head.context(number)))
            number += 1
        }
        guard try (input.read(upToCount: 1) ?? Data()).isEmpty else {
            throw Problem(.forbidden, "\(path) is longer than it was.", details: ["reason": "vault.refused"])
        }
    }

    /// Writes the content of a sealed file into another, readable by its owner alone.
    package static func open(_ path: String, under key: SecretKey, to target: String) throws {
        let output = try writing(target)
        defer { try? output.close() }
        try open(path, under: key) { try output.write(contentsOf: $0) }
    }

    private static func reading(_ path: String) throws -> FileHandle {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Problem(.notFound, "\(path) is not there or cannot be read.")
        }
        return handle
    }

    private static func writing(_ path: String) throws -> FileHandle {
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(.unavailable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
