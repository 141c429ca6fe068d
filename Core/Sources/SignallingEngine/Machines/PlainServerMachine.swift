import Kernel

/// The server transaction of every request but INVITE and ACK: RFC 3261, 17.2.2.
struct PlainServerMachine: Codable, Equatable, Sendable {
    enum State: String, Codable, Sendable {
        /// To `proceeding` by sending 1xx, to `completed` by sending a final answer.
        case trying
        /// To `completed` by sending a final answer.
        case proceeding
        /// To `terminated` by timer J; repeats of the request get the answer again.
        case completed
        /// The end.
        case terminated
    }

    private(set) var state = State.trying
    let isReliable: Bool
    let timing: SIPTiming
    private var endsAt: Timestamp?

    init(isReliable: Bool, timing: SIPTiming) {
        self.isReliable = isReliable
        self.timing = timing
    }

    /// When `advance` has something to do, if ever.
    var nextDeadline: Timestamp? { endsAt }

    /// The same request came again.
    func repeated() -> TransactionActions {
        switch state {
        case .proceeding, .completed: .send
        case .trying, .terminated: []
        }
    }

    /// The layer above answers with `status`; only the first final answer counts.
    mutating func respond(_ status: Int, at now: Timestamp) -> TransactionActions {
        switch state {
        case .trying, .proceeding:
            if status < 200 {
                state = .proceeding
                return .send
            }
            if isReliable {
                state = .terminated
                return [.send, .end]
            }
            state = .completed
            endsAt = now + timing.giveUp
            return .send
        case .completed, .terminated: return []
        }
    }

    /// The transport reported a failure to send.
    mutating func transportFailed() -> TransactionActions {
        guard state != .terminated else { return [] }
        state = .terminated
        endsAt = nil
        return [.timeout, .end]
    }

    /// Does what is due at `now`.
    mutating func advance(to now: Timestamp) -> TransactionActions {
        guard let endsAt, endsAt <= now else { return [] }
        state = .terminated
        self.endsAt = nil
        return .end
    }
}
