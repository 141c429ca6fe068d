/// CRC-32 of ISO 3309, as ZIP and STUN (RFC 8489, 14.7) use it; finds accidental damage, not forgery. Of "123456789" it is
/// 0xCBF43926.
public enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { word, _ in word & 1 == 1 ? word >> 1 ^ 0xEDB8_8320 : word >> 1 }
    }

    /// The checksum of some bytes.
    public static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var word = UInt32.max
        for byte in bytes { word = table[Int(UInt8(truncatingIfNeeded: word) ^ byte)] ^ word >> 8 }
        return ~word
    }
}
