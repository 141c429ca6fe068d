/// The bytes of a message as a snapshot keeps them: one text in which each character is one byte (Latin-1). As a list
/// of numbers they cost a third of all the work of a call.
struct WireText: Codable, Equatable, Sendable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        var bytes: [UInt8] = []
        for scalar in try container.decode(String.self).unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "A character of a message is no byte.")
            }
            bytes.append(byte)
        }
        self.bytes = bytes
    }

    func encode(to encoder: any Encoder) throws {
        var text = String.UnicodeScalarView()
        for byte in bytes { text.append(Unicode.Scalar(byte)) }
        var container = encoder.singleValueContainer()
        try container.encode(String(text))
    }
}
