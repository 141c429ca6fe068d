import FlowEngine
import Kernel

/// A caller who walks through a flow; notes what was done for them, split by kind.
struct Walk {
    var session: FlowSession
    var context = FlowContext()
    var now = Timestamp(milliseconds: 1_000_000)
    var actions: [FlowAction] = []

    init(_ flow: Flow, context: FlowContext = FlowContext()) {
        session = FlowSession(flow: flow)
        self.context = context
    }

    /// Applies one event and returns what it led to.
    @discardableResult mutating func on(_ event: FlowEvent) -> [FlowAction] {
        let new = session.apply(event, in: context, at: now)
        actions += new
        return new
    }

    @discardableResult mutating func press(_ keys: String) -> [FlowAction] {
        keys.reduce(into: []) { $0 += on(.digitPressed(String($1))) }
    }

    /// The last play ends.
    @discardableResult mutating func listen() -> [FlowAction] { on(.playEnded(lastPlay)) }

    /// Lets the next deadline come, if there is one.
    @discardableResult mutating func waitForDeadline() -> [FlowAction] {
        guard let due = session.nextDeadline else { return [] }
        now = due
        return on(.deadlineReached)
    }

    var lastPlay: Int { actions.compactMap(\.number).last ?? 0 }
    var facts: [FlowFact] { actions.facts }
    var hasHungUp: Bool { actions.contains(.hangUp) }
    /// Texts of every play so far.
    var spoken: [String] { actions.texts }
    /// Where the caller is.
    var node: NodeName? {
        facts.compactMap { if case .nodeEntered(let name) = $0 { name } else { nil } }.last
    }
    var exits: [String] { facts.compactMap { if case .nodeLeft(_, let exit) = $0 { exit } else { nil } } }
}

extension FlowAction {
    var number: Int? {
        switch self {
        case .play(let number, _), .playMusic(let number, _), .playToBoth(let number, _): number
        default: nil
        }
    }
}

extension [FlowAction] {
    var facts: [FlowFact] { compactMap { if case .fact(let fact) = $0 { fact } else { nil } } }
    var texts: [String] {
        flatMap { action -> [String] in
            switch action {
            case .play(_, let utterances), .playToBoth(_, let utterances): utterances.map(\.text)
            default: []
            }
        }
    }
    /// Without the facts.
    var deeds: [FlowAction] { filter { if case .fact = $0 { false } else { true } } }
}

/// Small flows: each prompt key is its own text, in English, or in English and Mandarin.
enum Sample {
    static func flow(
        _ nodes: [(NodeName, NodeKind)], entry: NodeName? = nil, languages: [String] = ["en"],
        prompts: [String: Prompt] = [:]
    ) -> Flow {
        var all: [String: Prompt] = [:]
        for key in ["hello", "menu", "again", "number", "rate", "thanks", "bye", "notice", "sorry"] {
            all[key] = prompt(key, languages)
        }
        all["agent"] = prompt("agent {agent}", languages)
        all["place"] = prompt("place {position}", languages)
        all["wait"] = prompt("{minutes} minutes", languages)
        all.merge(prompts) { _, new in new }
        return Flow(
            id: FlowID(1), version: 1, name: "sample", languages: languages,
            entry: entry ?? nodes.first?.0 ?? "",
            nodes: nodes.map { FlowNode(name: $0.0, kind: $0.1) }, prompts: all)
    }

    static func prompt(_ text: String, _ languages: [String]) -> Prompt {
        Prompt(
            texts: Dictionary(
                uniqueKeysWithValues: languages.map { ($0, $0 == "en" ? text : "\($0) \(text)") }))
    }

    static let bye = NodeKind.hangUp(HangUp(prompts: ["bye"]))
    static func say(_ prompt: String, _ next: NodeName) -> NodeKind {
        .say(Say(prompts: [prompt], next: next))
    }
    static func notice(_ next: NodeName) -> NodeKind {
        .say(Say(prompts: ["notice"], next: next, isRecordingNotice: true))
    }
    static func menu(_ choices: [String: NodeName], noInput: NodeName = "bye", noMatch: NodeName = "bye")
        -> NodeKind
    {
        .menu(
            Menu(
                prompts: ["menu"], choices: choices, attempts: 2, retryPrompts: ["again"], noInput: noInput,
                noMatch: noMatch))
    }
    static func queue(_ id: Int = 1, after: NodeName = "bye", recorded: Bool = false) -> EnterQueue {
        EnterQueue(
            queue: QueueID(id), isRecorded: recorded, music: "waiting", positionPrompts: ["place", "wait"],
            announceEvery: .seconds(30), connectPrompts: ["agent"], afterConversation: after, dissuaded: "bye"
        )
    }
}
