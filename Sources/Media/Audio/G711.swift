/// The two companding laws of ITU-T G.711.
package enum AudioCodec: String, Codable, Sendable {
    /// A-law, RTP payload type 8: what this product stores and what China and Europe speak.
    case pcma
    /// Mu-law, RTP payload type 0.
    case pcmu

    /// The static payload type of RFC 3551, table 4.
    package var payloadType: UInt8 { self == .pcma ? 8 : 0 }
    /// The code of the smallest positive value.
    var silence: UInt8 { self == .pcma ? ALaw.silence : MuLaw.silence }
}

/// A-law: 13 bits of linear audio in eight segments, even bits inverted (ITU-T G.711, table 1).
package enum ALaw {
    /// The code of the smallest positive value.
    package static let silence: UInt8 = 0xD5

    /// One sample of 16 bits as its A-law code; the lowest three bits are lost.
    package static func encode(_ sample: Int16) -> UInt8 {
        let magnitude = Int(sample < 0 ? ~sample : sample) >> 3
        let segment = max(0, Int.bitWidth - magnitude.leadingZeroBitCount - 5)
        let mantissa = magnitude >> max(1, segment) & 15
        return UInt8(segment << 4 | mantissa) ^ (sample < 0 ? 0x55 : 0xD5)
    }
    /// The middle of the interval that the code stands for, in 16 bits.
    package static func decode(_ code: UInt8) -> Int16 {
        let plain = code ^ 0x55
        let segment = Int(plain & 0x70) >> 4
        let mantissa = Int(plain & 0x0F) << 4
        let magnitude = segment == 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1)
        return Int16(plain & 0x80 != 0 ? magnitude : -magnitude)
    }
}

/// Mu-law: 14 bits of linear audio with a bias of 33 in eight segments, all bits inverted (ITU-T G.711, table 2).
package enum MuLaw {
    /// The code of zero.
    package static let silence: UInt8 = 0xFF
    /// 33 in the 14-bit scale of the recommendation, here in 16 bits.
    private static let bias = 33 << 2
    /// The largest magnitude that the last segment holds.
    private static let clip = 8_158 << 2

    /// One sample of 16 bits as its mu-law code; the lowest two bits are lost.
    package static func encode(_ sample: Int16) -> UInt8 {
        let magnitude = min(abs(Int(sample)), clip) + bias
        let segment = Int.bitWidth - magnitude.leadingZeroBitCount - 8
        let mantissa = magnitude >> (segment + 3) & 15
        return ~UInt8(segment << 4 | mantissa | (sample < 0 ? 0x80 : 0))
    }
    /// The middle of the interval that the code stands for, in 16 bits.
    package static func decode(_ code: UInt8) -> Int16 {
        let plain = ~code
        let segment = Int(plain & 0x70) >> 4
        let magnitude = ((Int(plain & 0x0F) << 3) + bias) << segment - bias
        return Int16(plain & 0x80 != 0 ? -magnitude : magnitude)
    }
}

/// Tables of 256 entries, computed once: one look-up per sample on the packet path.
struct G711Tables: Sendable {
    static let shared = G711Tables()

    let linearOfA: [Int16]
    let linearOfMu: [Int16]
    let muOfA: [UInt8]
    let aOfMu: [UInt8]

    private init() {
        let codes = (0...255).map { UInt8($0) }
        linearOfA = codes.map(ALaw.decode)
        linearOfMu = codes.map(MuLaw.decode)
        muOfA = codes.map { MuLaw.encode(ALaw.decode($0)) }
        aOfMu = codes.map { ALaw.encode(MuLaw.decode($0)) }
    }
    func linear(of codec: AudioCodec) -> [Int16] { codec == .pcma ? linearOfA : linearOfMu }
}
