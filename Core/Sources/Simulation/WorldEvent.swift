import CallEngine
import Kernel
import RoutingEngine

/// What will happen outside the engines.
enum WorldEvent: Sendable {
    case callArrives
    /// The network repeats an arrival; one that is over is known to signalling and goes no further.
    indirect case callArrivesAgain(ArrivedCall)
    /// The caller hangs up, unless something changed since (`turn` is the caller's count of changes).
    case callerLeaves(InteractionID, turn: Int)
    /// The caller hangs up in any case.
    case callerGivesUp(InteractionID)
    case keyIsPressed(InteractionID, String)
    case playEnds(InteractionID, play: Int)
    case phoneAnswers(OfferID)
    indirect case phoneRefuses(OfferID, AgentRefusal)
    case agentDeclines(OfferID)
    case agentHangsUp(OfferID, atDesk: Bool)
    case agentHolds(OfferID, Bool)
    case agentEndsWrapUp(Int)
    case shiftBegins(Int)
    case shiftEnds(Int)
    case breakBegins(Int)
    case agentIsReady(Int)
    case leaseIsRenewed(Int)
    case agentVanishes(Int)
    case agentComesBack(Int)
    case settingsChange
    case crash
    case nonsense
    /// A message that the faults have held back or doubled: delivered whatever has become of its sender.
    indirect case message(CallInput)
}

/// An event with its time; the number keeps events of the same time in the order of their making.
struct Appointment: Comparable, Sendable {
    var at: Timestamp
    var number: Int
    var event: WorldEvent

    static func < (a: Appointment, b: Appointment) -> Bool {
        a.at != b.at ? a.at < b.at : a.number < b.number
    }
    static func == (a: Appointment, b: Appointment) -> Bool { a.at == b.at && a.number == b.number }
}

/// A caller as the world sees one; the engines may know less or more for a moment.
struct Caller: Sendable {
    /// Changes whenever the caller's reason to wait or leave does.
    var turn = 0
    /// The play that is on.
    var play = 0
    /// The one with whom the caller speaks.
    var talking: OfferID?
    var hasQueued = false
    var isRecorded = false
}

/// An agent's place as the world sees it.
struct Workplace: Sendable {
    enum Phone: Equatable, Sendable {
        case idle
        case ringing(OfferID)
        case answered(OfferID)
    }
    var phone = Phone.idle
    var isOnShift = false
    /// Neither the phone nor the browser says anything.
    var hasVanished = false

    var offer: OfferID? {
        switch phone {
        case .idle: nil
        case .ringing(let offer), .answered(let offer): offer
        }
    }
}
