/// An address of the internet or a network of them in CIDR form (RFC 4632, RFC 4291).
struct AddressRange: Hashable {
    /// 4 or 16 bytes.
    let bytes: [UInt8]
    /// Leading bits that count.
    let prefix: Int

    /// `nil` for anything but `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1` and the like.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let bytes = Self.version4(address) ?? Self.version6(address) else {
            return nil
        }
        self.bytes = bytes
        if parts.count == 2 {
            guard let prefix = Int(parts[1]), (0...(bytes.count * 8)).contains(prefix),
                parts[1].utf8.first != 0x2B
            else { return nil }
            self.prefix = prefix
        } else {
            prefix = bytes.count * 8
        }
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            // A leading zero is octal to some programs and decimal to others.
            guard let byte = UInt8(part), String(byte) == part else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: Substring) -> [UInt8]? {
        guard text.utf8.contains(0x3A) else { return nil }
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        var groups: [[UInt16]] = []
        for half in halves {
            var words: [UInt16] = []
            for part in half.split(separator: ":", omittingEmptySubsequences: half.isEmpty) {
                guard part.utf8.count <= 4, part.utf8.first != 0x2B, let word = UInt16(part, radix: 16) else {
                    return nil
                }
                words.append(word)
            }
            groups.append(words)
        }
        let given = groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? given < 8 : given == 8 else { return nil }
        let gap = [UInt16](repeating: 0, count: 8 - given)
        let words = halves.count == 2 ? groups[0] + gap + groups[1] : groups[0]
        return words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
}
