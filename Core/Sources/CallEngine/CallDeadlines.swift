import Kernel

/// When something of a call is due; the interaction is the tie-break.
struct CallDeadline: Comparable, Sendable {
    var at: Timestamp
    var interaction: InteractionID
    static func < (a: CallDeadline, b: CallDeadline) -> Bool {
        a.at != b.at ? a.at < b.at : a.interaction < b.interaction
    }
}

/// Deadlines that all lie the same span after the arrival: the order of arrival is the order of time, so a line does.
struct ArrivalLine: Sendable {
    private var entries: [CallDeadline] = []
    private var start = 0

    init() {}

    var count: Int { entries.count - start }
    var first: CallDeadline? { start < entries.count ? entries[start] : nil }

    mutating func append(_ deadline: CallDeadline) { entries.append(deadline) }

    mutating func removeFirst() {
        start += 1
        // Moves what is left to the front when more than half is used up: constant time per entry.
        guard 2 * start > entries.count else { return }
        entries.removeFirst(start)
        start = 0
    }

    /// Drops what does not hold any more.
    mutating func keep(_ holds: (CallDeadline) -> Bool) {
        entries = entries[start...].filter(holds)
        start = 0
    }
}
