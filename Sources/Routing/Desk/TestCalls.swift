import CallEngine
import FlowEngine
import Kernel

/// What the editor of flows sees of its calls: where the caller is, and the way there. Made of facts alone.
///
/// Late: facts of a call that was forgotten change nothing. Twice: one end. Never: a call without an end is forgotten
/// when `mostKept` others have come after it.
struct TestCalls: Sendable {
    /// Calls at the same time, and calls that are remembered, those that are over included.
    static let mostStanding = 10
    static let mostKept = 50
    /// Steps of a call that are remembered.
    static let mostSteps = 500

    /// One node that the caller came through.
    struct Step: Encodable, Hashable, Sendable {
        var node: String
        var at: Timestamp
        /// How it was left; `nil` while the caller is there.
        var exit: String?
    }

    struct Call: Sendable {
        let interaction: InteractionID
        let secret: String
        var isAnswered = false
        var hasEnded = false
        var trail: [Step] = []
    }

    /// In the order of arrival.
    private(set) var calls: [Call] = []

    var standing: Int { calls.count { !$0.hasEnded } }

    subscript(secret: String) -> Call? { calls.first { $0.secret == secret } }

    mutating func add(_ interaction: InteractionID, secret: String) {
        calls.append(Call(interaction: interaction, secret: secret))
        calls.removeFirst(max(0, calls.count - Self.mostKept))
    }

    /// A call that did not come about.
    mutating func end(_ interaction: InteractionID) {
        if let index = index(interaction) { calls[index].hasEnded = true }
    }

    mutating func note(_ facts: [StampedFact]) {
        guard !calls.isEmpty else { return }
        for fact in facts {
            switch fact.fact {
            case .answered(let id): if let index = index(id) { calls[index].isAnswered = true }
            case .ended(let id, _, _): end(id)
            case .flow(let id, .nodeEntered(let node)):
                guard let index = index(id), calls[index].trail.count < Self.mostSteps else { continue }
                calls[index].trail.append(Step(node: node, at: fact.at))
            case .flow(let id, .nodeLeft(let node, let exit)):
                guard let index = index(id),
                    let step = calls[index].trail.lastIndex(where: { $0.node == node && $0.exit == nil })
                else { continue }
                calls[index].trail[step].exit = exit
            default: break
            }
        }
    }

    private func index(_ interaction: InteractionID) -> Int? {
        calls.firstIndex { $0.interaction == interaction }
    }
}
