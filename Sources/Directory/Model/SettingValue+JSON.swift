import Kernel

// Rows of the centre in the API have the words of the centre's file, written as JSON does: `ring_seconds` is
// `ringSeconds` there. Keys that people choose (skills, languages) have neither `_` nor humps and stay as they are.

extension SettingValue: Codable {
    init(from decoder: any Decoder) throws {
        if let values = try? decoder.container(keyedBy: AnyKey.self) {
            var table: [String: SettingValue] = [:]
            for key in values.allKeys where try !values.decodeNil(forKey: key) {
                table[Self.fileKey(key.stringValue)] = try values.decode(SettingValue.self, forKey: key)
            }
            self = .table(table)
            return
        }
        if var items = try? decoder.unkeyedContainer() {
            var list: [SettingValue] = []
            while !items.isAtEnd { list.append(try items.decode(SettingValue.self)) }
            self = .list(list)
            return
        }
        let value = try decoder.singleValueContainer()
        if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Int.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if value.decodeNil() {
            self = .other("null")
        } else {
            self = .other("a fraction")
        }
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .text(let text):
            var value = encoder.singleValueContainer()
            try value.encode(text)
        case .number(let number):
            var value = encoder.singleValueContainer()
            try value.encode(number)
        case .flag(let flag):
            var value = encoder.singleValueContainer()
            try value.encode(flag)
        case .list(let items):
            var list = encoder.unkeyedContainer()
            for item in items { try list.encode(item) }
        case .table(let table):
            var values = encoder.container(keyedBy: AnyKey.self)
            for (key, value) in table { try values.encode(value, forKey: AnyKey(Self.apiKey(key))) }
        case .other:
            var value = encoder.singleValueContainer()
            try value.encodeNil()
        }
    }

    /// `ringSeconds` -> `ring_seconds`.
    static func fileKey(_ key: String) -> String {
        guard !key.contains("-") else { return key }
        return key.reduce(into: "") { text, letter in
            text += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }

    /// `ring_seconds` -> `ringSeconds`.
    static func apiKey(_ key: String) -> String {
        let parts = key.split(separator: "_")
        guard parts.count > 1 else { return key }
        return parts[0] + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private struct AnyKey: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ key: String) { stringValue = key }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}
