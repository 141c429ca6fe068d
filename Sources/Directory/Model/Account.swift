package import Kernel

/// By what a person signs in. The person itself, with name, team and site, is in the centre; roles are here, so that
/// those who change the centre cannot give themselves any.
package struct Account: Hashable, Sendable {
    package var person: AgentID
    /// The number (工号) by which the person signs in.
    package var user: String
    /// As crypt(5) writes it.
    var hash: String
    package var roles: Set<Role>
    /// Wrong passwords in a row.
    package var failures: Int
    /// Until when nobody gets in; `nil` when the door is open.
    package var lockedUntil: Timestamp?
    /// When the password was set.
    package var changedAt: Timestamp
    /// Whether the password was given by somebody else and has to be changed at the first sign-in.
    package var mustChange: Bool
    /// An account of a demonstration, whose password is public: it signs in from this machine alone.
    package var isDemo: Bool

    /// Whether the door is shut at a time.
    package func isLocked(at now: Timestamp) -> Bool { lockedUntil.map { $0 > now } ?? false }
}

/// A session of a browser, as it is kept: the token's digest and never the token.
struct Session: Hashable, Sendable {
    var digest: String
    var person: AgentID
    var startedAt: Timestamp
    /// The last activity that was written down; up to a minute older than the last one.
    var seenAt: Timestamp
    /// When it ends whatever happens.
    var endsAt: Timestamp
}

/// How long sessions last, and when an account is shut.
package struct SessionLimits: Hashable, Sendable {
    /// Without a request for so long, a session ends.
    package var idle = TimeSpan.minutes(30)
    /// So long after the sign-in, a session ends: a shift with overtime.
    package var most = TimeSpan.hours(14)
    /// Wrong passwords in a row after which an account is shut, and for how long.
    package var mostFailures = 5
    package var lockOut = TimeSpan.minutes(15)
    /// Sessions of one person; the oldest gives way.
    package var mostOfPerson = 10

    package init() {}
}
