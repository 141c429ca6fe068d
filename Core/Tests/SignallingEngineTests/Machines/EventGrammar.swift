import SignallingEngine

/// Reads the events of one side and says which of them break the grammar at `SignallingEvent`.
struct EventGrammar {
    enum State { case offered, inviting, talking, closing, over }
    private(set) var states: [CallHandle: State] = [:]
    private(set) var faults: [String] = []

    /// The calls that have begun and not ended.
    var open: [CallHandle] { states.filter { $0.value != .over }.keys.sorted() }

    /// A call that goes out begins with the command.
    mutating func invited(_ call: CallHandle) { states[call] = .inviting }

    mutating func read(_ event: SignallingEvent) {
        switch event {
        case .incoming(let call, _): step(call, from: [nil], to: .offered, event)
        case .trying(let call), .ringing(let call, _, _):
            step(call, from: [.inviting], to: .inviting, event)
        case .answered(let call, _): step(call, from: [.inviting], to: .talking, event)
        case .confirmed(let call, _): step(call, from: [.offered], to: .talking, event)
        case .failed(let call, _, _): step(call, from: [.inviting], to: .closing, event)
        case .cancelled(let call): step(call, from: [.offered], to: .closing, event)
        case .ended(let call, _):
            step(call, from: [.offered, .inviting, .talking, .closing], to: .over, event)
        case .digit(let call, _, _):
            step(call, from: [.offered, .talking], to: states[call] ?? .talking, event)
        case .reoffered(let call, _), .reanswered(let call, _), .reofferRefused(let call, _):
            step(call, from: [.talking], to: .talking, event)
        case .registered, .unregistered, .pong: break
        }
    }

    private mutating func step(_ call: CallHandle, from: [State?], to: State, _ event: SignallingEvent) {
        if !from.contains(states[call]) {
            faults.append("\(event) after \(states[call].map { "\($0)" } ?? "nothing")")
        }
        states[call] = to
    }
}
