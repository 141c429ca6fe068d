import Kernel

/// What can be filled into a text beside the digits that the caller typed.
enum FlowFilling {
    case nothing
    /// Place in the queue, from 1, and how long it should still take.
    case place(Int, TimeSpan?)
    /// The agent's number (工号).
    case agent(String)
}

/// From prompt keys to utterances in the caller's language.
extension FlowSession {
    /// Plays the prompts; `false` when there is nothing to say.
    mutating func speak(_ prompts: [String], _ turn: inout FlowTurn) -> Bool {
        say(resolve(prompts, .nothing), &turn)
    }

    /// Plays the utterances; `false` when there are none.
    mutating func say(_ utterances: [Utterance], _ turn: inout FlowTurn) -> Bool {
        guard !utterances.isEmpty else { return false }
        state.play += 1
        state.isSounding = true
        state.phase = .speaking
        state.deadline = turn.time + Self.longestPlay
        turn.actions.append(.play(state.play, utterances))
        return true
    }

    /// Silence, if anything is on.
    mutating func stop(_ turn: inout FlowTurn) {
        guard state.isSounding else { return }
        state.isSounding = false
        turn.actions.append(.stopPlaying)
    }

    mutating func announceBoard(_ node: Announce, _ turn: inout FlowTurn) -> NodeName? {
        var spoken: [Utterance] = []
        for announcement in turn.context.announcements where announcement.board == node.board {
            guard spoken.count < Self.mostAnnouncementsSpoken else { break }
            guard let utterance = utterance(Prompt(texts: announcement.texts), .nothing) else { continue }
            spoken.append(utterance)
            turn.tell(.announcementSpoken(announcement.id))
        }
        guard !spoken.isEmpty, say(resolve(node.introduction, .nothing) + spoken, &turn) else {
            return leave(.silent, to: node.next, &turn)
        }
        return nil
    }

    func resolve(_ prompts: [String], _ filling: FlowFilling) -> [Utterance] {
        prompts.compactMap { key in flow.prompts[key].flatMap { utterance($0, filling) } }
    }

    /// The prompt in the caller's language, else in the first language of the flow that has it. A text with a
    /// variable that has no value now is left out rather than spoken with a hole.
    private func utterance(_ prompt: Prompt, _ filling: FlowFilling) -> Utterance? {
        guard let language = language(for: prompt) else { return nil }
        let file = prompt.files[language]
        let filled = FlowText.fill(prompt.texts[language] ?? "") { value(of: $0, filling) }
        guard let text = filled ?? (file == nil ? nil : "") else { return nil }
        return Utterance(language: language, text: text, file: file)
    }

    private func language(for prompt: Prompt) -> String? {
        if prompt.has(state.language) { return state.language }
        if let language = flow.languages.first(where: { prompt.has($0) }) { return language }
        return (prompt.texts.keys.sorted() + prompt.files.keys.sorted()).first { prompt.has($0) }
    }

    private func value(of variable: String, _ filling: FlowFilling) -> String? {
        switch (variable, filling) {
        case ("position", .place(let position, _)): String(position)
        case ("minutes", .place(_, let wait?)): String(FlowText.minutes(wait))
        case ("agent", .agent(let number)): FlowText.spelled(number)
        case ("position", _), ("minutes", _), ("agent", _): nil
        default: state.collected[variable].map(FlowText.spelled)
        }
    }
}

extension Prompt {
    /// Whether it can be heard in the language.
    func has(_ language: String) -> Bool {
        texts[language].map { !$0.isEmpty } ?? false || files[language].map { !$0.isEmpty } ?? false
    }
}

/// Texts with `{variables}`.
enum FlowText {
    /// Names that the engine fills by itself; collected digits may not take them.
    static let ownVariables = ["agent", "minutes", "position"]

    /// Fills each `{name}`; `nil` when one has no value. A brace without its partner is spoken as it stands.
    static func fill(_ text: String, _ value: (String) -> String?) -> String? {
        guard text.utf8.contains(0x7B) else { return text }
        var filled = ""
        var rest = text[...]
        // By bytes, since braces are ASCII: looking for characters means finding where each of them ends.
        while let open = rest.utf8.firstIndex(of: 0x7B), let close = rest.utf8[open...].firstIndex(of: 0x7D) {
            guard let value = value(String(rest[rest.utf8.index(after: open)..<close])) else { return nil }
            filled += rest[..<open]
            filled += value
            rest = rest[rest.utf8.index(after: close)...]
        }
        return filled + rest
    }

    /// The names of the variables in a text.
    static func variables(in text: String) -> [String] {
        var names: [String] = []
        _ = fill(text) { name in
            names.append(name)
            return ""
        }
        return names
    }

    /// Character by character, so that speech synthesis reads 8001 as four digits and not as a number.
    static func spelled(_ number: String) -> String { number.map { String($0) }.joined(separator: " ") }

    /// Whole minutes, rounded up, at least one: nobody is told "zero minutes".
    static func minutes(_ wait: TimeSpan) -> Int64 { max(1, (wait.milliseconds + 59_999) / 60_000) }
}
