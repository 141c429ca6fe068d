import Kernel

/// The client transaction of every request but INVITE and ACK: RFC 3261, 17.1.2.
struct PlainClientMachine: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        /// To `proceeding` by 1xx, to `completed` by a final answer, to `terminated` by timer F or a lost transport;
        /// timer E sends again.
        case trying
        /// To `completed` by a final answer, to `terminated` by timer F or a lost transport; timer E sends each T2.
        case proceeding
        /// To `terminated` by timer K; absorbs repeats of the answer.
        case completed
        /// The end.
        case terminated
    }

    private(set) var state = State.trying
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

    /// When `advance` has something to do, if ever.
    var nextDeadline: Timestamp? { earlier(repeatsAt, endsAt) }

    /// A response with the transaction's branch came.
    mutating func received(_ status: Int, at now: Timestamp) -> TransactionActions {
        switch state {
        case .trying, .proceeding:
            if status < 200 {
                state = .proceeding
                return .deliver
            }
            repeatsAt = nil
            if isReliable { return end().union(.deliver) }
            state = .completed
            endsAt = now + timing.t4
            return .deliver
        case .completed, .terminated: return []
        }
    }

    /// The transport reported a failure to send.
    mutating func transportFailed() -> TransactionActions {
        switch state {
        case .trying, .proceeding: return end().union(.timeout)
        case .completed: return end()
        case .terminated: return []
        }
    }

    /// Does what is due at `now`.
    mutating func advance(to now: Timestamp) -> TransactionActions {
        if let endsAt, endsAt <= now {
            return state == .completed ? end() : end().union(.timeout)
        }
        if let repeatsAt, repeatsAt <= now {
            interval = state == .proceeding ? timing.t2 : timing.doubled(interval)
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
