/// The MD5 message digest (RFC 1321), for digest authentication with phones and carriers that know nothing better.
///
/// Not for anything that an attacker may choose both sides of: collisions are easy.
public struct MD5: Sendable {
    private var state = SIMD4<UInt32>(0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476)
    private var blocks = DigestBlocks()

    /// The digest of nothing so far.
    public init() {}

    /// Adds bytes to what is digested.
    public mutating func update(_ bytes: Span<UInt8>) {
        var state = state
        blocks.add(bytes) { MD5.compress(&state, $0, $1) }
        self.state = state
    }

    /// Adds the bytes of an array to what is digested.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// Adds bytes that do not lie side by side, at the cost of a copy.
    public mutating func update(_ bytes: some Sequence<UInt8>) { update([UInt8](bytes)) }

    /// The sixteen bytes of the digest; the value is not to be used afterwards.
    public mutating func finish() -> [UInt8] {
        update(blocks.padding(bigEndian: false))
        return DigestBlocks.bytes([state.x, state.y, state.z, state.w], bigEndian: false)
    }

    /// The digest of one array.
    public static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = MD5()
        digest.update(bytes)
        return digest.finish()
    }

    /// floor(2^32 * abs(sin(i + 1))), RFC 1321, 3.4.
    private static let sines: [UInt32] = [
        0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613,
        0xfd46_9501,
        0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e,
        0x49b4_0821,
        0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681,
        0xe7d3_fbc8,
        0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9,
        0x8d2a_4c8a,
        0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60,
        0xbebf_bc70,
        0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8,
        0xc4ac_5665,
        0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d,
        0x8584_5dd1,
        0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb,
        0xeb86_d391,
    ]
    private static let shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

    private static func compress(_ state: inout SIMD4<UInt32>, _ b: Span<UInt8>, _ offset: Int) {
        let (sines, shifts) = (MD5.sines.span, MD5.shifts.span)
        var (a, b1, c, d) = (state.x, state.y, state.z, state.w)
        for i in 0..<64 {
            var f: UInt32
            let word: Int
            switch i >> 4 {
            case 0: (f, word) = ((b1 & c) | (~b1 & d), i)
            case 1: (f, word) = ((d & b1) | (~d & c), (5 * i + 1) & 15)
            case 2: (f, word) = (b1 ^ c ^ d, (3 * i + 5) & 15)
            default: (f, word) = (c ^ (b1 | ~d), (7 * i) & 15)
            }
            let at = offset + 4 * word
            let input =
                UInt32(b[at]) | UInt32(b[at + 1]) << 8 | UInt32(b[at + 2]) << 16 | UInt32(b[at + 3]) << 24
            f = f &+ a &+ sines[i] &+ input
            let shift = shifts[(i >> 4) * 4 + (i & 3)]
            (a, d, c) = (d, c, b1)
            b1 = b1 &+ (f << shift | f >> (32 - shift))
        }
        state = state &+ SIMD4(a, b1, c, d)
    }
}
