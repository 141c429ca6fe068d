import Kernel

/// One recording of a library prompt in one language. Never changed; a better one is a new version.
struct PromptVersion: Codable, Hashable, Sendable {
    /// Where a recording came from.
    enum Source: String, Codable, Sendable { case upload, browser, phone, speech }

    /// Counts within the prompt, all languages together.
    var version: Int
    var language: String
    var source: Source
    /// What was spoken, for speech that was made from a text.
    var text: String?
    var durationMs: Int
    /// How loud it is, in dB of full scale; about -20 is usual.
    var levelDb: Int
    var at: Timestamp
    /// The number (工号) of who made it.
    var by: String
    /// Whether it is what callers hear in its language.
    var isCurrent: Bool
}

/// A prompt of the library (mission G16).
struct LibraryPrompt: Sendable {
    var key: String
    /// Language -> what people call it.
    var names: [String: String]
    /// Language -> what callers hear.
    var current: [String: PromptVersion]
    /// Language -> the newest recording that was never used.
    var drafts: [String: PromptVersion]
}

/// Where a flow speaks a prompt of the library.
struct PromptUse: Codable, Hashable, Sendable {
    var flow: String
    var nodes: [String]
}

/// What is kept of a recording besides its row: where the file is below the folder of prompts, and what proves it.
struct KeptSound: Sendable {
    var path: String
    /// `sha256:` and 64 digits.
    var digest: String
    var milliseconds: Int
    var level: Int
}
