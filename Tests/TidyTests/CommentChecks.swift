/// Declarations that others see say what they are for.
enum Comments {
    /// The folders in which every visible declaration has a documentation comment. A folder joins when its last one
    /// is written, and does not leave again.
    static let documented = ["Core/Sources/Kernel/"]

    /// The lines of `public` and `package` declarations without a documentation comment above them.
    static func faults(in file: SourceFile) -> [String] {
        var faults: [String] = []
        for (index, line) in file.code.enumerated() where isVisibleDeclaration(line) {
            var above = index - 1
            while above >= 0, isAttribute(file.lines[above]) { above -= 1 }
            let isExplained = above >= 0 && file.lines[above].drop { $0 == " " }.hasPrefix("///")
            if !isExplained {
                faults.append("\(file.path):\(index + 1): say what this is for in a `///` comment")
            }
        }
        return faults
    }

    private static func isVisibleDeclaration(_ line: Substring) -> Bool {
        guard line.holds("public ") || line.holds("package ") else { return false }
        var words = line.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
        guard words.first == "public" || words.first == "package", words.count > 1 else { return false }
        return !words.contains("import") && words[words.startIndex + 1] != "extension"
    }

    /// A line of attributes alone; with a declaration behind them it ends the search upwards.
    private static func isAttribute(_ line: Substring) -> Bool {
        line.drop { $0 == " " }.hasPrefix("@") && !line.holds("public ") && !line.holds("package ")
    }
}
