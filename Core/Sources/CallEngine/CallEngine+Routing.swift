import FlowEngine
import Kernel
import RoutingEngine

extension CallEngine {
    /// Tells the routing engine; what it decides is carried out after the present step.
    mutating func route(_ input: RoutingInput, into outcome: inout CallOutcome) {
        outcome.routingInputs.append(StampedInput(at: now, input: input))
        scratch.removeAll()
        routing.apply(input, at: now, into: &scratch)
        for fact in scratch.facts { note(.routing(fact), &outcome) }
        pending.append(contentsOf: scratch.effects)
    }

    mutating func carryOutPending(into outcome: inout CallOutcome) {
        var next = 0
        while next < pending.count {
            carryOut(pending[next], into: &outcome)
            next += 1
        }
        pending.removeAll(keepingCapacity: true)
    }

    mutating func carryOut(_ effect: RoutingEffect, into outcome: inout CallOutcome) {
        switch effect {
        case .grantLine(let id): lineGranted(id, into: &outcome)
        case .refuseLine(let id): lineRefused(id, into: &outcome)
        case .offer(let offer, let agent, let queue, _):
            guard calls.contains(offer.interaction), let seat = routing.seat(of: agent) else { return }
            calls[offer.interaction]?.agentLegs[offer] = .ringing
            outcome.effects.append(.dial(offer, agent: agent, seat: seat, queue: queue))
        case .withdraw(let offer, _, _):
            calls[offer.interaction]?.agentLegs[offer] = nil
            outcome.effects.append(.drop(LegID(offer)))
        case .connect(let offer, let agent): connect(offer, agent: agent, into: &outcome)
        case .refuseAccept(let offer):
            calls[offer.interaction]?.agentLegs[offer] = nil
            outcome.effects.append(.drop(LegID(offer)))
        case .leaveQueue(let id, _): leaveQueue(id, into: &outcome)
        case .moveToQueue: break
        case .waitAgain(let id, _): waitAgain(id, into: &outcome)
        case .refuse(let refusal): outcome.effects.append(.refuse(refusal))
        }
    }

    mutating func lineGranted(_ id: InteractionID, into outcome: inout CallOutcome) {
        switch calls[id]?.stage {
        case .connecting: answer(id, into: &outcome)
        case .leavingConversation:
            calls[id]?.stage = .inFlow
            tell(id, .conversationEnded, into: &outcome)
        default: break
        }
    }

    mutating func lineRefused(_ id: InteractionID, into outcome: inout CallOutcome) {
        switch calls[id]?.stage {
        case .connecting:
            switch settings.numbers[calls[id]?.number ?? ""]?.whenLinesFull {
            case .overflow(let target)?: refuse(id, .overflow(to: target), &outcome)
            case .busy?, nil: refuse(id, .linesFull, &outcome)
            }
        case .leavingConversation:
            // No line for the rating: the conversation was the matter, a polite end is owed, not a queue for a line.
            finish(id, by: .flow, into: &outcome)
        case .inFlow, .waiting, .talking, nil: break
        }
    }

    /// The queue could not take or keep the caller.
    mutating func leaveQueue(_ id: InteractionID, into outcome: inout CallOutcome) {
        // The agent vanished and the queue was taken away meanwhile: there is no place to wait again.
        if loseAgent(id, into: &outcome) { tell(id, .waitedAgain, into: &outcome) }
        guard let isAnswered = calls[id]?.isAnswered else { return }
        calls[id]?.stage = .inFlow
        guard isAnswered else { return refuse(id, .nobody, &outcome) }
        tell(id, .queueRefused, into: &outcome)
    }

    /// The agent vanished while talking: the customer waits again, in front, and hears music.
    mutating func waitAgain(_ id: InteractionID, into outcome: inout CallOutcome) {
        guard loseAgent(id, into: &outcome) else { return }
        tell(id, .waitedAgain, into: &outcome)
    }

    /// Ends the agent's part in a conversation that the routing engine has ended already; `false` without one.
    mutating func loseAgent(_ id: InteractionID, into outcome: inout CallOutcome) -> Bool {
        guard case .talking(let offer)? = calls[id]?.stage else { return false }
        outcome.effects.append(.part(LegID(offer)))
        outcome.effects.append(.drop(LegID(offer)))
        stopRecording(id, into: &outcome)
        calls[id]?.agentLegs[offer] = nil
        calls[id]?.isHeld = false
        calls[id]?.legLostUntil = nil
        calls[id]?.stage = .waiting
        // A full house does not lose a customer who was already talking: a refused line is ignored here.
        route(.lineRequested(id), into: &outcome)
        return true
    }

    func note(_ fact: CallFact, _ outcome: inout CallOutcome) {
        outcome.facts.append(StampedFact(at: now, fact: fact))
    }
}
