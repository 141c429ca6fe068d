import Foundation

/// A value kept as JSON text in one column. Encoded when it is made, so that binding cannot fail.
package struct JSON<Value: Codable & Sendable>: Sendable {
    /// The value itself.
    package let value: Value
    /// Its JSON, keys sorted.
    package let text: String

    /// Throws `EncodingError` when the value has no JSON form (a non-finite number, for example).
    package init(_ value: Value) throws {
        self.value = value
        text = try JSONText.encode(value)
    }
}

extension JSON: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension JSON: Decodable {
    /// From a text column of a row.
    package init(from decoder: any Decoder) throws {
        text = try decoder.singleValueContainer().decode(String.self)
        value = try JSONText.decode(Value.self, from: text)
    }
}

/// The one JSON form of the stores: sorted keys, slashes as they are.
package enum JSONText {
    /// Encodes a value; throws `EncodingError`.
    package static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    /// Decodes a value; throws `DecodingError`.
    package static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws
        -> Value
    {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
