import Kernel

extension RoutingEngine {
    /// Lines that may be held at the same time.
    var lineLimit: Int { min(settings.limits.lines ?? .max, RoutingBounds.mostInteractions) }

    mutating func requestLine(_ interaction: InteractionID, into outcome: inout RoutingOutcome) {
        guard lines.held[interaction] == nil else {
            return refuse(Refusal(.lineAlreadyHeld, interaction: interaction), into: &outcome)
        }
        guard lines.held.count < lineLimit else {
            outcome.effects.append(.refuseLine(interaction))
            outcome.facts.append(.lineRefused(interaction, limit: lineLimit))
            return
        }
        lines.held[interaction] = clock
        outcome.effects.append(.grantLine(interaction))
        outcome.facts.append(.lineHeld(interaction, inUse: lines.held.count))
    }

    /// Twice, or without a line, is harmless: the call's end and the agent's connection may both release it.
    mutating func releaseLine(_ interaction: InteractionID, into outcome: inout RoutingOutcome) {
        guard let since = lines.held.removeValue(forKey: interaction) else { return }
        outcome.facts.append(.lineReleased(interaction, held: clock - since))
    }
}
