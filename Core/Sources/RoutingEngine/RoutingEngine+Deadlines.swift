import Kernel

extension RoutingEngine {
    /// Lets every deadline up to `now` take effect, each at its own time.
    mutating func applyDeadlines(upTo now: Timestamp, into outcome: inout RoutingOutcome) {
        while let deadline = deadlines.first, deadline.time <= now {
            deadlines.removeFirst()
            guard isDue(deadline) else { continue }
            clock = max(clock, deadline.time)
            perform(deadline, into: &outcome)
        }
    }

    /// Drops what no longer holds from the front, so that the first deadline is a real one, and sweeps when much
    /// has gathered.
    mutating func tidyDeadlines() {
        while let deadline = deadlines.first {
            if holds(deadline), deadline.kind != .lease { break }
            // The watch of a renewed lease moves on: it is taken out before it is put in anew.
            deadlines.removeFirst()
            if isDue(deadline) {
                deadlines.insert(deadline)
                break
            }
        }
        // Agents and interactions have about two deadlines each; an input makes at most a few new ones.
        if deadlines.count > 2 * (agents.count + interactions.count) + 64 { sweepDeadlines() }
    }

    private mutating func sweepDeadlines() {
        // Out of the engine while it is changed, so that the sweep can look at the engine.
        var heap = DeadlineHeap()
        swap(&heap, &deadlines)
        heap.sweep(RoutingBounds.deadlinesSweptAtOnce) { !holds($0) }
        swap(&heap, &deadlines)
    }

    /// Whether the deadline is due now; moves the watch of a lease that was renewed.
    private mutating func isDue(_ deadline: Deadline) -> Bool {
        guard holds(deadline) else { return false }
        guard deadline.kind == .lease, let slot = agents.slot(of: deadline.id()),
            agents[slot].leaseUntil != deadline.time
        else { return true }
        agents[slot].leaseWatch = agents[slot].leaseUntil
        if let until = agents[slot].leaseUntil {
            deadlines.insert(Deadline(until, .lease, agents[slot].id))
        }
        return false
    }

    /// Whether the state still says what the deadline says.
    private func holds(_ deadline: Deadline) -> Bool {
        switch deadline.kind {
        case .ring, .avoidance, .longestWait:
            guard let slot = interactions.slot(of: deadline.id()) else { return false }
            switch (deadline.kind, interactions[slot].phase) {
            case (.ring, .ringing(_, _, let until)): return until == deadline.time
            case (.avoidance, _): return interactions[slot].avoidedUntil == deadline.time
            case (.longestWait, .waiting): return waitsUntil(slot) == deadline.time
            default: return false
            }
        case .wrapUp, .rest, .lease:
            guard let slot = agents.slot(of: deadline.id()) else { return false }
            switch deadline.kind {
            case .wrapUp: return agents[slot].wrapUpUntil == deadline.time
            case .rest: return agents[slot].restsUntil == deadline.time
            default: return agents[slot].leaseWatch == deadline.time
            }
        }
    }

    private mutating func perform(_ deadline: Deadline, into outcome: inout RoutingOutcome) {
        switch deadline.kind {
        case .ring:
            if let slot = interactions.slot(of: deadline.id()) { miss(slot, .noAnswer, into: &outcome) }
        case .avoidance:
            guard let slot = interactions.slot(of: deadline.id()) else { return }
            avoidNobody(slot)
            guard interactions[slot].isWaiting, let (agent, rule) = freeAgent(for: slot) else { return }
            stopWaiting(slot)
            offer(slot, to: agent, rule, into: &outcome)
        case .longestWait:
            guard let slot = interactions.slot(of: deadline.id()) else { return }
            let rule = queues[interactions[slot].queue].settings.whenTooLong
            stopWaiting(slot)
            if follow(rule, .tooLong, slot, into: &outcome) { enter(slot, into: &outcome) }
        case .wrapUp:
            guard let slot = agents.slot(of: deadline.id()) else { return }
            finishWrapUp(slot, into: &outcome)
            becomeFree(slot, into: &outcome)
        case .rest:
            guard let slot = agents.slot(of: deadline.id()) else { return }
            agents[slot].restsUntil = nil
            becomeFree(slot, into: &outcome)
        case .lease:
            let id: AgentID = deadline.id()
            if let slot = agents.slot(of: id) { agents[slot].leaseWatch = nil }
            vanish(id, into: &outcome)
        }
    }

    /// Makes the deadlines anew from the state.
    mutating func renewDeadlines() {
        deadlines.removeAll()
        for slot in interactions.slots {
            let id = interactions[slot].id
            if case .ringing(_, _, let until) = interactions[slot].phase {
                deadlines.insert(Deadline(until, .ring, id))
            }
            if let until = interactions[slot].avoidedUntil {
                deadlines.insert(Deadline(until, .avoidance, id))
            }
            if interactions[slot].isWaiting, let due = waitsUntil(slot) {
                deadlines.insert(Deadline(due, .longestWait, id))
            }
        }
        for slot in agents.slots {
            let id = agents[slot].id
            if let until = agents[slot].wrapUpUntil { deadlines.insert(Deadline(until, .wrapUp, id)) }
            if let until = agents[slot].restsUntil { deadlines.insert(Deadline(until, .rest, id)) }
            agents[slot].leaseWatch = agents[slot].leaseUntil
            if let until = agents[slot].leaseUntil { deadlines.insert(Deadline(until, .lease, id)) }
        }
    }
}
