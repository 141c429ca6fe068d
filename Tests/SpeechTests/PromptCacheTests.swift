import Foundation
import Kernel
import Synchronization
import Testing

@testable import Speech

@Suite struct PromptCacheTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A clock that goes on by a second each time it is read.
    private func cache(_ voice: FakeVoice, mostBytes: Int = 1_000_000, mostFiles: Int = 100, start: Int64 = 0)
        -> PromptCache
    {
        let seconds = Mutex<Int64>(start)
        return PromptCache(
            directory: directory.path + "/prompts", synthesizer: voice, mostBytes: mostBytes,
            mostFiles: mostFiles
        ) {
            seconds.withLock {
                $0 += 1
                return Timestamp(milliseconds: $0 * 1_000)
            }
        }
    }

    private func files() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: directory.path + "/prompts").count
    }

    @Test func `a prompt is spoken once and found again after a restart`() async throws {
        let voice = FakeVoice()
        let path = try await cache(voice).path(text: "您好", language: "zh-CN")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(wave(Array("您好".utf8))))
        let again = try await cache(voice).path(text: " 您好\n", language: "zh-CN")
        #expect(again == path)
        #expect(await voice.runs == 1)
        #expect(try files() == 1)
    }

    @Test func `another voice, language or text is another prompt`() async throws {
        let paths = [
            try await cache(FakeVoice()).path(text: "one", language: "en"),
            try await cache(FakeVoice()).path(text: "one", language: "zh"),
            try await cache(FakeVoice()).path(text: "two", language: "en"),
            try await cache(FakeVoice(voice: "other")).path(text: "one", language: "en"),
        ]
        #expect(Set(paths).count == 4)
    }

    @Test func `callers that want the same prompt at once wait for one run`() async throws {
        let voice = FakeVoice()
        await voice.hold()
        let cache = cache(voice)
        let callers = (0..<20).map { _ in Task { try await cache.path(text: "same", language: "en") } }
        await voice.waitForRuns(1)
        await voice.letGo()
        var paths: Set<String> = []
        for caller in callers { paths.insert(try await caller.value) }
        #expect(paths.count == 1)
        #expect(await voice.runs == 1)
    }

    @Test func `a failed run is not remembered`() async throws {
        let failing = FakeVoice(failure: Problem(.timedOut, "late"))
        let failed = cache(failing)
        for _ in 0..<2 {
            await #expect { try await failed.path(text: "x", language: "en") } throws: {
                ($0 as? Problem)?.code == .timedOut
            }
        }
        #expect(await failing.runs == 2)
        #expect(try files() == 0)
    }

    @Test func `what was not used for longest goes first`() async throws {
        let voice = FakeVoice()
        let cache = cache(voice, mostFiles: 2)
        let first = try await cache.path(text: "first", language: "en")
        let second = try await cache.path(text: "second", language: "en")
        _ = try await cache.path(text: "first", language: "en")
        let third = try await cache.path(text: "third", language: "en")
        #expect(FileManager.default.fileExists(atPath: first))
        #expect(!FileManager.default.fileExists(atPath: second))
        #expect(FileManager.default.fileExists(atPath: third))
        #expect(await voice.runs == 3)
    }

    @Test func `the bytes are bounded too, but the prompt just made stays`() async throws {
        let cache = cache(FakeVoice(), mostBytes: 100)
        _ = try await cache.path(text: String(repeating: "a", count: 50), language: "en")
        let last = try await cache.path(text: String(repeating: "b", count: 500), language: "en")
        #expect(try files() == 1)
        #expect(FileManager.default.fileExists(atPath: last))
    }

    @Test func `a removed file is made again and unfinished ones are cleared away`() async throws {
        let voice = FakeVoice()
        let first = cache(voice)
        let path = try await first.path(text: "x", language: "en")
        try FileManager.default.removeItem(atPath: path)
        #expect(try await first.path(text: "x", language: "en") == path)
        #expect(await voice.runs == 2)
        try Data([1]).write(to: URL(fileURLWithPath: path + ".1-1.part"))
        _ = try await cache(voice).path(text: "x", language: "en")
        #expect(try files() == 1)
    }

    @Test func `a directory that cannot be written is named with its remedy`() async throws {
        let blocked = directory.path + "/file"
        try Data().write(to: URL(fileURLWithPath: blocked))
        let cache = PromptCache(directory: blocked + "/prompts", synthesizer: FakeVoice()) {
            Timestamp(milliseconds: 0)
        }
        await #expect { try await cache.path(text: "x", language: "en") } throws: {
            ($0 as? Problem)?.code == .unavailable
        }
    }
}
