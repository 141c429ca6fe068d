import CallEngine
import Contracts
import Kernel
import Media
import SignallingEngine

/// One party's part of a call as the telephone sees it.
struct Leg: Sendable {
    let id: LegID
    /// The leg in signalling; `nil` for a browser, which has no signalling of its own.
    let handle: CallHandle?
    /// Whose browser it is, for an agent who works in one: the audio is that of the whole shift and outlives this leg.
    var browser: AgentID?
    /// The queue that the call rings for, for an agent's browser.
    var queue: QueueID?
    /// The leg's audio; opened when it is first needed.
    var media: MediaLegID?
    var port: UInt16 = 0
    /// The caller's request, for the customer's leg.
    var invite: IncomingInvite?
    /// Where signalling comes from, for latching media behind address translators.
    var signallingAddress: String
    /// The last description that we sent, for the version of the next one and for reading the answer to an offer.
    var ours: SessionDescription?
    /// The phone has rung: a refusal after that was pressed by somebody.
    var hasRung = false
    /// Whose phone it is, for an agent's leg.
    var probed: AgentID?
    /// How the phone is asked whether it is alive; `nil` when it is not asked.
    var probe: PhoneProbe?
    /// The phone has answered our INVITE with anything at all.
    var hasReacted = false
    /// When the phone is asked next; `nil` when nothing depends on it.
    var probeAt: Timestamp?
    /// When anything was last heard from the phone.
    var heardAt = Timestamp(milliseconds: 0)
    /// The conversation is on hold by the agent's phone.
    var isHeld = false
}

/// The room of one interaction and the legs in it.
struct CallRoom: Sendable {
    let id: InteractionID
    let room: RoomID
    /// What the desk ordered last for the customer's ear; a prompt that becomes ready later than its successor is not
    /// played.
    var play = 0
    /// The agent's leg that the customer speaks with.
    var joined: LegID?
    var legs: [LegID] = []
    /// Who called and how, for the agent's screen.
    var arrival: DeskBatch.Arrival?
    var arrivedAt = Timestamp(milliseconds: 0)
    /// Menu -> key, as the caller chose.
    var pressed: [String: String] = [:]
    /// Whether the caller's number has been here before.
    var isRecognised = false
    /// What agents should know before they speak.
    var care: CallerCare?
    /// How often an agent's browser came back into this conversation; the tracks of the recording are told apart by it.
    var returns = 0
}
