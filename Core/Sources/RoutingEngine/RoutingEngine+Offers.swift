import Kernel

// Offers. Late, twice or never:
// * an accept after the offer is over is refused (refuseAccept), the second accept of the same offer does nothing;
// * a decline or failure of an offer that is over is refused (offerUnknown);
// * never: the ring deadline takes the interaction back to its place.
extension RoutingEngine {
    /// The agent who should have this interaction now, and by which rule.
    ///
    /// The last agent comes first when free. The agent whose last offer of it came to nothing is passed over.
    mutating func freeAgent(for slot: Int) -> (agent: Int, rule: OfferReason.Rule)? {
        let queue = interactions[slot].queue
        let demand = interactions[slot].demand
        if let last = interactions[slot].request.lastAgent,
            let within = queues[queue].settings.lastAgentWithin, clock <= last.endedAt + within.bounded,
            let agent = agents.slot(of: last.agent), agents[agent].isFree, !avoids(slot, agent),
            let supply = agents[agent].supply, matching.serves(supply: supply, demand: demand)
        {
            return (agent, .lastAgent)
        }
        let rule: OfferReason.Rule =
            queues[queue].settings.selection == .longestIdle ? .longestIdle : .highestLevel
        guard let best = matching.bestIdle(for: demand) else { return nil }
        guard avoids(slot, best.slot), let supply = agents[best.slot].supply else { return (best.slot, rule) }
        matching.removeIdle(best, supply: supply)
        let second = matching.bestIdle(for: demand)
        matching.insertIdle(best, supply: supply)
        return second.map { ($0.slot, rule) }
    }

    /// Gives a free agent the best interaction that waits, if any.
    mutating func takeWaiting(_ agent: Int, into outcome: inout RoutingOutcome) {
        guard let supply = agents[agent].supply else { return }
        // At most `mostDeclines` are set aside: who misses more offers than that within their avoidance rests.
        var aside: [WaitingRank] = []
        var found: WaitingRank?
        while let best = matching.bestWaiting(for: supply) {
            guard avoids(best.slot, agent) else {
                found = best
                break
            }
            matching.removeWaiting(best, demand: interactions[best.slot].demand)
            aside.append(best)
        }
        for rank in aside { matching.insertWaiting(rank, demand: interactions[rank.slot].demand) }
        guard let found else { return }
        stopWaiting(found.slot)
        let selection = queues[interactions[found.slot].queue].settings.selection
        offer(
            found.slot, to: agent, selection == .longestIdle ? .longestIdle : .highestLevel, into: &outcome)
    }

    /// Makes the agent's phone ring with an interaction that is in no line.
    mutating func offer(
        _ slot: Int, to agent: Int, _ rule: OfferReason.Rule, into outcome: inout RoutingOutcome
    ) {
        withdrawFromIdle(agent)
        let queue = interactions[slot].queue
        let ring = max(queues[queue].settings.ringTimeout.bounded, RoutingBounds.shortestRing)
        let until = clock + ring
        let id = agents[agent].id
        interactions[slot].attempts += 1
        interactions[slot].attemptsHere += 1
        interactions[slot].phase = .ringing(id, since: clock, until: until)
        queues[queue].ringing += 1
        let offer = interactions[slot].offer
        let level = agents[agent].supply.map {
            matching.level(supply: $0, demand: interactions[slot].demand)
        }
        let reason = OfferReason(
            rule: rule, priority: interactions[slot].priority,
            waited: clock - interactions[slot].request.arrivedAt, idle: clock - agents[agent].idleSince,
            level: level ?? 0, settings: settings.version)
        deadlines.insert(Deadline(until, .ring, offer.interaction))
        outcome.effects.append(.offer(offer, to: id, queue: interactions[slot].queueID, until: until))
        outcome.facts.append(.offered(offer, id, interactions[slot].queueID, reason))
        agents[agent].interaction = offer.interaction
        agents[agent].queue = interactions[slot].queueID
        change(agent, to: .ringing, into: &outcome)
    }

    /// Ends the ringing without a conversation: the agent is idle, but not yet in the order of idle agents, and the
    /// interaction is in no line.
    mutating func endOffer(_ slot: Int, _ result: OfferOutcome, into outcome: inout RoutingOutcome) {
        guard case .ringing(let id, let since, _) = interactions[slot].phase,
            let agent = agents.slot(of: id)
        else { return }
        let offer = interactions[slot].offer
        interactions[slot].phase = .waiting
        queues[interactions[slot].queue].ringing -= 1
        switch result {
        case .withdrawn(let reason): outcome.effects.append(.withdraw(offer, from: id, because: reason))
        case .noAnswer: outcome.effects.append(.withdraw(offer, from: id, because: .noAnswer))
        case .accepted, .declined, .failed: break
        }
        outcome.facts.append(.offerEnded(offer, id, result, rang: clock - since))
        change(agent, to: .idle, into: &outcome)
        applyNextPresence(agent, into: &outcome)
    }

    /// Brings an interaction whose offer came to nothing back to its original place, unless a rule leads it away.
    mutating func requeue(_ slot: Int, into outcome: inout RoutingOutcome) {
        let settings = queues[interactions[slot].queue].settings
        let goesOn: Bool
        if interactions[slot].attemptsHere >= max(settings.mostOffers, 1) {
            goesOn = follow(settings.whenTooLong, .tooManyOffers, slot, into: &outcome)
        } else if let due = waitsUntil(slot), due <= clock {
            goesOn = follow(settings.whenTooLong, .tooLong, slot, into: &outcome)
        } else if let rule = settings.whenNobody, !matching.isStaffed(interactions[slot].demand) {
            goesOn = follow(rule, .nobody, slot, into: &outcome)
        } else if let (agent, rule) = freeAgent(for: slot) {
            return offer(slot, to: agent, rule, into: &outcome)
        } else {
            return wait(slot)
        }
        if goesOn { enter(slot, into: &outcome) }
    }

    // MARK: Answers

    mutating func accept(_ offer: OfferID, into outcome: inout RoutingOutcome) {
        guard let slot = interactions.slot(of: offer.interaction), interactions[slot].offer == offer,
            !interactions[slot].isWaiting
        else {
            outcome.effects.append(.refuseAccept(offer))
            outcome.facts.append(.refused(Refusal(.offerUnknown, interaction: offer.interaction)))
            return
        }
        guard case .ringing(let id, let since, _) = interactions[slot].phase,
            let agent = agents.slot(of: id)
        else { return }
        queues[interactions[slot].queue].ringing -= 1
        interactions[slot].phase = .talking(id, since: clock)
        avoidNobody(slot)
        matching.release(interactions[slot].demand)
        outcome.effects.append(.connect(offer, agent: id))
        outcome.facts.append(.offerEnded(offer, id, .accepted, rang: clock - since))
        endEntry(slot, .answered, agent: id, into: &outcome)
        change(agent, to: .talking, into: &outcome)
    }

    mutating func decline(_ offer: OfferID, into outcome: inout RoutingOutcome) {
        guard let slot = ringing(offer, into: &outcome) else { return }
        miss(slot, .declined, into: &outcome)
    }

    mutating func fail(_ offer: OfferID, _ failure: OfferFailure, into outcome: inout RoutingOutcome) {
        guard let slot = ringing(offer, into: &outcome) else { return }
        miss(slot, .failed(failure), into: &outcome)
    }

    private func ringing(_ offer: OfferID, into outcome: inout RoutingOutcome) -> Int? {
        if let slot = interactions.slot(of: offer.interaction), interactions[slot].offer == offer,
            case .ringing = interactions[slot].phase
        {
            return slot
        }
        refuse(Refusal(.offerUnknown, interaction: offer.interaction), into: &outcome)
        return nil
    }

    /// An offer that came to nothing through the agent's side.
    ///
    /// * No answer: not ready, if the queue says so. Unreachable or rejected: the phone is out of order, not ready.
    /// * Busy: no offers for `busyBackOff`. Declined: idle again, behind all others.
    /// * In each case this interaction avoids the agent until another was tried or `avoidance` is over.
    mutating func miss(_ slot: Int, _ result: OfferOutcome, into outcome: inout RoutingOutcome) {
        guard let id = interactions[slot].agent, let agent = agents.slot(of: id) else { return }
        let notReadyAfterNoAnswer = queues[interactions[slot].queue].settings.notReadyAfterNoAnswer
        endOffer(slot, result, into: &outcome)
        agents[agent].idleSince = clock
        switch result {
        case .noAnswer where notReadyAfterNoAnswer, .failed(.unreachable), .failed(.rejected):
            if agents[agent].presence == .ready { setPresence(agent, .notReady, into: &outcome) }
        case .failed(.busy): rest(agent, until: clock + RoutingBounds.busyBackOff)
        default: countMiss(agent)
        }
        avoid(slot, agent)
        requeue(slot, into: &outcome)
        becomeFree(agent, into: &outcome)
    }

    /// Keeps an agent who misses offer after offer from being asked for ever.
    private mutating func countMiss(_ agent: Int) {
        let begin = clock - RoutingBounds.avoidance
        agents[agent].misses.removeAll { $0 <= begin }
        agents[agent].misses.append(clock)
        if agents[agent].misses.count >= RoutingBounds.mostDeclines {
            rest(agent, until: agents[agent].misses[0] + RoutingBounds.avoidance)
        }
    }

    private mutating func rest(_ agent: Int, until: Timestamp) {
        agents[agent].restsUntil = until
        deadlines.insert(Deadline(until, .rest, agents[agent].id))
    }

    private mutating func avoid(_ slot: Int, _ agent: Int) {
        let until = clock + RoutingBounds.avoidance
        interactions[slot].avoided = agents[agent].id
        interactions[slot].avoidedTurn = agents[agent].readyTurn
        interactions[slot].avoidedUntil = until
        deadlines.insert(Deadline(until, .avoidance, interactions[slot].id))
    }

    /// Whether an interaction passes an agent over.
    func avoids(_ slot: Int, _ agent: Int) -> Bool {
        interactions[slot].avoided == agents[agent].id
            && interactions[slot].avoidedTurn == agents[agent].readyTurn
    }

    mutating func avoidNobody(_ slot: Int) {
        interactions[slot].avoided = nil
        interactions[slot].avoidedUntil = nil
    }
}
