import Kernel

/// The INVITE server transaction: RFC 3261, 17.2.1, with the Accepted state of RFC 6026, 7.1.
struct InviteServerMachine: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        /// To `accepted` by sending 2xx, to `completed` by sending 300-699, to `terminated` by a lost transport.
        case proceeding
        /// To `confirmed` by ACK, to `terminated` by timer H or a lost transport; timer G sends again.
        case completed
        /// To `terminated` by timer I; absorbs repeats of ACK.
        case confirmed
        /// To `terminated` by timer L; absorbs repeats of INVITE while the call above repeats its 2xx.
        case accepted
        /// The end.
        case terminated
    }

    private(set) var state = State.proceeding
    let isReliable: Bool
    let timing: SIPTiming
    private var repeatsAt: Timestamp?
    private var interval: TimeSpan
    private var endsAt: Timestamp?

    init(isReliable: Bool, timing: SIPTiming) {
        self.isReliable = isReliable
        self.timing = timing
        interval = timing.t1
    }

    /// When `advance` has something to do, if ever.
    var nextDeadline: Timestamp? { earlier(repeatsAt, endsAt) }

    /// The same INVITE came again: the last answer goes again, except after a 2xx, which the call repeats itself.
    func repeated() -> TransactionActions {
        switch state {
        case .proceeding, .completed: .send
        case .confirmed, .accepted, .terminated: []
        }
    }

    /// The layer above answers with `status`; an answer that no longer fits is dropped.
    mutating func respond(_ status: Int, at now: Timestamp) -> TransactionActions {
        switch state {
        case .proceeding:
            if status < 200 { return .send }
            if status < 300 {
                state = .accepted
                endsAt = now + timing.giveUp
                return .send
            }
            state = .completed
            endsAt = now + timing.giveUp
            if !isReliable { repeatsAt = now + timing.t1 }
            return .send
        case .accepted: return (200..<300).contains(status) ? .send : []
        case .completed, .confirmed, .terminated: return []
        }
    }

    /// An ACK with the transaction's branch came: it ends a refusal; after a 2xx it belongs to the call.
    mutating func acknowledged(at now: Timestamp) -> TransactionActions {
        switch state {
        case .completed:
            repeatsAt = nil
            if isReliable { return end() }
            state = .confirmed
            endsAt = now + timing.t4
            return []
        case .accepted: return .deliver
        case .proceeding, .confirmed, .terminated: return []
        }
    }

    /// The transport reported a failure to send.
    mutating func transportFailed() -> TransactionActions {
        state == .terminated ? [] : end().union(.timeout)
    }

    /// Does what is due at `now`.
    mutating func advance(to now: Timestamp) -> TransactionActions {
        if let endsAt, endsAt <= now {
            let nobodyAcknowledged = state == .completed
            return nobodyAcknowledged ? end().union(.timeout) : end()
        }
        if let repeatsAt, repeatsAt <= now {
            interval = timing.doubled(interval)
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
