/// The words of one line of a description, behind its letter.
struct SDPFields {
    private let bytes: [UInt8]
    private var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ start: Int, _ end: Int) {
        (self.bytes, position, self.end) = (bytes, start, end)
    }

    /// The next word; nil at the end of the line.
    mutating func word() -> String? {
        word(where: { $0 == 0x20 || $0 == 0x09 })
    }

    /// What comes up to a byte that separates, which is skipped.
    mutating func word(where separates: (UInt8) -> Bool) -> String? {
        while position < end, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        let start = position
        while position < end, !separates(bytes[position]) { position += 1 }
        guard position > start else { return nil }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        if position < end { position += 1 }
        return word
    }

    /// Everything that is left.
    mutating func rest() -> String? {
        while position < end, bytes[position] == 0x20 || bytes[position] == 0x09 { position += 1 }
        guard position < end else { return nil }
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
