import Dispatch
import Foundation
import Glibc
package import Kernel

/// Spoken prompts on disk, made once.
///
/// A file is named by a hash of (engine, voice, text), written under another name and renamed when whole, so a crash
/// leaves no half prompt. Callers that want the same prompt at once wait for one run. When the cache is full, what
/// has not been used for longest goes first.
package actor PromptCache {
    private struct Entry {
        var bytes: Int
        /// Milliseconds since the epoch of the last use; kept as the file's modification time over restarts.
        var usedAt: Int64
    }

    private static let suffix = ".wav"
    private static let unfinished = ".part"

    private let directory: String
    private let synthesizer: any SpeechSynthesizer
    private let mostBytes: Int
    private let mostFiles: Int
    private let now: @Sendable () -> Timestamp
    private var entries: [String: Entry]?
    private var making: [String: Task<String, any Error>] = [:]
    private var makingNumber = 0
    private let disk = DispatchQueue(label: "hotline.speech.prompts")

    /// - Parameters:
    ///   - directory: is made when missing; holds nothing but prompts.
    ///   - mostBytes: bytes of all prompts together.
    ///   - mostFiles: prompts.
    ///   - now: the time, for the order of use.
    package init(
        directory: String, synthesizer: any SpeechSynthesizer, mostBytes: Int = 1_024 * 1_024 * 1_024,
        mostFiles: Int = 20_000, now: @escaping @Sendable () -> Timestamp
    ) {
        self.directory = directory
        self.synthesizer = synthesizer
        self.mostBytes = mostBytes
        self.mostFiles = mostFiles
        self.now = now
    }

    /// The path of a WAV file that says `text`, which is spoken now unless it has been before.
    ///
    /// Throws the synthesizer's `Problem`, or `.unavailable` when the directory cannot be written.
    package func path(text: String, language: String) async throws -> String {
        let text = try SpeechText.cleaned(text)
        let name = Self.name(fingerprint: try synthesizer.fingerprint(language: language), text: text)
        try await open()
        let path = directory + "/" + name
        if let entry = entries?[name] {
            if try await touch(path, bytes: entry.bytes) {
                entries?[name]?.usedAt = now().milliseconds
                return path
            }
            // Somebody has removed the file: it is made again.
            entries?[name] = nil
        }
        if let run = making[name] { return try await run.value }
        // Awaited here and by everybody else who asks for this prompt; its end is the synthesizer's deadline.
        let run = Task { try await self.make(name: name, text: text, language: language) }
        making[name] = run
        defer { making[name] = nil }
        return try await run.value
    }

    private func make(name: String, text: String, language: String) async throws -> String {
        let sound = try await synthesizer.synthesize(text: text, language: language)
        makingNumber += 1
        let path = directory + "/" + name
        let temporary = "\(directory)/\(name).\(getpid())-\(makingNumber)\(Self.unfinished)"
        try await onDisk(.makePlace) {
            try Data(sound).write(to: URL(fileURLWithPath: temporary))
            guard rename(temporary, path) == 0 else {
                let error = errno
                unlink(temporary)
                throw CocoaError(.fileWriteUnknown, userInfo: ["errno": error])
            }
        }
        entries?[name] = Entry(bytes: sound.count, usedAt: now().milliseconds)
        try await evict(keeping: name)
        return path
    }

    /// Removes what was not used for longest until both bounds hold; never the prompt just made.
    private func evict(keeping kept: String) async throws {
        guard var all = entries else { return }
        var bytes = all.values.reduce(0) { $0 + $1.bytes }
        guard bytes > mostBytes || all.count > mostFiles else { return }
        var doomed: [String] = []
        for (name, entry) in all.sorted(by: { ($0.value.usedAt, $0.key) < ($1.value.usedAt, $1.key) }) {
            guard bytes > mostBytes || all.count > mostFiles else { break }
            guard name != kept else { continue }
            all[name] = nil
            bytes -= entry.bytes
            doomed.append(name)
        }
        entries = all
        let (directory, names) = (directory, doomed)
        try await onDisk(.clear) { for name in names { unlink(directory + "/" + name) } }
    }

    /// Finds what earlier runs left: prompts are taken over, unfinished files removed.
    private func open() async throws {
        guard entries == nil else { return }
        let directory = directory
        let found = try await onDisk(.makePlace) {
            let files = FileManager.default
            try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
            var found: [String: Entry] = [:]
            for name in try files.contentsOfDirectory(atPath: directory) {
                if name.hasSuffix(Self.unfinished) {
                    unlink(directory + "/" + name)
                } else if name.hasSuffix(Self.suffix) {
                    var status = stat()
                    guard stat(directory + "/" + name, &status) == 0 else { continue }
                    let usedAt =
                        Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
                    found[name] = Entry(bytes: Int(status.st_size), usedAt: usedAt)
                }
            }
            return found
        }
        if entries == nil { entries = found }
    }

    /// Marks the file as used now; `false` when it is gone or no longer what was written.
    private func touch(_ path: String, bytes: Int) async throws -> Bool {
        let now = now().milliseconds
        return try await onDisk(.clear) {
            var status = stat()
            guard stat(path, &status) == 0, Int(status.st_size) == bytes else { return false }
            let stamp = timespec(tv_sec: Int(now / 1_000), tv_nsec: Int(now % 1_000) * 1_000_000)
            return utimensat(AT_FDCWD, path, [stamp, stamp], 0) == 0
        }
    }

    private enum DiskWork: String {
        case makePlace = "write prompts into"
        case clear = "tidy"
    }

    /// Runs blocking file work on its own thread.
    private func onDisk<T: Sendable>(_ what: DiskWork, _ work: @escaping @Sendable () throws -> T)
        async throws -> T
    {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                disk.async { continuation.resume(with: Result { try work() }) }
            }
        } catch {
            throw Problem(
                .unavailable,
                "Cannot \(what.rawValue) the directory of prompts; check that it exists, is writable and has space.",
                cause: error, details: ["reason": "promptDirectory"])
        }
    }

    /// SHA-256 over the fields, which are kept apart by a byte that no text contains.
    static func name(fingerprint: String, text: String) -> String {
        let digest = SHA256.digest(Array(fingerprint.utf8) + [0xFF] + Array(text.utf8))
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + suffix
    }
}
