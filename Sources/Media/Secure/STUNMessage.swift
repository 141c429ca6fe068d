import Kernel

/// The attributes of STUN (RFC 8489, 18.3) and ICE (RFC 8445, 20.1) that a lite agent reads or writes.
enum STUNAttribute {
    static let username: UInt16 = 0x0006
    static let integrity: UInt16 = 0x0008
    static let errorCode: UInt16 = 0x0009
    static let unknownAttributes: UInt16 = 0x000A
    static let xorMappedAddress: UInt16 = 0x0020
    static let priority: UInt16 = 0x0024
    static let useCandidate: UInt16 = 0x0025
    static let fingerprint: UInt16 = 0x8028

    /// Those below 0x8000 that may stand in a request: others have to be understood and are not.
    static let understood: Set<UInt16> = [username, integrity, priority, useCandidate]
}

/// A STUN message as read from a datagram. Attributes behind the integrity are left out, as RFC 8489, 14.5 says.
struct STUNMessage {
    static let headerSize = 20
    /// A check has under 200 bytes; what is longer is no check.
    static let longest = 1_024
    static let bindingRequest: UInt16 = 0x0001
    static let bindingSuccess: UInt16 = 0x0101
    static let bindingError: UInt16 = 0x0111
    static let cookie: [UInt8] = [0x21, 0x12, 0xA4, 0x42]
    /// XORed with the CRC-32, so that it differs from another protocol's (RFC 8489, 14.7).
    private static let fingerprintMask: UInt32 = 0x5354_554E

    struct Attribute: Equatable {
        var type: UInt16
        var value: [UInt8]
    }

    let type: UInt16
    /// 96 bits that the answer brings back.
    let transaction: [UInt8]
    let attributes: [Attribute]
    /// What the sender computed, and the bytes over which he did.
    private let integrity: (given: [UInt8], covered: [UInt8])?

    /// `nil` for anything but a whole message with a right FINGERPRINT at its end.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.headerSize + 8, bytes.count <= Self.longest, bytes[0] < 4,
            Int(Self.word(bytes, 2)) == bytes.count - Self.headerSize, bytes.count % 4 == 0,
            bytes[4..<8].elementsEqual(Self.cookie), Self.hasRightFingerprint(bytes)
        else { return nil }
        var attributes: [Attribute] = []
        var integrity: (given: [UInt8], covered: [UInt8])?
        var place = Self.headerSize
        let end = bytes.count - 8
        while place < end {
            guard place + 4 <= end else { return nil }
            let (type, count) = (Self.word(bytes, place), Int(Self.word(bytes, place + 2)))
            let start = place + 4
            guard start + count <= end else { return nil }
            place = start + (count + 3) / 4 * 4
            if integrity != nil { continue }
            if type == STUNAttribute.integrity {
                guard count == HMACSHA1.size else { return nil }
                // Computed as if the message ended behind it.
                var covered = Array(bytes[0..<start - 4])
                Self.setLength(&covered, start + count - Self.headerSize)
                integrity = (Array(bytes[start..<start + count]), covered)
            } else {
                attributes.append(Attribute(type: type, value: Array(bytes[start..<start + count])))
            }
        }
        guard place == end else { return nil }
        type = Self.word(bytes, 0)
        transaction = Array(bytes[8..<Self.headerSize])
        self.attributes = attributes
        self.integrity = integrity
    }

    /// The first attribute of a type: later ones are ignored (RFC 8489, 14).
    func value(_ type: UInt16) -> [UInt8]? { attributes.first { $0.type == type }?.value }
    var hasIntegrity: Bool { integrity != nil }
    /// Whether the sender knew the key; compared in constant time.
    func isAuthentic(key: [UInt8]) -> Bool {
        guard let integrity else { return false }
        let right = HMACSHA1.authentication(of: integrity.covered, key: key)
        return zip(right, integrity.given).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// A message on the wire, with MESSAGE-INTEGRITY where there is a key, and FINGERPRINT.
    static func write(
        _ type: UInt16, transaction: [UInt8], _ attributes: [Attribute], key: [UInt8]?
    ) -> [UInt8] {
        var bytes = [UInt8(type >> 8), UInt8(type & 255), 0, 0] + cookie + transaction
        func append(_ type: UInt16, _ value: [UInt8]) {
            bytes += [UInt8(type >> 8), UInt8(type & 255), UInt8(value.count >> 8), UInt8(value.count & 255)]
            bytes += value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
        }
        for attribute in attributes { append(attribute.type, attribute.value) }
        if let key {
            setLength(&bytes, bytes.count - headerSize + 4 + HMACSHA1.size)
            append(STUNAttribute.integrity, HMACSHA1.authentication(of: bytes, key: key))
        }
        setLength(&bytes, bytes.count - headerSize + 8)
        let sum = CRC32.sum(bytes[...]) ^ fingerprintMask
        append(STUNAttribute.fingerprint, [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> $0) })
        return bytes
    }
    /// An address as XOR-MAPPED-ADDRESS (RFC 8489, 14.2).
    static func xorMapped(_ endpoint: MediaEndpoint, transaction: [UInt8]) -> Attribute {
        let address = endpoint.addressBytes
        let port = endpoint.port ^ 0x2112
        let masked = zip(address, cookie + transaction).map { $0 ^ $1 }
        return Attribute(
            type: STUNAttribute.xorMappedAddress,
            value: [0, address.count == 4 ? 1 : 2, UInt8(port >> 8), UInt8(port & 255)] + masked)
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt16 {
        UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }
    private static func setLength(_ bytes: inout [UInt8], _ length: Int) {
        bytes[2] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[3] = UInt8(truncatingIfNeeded: length)
    }
    private static func hasRightFingerprint(_ bytes: [UInt8]) -> Bool {
        let start = bytes.count - 8
        guard word(bytes, start) == STUNAttribute.fingerprint, word(bytes, start + 2) == 4 else {
            return false
        }
        let given = bytes[(start + 4)...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return CRC32.sum(bytes[..<start]) ^ fingerprintMask == given
    }
}
