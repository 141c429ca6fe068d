import Kernel

/// Text on its way to a speech engine: bounded, and free of what an engine would take for a command.
enum SpeechText {
    /// Characters in one request; a longer announcement is several prompts.
    static let mostCharacters = 2_000

    /// `text` with control characters turned into spaces and runs of white space joined.
    ///
    /// `[[` is set apart because espeak-ng reads `[[...]]` as phonemes. Throws `Problem(.invalid)` when nothing is
    /// left to say or when it is longer than `mostCharacters`.
    static func cleaned(_ text: String) throws -> String {
        guard text.utf8.count <= mostCharacters * 16, text.count <= mostCharacters else {
            throw Problem(
                .invalid,
                "The text to speak is longer than \(mostCharacters) characters; split it into several prompts.",
                details: ["field": "text", "limit": "\(mostCharacters)"])
        }
        var cleaned = String.UnicodeScalarView()
        var pendingSpace = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || isControl(scalar) {
                pendingSpace = !cleaned.isEmpty
                continue
            }
            if scalar == "[", cleaned.last == "[", !pendingSpace { pendingSpace = true }
            if pendingSpace { cleaned.append(" ") }
            pendingSpace = false
            cleaned.append(scalar)
        }
        guard !cleaned.isEmpty else {
            throw Problem(.invalid, "There is no text to speak.", details: ["field": "text"])
        }
        return String(cleaned)
    }

    /// Control, format (direction marks and the like), surrogate and private-use characters say nothing aloud.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }
}
