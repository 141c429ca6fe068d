public import Kernel

/// Who gets which interaction and when: queues, skills, offers, overflow, lines and seats of one tenant.
///
/// Pure and total: time is an argument, nothing is thrown, what cannot be is a `refused` fact.
public struct RoutingEngine: Sendable {
    /// Written into the journal's segments; an older version's inputs are never replayed to recover (decision 4).
    public static let version = 1

    public init() {}

    /// Applies what happened at `now`, which never goes back, after every deadline up to `now` has taken effect.
    public mutating func apply(_ input: RoutingInput, at now: Timestamp, into outcome: inout RoutingOutcome) {}

    /// When `clockAdvanced` is next needed, if nothing else happens before.
    public var nextDeadline: Timestamp? { nil }

    /// Where an interaction stands, from 1, and how long it should still take; `nil` when it does not wait.
    public func position(of interaction: InteractionID, at now: Timestamp) -> (position: Int, wait: TimeSpan?)? { nil }
}
