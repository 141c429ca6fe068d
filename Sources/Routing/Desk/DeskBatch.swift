import CallEngine
import Contracts
import FlowEngine
import Kernel
import RoutingEngine
import SignallingEngine

/// What one batch of inputs led to, until it is committed.
struct DeskBatch {
    /// The stamp that all of its inputs share.
    let at: Timestamp
    var outcome = CallOutcome()
    /// Calls that came in: who called, which is personal and goes into rows only.
    var arrivals: [InteractionID: Arrival] = [:]
    /// Dialogs to remember for the case that the program dies; `nil` forgets.
    var dialogs: [DialogChange] = []
    var recordings: [FinishedRecording] = []
    var bindings: [BindingChange] = []
    /// What agents who signed in telephone with.
    var phones: [AgentID: PhoneKind] = [:]
    var replies: [(DeskReply, Refusal?)] = []

    var hasAnythingToWrite: Bool {
        !outcome.facts.isEmpty || !outcome.routingInputs.isEmpty || !dialogs.isEmpty || !recordings.isEmpty
            || !bindings.isEmpty || !phones.isEmpty
    }

    struct Arrival: Sendable {
        var number: String
        var origin: String
        var caller: PhoneNumber
    }
    struct DialogChange: Sendable {
        var leg: LegID
        var snapshot: DialogSnapshot?
    }
    struct BindingChange: Sendable {
        var user: String
        var binding: Binding
        var expires: Int?
    }
}
