import Kernel

extension RoutingEngine {
    /// Replaces the settings; waiting interactions and signed-in agents stay, by id. Costs a rebuild of all tables.
    mutating func change(to settings: RoutingSettings, into outcome: inout RoutingOutcome) {
        guard settings.agents.count <= RoutingBounds.mostAgents else {
            return refuse(Refusal(.tooManyAgents, limit: RoutingBounds.mostAgents), into: &outcome)
        }
        guard settings.queues.count <= RoutingBounds.mostQueues else {
            return refuse(Refusal(.tooManyQueues, limit: RoutingBounds.mostQueues), into: &outcome)
        }
        outcome.facts.append(.settingsApplied(version: settings.version))
        if fitsLayout(settings) {
            self.settings = settings
            for (index, queue) in settings.queues.enumerated() { queues[index].settings = queue }
            rematch(into: &outcome)
            return renewDeadlines()
        }
        self.settings = settings
        layOut()
        enrolAgents()
        let homeless = enrolInteractions()
        for slot in homeless {
            let agent = interactions[slot].agent.flatMap { agents.slot(of: $0) }
            // The queue is gone: what rings is taken back without touching the queue's tables.
            if let agent { takeBack(slot, from: agent, into: &outcome) }
            endEntry(slot, .dissuaded, into: &outcome)
            outcome.effects.append(.leaveQueue(interactions[slot].id, .dissuaded(.unknownQueue)))
            forget(slot)
            if let agent { becomeFree(agent, into: &outcome) }
        }
        rematch(into: &outcome)
        renewDeadlines()
    }

    /// Whether only times, limits and rules differ, so that all tables stay as they are.
    private func fitsLayout(_ settings: RoutingSettings) -> Bool {
        guard queues.count == settings.queues.count, self.settings.agents == settings.agents else {
            return false
        }
        for (index, queue) in settings.queues.enumerated() {
            let present = queues[index].settings
            guard queue.id == present.id, queue.skills == present.skills, queue.priority == present.priority,
                queue.selection == present.selection
            else { return false }
        }
        return true
    }

    /// Builds queues, roster and matching tables from the settings alone. Of two entries with one id the first counts.
    mutating func layOut() {
        var supplies: [[SkillLevel]] = []
        var supplyIndex: [[SkillLevel]: Int] = [:]
        let former = roster
        // The new number of each former class; agents whose skills did not change need no comparison of sets.
        var renumbered = [Int?](repeating: nil, count: matching.supplyCount)
        roster = [:]
        roster.reserveCapacity(settings.agents.count)
        for agent in settings.agents where roster[agent.id] == nil {
            let same = former[agent.id].flatMap { $0.skills == agent.skills ? $0.supply : nil }
            var supply = same.flatMap { renumbered[$0] }
            if supply == nil {
                let skills = Matching.normalised(agent.skills)
                supply = supplyIndex[skills] ?? supplies.count
                if supply == supplies.count {
                    supplies.append(skills)
                    supplyIndex[skills] = supply
                }
                if let same { renumbered[same] = supply }
            }
            roster[agent.id] = RosterEntry(
                supply: supply ?? 0, skills: agent.skills, lease: agent.lease?.bounded)
        }
        matching = Matching(
            supplies: supplies, expectedDemands: settings.queues.count + RoutingBounds.mostIdleDemandClasses)
        var experience: [QueueID: HandlingTime] = [:]
        for queue in queues { experience[queue.settings.id] = queue.handling }
        queues = []
        queueIndex = [:]
        queuesByDemand = []
        for queue in settings.queues where queueIndex[queue.id] == nil {
            guard let demand = matching.acquire(Demand(queue.skills, selection: queue.selection)) else {
                continue
            }
            if demand == queuesByDemand.count { queuesByDemand.append([]) }
            queuesByDemand[demand].append(queues.count)
            queueIndex[queue.id] = queues.count
            var state = QueueState(settings: queue, demand: demand)
            state.handling = experience[queue.id] ?? HandlingTime()
            queues.append(state)
        }
    }

    /// Brings the signed-in agents into fresh tables.
    mutating func enrolAgents() {
        for slot in agents.slots {
            let entry = roster[agents[slot].id]
            agents[slot].supply = entry?.supply
            agents[slot].lease = entry?.lease
            if entry?.lease == nil { agents[slot].leaseUntil = nil }
            if let lease = entry?.lease, agents[slot].leaseUntil == nil, !agents[slot].hasVanished {
                agents[slot].leaseUntil = clock + lease
            }
            guard let supply = entry?.supply else { continue }
            _ = matching.count(supply: supply, by: 1)
            if agents[slot].presence == .ready {
                for demand in matching.demands(of: supply) where demand < queuesByDemand.count {
                    for queue in queuesByDemand[demand] { queues[queue].serving += 1 }
                }
            }
            if agents[slot].isFree { matching.insertIdle(agents[slot].rank(slot), supply: supply) }
        }
    }

    /// Brings the interactions into fresh tables; returns those whose queue is gone, in the order of their ids.
    mutating func enrolInteractions() -> [Int] {
        var homeless: [Int] = []
        for slot in interactions.slots {
            let queue = queueIndex[interactions[slot].queueID] ?? -1
            interactions[slot].queue = queue
            if interactions[slot].isTalking { continue }
            guard queue >= 0,
                let demand = demandClass(queue: queue, skills: interactions[slot].request.skills)
            else {
                homeless.append(slot)
                continue
            }
            interactions[slot].demand = demand
            interactions[slot].priority = priority(interactions[slot].request, queue)
            if interactions[slot].isWaiting {
                let rank = interactions[slot].rank(slot)
                queues[queue].line.insert(rank)
                matching.insertWaiting(rank, demand: demand)
            } else {
                queues[queue].ringing += 1
            }
        }
        return homeless
    }

    private mutating func takeBack(_ slot: Int, from agent: Int, into outcome: inout RoutingOutcome) {
        guard case .ringing(let id, let since, _) = interactions[slot].phase else { return }
        let offer = interactions[slot].offer
        interactions[slot].phase = .waiting
        outcome.effects.append(.withdraw(offer, from: id, because: .withdrawn))
        outcome.facts.append(.offerEnded(offer, id, .withdrawn(.withdrawn), rang: clock - since))
        change(agent, to: .idle, into: &outcome)
        applyNextPresence(agent, into: &outcome)
    }

    /// Asks anew for everybody who waits, in order: new settings may have made agents fit,
    /// or nobody at all, or the wait too long.
    private mutating func rematch(into outcome: inout RoutingOutcome) {
        for rank in matching.allWaiting {
            let slot = rank.slot
            if let rule = queues[interactions[slot].queue].settings.whenNobody,
                !matching.isStaffed(interactions[slot].demand)
            {
                stopWaiting(slot)
                if follow(rule, .nobody, slot, into: &outcome) { enter(slot, into: &outcome) }
            } else if let (agent, rule) = freeAgent(for: slot) {
                stopWaiting(slot)
                offer(slot, to: agent, rule, into: &outcome)
            } else if let due = waitsUntil(slot), due <= clock {
                let rule = queues[interactions[slot].queue].settings.whenTooLong
                stopWaiting(slot)
                if follow(rule, .tooLong, slot, into: &outcome) { enter(slot, into: &outcome) }
            }
        }
    }
}
