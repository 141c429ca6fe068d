/// Reads a record from a row: one column for each property, scalars and single-value types only.
struct RowDecoder: Decoder {
    let row: SQLRow
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RowContainer<Key>(row: row))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unsupported([], "A row has named columns, it is not a list")
    }
    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        guard row.values.count == 1 else { throw unsupported([], "A single value needs a row of one column") }
        return ColumnDecoder(value: row.values[0], codingPath: [])
    }
}

private func unsupported(_ path: [any CodingKey], _ message: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: path, debugDescription: message))
}

/// `queueID` -> `queue_id`, `openedAt` -> `opened_at`: an underscore before each run of capitals.
func snakeCase(_ name: String) -> String {
    var result: [UInt8] = []
    var previousIsCapital = true
    for byte in name.utf8 {
        let isCapital = (0x41...0x5A).contains(byte)
        if isCapital, !previousIsCapital { result.append(0x5F) }
        result.append(isCapital ? byte + 0x20 : byte)
        previousIsCapital = isCapital
    }
    return String(decoding: result, as: UTF8.self)
}

private struct RowContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let row: SQLRow
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { row.columns.indices.keys.sorted().compactMap { Key(stringValue: $0) } }

    private func stored(_ key: Key) -> SQLValue? {
        let indices = row.columns.indices
        return (indices[key.stringValue] ?? indices[snakeCase(key.stringValue)]).map { row.values[$0] }
    }
    private func column(_ key: Key) throws -> ColumnDecoder {
        guard let value = stored(key) else {
            throw DecodingError.keyNotFound(
                key,
                .init(codingPath: [], debugDescription: "no column '\(snakeCase(key.stringValue))'"))
        }
        return ColumnDecoder(value: value, codingPath: [key])
    }

    func contains(_ key: Key) -> Bool { stored(key) != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try column(key).decodeNil() }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try column(key).decode(type) }
    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        throw unsupported([key], "A column holds one value; wrap a structure in JSON<...>")
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unsupported([key], "A column holds one value; wrap a list in JSON<...>")
    }
    func superDecoder() throws -> any Decoder { throw unsupported([], "Rows do not inherit") }
    func superDecoder(forKey key: Key) throws -> any Decoder {
        throw unsupported([key], "Rows do not inherit")
    }
}

/// One column as a decoder and as its own single-value container.
private struct ColumnDecoder: Decoder, SingleValueDecodingContainer {
    let value: SQLValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        throw unsupported(codingPath, "A column holds one value; wrap a structure in JSON<...>")
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw unsupported(codingPath, "A column holds one value; wrap a list in JSON<...>")
    }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

    private func wrongType(_ type: Any.Type) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "the column holds another type"))
    }
    private func whole<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
        let number: Int64
        switch value {
        case .int(let stored): number = stored
        case .double(let stored):
            guard let exact = Int64(exactly: stored) else { throw wrongType(type) }
            number = exact
        default: throw wrongType(type)
        }
        guard let exact = T(exactly: number) else {
            throw unsupported(codingPath, "\(number) does not fit \(type)")
        }
        return exact
    }

    func decodeNil() -> Bool { value == .null }
    func decode(_ type: Bool.Type) throws -> Bool {
        switch value {
        case .bool(let flag): return flag
        case .int(0): return false
        case .int(1): return true
        default: throw wrongType(type)
        }
    }
    func decode(_ type: String.Type) throws -> String {
        guard case .text(let text) = value else { throw wrongType(type) }
        return text
    }
    func decode(_ type: Double.Type) throws -> Double {
        switch value {
        case .double(let number): return number
        case .int(let number): return Double(number)
        default: throw wrongType(type)
        }
    }
    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try whole(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try whole(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try whole(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try whole(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try whole(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try whole(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try whole(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try whole(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try whole(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try whole(type) }
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if type == [UInt8].self, case .blob(let bytes) = value, let result = bytes as? T { return result }
        return try T(from: self)
    }
}
