import Kernel

/// Deadlines with their owners, the earliest first; an owner that is gone is dropped when its turn comes.
///
/// Equal deadlines come in the order in which they were added, so that a run repeats exactly.
struct TimerHeap<Owner: Sendable>: Sendable {
    struct Entry: Sendable {
        var deadline: Timestamp
        var order: UInt64
        var owner: Owner

        func isBefore(_ other: Entry) -> Bool {
            deadline != other.deadline ? deadline < other.deadline : order < other.order
        }
    }

    private var entries: [Entry] = []
    private var added: UInt64 = 0

    var count: Int { entries.count }
    var nextDeadline: Timestamp? { entries.first?.deadline }

    mutating func add(_ owner: Owner, at deadline: Timestamp) {
        added += 1
        entries.append(Entry(deadline: deadline, order: added, owner: owner))
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard entries[child].isBefore(entries[parent]) else { return }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest entry out if it is due at `now`.
    mutating func popDue(at now: Timestamp) -> Entry? {
        guard let first = entries.first, first.deadline <= now else { return nil }
        let last = entries.removeLast()
        if entries.isEmpty { return first }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in (2 * parent + 1)...(2 * parent + 2)
            where child < entries.count && entries[child].isBefore(entries[least]) {
                least = child
            }
            guard least != parent else { return first }
            entries.swapAt(least, parent)
            parent = least
        }
    }
}
