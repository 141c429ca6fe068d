import FlowEngine
import Kernel
import RoutingEngine

// The agent's leg. Late, twice or never:
// * an answer to an offer that is over drops the leg, a second answer does nothing;
// * a refusal, a hold or a hang-up of a leg that is over or not that far does nothing;
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

    mutating func hold(_ offer: OfferID, _ held: Bool, into outcome: inout CallOutcome) {
        guard calls[offer.interaction]?.stage == .talking(offer), calls[offer.interaction]?.isHeld != held
        else { return }
        calls[offer.interaction]?.isHeld = held
        route(held ? .holdStarted(offer.interaction) : .holdEnded(offer.interaction), into: &outcome)
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
        if calls[id]?.queueNode?.isRecorded == true {
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
