/// The 128-bit name of a transaction or dialog in its table.
///
/// Made with a secret key, so that nobody outside can build two names that meet; bytes need no comparing.
struct TableKey: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
}

/// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012), fed piece by piece.
struct KeyedHash: Sendable {
    private var v0: UInt64
    private var v1: UInt64
    private var v2: UInt64
    private var v3: UInt64
    private var word: UInt64 = 0
    private var length: UInt64 = 0

    init(key: (UInt64, UInt64)) {
        v0 = key.0 ^ 0x736f_6d65_7073_6575
        v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ 0xee
        v2 = key.0 ^ 0x6c79_6765_6e65_7261
        v3 = key.1 ^ 0x7465_6462_7974_6573
    }

    mutating func add(_ byte: UInt8) {
        word |= UInt64(byte) << (8 * (length & 7))
        length &+= 1
        guard length & 7 == 0 else { return }
        absorb(word)
        word = 0
    }

    /// Adds bytes and their count, so that pieces cannot run into each other.
    mutating func add(_ bytes: some Sequence<UInt8>) {
        var count: UInt8 = 0
        for byte in bytes {
            add(byte)
            count &+= 1
        }
        add(0)
        add(count)
    }

    /// Adds bytes with ASCII capitals made small, for host names.
    mutating func add(caseless bytes: some Sequence<UInt8>) {
        add(bytes.lazy.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
    }

    mutating func add(number: UInt64) {
        for shift in 0..<8 { add(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
    }

    /// Ends the sum.
    consuming func finish() -> TableKey {
        absorb(word | length << 56)
        v2 ^= 0xee
        for _ in 0..<4 { round() }
        let high = v0 ^ v1 ^ v2 ^ v3
        v1 ^= 0xdd
        for _ in 0..<4 { round() }
        return TableKey(high: high, low: v0 ^ v1 ^ v2 ^ v3)
    }

    private mutating func absorb(_ word: UInt64) {
        v3 ^= word
        round()
        round()
        v0 ^= word
    }

    private mutating func round() {
        v0 &+= v1
        v1 = (v1 << 13 | v1 >> 51) ^ v0
        v0 = v0 << 32 | v0 >> 32
        v2 &+= v3
        v3 = (v3 << 16 | v3 >> 48) ^ v2
        v0 &+= v3
        v3 = (v3 << 21 | v3 >> 43) ^ v0
        v2 &+= v1
        v1 = (v1 << 17 | v1 >> 47) ^ v2
        v2 = v2 << 32 | v2 >> 32
    }
}

/// Mints tags, branches, Call-IDs and nonces that nobody outside can guess: a keyed hash over a counter.
struct TokenGenerator: Sendable {
    private let key: (UInt64, UInt64)
    private var minted: UInt64 = 0

    /// Takes 16 or more secret random bytes; all of them count.
    init(seed: [UInt8]) {
        var first = KeyedHash(key: (0x686f_746c_696e_6500, 1))
        first.add(seed)
        let sum = first.finish()
        key = (sum.high, sum.low)
    }

    /// A second key that tells nothing about the first, for table keys.
    func derivedKey(_ purpose: UInt64) -> (UInt64, UInt64) {
        var hash = KeyedHash(key: key)
        hash.add(UInt8(2))
        hash.add(number: purpose)
        let sum = hash.finish()
        return (sum.high, sum.low)
    }

    /// 64 fresh bits.
    mutating func number() -> UInt64 { fresh().high }

    /// 32 hexadecimal digits of fresh bits.
    mutating func token() -> String {
        let sum = fresh()
        var text: [UInt8] = []
        text.reserveCapacity(32)
        for word in [sum.high, sum.low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                text.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func fresh() -> TableKey {
        minted += 1
        var hash = KeyedHash(key: key)
        hash.add(UInt8(1))
        hash.add(number: minted)
        return hash.finish()
    }
}
