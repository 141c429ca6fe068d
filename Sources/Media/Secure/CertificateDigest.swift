/// The SHA-256 of a certificate, by which the two sides of a secure leg know each other (RFC 8122, 5).
package struct CertificateDigest: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of a SHA-256.
    static let size = 32
    private let bytes: [UInt8]

    /// Reads 32 bytes in hexadecimal with colons between them, as `a=fingerprint:sha-256` writes them; letters of
    /// either case. `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard parts.count == Self.size else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.count == 2, part.allSatisfy(Self.isHexadecimal),
                let byte = UInt8(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }
    /// The digest that OpenSSL has computed: 32 bytes.
    init(bytes: [UInt8]) {
        precondition(bytes.count == Self.size)
        self.bytes = bytes
    }

    /// As a description writes it.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
}
