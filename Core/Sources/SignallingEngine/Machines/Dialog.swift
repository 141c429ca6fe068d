import Kernel

/// The state that both ends of a call keep (RFC 3261, 12), as values of one end.
struct Dialog: Codable, Equatable, Sendable {
    /// Call-ID.
    var callID: String
    /// The tag that we minted.
    var localTag: String
    /// The other side's tag; `nil` until its first answer.
    var remoteTag: String?
    /// Our From or To value without the tag, as it stands in the header.
    var localIdentity: String
    /// The other side's To or From value without the tag.
    var remoteIdentity: String
    /// The CSeq number of our last request.
    var localSequence: UInt32
    /// The CSeq number of the other side's last request.
    var remoteSequence: UInt32?
    /// The URI of the other side's Contact: the request URI of what we send.
    var remoteTarget: String
    /// The Route values of what we send, in order, each a name-addr.
    var routes: [String]
    /// Where the last message of the dialog came from, or the first one went.
    var path: SIPEndpoint
    /// Whether requests keep to `path` whatever the Contact says.
    var staysOnPath: Bool

    /// What became of a request's CSeq (12.2.2).
    mutating func accepts(sequence: UInt32) -> Bool {
        if let remoteSequence, sequence <= remoteSequence { return false }
        remoteSequence = sequence
        return true
    }

    mutating func nextSequence() -> UInt32 {
        localSequence += 1
        return localSequence
    }
}

/// What must outlive a crash for a leg to be ended or carried on: enough for BYE, CANCEL, and ACK of a late 200.
public struct DialogSnapshot: Codable, Equatable, Sendable {
    /// How far the leg had come.
    public enum Phase: String, Codable, Sendable {
        /// Came in and is not answered: can still be answered or refused.
        case offered
        /// Goes out and is not answered: can be cancelled.
        case inviting
        /// A session exists.
        case answered
    }

    /// How far the leg had come.
    public var phase: Phase
    /// The Call-ID, by which the other side's logs know the leg.
    public var callID: String { dialog.callID }
    /// The dialog.
    var dialog: Dialog
    /// The INVITE that went out and is not answered: what CANCEL and a late ACK repeat.
    var invite: RequestHead?
    /// The INVITE that came in and is not answered, as bytes.
    var request: WireText?
    /// Our 2xx that waits for its ACK.
    var pendingAck: Call.PendingAck?
    /// Whether that is the first one, so that the leg is not confirmed yet.
    var isUnconfirmed = false

    /// How far CSeq jumps when a leg is taken up: more than the requests that may have gone out since the snapshot.
    static let sequenceJump: UInt32 = 1_000
}
