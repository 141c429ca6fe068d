public import Kernel

extension RoutingEngine {
    /// The seat that an agent is signed in at.
    public func seat(of agent: AgentID) -> SeatID? { agents.slot(of: agent).map { agents[$0].seat } }
    /// The interaction that an agent speaks in.
    public func interaction(of agent: AgentID) -> InteractionID? {
        agents.slot(of: agent).flatMap { agents[$0].isInConversation ? agents[$0].interaction : nil }
    }
    /// The offer that rings at an agent's phone.
    public func offer(to agent: AgentID) -> OfferID? {
        guard let slot = agents.slot(of: agent), agents[slot].activity == .ringing else { return nil }
        return agents[slot].interaction.flatMap { interactions.slot(of: $0) }.map { interactions[$0].offer }
    }
}
