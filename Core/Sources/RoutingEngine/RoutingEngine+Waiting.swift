import Kernel

// Entering, waiting in and leaving queues. Late, twice or never:
// * queued twice is refused (interactionAlreadyWaiting); abandoned or withdrawn twice, late or before being queued is
//   refused (interactionUnknown), during the conversation too (agentTalking: its end is `conversationEnded`);
// * never: `longestWait` ends the wait when the queue has one, else the caller's hanging up does.
extension RoutingEngine {
    mutating func queue(_ request: QueueRequest, into outcome: inout RoutingOutcome) {
        let id = request.interaction
        guard interactions.slot(of: id) == nil else {
            return refuse(Refusal(.interactionAlreadyWaiting, interaction: id), into: &outcome)
        }
        guard let queue = queueIndex[request.queue] else {
            return turnAway(.queueUnknown, id, .unknownQueue, into: &outcome)
        }
        guard request.skills.count <= RoutingBounds.mostRequestSkills else {
            let limit = RoutingBounds.mostRequestSkills
            return turnAway(.tooManySkills, id, .nobody, limit: limit, into: &outcome)
        }
        guard interactions.count < RoutingBounds.mostInteractions else {
            let limit = RoutingBounds.mostInteractions
            return turnAway(.tooManyInteractions, id, .full, limit: limit, into: &outcome)
        }
        guard let demand = demandClass(queue: queue, skills: request.skills) else {
            let limit = RoutingBounds.mostDemandClasses
            return turnAway(.tooManyInteractions, id, .full, limit: limit, into: &outcome)
        }
        var state = InteractionState(
            request: request, queue: queue, queueID: request.queue, demand: demand,
            priority: priority(request, queue), queuedAt: clock)
        state.request.arrivedAt = min(max(request.arrivedAt, Timestamp(milliseconds: 0)), clock)
        state.attempts = departures.lastAttempt(of: id)
        enter(interactions.insert(state, for: id), into: &outcome)
    }

    /// Refuses, and lets the flow go on all the same: no customer stays between two nodes.
    private func turnAway(
        _ reason: Refusal.Reason, _ id: InteractionID, _ cause: DissuasionCause, limit: Int? = nil,
        into outcome: inout RoutingOutcome
    ) {
        outcome.effects.append(.leaveQueue(id, .dissuaded(cause)))
        refuse(Refusal(reason, interaction: id, limit: limit), into: &outcome)
    }

    /// The class of the queue's skills and the request's own, with one user more.
    mutating func demandClass(queue: Int, skills: [SkillRequirement]) -> Int? {
        if skills.isEmpty {
            matching.retain(queues[queue].demand)
            return queues[queue].demand
        }
        return matching.acquire(
            Demand(
                queues[queue].settings.skills + skills, selection: queues[queue].settings.selection))
    }

    func priority(_ request: QueueRequest, _ queue: Int) -> Int {
        let (sum, overflow) = request.priority.addingReportingOverflow(queues[queue].settings.priority)
        return overflow ? (request.priority > 0 ? .max : .min) : sum
    }

    /// Begins a queue entry, and further ones as long as rules lead from queue to queue.
    mutating func enter(_ slot: Int, into outcome: inout RoutingOutcome) {
        while true {
            let queue = interactions[slot].queue
            let position = position(slot)
            outcome.facts.append(
                .queued(
                    interactions[slot].id, interactions[slot].queueID, position: position,
                    expectedWait: expectedWait(queue: queue, position: position)))
            let goesOn: Bool
            if let rule = queues[queue].settings.whenNobody, !matching.isStaffed(interactions[slot].demand) {
                goesOn = follow(rule, .nobody, slot, into: &outcome)
            } else if let (agent, rule) = freeAgent(for: slot) {
                return offer(slot, to: agent, rule, into: &outcome)
            } else if queues[queue].line.count >= queues[queue].settings.mostWaiting {
                goesOn = follow(queues[queue].settings.whenFull, .full, slot, into: &outcome)
            } else {
                return wait(slot)
            }
            guard goesOn else { return }
        }
    }

    /// Puts it into its queue's line, at the place that its priority and arrival give it.
    mutating func wait(_ slot: Int) {
        interactions[slot].phase = .waiting
        let rank = interactions[slot].rank(slot)
        queues[interactions[slot].queue].line.insert(rank)
        matching.insertWaiting(rank, demand: interactions[slot].demand)
        if let due = waitsUntil(slot) {
            deadlines.insert(Deadline(due, .longestWait, interactions[slot].id))
        }
    }

    /// Takes it out of its queue's line.
    mutating func stopWaiting(_ slot: Int) {
        let rank = interactions[slot].rank(slot)
        queues[interactions[slot].queue].line.remove(rank)
        matching.removeWaiting(rank, demand: interactions[slot].demand)
    }

    /// When the present queue entry has lasted long enough, if ever.
    func waitsUntil(_ slot: Int) -> Timestamp? {
        queues[interactions[slot].queue].settings.longestWait.map { interactions[slot].queuedAt + $0.bounded }
    }

    /// Ends the entry by a rule; `true` when a new entry in another queue is to begin. It must not be in a line.
    mutating func follow(
        _ rule: OverflowRule, _ cause: DissuasionCause, _ slot: Int, into outcome: inout RoutingOutcome
    ) -> Bool {
        guard case .overflow(let to) = rule, interactions[slot].overflows < RoutingBounds.mostOverflows else {
            dissuade(slot, cause, into: &outcome)
            return false
        }
        guard let queue = queueIndex[to] else {
            dissuade(slot, .unknownQueue, into: &outcome)
            return false
        }
        let from = interactions[slot].queueID
        endEntry(slot, .overflowed, into: &outcome)
        matching.release(interactions[slot].demand)
        guard let demand = demandClass(queue: queue, skills: interactions[slot].request.skills) else {
            outcome.effects.append(.leaveQueue(interactions[slot].id, .dissuaded(.full)))
            forget(slot)
            return false
        }
        interactions[slot].overflows += 1
        interactions[slot].queue = queue
        interactions[slot].queueID = to
        interactions[slot].demand = demand
        interactions[slot].priority = priority(interactions[slot].request, queue)
        interactions[slot].queuedAt = clock
        interactions[slot].attemptsHere = 0
        outcome.effects.append(.moveToQueue(interactions[slot].id, from: from, to: to))
        return true
    }

    mutating func dissuade(_ slot: Int, _ cause: DissuasionCause, into outcome: inout RoutingOutcome) {
        endEntry(slot, .dissuaded, into: &outcome)
        outcome.effects.append(.leaveQueue(interactions[slot].id, .dissuaded(cause)))
        matching.release(interactions[slot].demand)
        forget(slot)
    }

    /// The one fact that ends a queue entry (decision 13).
    func endEntry(
        _ slot: Int, _ ending: QueueEnding, agent: AgentID? = nil, into outcome: inout RoutingOutcome
    ) {
        outcome.facts.append(
            .queueEntryEnded(
                interactions[slot].id, interactions[slot].queueID, ending,
                waited: clock - interactions[slot].queuedAt, agent: agent))
    }

    mutating func forget(_ slot: Int) {
        let id = interactions[slot].id
        departures.add(id, attempts: interactions[slot].attempts, at: clock)
        interactions.remove(id)
    }

    // MARK: Leaving

    mutating func abandon(_ id: InteractionID, into outcome: inout RoutingOutcome) {
        guard let slot = waitingOrRinging(id, into: &outcome) else { return }
        let short = queues[interactions[slot].queue].settings.shortAbandon
        let ending: QueueEnding =
            clock - interactions[slot].request.arrivedAt < short ? .shortAbandoned : .abandoned
        leave(slot, ending, .abandoned, into: &outcome)
    }

    mutating func withdraw(
        _ id: InteractionID, _ reason: WithdrawalReason, into outcome: inout RoutingOutcome
    ) {
        guard let slot = waitingOrRinging(id, into: &outcome) else { return }
        let ending: QueueEnding =
            switch reason {
            case .callback: .callback
            case .voicemail: .voicemail
            case .releasedBySystem: .releasedBySystem
            }
        leave(slot, ending, .withdrawn, into: &outcome)
    }

    private func waitingOrRinging(_ id: InteractionID, into outcome: inout RoutingOutcome) -> Int? {
        guard let slot = interactions.slot(of: id) else {
            refuse(Refusal(.interactionUnknown, interaction: id), into: &outcome)
            return nil
        }
        guard !interactions[slot].isTalking else {
            refuse(
                Refusal(.agentTalking, agent: interactions[slot].agent, interaction: id), into: &outcome)
            return nil
        }
        return slot
    }

    /// The customer is gone: whoever rings keeps the place in the order of idle agents.
    private mutating func leave(
        _ slot: Int, _ ending: QueueEnding, _ withdrawal: OfferWithdrawal,
        into outcome: inout RoutingOutcome
    ) {
        var agent: Int?
        if interactions[slot].isWaiting {
            stopWaiting(slot)
        } else {
            agent = interactions[slot].agent.flatMap { agents.slot(of: $0) }
            endOffer(slot, .withdrawn(withdrawal), into: &outcome)
        }
        endEntry(slot, ending, into: &outcome)
        matching.release(interactions[slot].demand)
        forget(slot)
        if let agent { becomeFree(agent, into: &outcome) }
    }

    /// After the last agent of a class signed out: waiting interactions that nobody can take now, in order.
    mutating func leaveUnstaffed(by supply: Int, into outcome: inout RoutingOutcome) {
        var unstaffed: [WaitingRank] = []
        for demand in matching.demands(of: supply) where !matching.isStaffed(demand) {
            unstaffed += matching.waiting(demand)
        }
        for rank in unstaffed.sorted() {
            guard let rule = queues[interactions[rank.slot].queue].settings.whenNobody else { continue }
            stopWaiting(rank.slot)
            if follow(rule, .nobody, rank.slot, into: &outcome) { enter(rank.slot, into: &outcome) }
        }
    }
}
