package import Kernel

/// How the web server behaves; every bound is here.
package struct WebSettings: Sendable {
    /// Host names by which browsers may call it, besides those of loopback; a page under any other name that was
    /// pointed at this address (DNS rebinding) is refused.
    package var hosts: Set<String> = []
    /// Bytes of a request's body.
    package var mostBody = 1_024 * 1_024
    /// Connections at the same time, streams included.
    package var mostConnections = 4_096
    /// Connections that the system keeps waiting.
    package var backlog = 1_024
    /// Seconds without a byte after which a connection without a finished request is closed.
    package var idleSeconds = 60
    /// Seconds between two heartbeats of a stream of events: a desk whose network has lost its way has to notice within
    /// the time that a call rings.
    package var heartbeatSeconds = 5
    /// Failed sign-ins of one address within `throttleSpan` before it has to wait that long.
    package var mostFailures = 20
    package var throttleSpan = TimeSpan.minutes(1)
    /// Addresses whose failures are remembered.
    package var mostThrottled = 10_000
    /// The clock of the centre, which the times in files follow.
    package var zone: @Sendable () async throws -> ZoneTransitions = { .utc }
    /// The time.
    package var now: @Sendable () -> Timestamp

    /// Names under which a browser on this machine calls.
    static let loopbackHosts: Set<String> = ["localhost", "127.0.0.1", "[::1]"]

    package init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

    /// Throws `Problem(.invalid)` unless `host` is an address of this machine alone: plain HTTP would carry tokens and
    /// personal data in the clear.
    static func requireLoopback(_ host: String) throws {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        let isIPv4Loopback = octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
        guard isIPv4Loopback || host == "localhost" || host == "::1" else {
            throw Problem(
                .invalid,
                "Plain HTTP is served on loopback only, and '\(host)' is not: let http.listen be on 127.0.0.1 and "
                    + "set http.tls_listen for everybody else.",
                details: ["field": "http.listen"])
        }
    }
}
