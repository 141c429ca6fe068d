import FlowEngine
import Kernel
import RoutingEngine

extension CallEngine {
    mutating func tell(_ id: InteractionID, _ event: FlowEvent, into outcome: inout CallOutcome) {
        guard let actions = calls[id]?.session.apply(event, in: settings.context, at: now) else { return }
        watch(id)
        for action in actions { carryOut(action, for: id, into: &outcome) }
    }

    mutating func carryOut(
        _ action: FlowAction, for id: InteractionID, into outcome: inout CallOutcome
    ) {
        guard calls.contains(id) else { return }
        switch action {
        case .play(let number, let utterances):
            outcome.effects.append(.play(id, play: number, utterances))
        case .playMusic(let number, let name):
            outcome.effects.append(.playMusic(id, play: number, name: name))
        case .stopPlaying: outcome.effects.append(.stopPlaying(id))
        case .playToBoth(let number, let utterances):
            guard case .talking(let offer)? = calls[id]?.stage else { return }
            outcome.effects.append(.playToBoth(LegID(offer), play: number, utterances))
        case .enterQueue(let node): enterQueue(node, id, into: &outcome)
        case .askPosition:
            let place = routing.position(of: id, at: now)
            let event = FlowEvent.positionTold(position: place?.position ?? 0, wait: place?.wait)
            tell(id, event, into: &outcome)
        case .hangUp:
            if calls[id]?.isAnswered == true {
                finish(id, by: .flow, into: &outcome)
            } else {
                refuse(id, .nobody, &outcome)
            }
        case .fact(let fact): note(.flow(id, fact), &outcome)
        }
    }

    mutating func enterQueue(_ node: EnterQueue, _ id: InteractionID, into outcome: inout CallOutcome) {
        calls[id]?.queueNode = node
        calls[id]?.stage = .waiting
        let skills = node.skills.map { SkillRequirement(skill: $0.skill, minimumLevel: $0.minimumLevel) }
        let request = QueueRequest(
            interaction: id, queue: node.queue, arrivedAt: now, priority: node.priority, skills: skills,
            lastAgent: calls[id]?.lastAgent)
        route(.interactionQueued(request), into: &outcome)
    }
}
