public import Kernel

/// Who is where, for the shell around the engine. Constant time unless it says otherwise.
extension RoutingEngine {
    /// The seat that an agent is signed in at.
    public func seat(of agent: AgentID) -> SeatID? { agents.slot(of: agent).map { agents[$0].seat } }

    /// Who is signed in at a seat.
    public func agent(at seat: SeatID) -> AgentID? { seats[seat] }

    /// The interaction that an agent speaks in; `nil` while it rings or is wrapped up.
    public func interaction(of agent: AgentID) -> InteractionID? {
        guard let slot = agents.slot(of: agent), agents[slot].isInConversation else { return nil }
        return agents[slot].interaction
    }

    /// Who an interaction rings at or speaks with.
    public func agent(of interaction: InteractionID) -> AgentID? {
        interactions.slot(of: interaction).flatMap { interactions[$0].agent }
    }

    /// One agent as screens show it; `nil` when not signed in.
    public func agent(_ id: AgentID) -> RoutingOverview.Agent? {
        agents.slot(of: id).map { RoutingOverview.Agent(agents[$0]) }
    }

    /// When an agent's wrap-up ends by itself.
    public func wrapUpEnd(of agent: AgentID) -> Timestamp? {
        agents.slot(of: agent).flatMap { agents[$0].wrapUpUntil }
    }

    /// Until when the offer to an agent rings.
    public func ringEnd(of agent: AgentID) -> Timestamp? {
        guard let offer = offer(to: agent), let slot = interactions.slot(of: offer.interaction),
            case .ringing(_, _, let until) = interactions[slot].phase
        else { return nil }
        return until
    }

    /// The queues whose skills an agent has, in the order of the settings, with how many wait and since when the first
    /// of the line does. Empty for who is not signed in.
    public func queues(servedBy agent: AgentID) -> [(id: QueueID, waiting: Int, since: Timestamp?)] {
        guard let slot = agents.slot(of: agent), let supply = agents[slot].supply else { return [] }
        let demands = Set(matching.demands(of: supply))
        return queues.filter { demands.contains($0.demand) }.map { queue in
            (queue.settings.id, queue.line.count + queue.ringing, queue.line.first?.arrivedAt)
        }
    }

    /// How many of a queue's signed-in agents are on a break or will be after their call, and how many may be. Looks at
    /// every agent.
    public func breaks(in queue: QueueID) -> (onBreak: Int, most: Int?)? {
        queueIndex[queue].map { (onBreak(queues[$0].demand), queues[$0].settings.mostOnBreak) }
    }

    /// The offer that rings at an agent's phone.
    public func offer(to agent: AgentID) -> OfferID? {
        guard let slot = agents.slot(of: agent), agents[slot].activity == .ringing,
            let interaction = agents[slot].interaction, let place = interactions.slot(of: interaction)
        else { return nil }
        return interactions[place].offer
    }

    /// The version of the settings in force.
    public var settingsVersion: Int { settings.version }
}
