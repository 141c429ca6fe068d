import Kernel

/// The digest by which a stored file is known: SHA-256 (FIPS 180-4), as 64 hexadecimal digits.
struct FileDigest {
    private var state = SHA256()

    mutating func update(_ bytes: [UInt8]) { state.update(bytes) }
    mutating func hexadecimal() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: state.finish().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
