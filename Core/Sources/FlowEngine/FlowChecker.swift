public import Kernel

/// One thing that keeps a flow from being published, at the node where it is.
public struct FlowFinding: Codable, Hashable, Sendable {
    public enum Code: String, Codable, Hashable, Sendable, CaseIterable {
        case noEntry, duplicateNode, unknownTarget, unreachable, missingExit, missingPrompt,
            missingTranslation
        case endlessLoop, missingRecordingNotice, unknownQueue, unknownCalendar, invalidKey, invalidBound
        /// A text wants a `{variable}` that nobody fills: it would never be spoken.
        case unknownVariable
    }
    public var code: Code
    public var node: NodeName
    /// The field at fault as the document writes it, such as `no_input`; `nil` when it is none of them.
    public var field: String?
    /// What is wrong and what to do about it, in English.
    public var message: String
    public init(_ code: Code, at node: NodeName, field: String? = nil, _ message: String) {
        self.code = code
        self.node = node
        self.field = field
        self.message = message
    }
}

/// Decides whether a flow may be published: a flow without findings ends or queues every caller, says everything
/// in each of its languages, and records nobody who was not told (mission G01).
public struct FlowChecker {
    /// Times that a node may ask for the same thing.
    public static let mostAttempts = 10
    /// Longest wait for a key.
    public static let longestTimeout = TimeSpan.seconds(120)
    /// Digits of the longest number that may be asked for.
    public static let mostDigits = 40

    let flow: Flow
    let queues: Set<QueueID>
    let calendars: Set<CalendarID>
    /// Index of the first node of each name.
    let index: [NodeName: Int]
    private(set) var findings: [(at: Int, finding: FlowFinding)] = []

    /// Everything that is wrong with a flow, in the order of its nodes, then of the codes, then of the messages.
    public static func check(_ flow: Flow, queues: Set<QueueID>, calendars: Set<CalendarID>) -> [FlowFinding]
    {
        var checker = FlowChecker(flow: flow, queues: queues, calendars: calendars)
        checker.checkNames()
        for (position, node) in flow.nodes.enumerated() { checker.check(node, at: position) }
        checker.checkPrompts()
        checker.checkPaths()
        return checker.sorted()
    }

    private init(flow: Flow, queues: Set<QueueID>, calendars: Set<CalendarID>) {
        self.flow = flow
        self.queues = queues
        self.calendars = calendars
        var index: [NodeName: Int] = [:]
        for (position, node) in flow.nodes.enumerated() where index[node.name] == nil {
            index[node.name] = position
        }
        self.index = index
    }

    mutating func find(
        _ code: FlowFinding.Code, at position: Int, field: String? = nil, _ message: String
    ) {
        let name = flow.nodes.indices.contains(position) ? flow.nodes[position].name : flow.entry
        findings.append((position, FlowFinding(code, at: name, field: field, message)))
    }

    private func sorted() -> [FlowFinding] {
        let rank = FlowFinding.Code.allCases
        return findings.sorted { a, b in
            if a.at != b.at { return a.at < b.at }
            if a.finding.code != b.finding.code {
                return rank.firstIndex(of: a.finding.code) ?? 0 < rank.firstIndex(of: b.finding.code) ?? 0
            }
            return a.finding.message < b.finding.message
        }.map(\.finding)
    }

    private mutating func checkNames() {
        if index[flow.entry] == nil {
            find(
                .noEntry, at: -1, field: "entry",
                "The entry '\(flow.entry)' is not a node of the flow; name one of its nodes.")
        }
        if flow.languages.isEmpty {
            find(
                .missingTranslation, at: -1, field: "languages",
                "The flow has no language; list at least one.")
        }
        for (position, node) in flow.nodes.enumerated() where index[node.name] != position {
            find(
                .duplicateNode, at: position, field: "name",
                "Another node is called '\(node.name)' too; rename one of them."
            )
        }
    }

    // MARK: One node

    private mutating func check(_ node: FlowNode, at position: Int) {
        for exit in node.kind.exits {
            if exit.target.isEmpty {
                find(
                    .missingExit, at: position, field: exit.field,
                    "The exit '\(exit.name)' leads nowhere; name the node to go on with.")
            } else if index[exit.target] == nil {
                find(
                    .unknownTarget, at: position, field: exit.field,
                    "The exit '\(exit.name)' leads to '\(exit.target)', which is not a node.")
            }
        }
        if let prompts = node.kind.indispensable, prompts.isEmpty {
            find(
                .missingPrompt, at: position, field: "prompts",
                "The node says nothing; give it at least one prompt.")
        }
        switch node.kind {
        case .menu(let menu):
            check(keys: menu.choices.keys.sorted(), of: "choice", in: "choices", at: position)
            check(attempts: menu.attempts, timeout: menu.timeout, at: position)
        case .rating(let rating):
            check(keys: rating.scores.keys.sorted(), of: "score", in: "scores", at: position)
            check(attempts: rating.attempts, timeout: rating.timeout, at: position)
        case .digits(let digits):
            check(digits, at: position)
        case .queue(let queue):
            if !queues.contains(queue.queue) {
                find(
                    .unknownQueue, at: position, field: "queue",
                    "The queue does not exist; choose one of the centre's queues.")
            }
            if let interval = queue.announceEvery, interval <= .zero {
                find(
                    .invalidBound, at: position, field: "announce_every",
                    "Announcements need a time above zero between them.")
            }
        case .hours(let hours):
            if !calendars.contains(hours.calendar) {
                find(
                    .unknownCalendar, at: position, field: "calendar",
                    "The calendar does not exist; choose one of the centre's calendars.")
            }
        case .language(let choice):
            if !flow.languages.contains(choice.language) {
                find(
                    .missingTranslation, at: position, field: "language",
                    "The language '\(choice.language)' is not one of the flow's; add it to them.")
            }
        case .say, .announcement, .hangUp: break
        }
    }

    private mutating func check(keys: [String], of what: String, in field: String, at position: Int) {
        if keys.isEmpty {
            find(.missingExit, at: position, field: field, "There is no \(what); give at least one key.")
        }
        for key in keys where !FlowKey.isCallers(key) {
            find(
                .invalidKey, at: position, field: field,
                "The \(what) '\(key)' is not a key of a telephone; use 0-9, * or #.")
        }
    }

    private mutating func check(attempts: Int, timeout: TimeSpan, at position: Int) {
        if attempts < 1 || attempts > Self.mostAttempts {
            find(
                .invalidBound, at: position, field: "attempts",
                "There are \(attempts) attempts; allow 1 to \(Self.mostAttempts).")
        }
        if timeout <= .zero || timeout > Self.longestTimeout {
            let most = Self.longestTimeout.milliseconds / 1_000
            find(
                .invalidBound, at: position, field: "timeout",
                "The wait for a key must be above 0 and at most \(most) seconds."
            )
        }
    }

    private mutating func check(_ digits: CollectDigits, at position: Int) {
        check(attempts: digits.attempts, timeout: digits.timeout, at: position)
        if digits.least < 0 || digits.most < 1 || digits.least > digits.most || digits.most > Self.mostDigits
        {
            find(
                .invalidBound, at: position, field: "most",
                "\(digits.least) to \(digits.most) digits cannot be asked for; allow 1 to \(Self.mostDigits)."
            )
        }
        if let terminator = digits.terminator, terminator != "#" && terminator != "*" {
            find(
                .invalidKey, at: position, field: "terminator",
                "'\(terminator)' cannot end a number; use # or *.")
        }
        if digits.variable.isEmpty || FlowText.ownVariables.contains(digits.variable) {
            find(
                .unknownVariable, at: position, field: "variable",
                "'\(digits.variable)' cannot name a number; choose another name.")
        }
    }

    // MARK: Texts

    /// Each prompt that a node uses must be there, be heard in each language, and be fillable where it is used.
    private mutating func checkPrompts() {
        var variables: Set<String> = []
        for node in flow.nodes {
            if case .digits(let digits) = node.kind { variables.insert(digits.variable) }
        }
        var seen: Set<String> = []
        for (position, node) in flow.nodes.enumerated() {
            for use in node.kind.spoken {
                for key in use.prompts {
                    guard let prompt = flow.prompts[key] else {
                        find(
                            .missingPrompt, at: position, field: use.field,
                            "The prompt '\(key)' does not exist; write it.")
                        continue
                    }
                    for language in flow.languages {
                        for variable in FlowText.variables(in: prompt.texts[language] ?? "")
                        where !variables.contains(variable) && !use.fills.contains(variable) {
                            find(
                                .unknownVariable, at: position, field: use.field,
                                "Nothing fills '{\(variable)}' of the prompt '\(key)' (\(language)) here.")
                        }
                        guard !seen.contains(key), !prompt.has(language) else { continue }
                        find(
                            .missingTranslation, at: position, field: use.field,
                            "The prompt '\(key)' has neither text nor file in '\(language)'; translate it.")
                    }
                    seen.insert(key)
                }
            }
        }
    }
}
