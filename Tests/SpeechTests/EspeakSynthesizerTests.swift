import Foundation
import Kernel
import Logging
import Programs
import Testing

@testable import Speech

@Suite struct EspeakSynthesizerTests {
    private let directory: TemporaryDirectory
    private let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    init() throws { directory = try TemporaryDirectory() }

    private func synthesizer(_ change: (inout EspeakSynthesizer.Settings) -> Void = { _ in }) throws
        -> EspeakSynthesizer
    {
        var settings = EspeakSynthesizer.Settings()
        change(&settings)
        return try EspeakSynthesizer(settings: settings, logger: logger)
    }

    @Test(arguments: [("您好，座席全忙，请稍候。", "zh-CN"), ("All agents are busy.", "en-GB")])
    func `espeak-ng speaks both languages into a whole WAV file`(text: String, language: String) async throws
    {
        let sound = try await synthesizer().synthesize(text: text, language: language)
        #expect(sound.starts(with: Array("RIFF".utf8)))
        // More than half a second of 16-bit samples at 22,050 a second.
        #expect(sound.count > 22_050)
        #expect(try WaveBytes.repaired(sound) == sound)
    }

    @Test func `a missing program is unavailable and the remedy is named`() async throws {
        let synthesizer = try synthesizer { $0.program = "no-such-speech-program" }
        await #expect {
            try await synthesizer.synthesize(text: "hello", language: "en")
        } throws: {
            let problem = $0 as? Problem
            return problem?.code == .unavailable && problem?.message.contains("apt install espeak-ng") == true
        }
    }

    @Test func `the text goes in on standard input and not on the command line`() async throws {
        let seen = directory.path + "/seen"
        let program = try directory.script(
            "fake", "echo \"$@\" > \(seen).arguments", "cat > \(seen).input", "env > \(seen).environment",
            "espeak-ng --stdout hello")
        let synthesizer = try synthesizer {
            $0.program = program
            $0.speed = 120
            $0.pitch = 40
        }
        _ = try await synthesizer.synthesize(text: "-v; secret\u{0} text", language: "zh-CN")
        #expect(try String(contentsOfFile: seen + ".input", encoding: .utf8) == "-v; secret text\n")
        #expect(
            try String(contentsOfFile: seen + ".arguments", encoding: .utf8)
                == "--stdin --stdout -b 1 -v cmn -s 120 -p 40\n")
        #expect(try !String(contentsOfFile: seen + ".environment", encoding: .utf8).contains("HOME="))
    }

    @Test func `a late program is killed`() async throws {
        let program = try directory.script("late", "echo $$ > \(directory.path)/id", "exec sleep 3600")
        let synthesizer = try synthesizer {
            $0.program = program
            $0.deadline = .milliseconds(300)
        }
        await #expect {
            try await synthesizer.synthesize(text: "hello", language: "en")
        } throws: {
            ($0 as? Problem)?.code == .timedOut
        }
        if let text = try? String(contentsOfFile: directory.path + "/id", encoding: .utf8),
            let id = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            #expect(kill(id, 0) == -1)
        }
    }

    @Test func `a program that does not read its input or that fails is reported`() async throws {
        let program = try directory.script("failing", "exec 0<&-", "echo no voice >&2", "exit 3")
        let synthesizer = try synthesizer { $0.program = program }
        await #expect {
            try await synthesizer.synthesize(text: String(repeating: "long ", count: 300), language: "en")
        } throws: {
            ($0 as? Problem)?.details["reason"] == "failed"
        }
    }

    @Test func `a program that never stops writing is stopped`() async throws {
        let run = ProgramRun(
            program: "yes", arguments: [], input: [], deadline: .seconds(60), mostOutput: 1_000_000)
        await #expect { try await run.run() } throws: { ($0 as? Problem)?.code == .exhausted }
    }

    @Test func `a cancelled run kills the program`() async throws {
        let pipe = directory.path + "/started"
        #expect(mkfifo(pipe, 0o600) == 0)
        let program = try directory.script("waits", "echo $$ > \(pipe)", "exec sleep 3600")
        let run = ProgramRun(
            program: program, arguments: [], input: [], deadline: .seconds(600), mostOutput: 10)
        let task = Task { try await run.run() }
        let started = await Self.line(from: pipe)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let id = try #require(Int32(started))
        #expect(kill(id, 0) == -1)
    }

    @Test func `a large input and a large output pass without a dead lock`() async throws {
        let input = Array(repeating: UInt8(ascii: "x"), count: 3_000_000)
        let run = ProgramRun(
            program: "cat", arguments: [], input: input, deadline: .seconds(60), mostOutput: 4_000_000)
        let answer = try await run.run()
        #expect(answer.output == input)
        #expect(answer.ending == .exited(0))
    }

    @Test(arguments: ["fr", "", "..", "-v"])
    func `a language without a voice is unsupported`(language: String) throws {
        #expect { try synthesizer().fingerprint(language: language) } throws: {
            ($0 as? Problem)?.code == .unsupported
        }
    }

    @Test func `settings out of range are refused by name`() {
        let changes: [(String, (inout EspeakSynthesizer.Settings) -> Void)] = [
            ("speed", { $0.speed = 10 }), ("pitch", { $0.pitch = 100 }),
            ("mostAtOnce", { $0.mostAtOnce = 0 }),
            ("deadline", { $0.deadline = .zero }), ("voices.en", { $0.voices["en"] = "--path=/etc" }),
        ]
        for (field, change) in changes {
            #expect { try synthesizer(change) } throws: { ($0 as? Problem)?.details["field"] == field }
        }
    }

    /// The first line of a named pipe, read on a thread of its own because opening it waits for the writer.
    private static func line(from path: String) async -> String {
        await withCheckedContinuation { continuation in
            ProgramRun.queue.async {
                let bytes = FileHandle(forReadingAtPath: path)?.readDataToEndOfFile() ?? Data()
                let text = String(decoding: bytes, as: UTF8.self)
                continuation.resume(returning: text.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
    }
}

@Suite struct PlacesTests {
    @Test func `only so many work at once and only so many wait`() async throws {
        let places = Places(count: 1, mostWaiting: 1)
        let (gate, open) = AsyncStream<Void>.makeStream()
        let (started, start) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await places.withPlace {
                start.yield()
                for await _ in gate {}
                return 1
            }
        }
        for await _ in started { break }
        let second = Task { try await places.withPlace { 2 } }
        while await places.lineLength < 1 { await Task.yield() }
        await #expect { try await places.withPlace { 3 } } throws: { ($0 as? Problem)?.code == .exhausted }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        let fourth = Task { try await places.withPlace { 4 } }
        open.finish()
        #expect(try await first.value == 1)
        #expect(try await fourth.value == 4)
        #expect(try await places.withPlace { 5 } == 5)
    }
}
