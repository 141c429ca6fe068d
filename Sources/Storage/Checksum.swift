/// CRC-64/XZ (ECMA-182 polynomial, reflected; ISO/IEC 13239 procedure): finds accidental damage, not forgery.
/// The check value of "123456789" is 0x995DC9BBDF1939FA.
package struct Checksum: Hashable, Sendable {
    /// The checksum of everything added so far.
    package var value: UInt64 { ~register }
    private var register: UInt64 = .max

    /// Of nothing.
    package init() {}
    /// Goes on from an earlier checksum: checksum of `a + b` = continued from checksum of `a` with `b`.
    package init(continuing value: UInt64) { register = ~value }

    private static let table: [UInt64] = (0..<256).map { index in
        (0..<8).reduce(UInt64(index)) { word, _ in
            word & 1 == 1 ? word >> 1 ^ 0xC96C_5795_D787_0F42 : word >> 1
        }
    }

    /// Adds bytes.
    package mutating func add(_ bytes: some Sequence<UInt8>) {
        var word = register
        Self.table.withUnsafeBufferPointer { table in
            for byte in bytes { word = table[Int(UInt8(truncatingIfNeeded: word) ^ byte)] ^ word >> 8 }
        }
        register = word
    }
    /// Adds a number as eight bytes, the lowest first.
    package mutating func add(_ number: Int64) {
        add((0..<8).map { UInt8(truncatingIfNeeded: number >> Int64($0 * 8)) })
    }
    /// Adds text as UTF-8 with its length before it, so that neighbours cannot run together.
    package mutating func add(text: String) {
        add(Int64(text.utf8.count))
        add(text.utf8)
    }

    /// `crc64-xz:` and 16 hexadecimal digits: a digest names its algorithm.
    package var digest: String {
        let digits = String(value, radix: 16)
        return "crc64-xz:" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
