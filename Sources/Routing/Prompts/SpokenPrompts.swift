/// A recording by telephone that has ended and is not in the library yet.
struct SpokenPrompt: Sendable {
    let right: PhoneCodeRight
    /// The track, absolute: A-law in a WAV file. `nil` when it is too short to be one.
    let path: String?
    /// The folder of this one recording, removed once the library has it.
    let folder: String
}

/// Where the switchboard puts finished recordings by telephone, for the prompt library to take in order.
///
/// Late: the version appears later. Twice: the media side tells the end of a recording once. Never: what is still here
/// when the program ends is removed at the next start, and the person asks for another code.
struct SpokenPrompts: Sendable {
    /// Recordings that may wait: as many as there can be codes.
    static let mostWaiting = PhoneCodes.mostOpen

    let stream: AsyncStream<SpokenPrompt>
    private let continuation: AsyncStream<SpokenPrompt>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    }

    /// Hands a recording over; `false` when too many wait.
    func send(_ spoken: SpokenPrompt) -> Bool {
        if case .enqueued = continuation.yield(spoken) { true } else { false }
    }

    /// Where the recordings lie until the library has them, below the data directory.
    static let folder = "prompts/spoken"
}
