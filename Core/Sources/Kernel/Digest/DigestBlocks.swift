/// What MD5 and SHA-256 share: bytes gathered into blocks of 64, and the padding at the end.
struct DigestBlocks: Sendable {
    private var pending: [UInt8] = []
    private var total: UInt64 = 0

    /// Calls `compress` with the span and the offset of each whole block, and keeps the rest for later.
    mutating func add(_ bytes: Span<UInt8>, _ compress: (Span<UInt8>, Int) -> Void) {
        total &+= UInt64(bytes.count)
        var i = 0
        if !pending.isEmpty {
            while i < bytes.count, pending.count < 64 {
                pending.append(bytes[i])
                i += 1
            }
            guard pending.count == 64 else { return }
            compress(pending.span, 0)
            pending.removeAll(keepingCapacity: true)
        }
        while i + 64 <= bytes.count {
            compress(bytes, i)
            i += 64
        }
        while i < bytes.count {
            pending.append(bytes[i])
            i += 1
        }
    }

    /// One bit, zeros, and the length in bits, so that the whole is a multiple of 64 bytes.
    func padding(bigEndian: Bool) -> [UInt8] {
        let bits = total &* 8
        let zeros = (119 - pending.count) % 64
        var padding = [0x80] + [UInt8](repeating: 0, count: zeros)
        for i in 0..<8 {
            padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * (bigEndian ? 7 - i : i))))
        }
        return padding
    }

    static func bytes(_ words: [UInt32], bigEndian: Bool) -> [UInt8] {
        words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * (bigEndian ? 3 - $0 : $0))) }
        }
    }
}

/// Bytes written as hexadecimal digits.
public enum Hexadecimal {
    /// Two digits in lower case for each byte.
    public static func text(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] {
                digits.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The bytes that pairs of digits in either case write; nil for anything else.
    public static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46: value = digit - 0x37
            case 0x61...0x66: value = digit - 0x57
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : nil
    }
}
