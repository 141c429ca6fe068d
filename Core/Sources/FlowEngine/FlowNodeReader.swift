import Kernel

/// Turns one node of a document into a node of a flow and collects what is wrong with it.
struct FlowNodeReader {
    typealias Field = FlowDocumentNode.CodingKeys

    let node: FlowDocumentNode
    let queues: [String: QueueID]
    let calendars: [String: CalendarID]
    let skills: [String: SkillID]
    private(set) var problems: [FlowDocumentProblem] = []

    init(
        node: FlowDocumentNode, queues: [String: QueueID], calendars: [String: CalendarID],
        skills: [String: SkillID]
    ) {
        self.node = node
        self.queues = queues
        self.calendars = calendars
        self.skills = skills
    }

    /// The kinds of node with the fields that each has beside `name` and `kind`.
    private static let fields: [(kind: String, fields: [Field])] = [
        ("say", [.prompts, .next, .interruptible, .recordingNotice]),
        ("menu", [.prompts, .choices, .timeout, .attempts, .retryPrompts, .noInput, .noMatch]),
        ("digits", [.prompts, .variable, .least, .most, .terminator, .timeout, .attempts, .next, .failed]),
        ("hours", [.calendar, .open, .closed]),
        ("announcement", [.board, .introduction, .next]),
        ("language", [.language, .next]),
        (
            "queue",
            [
                .queue, .priority, .skills, .recorded, .recordingBasis, .answersFirst, .music,
                .positionPrompts,
                .announceEvery,
                .connectPrompts, .afterConversation, .dissuaded,
            ]
        ),
        ("rating", [.prompts, .scores, .timeout, .attempts, .thanks, .next]),
        ("hang_up", [.prompts]),
    ]

    static var kinds: [String] { fields.map(\.kind) }

    /// `nil` when something is wrong, which `problems` then tells.
    mutating func kind() -> NodeKind? {
        for field in node.unknownFields {
            problems.append(FlowDocumentProblem(node: node.name, field: field, reason: .unknownField))
        }
        guard let allowed = Self.fields.first(where: { $0.kind == node.kind })?.fields else {
            report(.kind, .unknownKind(node.kind))
            return nil
        }
        for field in node.setFields where field != .name && field != .kind && !allowed.contains(field) {
            report(field, .notForKind(node.kind))
        }
        let kind: NodeKind? =
            switch node.kind {
            case "say": say()
            case "menu": menu()
            case "digits": digits()
            case "hours": hours()
            case "announcement": announcement()
            case "language": language()
            case "queue": queue()
            case "rating": rating()
            default: .hangUp(HangUp(prompts: node.prompts ?? []))
            }
        return problems.isEmpty ? kind : nil
    }

    private mutating func report(_ field: Field, _ reason: FlowDocumentProblem.Reason) {
        problems.append(FlowDocumentProblem(node: node.name, field: field.rawValue, reason: reason))
    }

    private mutating func required<T>(_ value: T?, _ field: Field) -> T? {
        if value == nil { report(field, .missing) }
        return value
    }

    // Every field is asked for before any is used, so that all that are missing are reported at once.

    private mutating func say() -> NodeKind? {
        let prompts = required(node.prompts, .prompts)
        let next = required(node.next, .next)
        guard let prompts, let next else { return nil }
        return .say(
            Say(
                prompts: prompts, next: next, interruptible: node.interruptible ?? true,
                isRecordingNotice: node.recordingNotice ?? false))
    }

    private mutating func menu() -> NodeKind? {
        let prompts = required(node.prompts, .prompts)
        let choices = required(node.choices, .choices)
        let noInput = required(node.noInput, .noInput)
        let noMatch = required(node.noMatch, .noMatch)
        guard let prompts, let choices, let noInput, let noMatch else { return nil }
        var menu = Menu(prompts: prompts, choices: choices, noInput: noInput, noMatch: noMatch)
        if let timeout = node.timeout { menu.timeout = timeout.span }
        if let attempts = node.attempts { menu.attempts = attempts }
        menu.retryPrompts = node.retryPrompts ?? []
        return .menu(menu)
    }

    private mutating func digits() -> NodeKind? {
        let prompts = required(node.prompts, .prompts)
        let variable = required(node.variable, .variable)
        let least = required(node.least, .least)
        let most = required(node.most, .most)
        let next = required(node.next, .next)
        let failed = required(node.failed, .failed)
        guard let prompts, let variable, let least, let most, let next, let failed else { return nil }
        var digits = CollectDigits(
            prompts: prompts, variable: variable, least: least, most: most, next: next, failed: failed)
        if let terminator = node.terminator { digits.terminator = terminator.isEmpty ? nil : terminator }
        if let timeout = node.timeout { digits.timeout = timeout.span }
        if let attempts = node.attempts { digits.attempts = attempts }
        return .digits(digits)
    }

    private mutating func hours() -> NodeKind? {
        let key = required(node.calendar, .calendar)
        let open = required(node.open, .open)
        let closed = required(node.closed, .closed)
        if let key, calendars[key] == nil { report(.calendar, .unknownCalendar(key)) }
        guard let calendar = key.flatMap({ calendars[$0] }), let open, let closed else { return nil }
        return .hours(Hours(calendar: calendar, open: open, closed: closed))
    }

    private mutating func announcement() -> NodeKind? {
        let board = required(node.board, .board)
        let next = required(node.next, .next)
        guard let board, let next else { return nil }
        return .announcement(Announce(board: board, introduction: node.introduction ?? [], next: next))
    }

    private mutating func language() -> NodeKind? {
        let language = required(node.language, .language)
        let next = required(node.next, .next)
        guard let language, let next else { return nil }
        return .language(ChooseLanguage(language: language, next: next))
    }

    private mutating func queue() -> NodeKind? {
        let key = required(node.queue, .queue)
        let after = required(node.afterConversation, .afterConversation)
        let dissuaded = required(node.dissuaded, .dissuaded)
        if let key, queues[key] == nil { report(.queue, .unknownQueue(key)) }
        var wishes: [SkillWish] = []
        for (name, level) in (node.skills ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let skill = skills[name] else {
                report(.skills, .unknownSkill(name))
                continue
            }
            wishes.append(SkillWish(skill: skill, minimumLevel: level))
        }
        guard let queue = key.flatMap({ queues[$0] }), let after, let dissuaded else { return nil }
        return .queue(
            EnterQueue(
                queue: queue, priority: node.priority ?? 0, skills: wishes, isRecorded: node.recorded ?? true,
                recordingBasis: node.recordingBasis,
                answersFirst: node.answersFirst ?? true, music: node.music,
                positionPrompts: node.positionPrompts ?? [], announceEvery: node.announceEvery?.span,
                connectPrompts: node.connectPrompts ?? [], afterConversation: after, dissuaded: dissuaded))
    }

    private mutating func rating() -> NodeKind? {
        let prompts = required(node.prompts, .prompts)
        let scores = required(node.scores, .scores)
        let next = required(node.next, .next)
        guard let prompts, let scores, let next else { return nil }
        var rating = Rating(prompts: prompts, scores: scores, thanks: node.thanks ?? [], next: next)
        if let timeout = node.timeout { rating.timeout = timeout.span }
        if let attempts = node.attempts { rating.attempts = attempts }
        return .rating(rating)
    }
}
