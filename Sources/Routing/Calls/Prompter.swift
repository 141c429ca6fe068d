import CallEngine
import FlowEngine
import Kernel
import Logging
import Media
import Speech

/// Makes what the flow wants said into audio: recorded files, synthesised speech from the cache, music.
///
/// Late: the desk drops a prompt when something else was ordered for the caller meanwhile. Never: speech that cannot
/// be made comes back empty, and the flow goes on knowing that it was not heard.
final class Prompter: Sendable {
    enum Order: Sendable {
        case utterances([Utterance])
        case music(String)
        case toBoth(LegID, [Utterance])
    }
    struct Ready: Sendable {
        var interaction: InteractionID
        var play: Int
        /// Empty when nothing could be made.
        var clips: [AudioClip]
        var isMusic = false
        /// The agent's leg that hears it too.
        var both: LegID?
    }

    /// Clips kept in memory, about 16 kB for each two seconds; the whole cache is dropped when it is full.
    static let mostClips = 2_000

    let holdMusic = AudioClip.holdMusic()
    private let speech: PromptCache
    private let promptDirectory: String
    private let mailbox: DeskMailbox
    private let logger: Logger
    private let clips = ClipMemory()

    init(speech: PromptCache, promptDirectory: String, mailbox: DeskMailbox, logger: Logger) {
        self.speech = speech
        self.promptDirectory = promptDirectory
        self.mailbox = mailbox
        self.logger = logger
    }

    /// Makes the audio and sends `clipsReady` to the desk.
    func prepare(_ order: Order, for interaction: InteractionID, play: Int) {
        // Ends by itself: speech has a deadline of its own, and the result goes to the mailbox.
        Task {
            var ready = Ready(interaction: interaction, play: play, clips: [])
            switch order {
            case .music:
                ready.clips = [holdMusic]
                ready.isMusic = true
            case .utterances(let utterances): ready.clips = await audio(utterances)
            case .toBoth(let leg, let utterances):
                ready.clips = await audio(utterances)
                ready.both = leg
            }
            mailbox.send([.clipsReady(ready)])
        }
    }

    /// Makes a tone and speech, and hands them over; the tone alone when the speech cannot be made.
    func prepare(
        _ utterances: [Utterance], after tone: AudioClip, _ done: @escaping @Sendable ([AudioClip]) -> Void
    ) {
        // Ends by itself, as above.
        Task { done([tone] + (await audio(utterances))) }
    }

    /// Speaks everything that a flow can say without variables, so that the first caller does not wait for it.
    func warm(_ flow: Flow) async -> Int {
        var count = 0
        for key in flow.prompts.keys.sorted() {
            for (language, text) in (flow.prompts[key]?.texts ?? [:]).sorted(by: { $0.key < $1.key })
            where !text.contains("{") {
                if await clip(Utterance(language: language, text: text)) != nil { count += 1 }
            }
        }
        return count
    }

    private func audio(_ utterances: [Utterance]) async -> [AudioClip] {
        var clips: [AudioClip] = []
        for utterance in utterances {
            // All or nothing: half a notice is none.
            guard let clip = await clip(utterance) else { return [] }
            clips.append(clip)
        }
        return clips
    }

    private func clip(_ utterance: Utterance) async -> AudioClip? {
        if let known = await clips[utterance] { return known }
        do {
            let path: String
            if let file = utterance.file {
                path = promptDirectory + "/" + file
            } else {
                path = try await speech.path(text: utterance.text, language: utterance.language)
            }
            let clip = try AudioClip.load(path)
            await clips.keep(clip, for: utterance)
            return clip
        } catch {
            logger.error(
                "A prompt could not be made",
                metadata: ["prompt.language": "\(utterance.language)", "error": "\(error)"])
            return nil
        }
    }
}

/// Clips that were made already.
private actor ClipMemory {
    private var clips: [Utterance: AudioClip] = [:]
    subscript(_ utterance: Utterance) -> AudioClip? { clips[utterance] }
    func keep(_ clip: AudioClip, for utterance: Utterance) {
        if clips.count >= Prompter.mostClips { clips.removeAll() }
        clips[utterance] = clip
    }
}
