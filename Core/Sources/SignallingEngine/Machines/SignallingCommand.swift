/// What the engine's user wants, in the imperative. A command that no longer fits the call does nothing, since the
/// network may always have been faster; the events tell what became of the call.
public enum SignallingCommand: Sendable {
    /// Tell the caller that the phone rings (180) or that the call proceeds (other 1xx).
    case ring(CallHandle, status: Int)
    /// Tell the caller that there is something to hear before the answer (183 with this description).
    case progress(CallHandle, sdp: [UInt8])
    /// Accept a call with this description.
    case answer(CallHandle, sdp: [UInt8])
    /// Refuse a call with a final status of 300-699; an empty reason stands for the usual phrase.
    case reject(CallHandle, status: Int, reason: String)
    /// Send the caller elsewhere: 302 with this URI as the Contact.
    case redirect(CallHandle, contact: String)
    /// Call somebody; the handle comes from `CallHandle.outbound`.
    case invite(CallHandle, InviteRequest)
    /// Give up a call that goes out and is not answered.
    case cancel(CallHandle)
    /// End a call in whatever state it is: CANCEL, BYE or a refusal.
    case hangUp(CallHandle, HangUpReason)
    /// Offer a change of the session (hold, another address).
    case reoffer(CallHandle, sdp: [UInt8])
    /// Answer the other side's change; `nil` refuses it with 488. Also answers the offer that came with `answered`
    /// or `reanswered` when our own request carried none.
    case answerReoffer(CallHandle, sdp: [UInt8]?)
    /// Ask with OPTIONS whether somebody answers there.
    case ping(id: UInt64, target: String, via: SIPEndpoint?)
    /// Take up a leg that was known before a restart.
    case resume(CallHandle, DialogSnapshot)
}

/// What goes into the Reason header of a BYE or CANCEL (RFC 3326).
public struct HangUpReason: Codable, Hashable, Sendable {
    /// A SIP status or Q.850 cause; 0 leaves the header out.
    public var cause: Int
    /// Whether `cause` is a Q.850 cause.
    public var isQ850: Bool
    /// A phrase for people.
    public var text: String

    public init(cause: Int = 0, isQ850: Bool = true, text: String = "") {
        self.cause = cause
        self.isQ850 = isQ850
        self.text = text
    }

    /// Without a Reason header.
    public static let none = HangUpReason()
}

/// A call to make.
public struct InviteRequest: Codable, Equatable, Sendable {
    /// The request URI, as text.
    public var target: String
    /// Where the request goes; `nil` takes the address that the target's host spells.
    public var via: SIPEndpoint?
    /// The user part of From; empty leaves it out.
    public var fromUser: String
    /// The display name of From; empty leaves it out.
    public var fromDisplay: String
    /// The host of From; `nil` takes ours.
    public var fromHost: String?
    /// The offer; empty asks the called side to offer.
    public var sdp: [UInt8]
    /// More headers, in order.
    public var headers: [IncomingInvite.Header]
    /// Whether requests within the call keep to `via` whatever the Contact says: for phones behind a NAT.
    public var staysOnPath: Bool

    public init(
        target: String, via: SIPEndpoint? = nil, fromUser: String = "", fromDisplay: String = "",
        fromHost: String? = nil, sdp: [UInt8] = [], headers: [IncomingInvite.Header] = [],
        staysOnPath: Bool = false
    ) {
        self.target = target
        self.via = via
        self.fromUser = fromUser
        self.fromDisplay = fromDisplay
        self.fromHost = fromHost
        self.sdp = sdp
        self.headers = headers
        self.staysOnPath = staysOnPath
    }
}
