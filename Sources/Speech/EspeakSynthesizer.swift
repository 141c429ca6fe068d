import Kernel
package import Logging
import Programs

/// Speech by the program `espeak-ng`, which is called and never linked (its licence is the GPL).
///
/// The text goes in on standard input and so never shows up in a list of processes. A run that is late is killed;
/// only so many run at once, and only so many wait.
package struct EspeakSynthesizer: SpeechSynthesizer {
    /// How the voice sounds and what a run may cost.
    package struct Settings: Sendable {
        /// A name that is looked up in `PATH`, or a path.
        package var program = "espeak-ng"
        /// Voice by BCP 47 language tag; `zh` also serves `zh-CN` unless that is named too.
        package var voices = ["zh": "cmn", "en": "en"]
        /// Words a minute, 80 to 450.
        package var speed = 165
        /// 0 (low) to 99 (high).
        package var pitch = 50
        /// A run that takes longer is killed.
        package var deadline = Duration.seconds(20)
        /// Programs that run at the same time.
        package var mostAtOnce = 2
        /// Texts that wait for one of them.
        package var mostWaiting = 500

        package init() {}
    }

    /// Bytes of one WAV file: more than twelve minutes at 22,050 samples a second.
    package static let mostOutput = 32 * 1_024 * 1_024
    private static let speeds = 80...450
    private static let pitches = 0...99

    private let settings: Settings
    private let places: Places
    private let logger: Logger

    /// Throws `Problem(.invalid)` when a setting is out of range.
    package init(settings: Settings = Settings(), logger: Logger) throws {
        func require(_ condition: Bool, _ field: String, _ rule: String) throws {
            guard condition else {
                throw Problem(.invalid, "\(field) must be \(rule).", details: ["field": field])
            }
        }
        try require(Self.speeds.contains(settings.speed), "speed", "from 80 to 450 words a minute")
        try require(Self.pitches.contains(settings.pitch), "pitch", "from 0 to 99")
        try require((1...64).contains(settings.mostAtOnce), "mostAtOnce", "from 1 to 64")
        try require((0...100_000).contains(settings.mostWaiting), "mostWaiting", "from 0 to 100000")
        try require(settings.deadline > .zero, "deadline", "more than nothing")
        for (language, voice) in settings.voices {
            try require(
                Self.isVoiceName(voice), "voices.\(language)", "letters, digits, '-', '+', '_' or '/'")
        }
        self.settings = settings
        self.logger = logger
        places = Places(count: settings.mostAtOnce, mostWaiting: settings.mostWaiting)
    }

    package func fingerprint(language: String) throws -> String {
        "espeak-ng/\(try voice(for: language))/\(settings.speed)/\(settings.pitch)"
    }

    package func synthesize(text: String, language: String) async throws -> [UInt8] {
        let voice = try voice(for: language)
        let text = try SpeechText.cleaned(text)
        let run = ProgramRun(
            program: settings.program,
            arguments: [
                "--stdin", "--stdout", "-b", "1", "-v", voice, "-s", "\(settings.speed)", "-p",
                "\(settings.pitch)",
            ],
            input: Array(text.utf8) + [0x0A], deadline: settings.deadline, mostOutput: Self.mostOutput)
        let answer: ProgramRun.Answer
        do {
            answer = try await places.withPlace { try await run.run() }
        } catch let problem as Problem where problem.details["reason"] == "missing" {
            throw Self.missing(run.program, cause: problem)
        }
        guard answer.ending == .exited(0) else {
            logger.warning(
                "The speech program failed",
                metadata: [
                    "speech.ending": "\(answer.ending)", "speech.complaint": "\(answer.complaint)",
                    "speech.voice": "\(voice)",
                ])
            throw Problem(
                .unavailable, "'\(run.program)' failed for the voice '\(voice)'; see the log.",
                details: ["program": run.program, "reason": "failed"])
        }
        return try WaveBytes.repaired(answer.output)
    }

    /// The voice of the tag itself, else of its language (`zh-CN`, then `zh`).
    private func voice(for language: String) throws -> String {
        let tag = language.lowercased()
        let voices = Dictionary(settings.voices.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        let primary = tag.prefix { $0 != "-" && $0 != "_" }
        if let voice = voices[tag] ?? voices[String(primary)] { return voice }
        throw Problem(
            .unsupported,
            "There is no voice for the language '\(language)'; voices are set for "
                + settings.voices.keys.sorted().joined(separator: ", ") + ".",
            details: ["field": "language"])
    }

    private static func missing(_ program: String, cause: any Error) -> Problem {
        Problem(
            .unavailable,
            "The program '\(program)' is missing, so nothing can be spoken; install it (`apt install espeak-ng`) or "
                + "set its path.",
            cause: cause, details: ["program": program, "reason": "missing"])
    }

    private static func isVoiceName(_ voice: String) -> Bool {
        !voice.isEmpty && voice.utf8.first != 0x2D
            && voice.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "-+_/".unicodeScalars.contains($0))
            }
    }
}
