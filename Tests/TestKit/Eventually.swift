/// Something that was waited for did not come about in time.
package struct DeadlinePassed: Error, CustomStringConvertible {
    package let description: String
}

/// How long a test waits for what must come; far longer than it ever takes, so only a fault reaches it.
package let longestWait = Duration.seconds(120)
/// Between two looks.
private let betweenLooks = Duration.milliseconds(10)

/// Looks until there is something to see, and returns it.
///
/// - Throws: `DeadlinePassed` naming `what`, or what `look` throws.
package func eventually<Value>(
    _ what: String, _ look: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let end = clock.now + longestWait
    while true {
        if let value = try await look() { return value }
        guard clock.now < end else { throw DeadlinePassed(description: "\(what) did not come about") }
        try await clock.sleep(for: betweenLooks)
    }
}

/// Looks until the condition holds.
///
/// - Throws: `DeadlinePassed` naming `what`, or what `condition` throws.
package func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    try await eventually(what) { try await condition() ? () : nil }
}
