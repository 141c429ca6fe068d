import Kernel

extension RoutingEngine {
    /// What contradicts itself in the state; empty unless the engine has a fault. For simulations, tests and
    /// snapshots: it looks at everything and is far too slow for each input.
    public func violations() -> [String] {
        structureViolations() + matchViolations()
    }

    /// The part that is worth its time when a snapshot is read.
    func structureViolations() -> [String] {
        boundViolations() + interactionViolations() + agentViolations() + queueViolations()
    }

    private func boundViolations() -> [String] {
        var found: [String] = []
        if interactions.count > RoutingBounds.mostInteractions { found.append("too many interactions") }
        if agents.count > RoutingBounds.mostAgents { found.append("too many agents") }
        if queues.count > RoutingBounds.mostQueues { found.append("too many queues") }
        if lines.held.count > RoutingBounds.mostInteractions { found.append("too many lines") }
        if departures.count > RoutingBounds.mostDepartures { found.append("too many departures") }
        if seats.count != agents.count { found.append("\(seats.count) seats for \(agents.count) agents") }
        if let next = nextDeadline, next < clock { found.append("a deadline before the clock") }
        return found
    }

    private func interactionViolations() -> [String] {
        var found: [String] = []
        for slot in interactions.slots {
            let state = interactions[slot]
            let activity = state.agent.flatMap { agents.slot(of: $0) }.map { agents[$0] }
            switch state.phase {
            case .waiting:
                if !queues[state.queue].line.contains(state.rank(slot)) {
                    found.append("interaction \(state.id) waits outside its queue's line")
                }
                if !matching.isWaiting(state.rank(slot), demand: state.demand) {
                    found.append("interaction \(state.id) waits outside its demand's line")
                }
            case .ringing:
                if activity?.activity != .ringing || activity?.interaction != state.id {
                    found.append("interaction \(state.id) rings at an agent who does not")
                }
            case .talking:
                if activity?.isInConversation != true || activity?.interaction != state.id {
                    found.append("interaction \(state.id) talks to an agent who does not")
                }
                if (activity?.activity == .hold) != (state.holdSince != nil) {
                    found.append("interaction \(state.id) and its agent disagree about the hold")
                }
            }
        }
        return found
    }

    private func agentViolations() -> [String] {
        var found: [String] = []
        var idle = 0
        for slot in agents.slots {
            let agent = agents[slot]
            if seats[agent.seat] != agent.id { found.append("agent \(agent.id) is not at the seat") }
            if agent.presence == .offline { found.append("agent \(agent.id) is offline and signed in") }
            let interaction = agent.interaction.flatMap { interactions.slot(of: $0) }
            switch agent.activity {
            case .ringing, .talking, .hold:
                if interaction.map({ interactions[$0].agent != agent.id }) ?? true {
                    found.append("agent \(agent.id) is \(agent.activity) without an interaction")
                }
            case .wrapUp:
                if agent.wrapUpUntil == nil { found.append("agent \(agent.id) wraps up without an end") }
            case .idle:
                if agent.interaction != nil { found.append("agent \(agent.id) is idle with an interaction") }
                if agent.next != nil {
                    found.append("agent \(agent.id) waits for nothing to change presence")
                }
            }
            guard let supply = agent.supply else { continue }
            let listed = matching.isIdle(agent.rank(slot), supply: supply)
            if listed != agent.isFree {
                found.append("agent \(agent.id) is \(listed ? "" : "not ")in the order of idle agents")
            }
            if listed { idle += 1 }
        }
        if idle != matching.idleCount { found.append("\(matching.idleCount) idle agents instead of \(idle)") }
        return found
    }

    private func queueViolations() -> [String] {
        var found: [String] = []
        var waiting: [Int: Int] = [:]
        var ringing: [Int: Int] = [:]
        for slot in interactions.slots {
            switch interactions[slot].phase {
            case .waiting: waiting[interactions[slot].queue, default: 0] += 1
            case .ringing: ringing[interactions[slot].queue, default: 0] += 1
            case .talking: break
            }
        }
        for (index, queue) in queues.enumerated() {
            if queue.line.count != waiting[index] ?? 0 || queue.ringing != ringing[index] ?? 0 {
                found.append("queue \(queue.settings.id) counts wrong")
            }
            var serving = 0
            for slot in agents.slots where agents[slot].presence == .ready {
                if let supply = agents[slot].supply, matching.serves(supply: supply, demand: queue.demand) {
                    serving += 1
                }
            }
            if serving != queue.serving { found.append("queue \(queue.settings.id) counts its agents wrong") }
        }
        let sum = queues.reduce(0) { $0 + $1.line.count }
        if sum != matching.waitingCount { found.append("\(matching.waitingCount) wait instead of \(sum)") }
        return found
    }

    /// Nobody is idle while something waits that the agent could take, except who is avoided.
    private func matchViolations() -> [String] {
        var found: [String] = []
        let free = agents.slots.filter { agents[$0].isFree }
        guard !free.isEmpty else { return [] }
        for rank in matching.allWaiting {
            let state = interactions[rank.slot]
            for slot in free where !avoids(rank.slot, slot) {
                if let supply = agents[slot].supply, matching.serves(supply: supply, demand: state.demand) {
                    found.append("agent \(agents[slot].id) is idle while \(state.id) waits")
                }
            }
        }
        return found
    }
}
