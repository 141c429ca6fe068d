import Kernel

// Signing in and out, presence, leases. Late, twice or never:
// * signing in twice at the same seat renews the lease, at another seat is refused;
// * signing out twice is refused (agentNotSignedIn); never: the lease's end takes the agent out of routing;
// * a presence chosen twice does nothing; a lease renewed by who is not signed in is refused;
// * vanishing twice does nothing.
extension RoutingEngine {
    mutating func signIn(_ id: AgentID, _ seat: SeatID, into outcome: inout RoutingOutcome) {
        guard let entry = roster[id] else {
            return refuse(Refusal(.agentUnknown, agent: id), into: &outcome)
        }
        if let slot = agents.slot(of: id) {
            guard agents[slot].seat == seat else {
                return refuse(Refusal(.agentSignedInElsewhere, agent: id), into: &outcome)
            }
            return startLease(slot)
        }
        // The limit first: who finds every seat taken should hear that the house is full, not try seat after seat.
        if let limit = settings.limits.seats, agents.count >= limit {
            return refuse(Refusal(.seatLimitReached, agent: id, limit: limit), into: &outcome)
        }
        guard seats[seat] == nil else { return refuse(Refusal(.seatTaken, agent: id), into: &outcome) }
        guard agents.count < RoutingBounds.mostAgents else {
            return refuse(
                Refusal(.tooManyAgents, agent: id, limit: RoutingBounds.mostAgents), into: &outcome)
        }
        let state = AgentState(
            id: id, seat: seat, signedInAt: clock, supply: entry.supply, lease: entry.lease,
            activitySince: clock, idleSince: clock)
        let slot = agents.insert(state, for: id)
        seats[seat] = id
        _ = matching.count(supply: entry.supply, by: 1)
        startLease(slot)
        outcome.facts.append(.agentSignedIn(id, seat))
    }

    mutating func signOut(_ id: AgentID, into outcome: inout RoutingOutcome) {
        guard let slot = signedIn(id, into: &outcome) else { return }
        guard !agents[slot].isInConversation else {
            return refuse(
                Refusal(.agentTalking, agent: id, interaction: agents[slot].interaction), into: &outcome)
        }
        agents[slot].next = nil
        let rings = agents[slot].activity == .ringing ? agents[slot].interaction : nil
        if let interaction = rings.flatMap({ interactions.slot(of: $0) }) {
            endOffer(interaction, .withdrawn(.agentSignedOut), into: &outcome)
        }
        if agents[slot].activity == .wrapUp { finishWrapUp(slot, into: &outcome) }
        withdrawFromIdle(slot)
        setPresence(slot, .offline, says: false, into: &outcome)
        let state = agents[slot]
        seats[state.seat] = nil
        agents.remove(id)
        outcome.facts.append(.agentSignedOut(id, state.seat, signedIn: clock - state.signedInAt))
        let wasLast = state.supply.map { matching.count(supply: $0, by: -1) } ?? false
        if let interaction = rings.flatMap({ interactions.slot(of: $0) }) {
            requeue(interaction, into: &outcome)
        }
        if wasLast, let supply = state.supply { leaveUnstaffed(by: supply, into: &outcome) }
    }

    mutating func choose(_ presence: Presence, _ id: AgentID, into outcome: inout RoutingOutcome) {
        if presence == .offline { return signOut(id, into: &outcome) }
        guard let slot = signedIn(id, into: &outcome) else { return }
        if presence == .ready, agents[slot].supply == nil {
            return refuse(Refusal(.agentUnknown, agent: id), into: &outcome)
        }
        if let full = fullBreak(for: slot, choosing: presence) {
            return refuse(full, into: &outcome)
        }
        guard agents[slot].activity == .idle else {
            agents[slot].next = presence == agents[slot].presence ? nil : presence
            return
        }
        guard presence != agents[slot].presence else { return }
        withdrawFromIdle(slot)
        agents[slot].idleSince = clock
        if presence == .ready {
            readyTurns += 1
            agents[slot].readyTurn = readyTurns
        }
        if agents[slot].hasVanished { startLease(slot) }
        // Choosing presence anew is the agent's word that the phone is in order again.
        agents[slot].restsUntil = nil
        agents[slot].misses.removeAll()
        setPresence(slot, presence, into: &outcome)
        becomeFree(slot, into: &outcome)
    }

    /// Why an agent may take no break now: too many of one of the agent's queues are, or will be after their call. Who is on
    /// a break, or has been promised one, may change its reason.
    private func fullBreak(for slot: Int, choosing presence: Presence) -> Refusal? {
        guard presence.isBreak, !agents[slot].countsAsBreak, let supply = agents[slot].supply else {
            return nil
        }
        let demands = matching.demands(of: supply)
        for queue in queues where queue.settings.mostOnBreak != nil && demands.contains(queue.demand) {
            let limit = queue.settings.mostOnBreak ?? 0
            guard onBreak(queue.demand) >= limit else { continue }
            return Refusal(
                .breakQuotaReached, agent: agents[slot].id, limit: limit, queue: queue.settings.id)
        }
        return nil
    }

    /// Signed-in agents with a demand's skills who are on a break or will be after their call.
    func onBreak(_ demand: Int) -> Int {
        agents.slots.count { slot in
            agents[slot].countsAsBreak
                && agents[slot].supply.map { matching.demands(of: $0).contains(demand) } ?? false
        }
    }

    mutating func renewLease(_ id: AgentID, into outcome: inout RoutingOutcome) {
        guard let slot = signedIn(id, into: &outcome) else { return }
        startLease(slot)
    }

    /// The lease's end, or what says the same earlier: the interaction goes back to its place, the agent takes no
    /// more until ready again, and keeps the seat until signed out.
    mutating func vanish(_ id: AgentID, into outcome: inout RoutingOutcome) {
        guard let slot = signedIn(id, into: &outcome), !agents[slot].hasVanished else { return }
        agents[slot].hasVanished = true
        agents[slot].leaseUntil = nil
        agents[slot].next = nil
        outcome.facts.append(.agentVanished(id))
        let interaction = agents[slot].interaction.flatMap { interactions.slot(of: $0) }
        switch agents[slot].activity {
        case .idle:
            withdrawFromIdle(slot)
            setPresence(slot, .notReady, into: &outcome)
        case .wrapUp:
            agents[slot].next = .notReady
        case .ringing:
            guard let interaction else { return }
            endOffer(interaction, .withdrawn(.agentVanished), into: &outcome)
            setPresence(slot, .notReady, into: &outcome)
            requeue(interaction, into: &outcome)
        case .talking, .hold:
            guard let interaction else { return }
            finishConversation(interaction, .system, into: &outcome)
            change(slot, to: .idle, into: &outcome)
            setPresence(slot, .notReady, into: &outcome)
            waitAgain(interaction, into: &outcome)
        }
    }

    /// The agent's place; refuses when the agent is not signed in.
    func signedIn(_ id: AgentID, into outcome: inout RoutingOutcome) -> Int? {
        if let slot = agents.slot(of: id) { return slot }
        refuse(Refusal(roster[id] == nil ? .agentUnknown : .agentNotSignedIn, agent: id), into: &outcome)
        return nil
    }

    private mutating func startLease(_ slot: Int) {
        agents[slot].hasVanished = false
        guard let lease = agents[slot].lease else { return }
        let until = clock + lease
        agents[slot].leaseUntil = until
        guard agents[slot].leaseWatch == nil else { return }
        agents[slot].leaseWatch = until
        deadlines.insert(Deadline(until, .lease, agents[slot].id))
    }

    // MARK: What an agent does

    mutating func change(_ slot: Int, to activity: Activity, into outcome: inout RoutingOutcome) {
        let former = agents[slot].activity
        guard former != activity else { return }
        outcome.facts.append(
            .activityChanged(
                agents[slot].id, activity, former: former, after: clock - agents[slot].activitySince))
        agents[slot].activity = activity
        agents[slot].activitySince = clock
        if activity == .idle {
            agents[slot].interaction = nil
            agents[slot].queue = nil
        }
    }

    /// Sets presence now and counts the agent in or out of the queues that are served.
    mutating func setPresence(
        _ slot: Int, _ presence: Presence, says: Bool = true, into outcome: inout RoutingOutcome
    ) {
        let former = agents[slot].presence
        agents[slot].next = nil
        guard former != presence else { return }
        agents[slot].presence = presence
        if says { outcome.facts.append(.presenceChanged(agents[slot].id, presence)) }
        if former == .ready { countServing(slot, by: -1) }
        if presence == .ready { countServing(slot, by: 1) }
    }

    private mutating func countServing(_ slot: Int, by change: Int) {
        guard let supply = agents[slot].supply else { return }
        for demand in matching.demands(of: supply) where demand < queuesByDemand.count {
            for queue in queuesByDemand[demand] { queues[queue].serving += change }
        }
    }

    /// What was chosen meanwhile takes effect now that the agent is idle again.
    mutating func applyNextPresence(_ slot: Int, into outcome: inout RoutingOutcome) {
        if let next = agents[slot].next { setPresence(slot, next, into: &outcome) }
    }

    /// Puts a free agent into the order of idle agents and lets the agent take what waits.
    mutating func becomeFree(_ slot: Int, into outcome: inout RoutingOutcome) {
        guard agents[slot].isFree, let supply = agents[slot].supply else { return }
        let rank = agents[slot].rank(slot)
        guard !matching.isIdle(rank, supply: supply) else { return }
        matching.insertIdle(rank, supply: supply)
        takeWaiting(slot, into: &outcome)
    }

    mutating func withdrawFromIdle(_ slot: Int) {
        guard let supply = agents[slot].supply else { return }
        matching.removeIdle(agents[slot].rank(slot), supply: supply)
    }

    // MARK: Wrap-up

    mutating func endWrapUp(_ id: AgentID, into outcome: inout RoutingOutcome) {
        guard let slot = signedIn(id, into: &outcome) else { return }
        guard agents[slot].activity == .wrapUp else {
            return refuse(Refusal(.notInWrapUp, agent: id), into: &outcome)
        }
        finishWrapUp(slot, into: &outcome)
        becomeFree(slot, into: &outcome)
    }

    mutating func extendWrapUp(_ id: AgentID, _ span: TimeSpan, into outcome: inout RoutingOutcome) {
        guard let slot = signedIn(id, into: &outcome) else { return }
        guard agents[slot].activity == .wrapUp, let until = agents[slot].wrapUpUntil else {
            return refuse(Refusal(.notInWrapUp, agent: id), into: &outcome)
        }
        let latest = max(until, agents[slot].activitySince + RoutingBounds.longestWrapUp)
        let extended = min(max(until, clock + span.bounded), latest)
        guard extended != until else { return }
        agents[slot].wrapUpUntil = extended
        deadlines.insert(Deadline(extended, .wrapUp, id))
    }

    /// Ends wrap-up and learns the handling time; the agent is idle but not yet in the order of idle agents.
    mutating func finishWrapUp(_ slot: Int, into outcome: inout RoutingOutcome) {
        let lasted = clock - agents[slot].activitySince
        if let interaction = agents[slot].interaction {
            outcome.facts.append(.wrapUpEnded(agents[slot].id, interaction, lasted: lasted))
        }
        learn(agents[slot].handled + lasted, queue: agents[slot].queue)
        agents[slot].wrapUpUntil = nil
        agents[slot].idleSince = clock
        change(slot, to: .idle, into: &outcome)
        applyNextPresence(slot, into: &outcome)
    }

    mutating func learn(_ handled: TimeSpan, queue: QueueID?) {
        guard let queue = queue.flatMap({ queueIndex[$0] }) else { return }
        queues[queue].handling.add(handled)
    }
}
