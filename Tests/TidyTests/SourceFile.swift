import Foundation
import Glibc

extension Substring {
    /// Whether `needle` stands in the text byte by byte. Checks ask this of every line before they look closer.
    func holds(_ needle: String) -> Bool {
        withCString { text in needle.withCString { strstr(text, $0) != nil } }
    }
}

/// One file of the repository: where it is and what it says.
struct SourceFile: Sendable {
    /// From the root of the repository, with slashes.
    let path: String
    let text: String
    /// The lines as they are.
    let lines: [Substring]
    /// Swift only: the same lines with comments and the contents of string literals blanked, so that a check sees code.
    let code: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isSwift = path.hasSuffix(".swift")
        code = isSwift ? CodeOnly.of(text).split(separator: "\n", omittingEmptySubsequences: false) : []
    }
}

/// Reads the repository that this test is part of.
enum Repository {
    /// The folder that holds `Core/Package.swift`, found upwards from this file.
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Core/Package.swift")
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    static func file(_ path: String) -> SourceFile? {
        guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) else {
            return nil
        }
        return SourceFile(path: path, text: text)
    }

    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    /// Every file under `folders` whose name ends in one of `extensions`, sorted by path. Build folders are left out.
    static func files(under folders: [String], extensions: Set<String>) -> [SourceFile] {
        var found: [SourceFile] = []
        for folder in folders {
            let names = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
            while let name = names?.nextObject() as? String {
                guard !name.hasPrefix(".build/"), !name.contains("/.build/"),
                    extensions.contains(String(name.split(separator: ".").last ?? "")),
                    let file = file(folder + "/" + name)
                else { continue }
                found.append(file)
            }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// All Swift of both packages, tests included.
    static let swift = files(
        under: ["Core/Sources", "Core/Tests", "Sources", "Tests"], extensions: ["swift"])
    /// Everything that people write by hand in a programming language.
    static let written =
        swift
        + files(under: ["Sources"], extensions: ["c", "h"])
        + files(under: ["web", "interop", "Tests"], extensions: ["js", "css", "html", "sh", "py"])
    static let exceptions = Exceptions(file("tidy-exceptions.txt")?.text ?? "")
}

/// Blanks what is not code in Swift text and keeps every line where it is.
enum CodeOnly {
    private enum Place {
        /// Code; inside an interpolation, `depth` counts its open brackets.
        case code(depth: Int)
        /// A string literal with that many number signs, over several lines or not.
        case string(signs: Int, isMultiline: Bool)
    }

    static func of(_ text: String) -> String {
        let bytes = Array(text.utf8)
        // Blank what is not code in place; what is skipped stays.
        var result = bytes
        var places: [Place] = [.code(depth: 0)]
        var index = 0
        func byte(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
        func blank(_ count: Int) {
            for position in index..<min(index + count, bytes.count) where bytes[position] != newline {
                result[position] = space
            }
            index += count
        }

        while index < bytes.count {
            switch places[places.count - 1] {
            case .code(let depth):
                switch byte(0) {
                case slash where byte(1) == slash:
                    blank((bytes[index...].firstIndex(of: newline) ?? bytes.count) - index)
                case slash where byte(1) == star:
                    var open = 0
                    repeat {
                        let opens = byte(0) == slash && byte(1) == star
                        let closes = byte(0) == star && byte(1) == slash
                        open += opens ? 1 : closes ? -1 : 0
                        blank(opens || closes ? 2 : 1)
                    } while open > 0 && index < bytes.count
                case quote, sign:
                    guard let literal = opening(at: index, in: bytes) else {
                        index += 1
                        continue
                    }
                    index += literal.signs + (literal.isMultiline ? 3 : 1)
                    places.append(.string(signs: literal.signs, isMultiline: literal.isMultiline))
                case leftBracket:
                    places[places.count - 1] = .code(depth: depth + 1)
                    index += 1
                case rightBracket:
                    places[places.count - 1] = .code(depth: depth - 1)
                    if depth == 1, places.count > 1 { places.removeLast() }
                    index += 1
                default:
                    index += 1
                }
            case .string(let signs, let isMultiline):
                func signsFollow(_ offset: Int) -> Bool {
                    (0..<signs).allSatisfy { byte(offset + $0) == sign }
                }
                let width = isMultiline ? 3 : 1
                if byte(0) == quote, (0..<width).allSatisfy({ byte($0) == quote }), signsFollow(width) {
                    index += width + signs
                    places.removeLast()
                } else if byte(0) == backslash, signsFollow(1) {
                    blank(signs + 1)
                    if byte(0) == leftBracket {
                        index += 1
                        places.append(.code(depth: 1))
                    } else {
                        blank(1)
                    }
                } else if byte(0) == newline, !isMultiline {
                    // An unfinished literal: not Swift, but not the end of the check either.
                    places.removeLast()
                } else {
                    blank(1)
                }
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let quote = UInt8(ascii: "\"")
    private static let sign = UInt8(ascii: "#")
    private static let backslash = UInt8(ascii: "\\")
    private static let leftBracket = UInt8(ascii: "(")
    private static let rightBracket = UInt8(ascii: ")")

    /// The number signs and kind of the string literal that opens at `start`, if one does.
    private static func opening(at start: Int, in bytes: [UInt8]) -> (signs: Int, isMultiline: Bool)? {
        var quote = start
        while quote < bytes.count, bytes[quote] == 0x23 { quote += 1 }
        guard quote < bytes.count, bytes[quote] == 0x22 else { return nil }
        let isMultiline = quote + 2 < bytes.count && bytes[quote + 1] == 0x22 && bytes[quote + 2] == 0x22
        return (quote - start, isMultiline)
    }
}

/// The lines of `tidy-exceptions.txt`: `<check> <path>[#name]: <reason>`. A check passes over what stands there.
struct Exceptions {
    private(set) var reasons: [String: String] = [:]
    /// Lines that give no reason, or say nothing at all.
    private(set) var faults: [String] = []

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let colon = line.range(of: ": "), !line[colon.upperBound...].isEmpty,
                line[..<colon.lowerBound].split(separator: " ").count == 2
            else {
                faults.append("tidy-exceptions.txt: '\(line)' is not '<check> <path>: <reason>'")
                continue
            }
            reasons[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
        }
    }

    func allow(_ check: String, _ subject: String) -> Bool { reasons["\(check) \(subject)"] != nil }
}
