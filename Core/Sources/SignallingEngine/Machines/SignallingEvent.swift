/// What the signalling found out, in the past tense.
///
/// The events of one call always form one of these sentences (`x?` may be left out, `x*` may repeat):
///
///     inbound:   incoming digit* (confirmed talk* | cancelled)? ended
///     outbound:  (trying | ringing)* (answered talk* | failed)? ended
///     talk:      digit | reoffered | reanswered | reofferRefused
///
/// `ended` is always the last event of a call that was ever incoming, invited or
/// resumed, and comes exactly once; nothing about the call follows it, whatever the network still brings.
public enum SignallingEvent: Equatable, Sendable {
    /// Somebody calls; the engine has answered 100 and waits for `ring`, `answer`, `reject` or `hangUp`.
    case incoming(CallHandle, IncomingInvite)
    /// The called side, or a proxy before it, has our request (100); told once.
    case trying(CallHandle)
    /// The called side answers with a provisional status (180, 183); `sdp` is not empty for early media.
    case ringing(CallHandle, status: Int, sdp: [UInt8])
    /// The called side accepted; the ACK has gone out.
    case answered(CallHandle, sdp: [UInt8])
    /// The ACK of our 2xx arrived; `sdp` is the caller's answer when our 2xx carried the offer, else empty.
    case confirmed(CallHandle, sdp: [UInt8])
    /// The called side refused, or nobody answered at all (408), or nothing could be sent (503). `ended` follows.
    case failed(CallHandle, status: Int, reason: String)
    /// The caller gave up before the answer. `ended` follows.
    case cancelled(CallHandle)
    /// The call is over.
    case ended(CallHandle, EndReason)
    /// The other side offers a change; `sdp` is empty when it asks us to offer. Answer with `answerReoffer`.
    case reoffered(CallHandle, sdp: [UInt8])
    /// The other side accepted our change.
    case reanswered(CallHandle, sdp: [UInt8])
    /// The other side refused our change and the session stays as it was.
    case reofferRefused(CallHandle, status: Int)
    /// A key was pressed, told by INFO; `key` is one of 0-9, *, #, A-D, and the duration is in milliseconds.
    case digit(CallHandle, key: Character, milliseconds: Int)
    /// A phone is reachable at `contact` for `expires` seconds from now.
    case registered(user: String, contact: Binding, expires: Int)
    /// A phone's contact was removed or ran out.
    case unregistered(user: String, contact: Binding)
    /// The answer to `ping`: whether anything came back, and after how many milliseconds.
    case pong(id: UInt64, isReachable: Bool, milliseconds: Int)
}

/// Why a call is over.
public enum EndReason: String, Codable, Hashable, Sendable {
    /// The other side hung up.
    case bye
    /// We hung up, or refused.
    case local
    /// The caller gave up before the answer.
    case cancelled
    /// The called side refused or was not there.
    case failed
    /// The other side stopped answering within the call.
    case timeout
    /// Nobody acknowledged our answer.
    case noAck
    /// Nothing could be sent.
    case transport
}

/// The facts of a new call from outside.
public struct IncomingInvite: Equatable, Sendable {
    /// By which right the caller calls.
    public enum Source: Hashable, Sendable {
        /// From an address that belongs to a trunk.
        case trunk(String)
        /// From a phone that proved to be this user.
        case phone(String)
    }

    /// By which right the caller calls.
    public var source: Source
    /// Where the request came from.
    public var endpoint: SIPEndpoint
    /// The user part of the request URI: the number that was called.
    public var calledUser: String
    /// The user part of From.
    public var fromUser: String
    /// The display name of From, without quotes; empty when there is none.
    public var fromDisplay: String
    /// The host of From.
    public var fromHost: String
    /// The user part of To.
    public var toUser: String
    /// The user part of P-Asserted-Identity (RFC 3325), taken from trunks only.
    public var assertedUser: String?
    /// The offer; empty when the caller wants us to offer.
    public var sdp: [UInt8]
    /// Diversion and History-Info as they came: name and value.
    public var history: [Header]
    /// The Call-ID, for logs.
    public var callID: String

    /// A header as it stands in a message.
    public struct Header: Codable, Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
