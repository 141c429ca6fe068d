import Dispatch
import FlowEngine
import Foundation
import Kernel
import Media
import Speech

/// What people do with the prompts of the library (mission G16).
struct PromptLibrary: Sendable {
    /// Prompts of a library, and recordings of one prompt.
    static let mostPrompts = 1_000
    static let mostVersions = 1_000
    static let longestKey = 64
    static let longestName = 100

    let store: PromptStore
    let flows: FlowStore
    let files: PromptFiles
    let speech: PromptCache
    /// Lets the desk take new settings.
    let settings: SettingsDelivery

    /// A prompt with the published flows that speak it.
    struct View: Sendable {
        var prompt: LibraryPrompt
        var uses: [PromptUse]
    }

    func prompts(holding text: String?) async throws -> [View] {
        let uses = try await uses()
        return try await store.prompts(holding: text).map { View(prompt: $0, uses: uses[$0.key] ?? []) }
    }

    /// Key -> the published flows whose nodes name it and that have no prompt of their own of that name.
    private func uses() async throws -> [String: [PromptUse]] {
        var uses: [String: [PromptUse]] = [:]
        for entry in try await flows.entries() {
            guard let document = entry.published?.document else { continue }
            var nodes: [String: [String]] = [:]
            for node in document.nodes {
                for key in Set(node.spokenPrompts)
                where document.prompts[key] == nil && document.files?[key] == nil {
                    nodes[key, default: []].append(node.name)
                }
            }
            for (key, names) in nodes {
                uses[key, default: []].append(PromptUse(flow: entry.key, nodes: names))
            }
        }
        return uses
    }

    func create(_ key: String, _ names: [String: String], doing deed: FlowDeed) async throws {
        let isPlain = key.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
        guard isPlain, (1...Self.longestKey).contains(key.utf8.count) else {
            throw Problem(
                .invalid, "A key has lower-case letters, digits and hyphens, such as night-greeting.",
                details: ["field": "key"])
        }
        try Self.check(names)
        guard try await store.prompts().count < Self.mostPrompts else {
            throw Problem(.exhausted, "The library has \(Self.mostPrompts) prompts; remove one first.")
        }
        guard try await store.create(key, names, doing: deed) else {
            throw Problem(
                .conflict, "There is a prompt \(key) already.", details: ["field": "key", "reason": "exists"])
        }
    }

    func rename(_ key: String, _ names: [String: String], doing deed: FlowDeed) async throws {
        try Self.check(names)
        guard try await store.rename(key, names, doing: deed) else { throw Self.missing(key) }
    }

    func remove(_ key: String, doing deed: FlowDeed) async throws {
        if let uses = try await uses()[key] {
            let words = uses.map { "flow \($0.flow), node \($0.nodes.joined(separator: ", "))" }
            throw Problem(
                .conflict, "The prompt is spoken by \(words.joined(separator: "; ")).",
                details: ["reason": "inUse", "uses": Self.list(words)])
        }
        guard try await store.remove(key, doing: deed) else { throw Self.missing(key) }
    }

    /// A file that somebody has uploaded or spoken into the browser becomes a draft.
    func upload(
        _ bytes: [UInt8], _ language: String, _ source: PromptVersion.Source, to key: String,
        doing deed: FlowDeed
    ) async throws -> PromptVersion {
        try Self.check(language: language)
        guard try await store.versions(of: key) != nil else { throw Self.missing(key) }
        return try await keep(try await files.keep(bytes), language, source, text: nil, in: key, deed)
    }

    /// Speech from a text becomes a draft.
    func speak(_ text: String, _ language: String, to key: String, doing deed: FlowDeed) async throws
        -> PromptVersion
    {
        try Self.check(language: language)
        guard try await store.versions(of: key) != nil else { throw Self.missing(key) }
        let path = try await speech.path(text: text, language: language)
        let sound = try await files.keep(contentsOf: path)
        return try await keep(sound, language, .speech, text: text, in: key, deed)
    }

    /// What a code for a telephone gives: one recording in a language, in the name of who asks for it.
    func phoneRight(_ language: String, to key: String, doing deed: FlowDeed) async throws -> PhoneCodeRight {
        try Self.check(language: language)
        guard try await store.versions(of: key) != nil else { throw Self.missing(key) }
        return PhoneCodeRight(key: key, language: language, deed: deed)
    }

    /// A recording by telephone becomes a draft. What lay on disk for it is removed in any case.
    func keep(_ spoken: SpokenPrompt, at now: Timestamp) async throws {
        defer { files.clear(spoken.folder) }
        guard let path = spoken.path else { return }
        var deed = spoken.right.deed
        deed.at = now
        _ = try await keep(
            try await files.keep(track: path), spoken.right.language, .phone, text: nil, in: spoken.right.key,
            deed)
    }

    private func keep(
        _ sound: KeptSound, _ language: String, _ source: PromptVersion.Source, text: String?, in key: String,
        _ deed: FlowDeed
    ) async throws -> PromptVersion {
        let version = try await store.add(sound, language, source, text: text, to: key, doing: deed)
        guard let version else { throw Self.missing(key) }
        return version
    }

    func versions(of key: String) async throws -> [PromptVersion] {
        guard let versions = try await store.versions(of: key) else { throw Self.missing(key) }
        return versions
    }

    func audio(_ version: Int, of key: String) async throws -> [UInt8] {
        guard let path = try await store.path(version, of: key) else { throw Self.missingVersion }
        return try await files.read(path)
    }

    /// From the next call on callers hear this version.
    func use(_ version: Int, of key: String, doing deed: FlowDeed) async throws {
        guard try await store.use(version, of: key, doing: deed) else { throw Self.missingVersion }
        try await settings.deliver()
    }

    // MARK: words

    private static func check(_ names: [String: String]) throws(Problem) {
        guard !names.isEmpty, names.count <= 20,
            names.allSatisfy({ isLanguage($0.key) && (1...longestName).contains($0.value.count) })
        else {
            throw Problem(
                .invalid, "The name must be a text of at most \(longestName) letters for a language.",
                details: ["field": "name"])
        }
    }

    private static func check(language: String) throws(Problem) {
        guard isLanguage(language) else {
            throw Problem(
                .invalid, "The language must be a tag such as zh-CN or en.", details: ["field": "language"])
        }
    }

    /// BCP 47 as flows use it: letters, digits and hyphens.
    private static func isLanguage(_ text: String) -> Bool {
        (2...35).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x2D
            }
    }

    private static func list(_ words: [String]) -> String {
        // Strings only: they always have a JSON form.
        (try? JSONEncoder().encode(words)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }

    private static func missing(_ key: String) -> Problem {
        Problem(.notFound, "There is no prompt \(key.prefix(longestKey)).", details: ["field": "key"])
    }
    private static let missingVersion = Problem(
        .notFound, "There is no such version.", details: ["field": "n"])
}

/// The files of the library, named by what is in them: nothing is ever written over, and the same sound is kept once.
///
/// Sounds are computed and written one after the other on a thread of their own, so that a long upload costs one
/// processor and nobody else waits for it. Late: the upload waits for those before it. Twice: the same name, the same
/// file. Never: a file that could not be written is an error of its request, and no row names it.
struct PromptFiles: Sendable {
    /// The folder of all prompts; the library is `library` below it.
    let directory: String
    private let disk = DispatchQueue(label: "hotline.prompt.library")

    init(directory: String) { self.directory = directory }

    /// Keeps a sound that was uploaded. Throws `Problem(.invalid)` for what is none.
    func keep(_ bytes: [UInt8]) async throws -> KeptSound {
        try await onDisk { [directory] in try Self.keep(UploadedSound(bytes), below: directory) }
    }

    /// Keeps a sound that is in a file already.
    func keep(contentsOf path: String) async throws -> KeptSound {
        try await onDisk { [directory] in
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            return try Self.keep(UploadedSound(bytes), below: directory)
        }
    }

    /// Keeps a sound that was recorded from a telephone.
    func keep(track path: String) async throws -> KeptSound {
        try await onDisk { [directory] in try Self.keep(UploadedSound(track: path), below: directory) }
    }

    /// Removes the folder of a recording; nobody waits for it.
    func clear(_ folder: String) {
        // What cannot be removed now is removed with its parent at the next start.
        disk.async { try? FileManager.default.removeItem(atPath: folder) }
    }

    func read(_ path: String) async throws -> [UInt8] {
        try await onDisk { [directory] in [UInt8](try Data(contentsOf: URL(filePath: directory + "/" + path)))
        }
    }

    private static func keep(_ sound: UploadedSound, below directory: String) throws -> KeptSound {
        let bytes = sound.bytes
        let name = SHA256.digest(bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
        let path = "library/\(name.prefix(2))/\(name).wav"
        let place = URL(filePath: directory + "/" + path)
        if !FileManager.default.fileExists(atPath: place.path(percentEncoded: false)) {
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            // Under another name first, so that a crash leaves no half sound under this one.
            try Data(bytes).write(to: place, options: .atomic)
        }
        return KeptSound(
            path: path, digest: "sha256:" + name, milliseconds: sound.milliseconds, level: sound.level)
    }

    private func onDisk<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                disk.async { continuation.resume(with: Result { try work() }) }
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(
                .unavailable, "The prompt library cannot be read or written; check the data directory.",
                cause: error, details: ["reason": "promptDirectory"])
        }
    }
}
