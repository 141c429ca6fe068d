import CallEngine
import Contracts
import Kernel
import Media
import RoutingEngine
import SignallingEngine
import Telephony

/// What reaches the desk from the threads around it.
enum DeskInput: Sendable {
    case signalling([SignallingReport])
    case media([MediaEvent])
    /// An order of an agent, a supervisor or the program itself, with who waits for the answer.
    case order(CallInput, DeskReply)
    /// The records know a caller's number.
    case recognised(InteractionID, KnownCaller)
    /// An agent signs in with the telephone of the shift.
    case signIn(AgentID, SeatID, PhoneKind, DeskReply)
    /// A call of the call page, whose audio is being set up.
    case webCall(ArrivedCall, DeskBatch.Arrival)
    /// A prompt has been spoken into a clip, or could not be.
    case clipsReady(Prompter.Ready)
    /// A deadline has come.
    case clockRang
}

/// Where the answer to an order goes: after the commit, exactly once.
struct DeskReply: Sendable {
    private let continuation: CheckedContinuation<Refusal?, any Error>?

    /// Nobody waits.
    static let nobody = DeskReply(nil)

    init(_ continuation: CheckedContinuation<Refusal?, any Error>?) { self.continuation = continuation }

    func answer(_ refusal: Refusal?) { continuation?.resume(returning: refusal) }
    func fail(_ error: any Error) { continuation?.resume(throwing: error) }
}
