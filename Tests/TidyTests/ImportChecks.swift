/// Which module may import which: the table of `docs/internals/architecture.md` as data.
struct ImportTable {
    /// What each target of this repository may import of the others, and of packages.
    let allowed: [String: Set<String>]
    /// Features: only their front door and their stores import Storage, only their front door and `API/` import Web.
    let features: Set<String>
    /// What comes with the toolchain, free for all but Core.
    static let toolchain: Set<String> = [
        "Foundation", "FoundationEssentials", "Dispatch", "Glibc", "Synchronization",
    ]

    static let hotline = ImportTable(
        allowed: [
            // Core
            "Kernel": [],
            "RoutingEngine": ["Kernel"],
            "FlowEngine": ["Kernel"],
            "SignallingEngine": ["Kernel"],
            "CallEngine": ["Kernel", "RoutingEngine", "FlowEngine"],
            // Glibc for mathematics and, in the executable, for files and standard error.
            "Simulation": ["Kernel", "RoutingEngine", "FlowEngine", "CallEngine", "Glibc"],
            "simulate": ["Kernel", "RoutingEngine", "FlowEngine", "CallEngine", "Simulation", "Glibc"],
            // Platform
            "Media": ["CMedia", "Kernel", "Logging"],
            "Telephony": [
                "Media", "SignallingEngine", "Kernel", "Logging", "NIOCore", "NIOPosix",
                "NIOConcurrencyHelpers",
            ],
            "Programs": ["Kernel"],
            "Speech": ["Media", "Programs", "Kernel", "Logging"],
            "Channels": ["Programs", "Kernel"],
            "Archives": ["Kernel"],
            "Sheets": ["Archives", "Kernel"],
            "Vault": ["CVault", "Storage", "Kernel"],
            "Storage": ["CPostgres", "GRDB", "GRDBSQLite", "Kernel", "Logging"],
            "Web": [
                "Kernel", "Sheets", "Logging", "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore",
                "NIOPosix",
                "NIOSSL", "ServiceLifecycle", "UnixSignals",
            ],
            // Product
            "Contracts": ["Sheets", "Storage", "Kernel"],
            "Directory": ["CCrypt", "Contracts", "Sheets", "Storage", "Web", "Kernel", "TOMLKit", "Logging"],
            "Routing": [
                "Contracts", "Sheets", "Storage", "Web", "Telephony", "Media", "Speech", "Kernel",
                "RoutingEngine",
                "FlowEngine",
                "CallEngine", "SignallingEngine", "Simulation", "Logging", "TOMLKit",
            ],
            "Interactions": ["Contracts", "Sheets", "Storage", "Vault", "Web", "Media", "Kernel", "Logging"],
            "Privacy": ["Archives", "Contracts", "Sheets", "Storage", "Vault", "Web", "Kernel", "Logging"],
            "Tickets": ["Contracts", "Sheets", "Storage", "Web", "Kernel"],
            "Reporting": ["Channels", "Contracts", "Sheets", "Storage", "Web", "Kernel", "Logging"],
            "App": [
                "Archives", "Privacy", "Sheets", "Vault",
                "Tickets", "Channels", "Programs", "Contracts", "Directory", "Interactions", "Media",
                "Reporting",
                "Routing", "Speech",
                "Storage",
                "Telephony", "Web",
                "Kernel", "RoutingEngine", "FlowEngine", "CallEngine", "SignallingEngine", "Logging",
                "TOMLKit",
                "ServiceLifecycle",
            ],
            "hotline": ["App", "Kernel", "ArgumentParser", "Logging"],
        ],
        features: ["Directory", "Routing", "Interactions", "Tickets", "Reporting", "Privacy"])

    static let core: Set<String> = [
        "Kernel", "RoutingEngine", "FlowEngine", "SignallingEngine", "CallEngine", "Simulation", "simulate",
    ]

    /// What is wrong with the imports of one file under `Sources/` or `Core/Sources/`.
    func faults(in file: SourceFile, exceptions: Exceptions) -> [String] {
        guard let (target, inside) = Self.place(of: file.path) else { return [] }
        guard let allowed = allowed[target] else {
            return ["\(file.path): the target \(target) is not in the table of imports"]
        }
        var faults: [String] = []
        for module in Self.imports(of: file) where !exceptions.allow("import", "\(file.path)#\(module)") {
            let isFree = Self.toolchain.contains(module) && !Self.core.contains(target)
            if !isFree, !allowed.contains(module) {
                faults.append("\(file.path): \(target) must not import \(module)")
            } else if features.contains(target), let folder = Self.folderThatMay[module],
                inside.first != folder, !isFrontDoor(inside, of: target),
                !(module == "Storage" && file.path.hasSuffix("Store.swift"))
            {
                faults.append(
                    "\(file.path): only \(folder)/ and the front door import \(module) in a feature")
            }
        }
        return faults
    }

    /// `Routing.swift` or `RoutingFeature.swift`: the file that hands routes and migrations to `App`.
    private func isFrontDoor(_ inside: [String], of target: String) -> Bool {
        inside == [target + ".swift"] || inside == [target + "Feature.swift"]
    }

    private static let folderThatMay = ["Web": "API", "Storage": "Store"]

    /// The target of a path, and the path inside it.
    static func place(of path: String) -> (target: String, inside: [String])? {
        let parts = path.split(separator: "/").map(String.init)
        if parts.count > 2, parts[0] == "Sources" { return (parts[1], Array(parts[2...])) }
        if parts.count > 3, parts[0] == "Core", parts[1] == "Sources" {
            return (parts[2], Array(parts[3...]))
        }
        return nil
    }

    /// The modules that a file imports, whatever the access level, attributes or kind of the import.
    static func imports(of file: SourceFile) -> [String] {
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        return file.code.compactMap { line in
            guard line.holds("import ") else { return nil }
            let words = line.split { $0 == " " || $0 == ";" || $0 == "\t" }.map(String.init)
            guard let keyword = words.firstIndex(of: "import"), keyword <= 2 else { return nil }
            let rest = words[(keyword + 1)...].drop { kinds.contains($0) }
            return rest.first.map { String($0.prefix { $0 != "." }) }
        }
    }
}

/// Words that would let a clock, dice, threads or an order of hashing into Core.
enum BannedWords {
    static let inCore = [
        "import Foundation", "import Dispatch", "Date()", ".now", "ContinuousClock", "SuspendingClock",
        "UUID()",
        ".random(", ".shuffled(", ".randomElement(", "SystemRandomNumberGenerator", "Hasher", "hashValue",
        "async",
        "Task", "print(",
    ]
    /// The one spelling that a hand-written `Hashable` cannot avoid; it decides nothing.
    private static let conformance = "hash(into hasher: inout Hasher)"

    static func faults(in file: SourceFile) -> [String] {
        let isExecutable = file.path.hasPrefix("Core/Sources/simulate/")
        var faults: [String] = []
        for (number, line) in file.code.enumerated() where !line.isEmpty {
            let line = line.holds("Hasher") ? line.replacing(conformance, with: "") : line
            for word in inCore where contains(line, word) && !(isExecutable && word == "print(") {
                faults.append("\(file.path):\(number + 1): '\(word)' is not for Core")
            }
        }
        return faults
    }

    /// Whether `word` stands in `line` and not merely inside a longer name.
    private static func contains(_ line: Substring, _ word: String) -> Bool {
        guard line.holds(word) else { return false }
        return line.ranges(of: word).contains { range in
            let before = range.lowerBound > line.startIndex ? line[line.index(before: range.lowerBound)] : " "
            let after = range.upperBound < line.endIndex ? line[range.upperBound] : " "
            if word == ".now", isProperty(line[..<range.lowerBound]) { return false }
            let startsInside = isPartOfName(word.first) && isPartOfName(before)
            let endsInside = isPartOfName(word.last) && isPartOfName(after)
            return !startsInside && !endsInside
        }
    }

    /// Whether a text ends in the name of a value that is no clock: `turn.now` is an input, `clock.now` and
    /// `ContinuousClock.now` are not.
    private static func isProperty(_ text: Substring) -> Bool {
        let name = text.reversed().prefix { isPartOfName($0) }.reversed()
        guard let first = name.first, first.isLowercase else { return false }
        return !String(name).lowercased().hasSuffix("clock")
    }

    private static func isPartOfName(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }
}
