// The only file that imports the C shim: bytes go in and come out, pointers do not.
import CVault
import Glibc
package import Kernel

/// A key of 256 bits, which no text shows.
package struct SecretKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// Bytes of a key.
    package static let size = Int(HL_KEY_SIZE)
    private static let nonceSize = Int(HL_NONCE_SIZE)
    private static let tagSize = Int(HL_TAG_SIZE)
    /// Bytes that a sealed text has beside the plain one.
    package static let overhead = nonceSize + tagSize

    /// For sealing it under another one.
    let bytes: [UInt8]

    /// A new one, of the system's randomness.
    package init() { bytes = Self.random(Self.size) }

    /// - Returns: `nil` for another number of bytes than `size`.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// As it stands in the file of master keys.
    package init?(hexadecimal text: String) {
        guard let bytes = Hexadecimal.bytes(text) else { return nil }
        self.init(bytes)
    }

    package var description: String { "a key" }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
    /// For the file of master keys, and nowhere else.
    var hexadecimal: String { Hexadecimal.text(bytes) }

    /// Bytes that nobody can guess.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Seals a text under a nonce of its own: nonce, sealed text, tag. It opens with the same context alone, which is
    /// not in it: what the text belongs to.
    package func seal(_ plain: [UInt8], context: String) -> [UInt8] {
        let nonce = Self.random(Self.nonceSize)
        return nonce + seal(plain, nonce: nonce, context: Array(context.utf8))
    }

    /// Opens what `seal` made.
    ///
    /// - Throws: `Problem(.forbidden)` when it was sealed under another key or context, or was changed.
    package func open(_ sealed: [UInt8], context: String) throws(Problem) -> [UInt8] {
        guard sealed.count >= Self.overhead else { throw Self.refused }
        return try open(
            Array(sealed[Self.nonceSize...]), nonce: Array(sealed[..<Self.nonceSize]),
            context: Array(context.utf8))
    }

    /// Sealed text and tag. The caller sees to it that no nonce comes twice.
    func seal(_ plain: [UInt8], nonce: [UInt8], context: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceSize)
        var tag = [UInt8](repeating: 0, count: Self.tagSize)
        var isDone: CInt = 0
        let sealed = [UInt8](unsafeUninitializedCapacity: plain.count) { buffer, count in
            isDone = hl_seal(
                bytes, nonce, context, context.count, plain, plain.count, buffer.baseAddress, &tag)
            count = plain.count
        }
        // OpenSSL refuses only when there is no memory.
        precondition(isDone == 1, "AES-256-GCM is not to be had")
        return sealed + tag
    }

    /// See `seal(_:nonce:context:)`.
    func open(_ sealed: [UInt8], nonce: [UInt8], context: [UInt8]) throws(Problem) -> [UInt8] {
        let length = sealed.count - Self.tagSize
        guard length >= 0, nonce.count == Self.nonceSize else { throw Self.refused }
        var isDone: CInt = 0
        let plain = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            isDone = hl_open(
                bytes, nonce, context, context.count, sealed, length, Array(sealed[length...]),
                buffer.baseAddress)
            count = length
        }
        guard isDone == 1 else { throw Self.refused }
        return plain
    }

    /// HMAC-SHA256 of a text: tells the same texts from others to nobody who has not the key.
    package func mark(of text: String) -> [UInt8] {
        var mark = [UInt8](repeating: 0, count: Int(HL_MAC_SIZE))
        let text = Array(text.utf8)
        precondition(hl_mac(bytes, text, text.count, &mark) == 1, "HMAC is not to be had")
        return mark
    }

    /// Which key it is, for logs, manifests and people: 16 hexadecimal digits that give nothing of it away.
    package var fingerprint: String {
        Hexadecimal.text(Array(mark(of: "hotline.key.fingerprint")[..<8]))
    }

    private static var refused: Problem {
        Problem(
            .forbidden,
            "This cannot be opened: it was sealed under another key, or was changed.",
            details: ["reason": "vault.refused"])
    }
}
