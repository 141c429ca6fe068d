import Kernel

/// One leg as the engine keeps it.
struct Call: Sendable {
    /// How far the leg has come.
    enum Phase: Sendable {
        /// Came in, not answered: to `unacknowledged` by our 2xx, removed by refusal or CANCEL.
        case offered
        /// Our 2xx is out: to `talking` by its ACK, to `ending` by timeout or BYE.
        case unacknowledged
        /// Goes out, not answered: to `talking` by 2xx, removed by refusal, to `cancelling` by us.
        case inviting
        /// Given up before an answer: removed by a refusal, to `ending` by a 2xx that was faster.
        case cancelling
        /// A session exists: to `ending` by BYE of either side.
        case talking
        /// Our BYE is out, or nothing is left but to absorb repeats.
        case ending
    }

    /// Our 2xx that waits for its ACK (RFC 3261, 13.3.1.4).
    struct PendingAck: Codable, Equatable, Sendable {
        var sequence: UInt32
        var response: WireText
        var to: SIPEndpoint
        var interval: TimeSpan
        var repeatsAt: Timestamp
        var endsAt: Timestamp
        /// Whether our 2xx carried an offer, so that the ACK carries the answer.
        var carriesOffer: Bool
        /// Whether the leg was taken up after a restart: then the ACK may have come before, and silence ends nothing.
        var isResumed = false
    }

    /// The other side's request that waits for our final answer.
    struct Offer: Sendable {
        var transaction: TableKey
        var isInvite: Bool
        var sequence: UInt32
        /// Whether the request had no description, so that our 2xx carries the offer.
        var wantsOffer: Bool
    }

    let handle: CallHandle
    var dialog: Dialog
    var phase: Phase
    /// `ended` has been told; nothing more is told about this leg.
    var isOver = false
    /// When the timer heap looks at this leg next.
    var scheduled: Timestamp?

    /// The other side's INVITE, re-INVITE or UPDATE that we have not answered.
    var offer: Offer?
    var pendingAck: PendingAck?
    /// The 2xx of an INVITE that was hung up before its ACK: BYE follows the ACK.
    var endsOnAck = false

    /// Our INVITE or re-INVITE without final answer.
    var invite: RequestHead?
    /// Whether `invite` got a provisional response, so that it can be cancelled.
    var isProvisional = false
    /// What the caller of `perform` asked for, kept to answer challenges.
    var request: InviteRequest?
    /// How many challenges have been answered in the current request's chain.
    var challengesAnswered = 0
    /// Our last ACK of a 2xx and the CSeq number that it belongs to, for repeats of the 2xx.
    var ack: (bytes: [UInt8], to: SIPEndpoint, sequence: UInt32)?
    /// The CSeq number of a 2xx that brought an offer: its ACK waits for our answer (13.2.2.4).
    var owesAnswer: UInt32?
    /// The tags of branches that we are ending.
    var forks: [String] = []
    /// When the last provisional answer goes out again, so that proxies keep waiting (13.3.1.1).
    var provisionalAt: Timestamp?
    /// When ringing, or the wait after CANCEL, has lasted too long.
    var patienceEndsAt: Timestamp?
    /// The description of our change, as long as it may have to be sent again.
    var reoffer: [UInt8]?
    /// When our change is tried again after 491.
    var reofferAt: Timestamp?
    var glareRetries = 0
    var hangUpReason = HangUpReason.none
    /// The transactions of our INVITE and BYE; the leg stays as long as one of them, for late answers.
    var waitsFor: [TableKey] = []

    init(handle: CallHandle, dialog: Dialog, phase: Phase) {
        self.handle = handle
        self.dialog = dialog
        self.phase = phase
    }

    /// When something is due, if ever.
    var nextDeadline: Timestamp? {
        var next = earlier(patienceEndsAt, reofferAt)
        next = earlier(next, provisionalAt)
        if let pendingAck { next = earlier(next, min(pendingAck.repeatsAt, pendingAck.endsAt)) }
        return next
    }
}
