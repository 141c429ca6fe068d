import Glibc
import Kernel

/// The text of a table that people bring along (mission G19).
package enum TableText {
    /// UTF-8, or else GB18030, in which spreadsheets in China write; a byte order mark goes.
    ///
    /// - Throws: `Problem(.invalid)` for bytes that are neither.
    package static func text(_ bytes: [UInt8]) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) ?? fromGB18030(bytes) else {
            throw Problem(.invalid, "The text is neither UTF-8 nor GB18030; save it as CSV in UTF-8.")
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    }

    /// What `iconv` returns when it failed: (size_t) -1.
    private static let failure = Int(bitPattern: UInt.max)

    private static func fromGB18030(_ bytes: [UInt8]) -> String? {
        let converter = iconv_open("UTF-8", "GB18030")
        // The C library's way of saying that it has no such converter.
        guard converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var source = bytes.map { CChar(bitPattern: $0) }
        // Of GB18030's one, two or four bytes UTF-8 makes at most three, three and four.
        var target = [CChar](repeating: 0, count: bytes.count * 3 + 1)
        var (sourceLeft, targetLeft) = (source.count, target.count)
        let failed = source.withUnsafeMutableBufferPointer { from in
            target.withUnsafeMutableBufferPointer { to in
                var (input, output) = (from.baseAddress, to.baseAddress)
                return iconv(converter, &input, &sourceLeft, &output, &targetLeft) == failure
            }
        }
        guard !failed, sourceLeft == 0 else { return nil }
        let made = target.prefix(target.count - targetLeft).map { UInt8(bitPattern: $0) }
        return String(validating: made, as: UTF8.self)
    }
}
