import Kernel

/// A ZIP archive (APPNOTE 6.3) of stored, uncompressed files, all of the same date so that equal contents are equal
/// archives. It is given away piece by piece, so that only one file has to be in memory.
package struct ZipArchive {
    private let put: ([UInt8]) throws -> Void
    private var offset: UInt64 = 0
    private var directory: [UInt8] = []
    private var count = 0

    /// 1980-01-01, the earliest that the format knows.
    private static let date: UInt16 = 0x21

    /// - Parameter sink: takes the bytes in order.
    package init(_ sink: @escaping ([UInt8]) throws -> Void) { put = sink }

    /// Adds a file.
    ///
    /// - Parameter name: with `/` between folders.
    /// - Throws: what the sink throws; `Problem(.exhausted)` beyond what the form holds (4 GiB, 65,535 files).
    package mutating func add(_ name: String, _ content: [UInt8]) throws {
        let title = Array(name.utf8)
        guard offset + UInt64(content.count + title.count) < UInt64(UInt32.max) - 1_024, count < 65_535,
            title.count < 65_536
        else {
            throw Problem(.exhausted, "The archive would be larger than 4 GiB; take a smaller part.")
        }
        var common: [UInt8] = []
        // Version 2.0; names in UTF-8; stored; time and date.
        for number: UInt16 in [20, 0x800, 0, 0, Self.date] { Self.append(number, to: &common) }
        Self.append(CRC32.sum(content[...]), to: &common)
        Self.append(UInt32(content.count), to: &common)
        Self.append(UInt32(content.count), to: &common)
        Self.append(UInt16(title.count), to: &common)
        Self.append(UInt16(0), to: &common)
        var head: [UInt8] = []
        Self.append(UInt32(0x0403_4B50), to: &head)
        head += common + title
        Self.append(UInt32(0x0201_4B50), to: &directory)
        Self.append(UInt16(20), to: &directory)
        directory += common
        for _ in 0..<3 { Self.append(UInt16(0), to: &directory) }
        Self.append(UInt32(0), to: &directory)
        Self.append(UInt32(offset), to: &directory)
        directory += title
        count += 1
        offset += UInt64(head.count + content.count)
        try put(head)
        try put(content)
    }

    /// Adds a file of text.
    package mutating func add(_ name: String, _ text: String) throws { try add(name, Array(text.utf8)) }

    /// Gives the end away; nothing may be added after it.
    package mutating func finish() throws {
        guard offset + UInt64(directory.count) < UInt64(UInt32.max) else {
            throw Problem(.exhausted, "The archive would be larger than 4 GiB; take a smaller part.")
        }
        var end = directory
        Self.append(UInt32(0x0605_4B50), to: &end)
        for number: UInt16 in [0, 0, UInt16(count), UInt16(count)] { Self.append(number, to: &end) }
        Self.append(UInt32(directory.count), to: &end)
        Self.append(UInt32(offset), to: &end)
        Self.append(UInt16(0), to: &end)
        try put(end)
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
}
