public import Kernel

/// The name of a node inside one flow, as its author wrote it.
public typealias NodeName = String

/// A published call flow: a graph of nodes and the texts they speak. Immutable; a change is a new version.
public struct Flow: Codable, Hashable, Sendable {
    public var id: FlowID
    public var version: Int
    public var name: String
    /// Languages in order of preference (BCP 47, `zh-CN`, `en`); prompts fall back along it.
    public var languages: [String]
    public var entry: NodeName
    public var nodes: [FlowNode]
    /// What can be spoken, by key.
    public var prompts: [String: Prompt]

    public init(
        id: FlowID, version: Int, name: String, languages: [String], entry: NodeName, nodes: [FlowNode],
        prompts: [String: Prompt]
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.languages = languages
        self.entry = entry
        self.nodes = nodes
        self.prompts = prompts
    }
}

/// Something to say, per language. `{position}`, `{minutes}`, `{agent}` and the names of collected digits are filled in.
public struct Prompt: Codable, Hashable, Sendable {
    /// Language -> text, the source of synthesised speech.
    public var texts: [String: String]
    /// Language -> name of a recorded file, which goes before the text when there is one.
    public var files: [String: String]

    public init(texts: [String: String], files: [String: String] = [:]) {
        self.texts = texts
        self.files = files
    }
}

public struct FlowNode: Codable, Hashable, Sendable {
    public var name: NodeName
    public var kind: NodeKind
    public init(name: NodeName, kind: NodeKind) {
        self.name = name
        self.kind = kind
    }
}

public enum NodeKind: Codable, Hashable, Sendable {
    case say(Say)
    case menu(Menu)
    case digits(CollectDigits)
    case hours(Hours)
    case announcement(Announce)
    case language(ChooseLanguage)
    case queue(EnterQueue)
    case rating(Rating)
    case hangUp(HangUp)
}

/// Speaks prompts one after the other and goes on.
public struct Say: Codable, Hashable, Sendable {
    public var prompts: [String]
    public var next: NodeName
    /// A key press ends it early.
    public var interruptible: Bool
    /// This is the notice that the call is recorded (mission G01).
    public var isRecordingNotice: Bool
    public init(
        prompts: [String], next: NodeName, interruptible: Bool = true, isRecordingNotice: Bool = false
    ) {
        self.prompts = prompts
        self.next = next
        self.interruptible = interruptible
        self.isRecordingNotice = isRecordingNotice
    }
}

/// Speaks and takes one key; digits pressed while it speaks count.
public struct Menu: Codable, Hashable, Sendable {
    public var prompts: [String]
    /// Key (`0`-`9`, `*`, `#`) -> node.
    public var choices: [String: NodeName]
    /// From the end of the prompt to giving up on a key.
    public var timeout: TimeSpan
    /// How often it is spoken before `noInput` or `noMatch` is taken, from 1.
    public var attempts: Int
    /// Spoken before a repetition after a wrong key or none.
    public var retryPrompts: [String]
    public var noInput: NodeName
    public var noMatch: NodeName
    public init(
        prompts: [String], choices: [String: NodeName], timeout: TimeSpan = .seconds(5), attempts: Int = 3,
        retryPrompts: [String] = [], noInput: NodeName, noMatch: NodeName
    ) {
        self.prompts = prompts
        self.choices = choices
        self.timeout = timeout
        self.attempts = attempts
        self.retryPrompts = retryPrompts
        self.noInput = noInput
        self.noMatch = noMatch
    }
}

/// Speaks and collects a number, such as an account; the digits are personal and never reach a fact.
public struct CollectDigits: Codable, Hashable, Sendable {
    public var prompts: [String]
    /// The name under which later prompts and the agent's screen find the digits.
    public var variable: String
    public var least: Int
    public var most: Int
    /// Key that ends the number early; usually `#`.
    public var terminator: String?
    /// Between two keys, and from the end of the prompt to the first.
    public var timeout: TimeSpan
    public var attempts: Int
    public var next: NodeName
    public var failed: NodeName
    public init(
        prompts: [String], variable: String, least: Int, most: Int, terminator: String? = "#",
        timeout: TimeSpan = .seconds(5), attempts: Int = 3, next: NodeName, failed: NodeName
    ) {
        self.prompts = prompts
        self.variable = variable
        self.least = least
        self.most = most
        self.terminator = terminator
        self.timeout = timeout
        self.attempts = attempts
        self.next = next
        self.failed = failed
    }
}

/// Branches on a business calendar.
public struct Hours: Codable, Hashable, Sendable {
    public var calendar: CalendarID
    public var open: NodeName
    public var closed: NodeName
    public init(calendar: CalendarID, open: NodeName, closed: NodeName) {
        self.calendar = calendar
        self.open = open
        self.closed = closed
    }
}

/// Speaks the announcements that are in force on a board (such as known faults, mission N21); silent when none is.
public struct Announce: Codable, Hashable, Sendable {
    /// Which board; `faults` is the known-fault board.
    public var board: String
    /// Prompts spoken before the announcements, only when there is one.
    public var introduction: [String]
    public var next: NodeName
    public init(board: String, introduction: [String] = [], next: NodeName) {
        self.board = board
        self.introduction = introduction
        self.next = next
    }
}

/// Sets the language of everything that follows.
public struct ChooseLanguage: Codable, Hashable, Sendable {
    public var language: String
    public var next: NodeName
    public init(language: String, next: NodeName) {
        self.language = language
        self.next = next
    }
}

/// Waits for an agent, speaks with one, and goes on afterwards.
public struct EnterQueue: Codable, Hashable, Sendable {
    public var queue: QueueID
    public var priority: Int
    /// Language and the like, beside the queue's own skills.
    public var skills: [SkillWish]
    /// The conversation is recorded; needs a recording notice on every path to here. A caller who did not hear one to
    /// its end is not recorded, whatever this says.
    public var isRecorded: Bool
    /// The legal basis on which it is recorded without a spoken notice, in words for the auditor (mission G01);
    /// `nil` when callers are told.
    public var recordingBasis: String?
    /// Whether the call is answered before an agent answers. Without, the caller hears ringing and no line is held.
    public var answersFirst: Bool
    /// Name of the music while waiting; `nil` for silence.
    public var music: String?
    /// Spoken with `{position}` and `{minutes}` filled in, first at once, then every `announceEvery`.
    public var positionPrompts: [String]
    public var announceEvery: TimeSpan?
    /// Spoken to the customer on connection with `{agent}` filled in (mission G14); empty for none.
    public var connectPrompts: [String]
    /// Where it goes on when the conversation has ended and the customer is still there.
    public var afterConversation: NodeName
    /// Where it goes on when the queue could not take or keep the caller.
    public var dissuaded: NodeName
    public init(
        queue: QueueID, priority: Int = 0, skills: [SkillWish] = [], isRecorded: Bool = true,
        recordingBasis: String? = nil,
        answersFirst: Bool = true, music: String? = nil, positionPrompts: [String] = [],
        announceEvery: TimeSpan? = nil, connectPrompts: [String] = [], afterConversation: NodeName,
        dissuaded: NodeName
    ) {
        self.queue = queue
        self.priority = priority
        self.skills = skills
        self.isRecorded = isRecorded
        self.recordingBasis = recordingBasis
        self.answersFirst = answersFirst
        self.music = music
        self.positionPrompts = positionPrompts
        self.announceEvery = announceEvery
        self.connectPrompts = connectPrompts
        self.afterConversation = afterConversation
        self.dissuaded = dissuaded
    }
}

/// A skill that the flow asks for; the flow engine knows nothing of routing, so the type is its own.
public struct SkillWish: Codable, Hashable, Sendable {
    public var skill: SkillID
    public var minimumLevel: Int
    public init(skill: SkillID, minimumLevel: Int = 1) {
        self.skill = skill
        self.minimumLevel = minimumLevel
    }
}

/// Asks for a rating by key at the end (满意度评价, mission Q07).
public struct Rating: Codable, Hashable, Sendable {
    public var prompts: [String]
    /// Key -> score.
    public var scores: [String: Int]
    public var timeout: TimeSpan
    public var attempts: Int
    public var thanks: [String]
    public var next: NodeName
    public init(
        prompts: [String], scores: [String: Int], timeout: TimeSpan = .seconds(8), attempts: Int = 2,
        thanks: [String] = [], next: NodeName
    ) {
        self.prompts = prompts
        self.scores = scores
        self.timeout = timeout
        self.attempts = attempts
        self.thanks = thanks
        self.next = next
    }
}

/// Speaks a farewell and ends the call.
public struct HangUp: Codable, Hashable, Sendable {
    public var prompts: [String]
    public init(prompts: [String] = []) { self.prompts = prompts }
}
