/// An identifier that fits only the kind of thing it was made for: a UUID (version 7 when minted here) as two words.
///
/// Minting needs a clock and randomness, so it happens outside Core (`docs/decisions/0001-ids.md`); inside, ids come in
/// as inputs. Order is the order of the bytes, which for version 7 is the order of minting.
public struct ID<Kind>: Hashable, Comparable, Sendable {
    /// The first eight bytes of the UUID, the most significant first.
    public let high: UInt64
    /// The last eight bytes.
    public let low: UInt64

    /// The id with these sixteen bytes.
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A version 7 UUID: 48 bits of milliseconds, 12 bits of counter, 62 bits of randomness (RFC 9562, 5.7).
    public init(milliseconds: Int64, counter: UInt16, random: UInt64) {
        high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | UInt64(counter & 0x0FFF)
        low = 0x8000_0000_0000_0000 | random >> 2
    }

    /// A small readable id for fixtures, simulations and tests; never minted in production.
    public init(_ number: Int) { self.init(high: 0, low: UInt64(bitPattern: Int64(number))) }

    /// Compares byte by byte.
    @inlinable public static func < (a: ID, b: ID) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension ID: CustomStringConvertible, LosslessStringConvertible {
    /// The usual 36 characters in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    text[place] = 0x2D
                    place += 1
                }
                let word = index < 16 ? high : low
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index & 15))) & 15
                text[place] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
                place += 1
            }
            return place
        }
    }

    /// Reads the 36 characters of a UUID in either case; `nil` for anything else.
    public init?(_ text: String) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in text.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == 0x2D else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case 0x30...0x39: value = byte - 0x30
            case 0x41...0x46: value = byte - 0x37
            case 0x61...0x66: value = byte - 0x57
            default: return nil
            }
            guard digits < 32 else { return nil }
            if digits < 16 {
                words.0 = words.0 << 4 | UInt64(value)
            } else {
                words.1 = words.1 << 4 | UInt64(value)
            }
            digits += 1
        }
        guard digits == 32, position == 36 else { return nil }
        self.init(high: words.0, low: words.1)
    }
}

extension ID: Codable {
    /// Reads the text form; throws `dataCorrupted` for anything but a UUID.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = ID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a UUID"))
        }
        self = id
    }
    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
