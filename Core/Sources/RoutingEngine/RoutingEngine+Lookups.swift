public import Kernel

extension RoutingEngine {
    /// The seat that an agent is signed in at.
    public func seat(of agent: AgentID) -> SeatID? { nil }
    /// The interaction that an agent speaks in.
    public func interaction(of agent: AgentID) -> InteractionID? { nil }
    /// The offer that rings at an agent's phone.
    public func offer(to agent: AgentID) -> OfferID? { nil }
}
