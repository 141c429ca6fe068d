import Kernel

/// One way out of a node.
struct FlowExitEdge {
    var name: String
    var target: NodeName
    /// Where the document names the target.
    var field: String
    /// Taken although the caller does nothing at all: silence, a calendar, a queue that takes nobody.
    var isSilent: Bool

    init(_ name: String, _ target: NodeName, field: String? = nil, silent: Bool = true) {
        self.name = name
        self.target = target
        self.field = field ?? name
        self.isSilent = silent
    }
}

extension NodeKind {
    /// All exits, in a fixed order.
    var exits: [FlowExitEdge] {
        switch self {
        case .say(let say): [FlowExitEdge("next", say.next)]
        case .menu(let menu):
            menu.choices.keys.sorted().map {
                FlowExitEdge($0, menu.choices[$0] ?? "", field: "choices", silent: false)
            } + [
                FlowExitEdge("noInput", menu.noInput, field: "no_input"),
                FlowExitEdge("noMatch", menu.noMatch, field: "no_match", silent: false),
            ]
        case .digits(let digits):
            [FlowExitEdge("next", digits.next, silent: false), FlowExitEdge("failed", digits.failed)]
        case .hours(let hours): [FlowExitEdge("open", hours.open), FlowExitEdge("closed", hours.closed)]
        case .announcement(let announce): [FlowExitEdge("next", announce.next)]
        case .language(let choice): [FlowExitEdge("next", choice.next)]
        case .queue(let queue):
            [
                FlowExitEdge(
                    "afterConversation", queue.afterConversation, field: "after_conversation", silent: false),
                FlowExitEdge("dissuaded", queue.dissuaded),
            ]
        case .rating(let rating): [FlowExitEdge("next", rating.next)]
        case .hangUp: []
        }
    }

    /// The prompts without which the node makes no sense; `nil` when it may be silent.
    var indispensable: [String]? {
        switch self {
        case .say(let say): say.prompts
        case .menu(let menu): menu.prompts
        case .digits(let digits): digits.prompts
        case .rating(let rating): rating.prompts
        case .hours, .announcement, .language, .queue, .hangUp: nil
        }
    }

    /// Everything that the node may say: the field that names it, and the variables that the engine fills there.
    var spoken: [(field: String, prompts: [String], fills: [String])] {
        switch self {
        case .say(let say): [("prompts", say.prompts, [])]
        case .menu(let menu): [("prompts", menu.prompts, []), ("retry_prompts", menu.retryPrompts, [])]
        case .digits(let digits): [("prompts", digits.prompts, [])]
        case .announcement(let announce): [("introduction", announce.introduction, [])]
        case .queue(let queue):
            [
                ("position_prompts", queue.positionPrompts, ["position", "minutes"]),
                ("connect_prompts", queue.connectPrompts, ["agent"]),
            ]
        case .rating(let rating): [("prompts", rating.prompts, []), ("thanks", rating.thanks, [])]
        case .hangUp(let farewell): [("prompts", farewell.prompts, [])]
        case .hours, .language: []
        }
    }
}

/// What holds on every path from the entry.
extension FlowChecker {
    mutating func checkPaths() {
        guard let entry = index[flow.entry] else { return }
        let all = edges(onlySilent: false)
        let reached = reachable(from: entry, along: all)
        for position in flow.nodes.indices
        where !reached[position] && index[flow.nodes[position].name] == position {
            find(.unreachable, at: position, "No path from the entry leads here; connect it or remove it.")
        }
        checkLoops(reached)
        checkNotices(entry, reached, all)
    }

    /// Targets of each node that exist.
    private func edges(onlySilent: Bool) -> [[Int]] {
        flow.nodes.map { node in
            node.kind.exits.compactMap { exit in exit.isSilent || !onlySilent ? index[exit.target] : nil }
        }
    }

    private func reachable(from entry: Int, along edges: [[Int]]) -> [Bool] {
        var reached = Array(repeating: false, count: flow.nodes.count)
        var open = [entry]
        reached[entry] = true
        while let node = open.popLast() {
            for target in edges[node] where !reached[target] {
                reached[target] = true
                open.append(target)
            }
        }
        return reached
    }

    /// A caller who does nothing must come to an end or to a queue: the silent exits may not form a cycle, and no
    /// silent path may be longer than a session goes.
    private mutating func checkLoops(_ reached: [Bool]) {
        let silent = edges(onlySilent: true)
        var incoming = Array(repeating: 0, count: flow.nodes.count)
        for node in flow.nodes.indices where reached[node] {
            for target in silent[node] { incoming[target] += 1 }
        }
        // Nodes in topological order; what is left over lies on a cycle or behind one.
        var open = flow.nodes.indices.filter { reached[$0] && incoming[$0] == 0 }
        var length = Array(repeating: 1, count: flow.nodes.count)
        var done = Array(repeating: false, count: flow.nodes.count)
        while let node = open.popLast() {
            done[node] = true
            for target in silent[node] {
                length[target] = max(length[target], length[node] + 1)
                incoming[target] -= 1
                if incoming[target] == 0 { open.append(target) }
            }
        }
        for node in flow.nodes.indices where reached[node] && done[node] {
            guard length[node] == FlowSession.mostStepsWithoutWaiting + 1 else { continue }
            find(
                .invalidBound, at: node,
                "A silent caller passes more than \(FlowSession.mostStepsWithoutWaiting) nodes; shorten the path."
            )
        }
        var reported = Array(repeating: false, count: flow.nodes.count)
        for node in flow.nodes.indices where reached[node] && !done[node] && !reported[node] {
            let ahead = cycleMembers(of: node, along: silent)
            guard !ahead.isEmpty else { continue }
            for member in ahead { reported[member] = true }
            let names = ahead.map { flow.nodes[$0].name }.joined(separator: ", ")
            find(
                .endlessLoop, at: node,
                "A caller who does nothing goes round for ever (\(names)); let one exit lead to an end.")
        }
    }

    /// The nodes that lie on a cycle together with `node`, in order; empty when it lies on none.
    private func cycleMembers(of node: Int, along edges: [[Int]]) -> [Int] {
        func ahead(of start: Int) -> [Bool] {
            var reached = Array(repeating: false, count: flow.nodes.count)
            for target in edges[start] where !reached[target] {
                let further = reachable(from: target, along: edges)
                for position in further.indices where further[position] { reached[position] = true }
            }
            return reached
        }
        let fromNode = ahead(of: node)
        guard fromNode[node] else { return [] }
        return flow.nodes.indices.filter { fromNode[$0] && ahead(of: $0)[node] }
    }

    /// A recorded queue needs a notice on each path that leads to it: the greatest solution of "a node is reached
    /// informed if every predecessor was left informed" (a must-analysis).
    private mutating func checkNotices(_ entry: Int, _ reached: [Bool], _ edges: [[Int]]) {
        var informed = Array(repeating: true, count: flow.nodes.count)
        informed[entry] = false
        var open = [entry]
        while let node = open.popLast() {
            let leavesInformed = informed[node] || isNotice(flow.nodes[node])
            guard !leavesInformed else { continue }
            for target in edges[node] where informed[target] {
                informed[target] = false
                open.append(target)
            }
        }
        for position in flow.nodes.indices where reached[position] && !informed[position] {
            guard case .queue(let queue) = flow.nodes[position].kind, queue.isRecorded,
                queue.recordingBasis == nil
            else { continue }
            find(
                .missingRecordingNotice, at: position,
                "A path leads here without the notice that the call is recorded; put one before it (G01).")
        }
    }

    /// Says that the call is recorded, in every language of the flow and with nothing in it that could be missing.
    private func isNotice(_ node: FlowNode) -> Bool {
        guard case .say(let say) = node.kind, say.isRecordingNotice else { return false }
        return flow.languages.allSatisfy { language in
            say.prompts.contains { key in
                guard let prompt = flow.prompts[key], prompt.has(language) else { return false }
                return FlowText.variables(in: prompt.texts[language] ?? "").isEmpty
            }
        }
    }
}
