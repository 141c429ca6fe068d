import Kernel

/// The INVITE client transaction: RFC 3261, 17.1.1, with the Accepted state of RFC 6026, 7.2.
struct InviteClientMachine: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        /// To `proceeding` by 1xx, to `accepted` by 2xx, to `completed` by 300-699, to `terminated` by timer B or a
        /// lost transport; timer A sends again.
        case calling
        /// To `accepted` by 2xx, to `completed` by 300-699, to `terminated` by `abandon`.
        case proceeding
        /// To `terminated` by timer D; repeats of the refusal get the ACK again.
        case completed
        /// To `terminated` by timer M; every 2xx goes up, since forks answer for themselves.
        case accepted
        /// The end.
        case terminated
    }

    private(set) var state = State.calling
    let isReliable: Bool
    let timing: SIPTiming
    private var repeatsAt: Timestamp?
    private var interval: TimeSpan
    private var endsAt: Timestamp?

    /// The request is sent as the transaction begins.
    init(isReliable: Bool, timing: SIPTiming, at now: Timestamp) {
        self.isReliable = isReliable
        self.timing = timing
        interval = timing.t1
        if !isReliable { repeatsAt = now + timing.t1 }
        endsAt = now + timing.giveUp
    }

    /// A transaction of before a restart that had begun to ring.
    init(isReliable: Bool, timing: SIPTiming, resumedAt now: Timestamp) {
        self.init(isReliable: isReliable, timing: timing, at: now)
        state = .proceeding
        repeatsAt = nil
        endsAt = nil
    }

    /// When `advance` has something to do, if ever.
    var nextDeadline: Timestamp? { earlier(repeatsAt, endsAt) }

    /// A response with the transaction's branch came.
    mutating func received(_ status: Int, at now: Timestamp) -> TransactionActions {
        switch state {
        case .calling, .proceeding:
            repeatsAt = nil
            if status < 200 {
                state = .proceeding
                endsAt = nil
                return .deliver
            }
            if status < 300 {
                state = .accepted
                endsAt = now + timing.giveUp
                return .deliver
            }
            if isReliable { return end().union([.deliver, .acknowledge]) }
            state = .completed
            endsAt = now + timing.absorb
            return [.deliver, .acknowledge]
        case .completed: return status >= 300 ? .acknowledge : []
        case .accepted: return (200..<300).contains(status) ? .deliver : []
        case .terminated: return []
        }
    }

    /// Nobody waits for the final answer any more (RFC 3261, 9.1: 64*T1 after a CANCEL).
    mutating func abandon() -> TransactionActions { state == .terminated ? [] : end() }

    /// The transport reported a failure to send.
    mutating func transportFailed() -> TransactionActions {
        switch state {
        case .calling, .proceeding: return end().union(.timeout)
        case .completed, .accepted: return end()
        case .terminated: return []
        }
    }

    /// Does what is due at `now`.
    mutating func advance(to now: Timestamp) -> TransactionActions {
        if let endsAt, endsAt <= now {
            return state == .calling ? end().union(.timeout) : end()
        }
        if let repeatsAt, repeatsAt <= now {
            interval = interval * 2
            self.repeatsAt = now + interval
            return .send
        }
        return []
    }

    private mutating func end() -> TransactionActions {
        state = .terminated
        repeatsAt = nil
        endsAt = nil
        return .end
    }
}
