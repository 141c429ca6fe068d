import FlowEngine
import Kernel
import RoutingEngine

// The agent's leg. Late, twice or never:
// * an answer to an offer that is over drops the leg, a second answer does nothing;
// * a refusal, a hold or a hang-up of a leg that is over or not that far does nothing;
// * a browser's audio that breaks off twice is lost once, one that comes back twice is back once; back after the end of
//   the conversation does nothing; never: after `legPatience` the customer waits again;
// * never: the routing engine's ring deadline and lease end what the phone does not.
extension CallEngine {
    mutating func agentAnswered(_ offer: OfferID, into outcome: inout CallOutcome) {
        guard calls[offer.interaction]?.agentLegs[offer] == .ringing else {
            // Late: the caller or the offer is gone. Twice: the leg is joined already.
            if calls[offer.interaction]?.agentLegs[offer] == nil {
                outcome.effects.append(.drop(LegID(offer)))
            }
            return
        }
        calls[offer.interaction]?.agentLegs[offer] = .answered
        route(.offerAccepted(offer), into: &outcome)
    }

    mutating func agentRefused(
        _ offer: OfferID, _ refusal: AgentRefusal, into outcome: inout CallOutcome
    ) {
        // A phone that has answered cannot refuse any more; only its hanging up ends the leg.
        guard calls[offer.interaction]?.agentLegs[offer] == .ringing else { return }
        calls[offer.interaction]?.agentLegs[offer] = nil
        switch refusal {
        case .declined: route(.offerDeclined(offer), into: &outcome)
        case .failed(let why): route(.offerFailed(offer, why), into: &outcome)
        }
    }

    mutating func agentLeft(_ offer: OfferID, into outcome: inout CallOutcome) {
        guard calls[offer.interaction]?.agentLegs[offer] != nil else { return }
        guard calls[offer.interaction]?.stage == .talking(offer) else {
            return agentRefused(offer, .failed(.unreachable), into: &outcome)
        }
        calls[offer.interaction]?.agentLegs[offer] = nil
        endConversation(offer, dropping: false, into: &outcome)
    }

    mutating func agentHungUp(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let id = routing.interaction(of: agent), case .talking(let offer)? = calls[id]?.stage else {
            return outcome.effects.append(.refuse(Refusal(.notTalking, agent: agent)))
        }
        calls[id]?.agentLegs[offer] = nil
        endConversation(offer, dropping: true, into: &outcome)
    }

    mutating func agentDeclined(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let offer = routing.offer(to: agent), calls[offer.interaction]?.agentLegs[offer] == .ringing
        else {
            return outcome.effects.append(.refuse(Refusal(.offerUnknown, agent: agent)))
        }
        calls[offer.interaction]?.agentLegs[offer] = nil
        outcome.effects.append(.drop(LegID(offer)))
        route(.offerDeclined(offer), into: &outcome)
    }

    mutating func agentAccepted(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let offer = routing.offer(to: agent), calls[offer.interaction]?.agentLegs[offer] == .ringing
        else {
            return outcome.effects.append(.refuse(Refusal(.offerUnknown, agent: agent)))
        }
        agentAnswered(offer, into: &outcome)
    }

    /// The offer of the conversation that an agent is in; refuses when there is none.
    private func conversation(of agent: AgentID, into outcome: inout CallOutcome) -> OfferID? {
        if let id = routing.interaction(of: agent), case .talking(let offer)? = calls[id]?.stage {
            return offer
        }
        outcome.effects.append(.refuse(Refusal(.notTalking, agent: agent)))
        return nil
    }

    mutating func holdChosen(_ agent: AgentID, _ held: Bool, into outcome: inout CallOutcome) {
        guard let offer = conversation(of: agent, into: &outcome) else { return }
        hold(offer, held, into: &outcome)
    }

    mutating func agentHandedOver(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let offer = conversation(of: agent, into: &outcome) else { return }
        guard calls[offer.interaction]?.canRate == true else {
            return outcome.effects.append(.refuse(Refusal(.noRating, agent: agent)))
        }
        note(.handedToRating(offer.interaction, agent), &outcome)
        agentHungUp(agent, into: &outcome)
    }

    mutating func agentLegLost(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let id = routing.interaction(of: agent), case .talking(let offer)? = calls[id]?.stage,
            calls[id]?.legLostUntil == nil
        else { return }
        calls[id]?.legLostUntil = now + Self.legPatience
        watch(id)
        note(.agentLegLost(id, agent), &outcome)
        outcome.effects.append(.comfort(LegID(offer)))
    }

    mutating func agentLegBack(_ agent: AgentID, into outcome: inout CallOutcome) {
        guard let id = routing.interaction(of: agent), case .talking(let offer)? = calls[id]?.stage,
            calls[id]?.legLostUntil != nil
        else { return }
        calls[id]?.legLostUntil = nil
        note(.agentLegBack(id, agent), &outcome)
        outcome.effects.append(calls[id]?.isHeld == true ? .hold(LegID(offer)) : .resume(LegID(offer)))
    }

    /// The browser did not come back in time: the agent counts as vanished and the customer waits again.
    mutating func loseLegForGood(_ id: InteractionID, into outcome: inout CallOutcome) {
        calls[id]?.legLostUntil = nil
        guard case .talking(let offer)? = calls[id]?.stage, let agent = routing.agent(of: offer.interaction)
        else { return }
        route(.agentVanished(agent), into: &outcome)
    }

    mutating func hold(_ offer: OfferID, _ held: Bool, into outcome: inout CallOutcome) {
        guard calls[offer.interaction]?.stage == .talking(offer), calls[offer.interaction]?.isHeld != held
        else { return }
        calls[offer.interaction]?.isHeld = held
        route(held ? .holdStarted(offer.interaction) : .holdEnded(offer.interaction), into: &outcome)
        // While the agent's browser is away the customer keeps hearing the comfort tone.
        guard calls[offer.interaction]?.legLostUntil == nil else { return }
        outcome.effects.append(held ? .hold(LegID(offer)) : .resume(LegID(offer)))
    }

    /// The agent is gone from the conversation, the customer is still there and goes on in the flow.
    mutating func endConversation(
        _ offer: OfferID, dropping: Bool, into outcome: inout CallOutcome
    ) {
        let id = offer.interaction
        outcome.effects.append(.part(LegID(offer)))
        if dropping { outcome.effects.append(.drop(LegID(offer))) }
        stopRecording(id, into: &outcome)
        calls[id]?.isHeld = false
        calls[id]?.legLostUntil = nil
        calls[id]?.stage = .leavingConversation
        route(.conversationEnded(id, by: .agent), into: &outcome)
        guard calls[id]?.needsLineAfterConversation == true else {
            calls[id]?.stage = .inFlow
            return tell(id, .conversationEnded, into: &outcome)
        }
        route(.lineRequested(id), into: &outcome)
    }

    mutating func connect(_ offer: OfferID, agent: AgentID, into outcome: inout CallOutcome) {
        let id = offer.interaction
        guard calls.contains(id) else { return }
        answer(id, into: &outcome)
        calls[id]?.stage = .talking(offer)
        calls[id]?.agentLegs[offer] = .joined
        route(.lineReleased(id), into: &outcome)
        note(.connected(id, agent), &outcome)
        if settings.mayRecord, calls[id]?.queueNode?.isRecorded == true {
            calls[id]?.isRecording = true
            outcome.effects.append(.startRecording(id, at: now))
            note(.recordingStarted(id), &outcome)
        }
        outcome.effects.append(.join(LegID(offer)))
        tell(id, .agentConnected(agentNumber: settings.agentNumbers[agent] ?? ""), into: &outcome)
    }

    mutating func stopRecording(_ id: InteractionID, into outcome: inout CallOutcome) {
        guard calls[id]?.isRecording == true else { return }
        calls[id]?.isRecording = false
        outcome.effects.append(.stopRecording(id))
    }
}
