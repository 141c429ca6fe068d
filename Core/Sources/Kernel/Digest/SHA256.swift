/// The SHA-256 message digest (FIPS 180-4), for digest authentication (RFC 8760) and keyed nonces.
public struct SHA256: Sendable {
    private var state = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
    )
    private var blocks = DigestBlocks()

    /// The digest of nothing so far.
    public init() {}

    /// Adds bytes to what is digested.
    public mutating func update(_ bytes: Span<UInt8>) {
        var state = state
        blocks.add(bytes) { SHA256.compress(&state, $0, $1) }
        self.state = state
    }

    /// Adds the bytes of an array to what is digested.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// Adds bytes that do not lie side by side, at the cost of a copy.
    public mutating func update(_ bytes: some Sequence<UInt8>) { update([UInt8](bytes)) }

    /// The 32 bytes of the digest; the value is not to be used afterwards.
    public mutating func finish() -> [UInt8] {
        update(blocks.padding(bigEndian: true))
        return DigestBlocks.bytes((0..<8).map { state[$0] }, bigEndian: true)
    }

    /// The digest of one array.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The first 32 bits of the fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
        0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]

    private static func compress(_ state: inout SIMD8<UInt32>, _ b: Span<UInt8>, _ offset: Int) {
        @inline(__always) func rotated(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }
        var w = InlineArray<64, UInt32>(repeating: 0)
        for i in 0..<16 {
            let at = offset + 4 * i
            w[i] = UInt32(b[at]) << 24 | UInt32(b[at + 1]) << 16 | UInt32(b[at + 2]) << 8 | UInt32(b[at + 3])
        }
        for i in 16..<64 {
            let s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3
            let s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10
            w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
        }
        let constants = SHA256.constants.span
        var (a, b1, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for i in 0..<64 {
            let s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
            let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[i] &+ w[i]
            let s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
            let t2 = s0 &+ ((a & b1) ^ (a & c) ^ (b1 & c))
            (h, g, f, e) = (g, f, e, d &+ t1)
            (d, c, b1, a) = (c, b1, a, t1 &+ t2)
        }
        state = state &+ SIMD8(a, b1, c, d, e, f, g, h)
    }
}

/// HMAC with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// The 32 bytes of the code of `message` under `key`.
    public static func code(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var padded = key.count > 64 ? SHA256.digest(key) : key
        padded += [UInt8](repeating: 0, count: 64 - padded.count)
        var inner = SHA256()
        inner.update(padded.map { $0 ^ 0x36 })
        inner.update(message)
        var outer = SHA256()
        outer.update(padded.map { $0 ^ 0x5C })
        outer.update(inner.finish())
        return outer.finish()
    }
}
