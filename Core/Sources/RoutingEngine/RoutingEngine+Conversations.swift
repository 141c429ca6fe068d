import Kernel

// Conversations. Late, twice or never:
// * ended twice, or without a conversation, is refused (notTalking);
// * a hold that begins or ends twice does nothing; hold without a conversation is refused (notTalking);
// * never: the agent's lease ends the conversation, or the call's own end does.
extension RoutingEngine {
    mutating func endConversation(
        _ id: InteractionID, _ end: ConversationEnd, into outcome: inout RoutingOutcome
    ) {
        guard let (slot, agent) = talking(id, into: &outcome) else { return }
        finishConversation(slot, end, into: &outcome)
        let queue = interactions[slot].queue
        let wrapUp = queue >= 0 ? queues[queue].settings.wrapUp.bounded : .zero
        forget(slot)
        guard wrapUp > .zero else {
            learn(agents[agent].handled, queue: agents[agent].queue)
            agents[agent].idleSince = clock
            change(agent, to: .idle, into: &outcome)
            applyNextPresence(agent, into: &outcome)
            return becomeFree(agent, into: &outcome)
        }
        let until = clock + min(wrapUp, RoutingBounds.longestWrapUp)
        agents[agent].wrapUpUntil = until
        deadlines.insert(Deadline(until, .wrapUp, agents[agent].id))
        change(agent, to: .wrapUp, into: &outcome)
    }

    /// Says what the conversation was; `talked` is without the holds.
    mutating func finishConversation(
        _ slot: Int, _ end: ConversationEnd, into outcome: inout RoutingOutcome
    ) {
        guard case .talking(let id, let since) = interactions[slot].phase,
            let agent = agents.slot(of: id)
        else { return }
        addHold(slot)
        let held = interactions[slot].held
        let whole = clock - since
        agents[agent].handled = whole
        agents[agent].idleSince = clock
        outcome.facts.append(
            .conversationEnded(interactions[slot].id, id, by: end, talked: whole - held, held: held))
    }

    /// The agent is gone but the customer is not: waits again by the original arrival, in a new entry.
    mutating func waitAgain(_ slot: Int, into outcome: inout RoutingOutcome) {
        let queue = interactions[slot].queue
        let id = interactions[slot].id
        guard queue >= 0, let demand = demandClass(queue: queue, skills: interactions[slot].request.skills)
        else {
            outcome.effects.append(.leaveQueue(id, .dissuaded(queue < 0 ? .unknownQueue : .full)))
            return forget(slot)
        }
        interactions[slot].demand = demand
        interactions[slot].priority = priority(interactions[slot].request, queue)
        interactions[slot].phase = .waiting
        interactions[slot].queuedAt = clock
        interactions[slot].attemptsHere = 0
        interactions[slot].overflows = 0
        interactions[slot].held = .zero
        outcome.effects.append(.waitAgain(id, queue: interactions[slot].queueID))
        enter(slot, into: &outcome)
    }

    mutating func startHold(_ id: InteractionID, into outcome: inout RoutingOutcome) {
        guard let (slot, agent) = talking(id, into: &outcome), interactions[slot].holdSince == nil
        else { return }
        interactions[slot].holdSince = clock
        change(agent, to: .hold, into: &outcome)
    }

    mutating func endHold(_ id: InteractionID, into outcome: inout RoutingOutcome) {
        guard let (slot, agent) = talking(id, into: &outcome), interactions[slot].holdSince != nil
        else { return }
        addHold(slot)
        change(agent, to: .talking, into: &outcome)
    }

    private mutating func addHold(_ slot: Int) {
        guard let since = interactions[slot].holdSince else { return }
        interactions[slot].held = interactions[slot].held + (clock - since)
        interactions[slot].holdSince = nil
    }

    private func talking(
        _ id: InteractionID, into outcome: inout RoutingOutcome
    ) -> (slot: Int, agent: Int)? {
        if let slot = interactions.slot(of: id), interactions[slot].isTalking,
            let agent = interactions[slot].agent.flatMap({ agents.slot(of: $0) })
        {
            return (slot, agent)
        }
        refuse(Refusal(.notTalking, interaction: id), into: &outcome)
        return nil
    }
}
