/// Files and functions that are too long to be read in one go.
enum Lengths {
    static let mostLinesOfFile = 500
    static let mostLinesOfFunction = 80

    static func fileFaults(in file: SourceFile, exceptions: Exceptions) -> [String] {
        let lines = file.text.hasSuffix("\n") ? file.lines.count - 1 : file.lines.count
        guard lines > mostLinesOfFile, !exceptions.allow("file-length", file.path) else { return [] }
        return ["\(file.path): \(lines) lines; split it, or give a reason in tidy-exceptions.txt"]
    }

    static func functionFaults(in file: SourceFile, exceptions: Exceptions) -> [String] {
        functions(in: file).compactMap { function in
            guard function.lines > mostLinesOfFunction,
                !exceptions.allow("function-length", "\(file.path)#\(function.name)")
            else { return nil }
            return "\(file.path)#\(function.name): \(function.lines) lines; split it, or give a reason in "
                + "tidy-exceptions.txt"
        }
    }

    struct Function: Equatable {
        var name: String
        var lines: Int
    }

    /// The functions and initialisers of Swift text with the lines from the name to the closing brace.
    static func functions(in file: SourceFile) -> [Function] {
        let tokens = tokens(of: file.code)
        var found: [Function] = []
        for (index, token) in tokens.enumerated() {
            let isFunction = token.text == "func" && index + 1 < tokens.count
            let isInitialiser =
                (token.text == "init" || token.text == "deinit")
                && (index == 0 || tokens[index - 1].text != ".")
            guard isFunction || isInitialiser, let body = body(after: index, in: tokens) else { continue }
            let name = isFunction ? tokens[index + 1].text : token.text
            found.append(Function(name: name, lines: tokens[body.upperBound].line - token.line + 1))
        }
        return found
    }

    /// The braces of the body that follows the declaration at `start`; `nil` for a requirement without a body.
    private static func body(after start: Int, in tokens: [Token]) -> ClosedRange<Int>? {
        var brackets = 0
        var index = start + 1
        while index < tokens.count {
            switch tokens[index].text {
            case "(", "[": brackets += 1
            case ")", "]": brackets -= 1
            case "{" where brackets == 0: return closing(of: index, in: tokens).map { index...$0 }
            case "}" where brackets == 0: return nil
            case "func" where brackets == 0, "init" where brackets == 0, "var" where brackets == 0: return nil
            default: break
            }
            if brackets < 0 { return nil }
            index += 1
        }
        return nil
    }

    private static func closing(of open: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }

    private struct Token {
        var text: String
        var line: Int
    }

    /// Names and brackets with their lines; everything else does not matter here.
    private static func tokens(of code: [Substring]) -> [Token] {
        var tokens: [Token] = []
        for (index, line) in code.enumerated() {
            let bytes = Array(line.utf8)
            var start = 0
            while start < bytes.count {
                var end = start + 1
                if bytes[start] == UInt8(ascii: "`") {
                    end = (bytes[end...].firstIndex(of: UInt8(ascii: "`")) ?? bytes.count - 1) + 1
                } else if isPartOfName(bytes[start]) {
                    while end < bytes.count, isPartOfName(bytes[end]) { end += 1 }
                } else if !brackets.contains(bytes[start]) {
                    start = end
                    continue
                }
                tokens.append(
                    Token(text: String(decoding: bytes[start..<end], as: UTF8.self), line: index + 1))
                start = end
            }
        }
        return tokens
    }

    private static let brackets = Array("(){}[].".utf8)

    /// Letters, digits, the underscore and everything beyond ASCII.
    private static func isPartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...0xFF: true
        default: false
        }
    }
}
