/// Turns text into speech. The local default is `EspeakSynthesizer`; services over HTTP plug in the same way.
package protocol SpeechSynthesizer: Sendable {
    /// Speaks `text` and answers one complete WAV file (RIFF, 16-bit PCM, the rate of the engine).
    ///
    /// Throws `Problem`: `.invalid` when the text is empty or too long, `.unsupported` when there is no voice for
    /// `language` (a BCP 47 tag such as `zh-CN`), `.unavailable` when the engine cannot be reached, `.timedOut` when
    /// it is late, `.exhausted` when too many requests wait already.
    func synthesize(text: String, language: String) async throws -> [UInt8]

    /// Names everything besides the text that changes the sound: engine, voice, speed, pitch. A part of the cache
    /// key, so that another voice does not play yesterday's prompts. Throws `Problem(.unsupported)` without a voice.
    func fingerprint(language: String) throws -> String
}
