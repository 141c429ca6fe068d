/// Two languages of one page keep the same outline.
enum Headings {
    /// The levels and titles of a Markdown text's headings, those inside code fences left out.
    static func of(_ text: String) -> [(level: Int, title: String)] {
        var headings: [(level: Int, title: String)] = []
        var isFenced = false
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") { isFenced.toggle() }
            let level = line.prefix { $0 == "#" }.count
            guard !isFenced, (1...6).contains(level), line.dropFirst(level).first == " " else { continue }
            headings.append((level, String(line.dropFirst(level + 1))))
        }
        return headings
    }

    static func faults(_ english: SourceFile, _ chinese: SourceFile) -> [String] {
        let (first, second) = (of(english.text), of(chinese.text))
        for (one, other) in zip(first, second) where one.level != other.level {
            return [
                "\(chinese.path): '\(other.title)' is not on the level of '\(one.title)' in \(english.path)"
            ]
        }
        guard first.count != second.count else { return [] }
        return ["\(chinese.path): \(second.count) headings, but \(english.path) has \(first.count)"]
    }
}

/// Pages that a comment or another page names are there.
enum Links {
    /// The pages of `docs/` that Swift text names, as paths from the root: `docs/decisions/0001-ids.md`, also without
    /// the `docs/` in front.
    static func inSwift(_ file: SourceFile) -> [String] {
        file.lines.filter { $0.holds(".md") }.joined(separator: "\n").matches(
            of: #/(?:docs/)?((?:decisions|internals|concepts|reference|guides|start)/[A-Za-z0-9\/-]+\.md)/#
        ).map { "docs/" + $0.1 }
    }

    /// The files that a Markdown page links to, as paths from the root; addresses and anchors are left out.
    static func inPage(_ file: SourceFile) -> [String] {
        let folder = file.path.split(separator: "/").dropLast().map(String.init)
        return file.text.matches(of: #/\]\(([^)\s]+)\)/#).compactMap { match in
            let target = match.1.prefix { $0 != "#" }
            guard !target.isEmpty, !target.contains(":") else { return nil }
            var parts = folder
            for part in target.split(separator: "/") {
                if part == ".." {
                    _ = parts.popLast()
                } else if part != "." {
                    parts.append(String(part))
                }
            }
            return parts.joined(separator: "/")
        }
    }

    static func faults(in file: SourceFile, isThere: (String) -> Bool) -> [String] {
        let named = file.path.hasSuffix(".md") ? inPage(file) : inSwift(file)
        return named.filter { !isThere($0) }.map { "\(file.path): there is no \($0)" }
    }
}

/// The configuration in Swift and its sample file have the same keys.
enum ConfigurationKeys {
    /// `section.key` for every key of `Configuration`: the outer stored properties are sections, the properties or
    /// `CodingKeys` of the structure behind each are its keys.
    static func inSwift(_ file: SourceFile) -> Set<String> {
        var types: [String: Properties] = [:]
        var open: [String] = []
        var depth = 0
        var depths: [Int] = []
        for (line, code) in zip(file.lines, file.code) {
            let words = code.split { " :=(){,".contains($0) }.map(String.init)
            let start = depth
            depth += code.count { $0 == "{" } - code.count { $0 == "}" }
            if let kind = words.firstIndex(where: { ["struct", "enum", "extension"].contains($0) }),
                kind + 1 < words.count, code.contains("{")
            {
                open.append(words[kind + 1])
                depths.append(start)
            } else if let type = open.last, start == (depths.last ?? 0) + 1 {
                let owner = type == "CodingKeys" && open.count > 1 ? open[open.count - 2] : type
                types[owner, default: Properties()].read(line, code, isCodingKeys: type == "CodingKeys")
            }
            while let last = depths.last, depth <= last {
                depths.removeLast()
                open.removeLast()
            }
        }
        var keys: Set<String> = []
        for section in types["Configuration"]?.stored ?? [] {
            guard let inside = types[section.type] else { continue }
            let names = inside.codingKeys.isEmpty ? inside.stored.map(\.name) : inside.codingKeys
            for name in names { keys.insert("\(section.name).\(name)") }
        }
        return keys
    }

    private struct Properties {
        var stored: [(name: String, type: String)] = []
        var codingKeys: [String] = []

        mutating func read(_ line: Substring, _ code: Substring, isCodingKeys: Bool) {
            if isCodingKeys {
                guard let keyword = line.firstRange(of: "case ") else { return }
                for item in line[keyword.upperBound...].split(separator: ",") {
                    let sides = item.split(separator: "=").map {
                        $0.filter { $0 != " " && $0 != "\"" && $0 != "`" }
                    }
                    if let key = sides.last { codingKeys.append(key) }
                }
            } else if let keyword = code.firstRange(of: "var "), !code.contains("static "),
                !code.contains("{")
            {
                let words = code[keyword.upperBound...].split { " :=()".contains($0) }.map(String.init)
                if let name = words.first { stored.append((name, words.count > 1 ? words[1] : "")) }
            }
        }
    }

    /// `section.key` for every key in a TOML text, also those that are commented out (`# key = value`).
    static func inSample(_ text: String) -> Set<String> {
        var keys: Set<String> = []
        var section = ""
        for line in text.split(separator: "\n") {
            let bare = line.drop { $0 == " " || $0 == "#" }
            if line.hasPrefix("["), let end = line.lastIndex(of: "]") {
                section = line[..<end].filter { $0 != "[" && $0 != "]" && $0 != " " }
            } else if let equals = bare.firstIndex(of: "=") {
                let key = bare[..<equals].trimmingSuffix { $0 == " " }
                let isKey =
                    !key.isEmpty && key.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
                if isKey { keys.insert(section.isEmpty ? String(key) : "\(section).\(key)") }
            }
        }
        return keys
    }

    static func faults(swift: Set<String>, sample: Set<String>) -> [String] {
        swift.subtracting(sample).sorted().map { "config/hotline.sample.toml: the key \($0) is missing" }
            + sample.subtracting(swift).sorted().map {
                "config/hotline.sample.toml: nothing reads the key \($0)"
            }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isOutside: (Character) -> Bool) -> Substring {
        var view = self
        while let last = view.last, isOutside(last) { view.removeLast() }
        return view
    }
}

/// The routes in Swift are in the description of the interface. That each described route is served, paths made in a loop
/// included, is seen by the contract test on the running program.
enum RouteTable {
    /// `GET /api/v1/queues/{id}` for every route that a file registers with a literal path.
    static func inSwift(_ file: SourceFile) -> [String] {
        var routes: [String] = []
        let verbs = ["get", "post", "put", "patch", "delete", "open"]
        guard verbs.contains(where: { file.text[...].holds(".\($0)(") }) else { return [] }
        for match in file.text.matches(of: #/\.(get|post|put|patch|delete)\(\s*"(/[^"]*)"/#) {
            routes.append(match.1.uppercased() + " " + match.2)
        }
        for match in file.text.matches(of: #/\.open\(\s*"([A-Za-z]+)",\s*"(/[^"]*)"/#) {
            routes.append(match.1.uppercased() + " " + match.2)
        }
        return routes
    }

    /// The same for an OpenAPI document in YAML with two spaces of indentation.
    static func inDescription(_ text: String) -> [String] {
        var routes: [String] = []
        var isInPaths = false
        var path = ""
        for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("#") {
            let indentation = line.prefix { $0 == " " }.count
            let key = line.drop { $0 == " " }.prefix { $0 != ":" }.filter { $0 != "\"" && $0 != "'" }
            switch indentation {
            case 0: isInPaths = key == "paths"
            case 2 where isInPaths: path = key
            case 4 where isInPaths && ["get", "post", "put", "patch", "delete"].contains(key):
                routes.append(key.uppercased() + " " + path)
            default: break
            }
        }
        return routes
    }

    static func faults(swift: [String], description: [String]) -> [String] {
        Set(swift).subtracting(description).sorted().map { "docs/reference/openapi.yaml: \($0) is missing" }
    }
}
