/// One `[[node]]` table. Which fields belong to it depends on `kind`; `FlowDocument.flow` says what is wrong.
public struct FlowDocumentNode: Codable, Hashable, Sendable {
    public var name: String
    /// `say`, `menu`, `digits`, `hours`, `announcement`, `language`, `queue`, `rating` or `hang_up`.
    public var kind: String
    public var prompts: [String]?
    public var next: String?
    public var interruptible: Bool?
    public var recordingNotice: Bool?
    /// Key -> node.
    public var choices: [String: String]?
    public var timeout: FlowSeconds?
    public var attempts: Int?
    public var retryPrompts: [String]?
    public var noInput: String?
    public var noMatch: String?
    public var variable: String?
    public var least: Int?
    public var most: Int?
    /// `""` for a number without one.
    public var terminator: String?
    public var failed: String?
    public var calendar: String?
    public var open: String?
    public var closed: String?
    public var board: String?
    public var introduction: [String]?
    public var language: String?
    public var queue: String?
    public var priority: Int?
    /// Skill -> least level.
    public var skills: [String: Int]?
    public var recorded: Bool?
    public var recordingBasis: String?
    public var answersFirst: Bool?
    public var music: String?
    public var positionPrompts: [String]?
    public var announceEvery: FlowSeconds?
    public var connectPrompts: [String]?
    public var afterConversation: String?
    public var dissuaded: String?
    /// Key -> score.
    public var scores: [String: Int]?
    public var thanks: [String]?
    /// Fields of the table that no node has, in order; reported rather than dropped, since they are misspelt.
    public private(set) var unknownFields: [String] = []

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, kind, prompts, next, interruptible
        case recordingNotice = "recording_notice"
        case choices, timeout, attempts
        case retryPrompts = "retry_prompts"
        case noInput = "no_input"
        case noMatch = "no_match"
        case variable, least, most, terminator, failed, calendar, open, closed, board, introduction, language
        case queue, priority, skills, recorded
        case recordingBasis = "recording_basis"
        case answersFirst = "answers_first"
        case music
        case positionPrompts = "position_prompts"
        case announceEvery = "announce_every"
        case connectPrompts = "connect_prompts"
        case afterConversation = "after_conversation"
        case dissuaded, scores, thanks
    }

    public init(name: String, kind: String) {
        self.name = name
        self.kind = kind
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        name = try fields.decode(String.self, forKey: .name)
        kind = try fields.decode(String.self, forKey: .kind)
        prompts = try fields.decodeIfPresent([String].self, forKey: .prompts)
        next = try fields.decodeIfPresent(String.self, forKey: .next)
        interruptible = try fields.decodeIfPresent(Bool.self, forKey: .interruptible)
        recordingNotice = try fields.decodeIfPresent(Bool.self, forKey: .recordingNotice)
        choices = try fields.decodeIfPresent([String: String].self, forKey: .choices)
        timeout = try fields.decodeIfPresent(FlowSeconds.self, forKey: .timeout)
        attempts = try fields.decodeIfPresent(Int.self, forKey: .attempts)
        retryPrompts = try fields.decodeIfPresent([String].self, forKey: .retryPrompts)
        noInput = try fields.decodeIfPresent(String.self, forKey: .noInput)
        noMatch = try fields.decodeIfPresent(String.self, forKey: .noMatch)
        variable = try fields.decodeIfPresent(String.self, forKey: .variable)
        least = try fields.decodeIfPresent(Int.self, forKey: .least)
        most = try fields.decodeIfPresent(Int.self, forKey: .most)
        terminator = try fields.decodeIfPresent(String.self, forKey: .terminator)
        failed = try fields.decodeIfPresent(String.self, forKey: .failed)
        calendar = try fields.decodeIfPresent(String.self, forKey: .calendar)
        open = try fields.decodeIfPresent(String.self, forKey: .open)
        closed = try fields.decodeIfPresent(String.self, forKey: .closed)
        board = try fields.decodeIfPresent(String.self, forKey: .board)
        introduction = try fields.decodeIfPresent([String].self, forKey: .introduction)
        language = try fields.decodeIfPresent(String.self, forKey: .language)
        queue = try fields.decodeIfPresent(String.self, forKey: .queue)
        priority = try fields.decodeIfPresent(Int.self, forKey: .priority)
        skills = try fields.decodeIfPresent([String: Int].self, forKey: .skills)
        recorded = try fields.decodeIfPresent(Bool.self, forKey: .recorded)
        recordingBasis = try fields.decodeIfPresent(String.self, forKey: .recordingBasis)
        answersFirst = try fields.decodeIfPresent(Bool.self, forKey: .answersFirst)
        music = try fields.decodeIfPresent(String.self, forKey: .music)
        positionPrompts = try fields.decodeIfPresent([String].self, forKey: .positionPrompts)
        announceEvery = try fields.decodeIfPresent(FlowSeconds.self, forKey: .announceEvery)
        connectPrompts = try fields.decodeIfPresent([String].self, forKey: .connectPrompts)
        afterConversation = try fields.decodeIfPresent(String.self, forKey: .afterConversation)
        dissuaded = try fields.decodeIfPresent(String.self, forKey: .dissuaded)
        scores = try fields.decodeIfPresent([String: Int].self, forKey: .scores)
        thanks = try fields.decodeIfPresent([String].self, forKey: .thanks)
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        unknownFields = try decoder.container(keyedBy: AnyField.self).allKeys.map(\.stringValue)
            .filter { !known.contains($0) }.sorted()
    }

    /// The keys of the prompts that the node speaks, in whichever field.
    public var spokenPrompts: [String] {
        [prompts, retryPrompts, introduction, positionPrompts, connectPrompts, thanks].flatMap { $0 ?? [] }
    }

    /// The fields that are set, in the order of `CodingKeys`.
    var setFields: [CodingKeys] {
        let set: [CodingKeys: Bool] = [
            .name: true, .kind: true, .prompts: prompts != nil, .next: next != nil,
            .interruptible: interruptible != nil, .recordingNotice: recordingNotice != nil,
            .choices: choices != nil, .timeout: timeout != nil, .attempts: attempts != nil,
            .retryPrompts: retryPrompts != nil, .noInput: noInput != nil, .noMatch: noMatch != nil,
            .variable: variable != nil, .least: least != nil, .most: most != nil,
            .terminator: terminator != nil,
            .failed: failed != nil, .calendar: calendar != nil, .open: open != nil, .closed: closed != nil,
            .board: board != nil, .introduction: introduction != nil, .language: language != nil,
            .queue: queue != nil, .priority: priority != nil, .skills: skills != nil,
            .recorded: recorded != nil, .recordingBasis: recordingBasis != nil,
            .answersFirst: answersFirst != nil, .music: music != nil,
            .positionPrompts: positionPrompts != nil,
            .announceEvery: announceEvery != nil, .connectPrompts: connectPrompts != nil,
            .afterConversation: afterConversation != nil, .dissuaded: dissuaded != nil,
            .scores: scores != nil,
            .thanks: thanks != nil,
        ]
        return CodingKeys.allCases.filter { set[$0] ?? false }
    }
}

/// A field by whatever name it has in the file.
private struct AnyField: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
