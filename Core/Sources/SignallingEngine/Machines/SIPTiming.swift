public import Kernel

/// The base timers of RFC 3261, table 4; everything else is derived from them.
public struct SIPTiming: Codable, Hashable, Sendable {
    /// Round-trip estimate; 500 ms by RFC 3261.
    public var t1: TimeSpan
    /// Longest pause between repeats of a request other than INVITE and of a response to INVITE; 4 s.
    public var t2: TimeSpan
    /// Longest time that a message stays in the network; 5 s.
    public var t4: TimeSpan

    public init(t1: TimeSpan = .milliseconds(500), t2: TimeSpan = .seconds(4), t4: TimeSpan = .seconds(5)) {
        self.t1 = t1
        self.t2 = t2
        self.t4 = t4
    }

    /// 64*T1: timers B, F, H, J, L and M, and how long a 2xx waits for its ACK (RFC 3261, 13.3.1.4).
    public var giveUp: TimeSpan { t1 * 64 }
    /// Timer D: how long a client absorbs repeats of a refusal, "greater than 32 s" over UDP (17.1.1.2).
    public var absorb: TimeSpan { max(.seconds(32), giveUp) }

    /// The pause after `interval` when pauses double up to T2 (timers E and G).
    func doubled(_ interval: TimeSpan) -> TimeSpan { min(interval * 2, t2) }
}

/// What a transaction asks of its surroundings after an event.
struct TransactionActions: OptionSet, Sendable {
    let rawValue: UInt8
    /// Send the stored message again, or for the first time.
    static let send = TransactionActions(rawValue: 1)
    /// Hand the message that came in to the dialog or call above.
    static let deliver = TransactionActions(rawValue: 2)
    /// Answer a refusal of an INVITE with the ACK that belongs to the transaction (17.1.1.3).
    static let acknowledge = TransactionActions(rawValue: 4)
    /// Tell the layer above that nobody answered.
    static let timeout = TransactionActions(rawValue: 8)
    /// The transaction is over and leaves the table.
    static let end = TransactionActions(rawValue: 16)
}

/// The earlier of two deadlines, either of which may be unset.
func earlier(_ a: Timestamp?, _ b: Timestamp?) -> Timestamp? {
    guard let a else { return b }
    guard let b else { return a }
    return min(a, b)
}
