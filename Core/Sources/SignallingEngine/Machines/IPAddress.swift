/// An IPv4 or IPv6 address as a value; an IPv4 address mapped into IPv6 reads as the IPv4 address.
public struct IPAddress: Hashable, Sendable {
    /// The upper and lower half of the 128 bits; an IPv4 address is the lower 32 bits of `low`.
    public let high: UInt64
    /// The lower half of the 128 bits.
    public let low: UInt64
    /// Whether this is an IPv6 address.
    public let isIPv6: Bool

    /// An IPv4 address from its 32 bits, most significant first.
    public init(v4 bits: UInt32) {
        high = 0
        low = UInt64(bits)
        isIPv6 = false
    }

    /// An IPv6 address from its two halves; `::ffff:a.b.c.d` becomes the IPv4 address.
    public init(high: UInt64, low: UInt64) {
        let isMapped = high == 0 && low >> 32 == 0xFFFF
        self.high = high
        self.low = isMapped ? low & 0xFFFF_FFFF : low
        isIPv6 = !isMapped
    }

    /// Whether the first `bits` bits are those of `other`; never across address families.
    public func isInNetwork(_ other: IPAddress, bits: Int) -> Bool {
        guard isIPv6 == other.isIPv6 else { return false }
        guard isIPv6 else {
            let shift = UInt64(32 - max(0, min(bits, 32)))
            return low >> shift == other.low >> shift
        }
        if bits <= 64 { return bits <= 0 || high >> UInt64(64 - bits) == other.high >> UInt64(64 - bits) }
        let shift = UInt64(128 - min(bits, 128))
        return high == other.high && (shift >= 64 || low >> shift == other.low >> shift)
    }
}

extension IPAddress: LosslessStringConvertible {
    /// Reads dotted IPv4 or IPv6 text, the latter with or without square brackets; `nil` for anything else.
    public init?(_ text: String) { self.init(utf8: Array(text.utf8)[...]) }

    /// Reads the text of an address out of bytes.
    init?(utf8 bytes: ArraySlice<UInt8>) {
        var text = bytes
        if text.first == 0x5B, text.last == 0x5D { text = text.dropFirst().dropLast() }
        if text.contains(0x3A) {
            guard let words = IPAddress.words(text) else { return nil }
            self.init(
                high: words[..<4].reduce(0) { $0 << 16 | UInt64($1) },
                low: words[4...].reduce(0) { $0 << 16 | UInt64($1) })
        } else {
            guard let bits = IPAddress.dotted(text) else { return nil }
            self.init(v4: bits)
        }
    }

    private static func dotted(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count) else { return nil }
            var value: UInt32 = 0
            for digit in part {
                guard (0x30...0x39).contains(digit) else { return nil }
                value = value * 10 + UInt32(digit - 0x30)
            }
            guard value < 256 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    /// The eight words of IPv6 text.
    private static func words(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        var front: [UInt16] = []
        var back: [UInt16]?
        let groups = text.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard groups.count >= 3, groups.count <= 9 else { return nil }
        for (index, group) in groups.enumerated() {
            if group.isEmpty {
                let isEdge = index == 0 || index == groups.count - 1
                if isEdge, groups[index == 0 ? 1 : index - 1].isEmpty { continue }
                guard !isEdge, back == nil else { return nil }
                back = []
                continue
            }
            var values: [UInt16] = []
            if group.contains(0x2E) {
                guard index == groups.count - 1, let bits = dotted(group) else { return nil }
                values = [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            } else {
                guard group.count <= 4, let value = UInt16(String(decoding: group, as: UTF8.self), radix: 16),
                    group.first != 0x2B, group.first != 0x2D
                else { return nil }
                values = [value]
            }
            if back == nil { front += values } else { back? += values }
        }
        guard let back else { return front.count == 8 ? front : nil }
        let missing = 8 - front.count - back.count
        return missing >= 1 ? front + Array(repeating: 0, count: missing) + back : nil
    }

    /// Dotted IPv4 or IPv6 in hexadecimal groups (RFC 5952 without the shortening of zeros), no brackets.
    public var description: String {
        guard isIPv6 else { return "\(low >> 24).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)" }
        let groups = (0..<8).map { index -> String in
            let half = index < 4 ? high : low
            return String(half >> UInt64(48 - 16 * (index & 3)) & 0xFFFF, radix: 16)
        }
        return groups.joined(separator: ":")
    }
}

extension IPAddress: Codable {
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let address = IPAddress(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not an IP address"))
        }
        self = address
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
