import Kernel

/// How often an address may call from the web: so that nobody fills the lines from one place.
struct WebCallPace: Sendable {
    static let mostCalls = 6
    static let span = TimeSpan.minutes(1)
    /// Addresses that are remembered; with more, all are forgotten, which favours callers.
    static let mostAddresses = 10_000

    private var calls: [String: [Timestamp]] = [:]

    mutating func mayCall(_ address: String, at now: Timestamp) -> Bool {
        if calls.count >= Self.mostAddresses { calls.removeAll() }
        let recent = calls[address, default: []].filter { now - $0 < Self.span }
        guard recent.count < Self.mostCalls else { return false }
        calls[address] = recent + [now]
        return true
    }
}
