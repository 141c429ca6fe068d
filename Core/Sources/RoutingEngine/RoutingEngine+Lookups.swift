public import Kernel

/// Who is where, for the shell around the engine. Constant time.
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
