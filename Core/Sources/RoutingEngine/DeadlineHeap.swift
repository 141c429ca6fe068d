import Kernel

/// A point in time at which the engine does something by itself, and to what.
struct Deadline: Comparable, Sendable {
    /// What is due; the order in which things due at the same time are done.
    enum Kind: UInt8, Sendable { case lease, avoidance, ring, wrapUp, rest, longestWait }

    var time: Timestamp
    var kind: Kind
    /// The interaction's or the agent's id.
    var high: UInt64
    var low: UInt64

    init<Thing>(_ time: Timestamp, _ kind: Kind, _ id: ID<Thing>) {
        self.time = time
        self.kind = kind
        high = id.high
        low = id.low
    }

    /// The id as that of the thing that the kind is about.
    func id<Thing>() -> ID<Thing> { ID(high: high, low: low) }

    static func < (a: Deadline, b: Deadline) -> Bool {
        if a.time != b.time { return a.time < b.time }
        if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
        return a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

/// A binary heap of deadlines. Deadlines that no longer hold stay until they come up (lazy deletion); the engine
/// compares each with its state, drops what does not hold, and starts anew when too many have gathered.
struct DeadlineHeap: Sendable {
    private var heap: [Deadline] = []

    var first: Deadline? { heap.first }
    var count: Int { heap.count }

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    mutating func insert(_ deadline: Deadline) {
        heap.append(deadline)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard deadline < heap[parent] else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = deadline
    }

    mutating func removeFirst() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < last else { break }
            heap[parent] = heap[child]
            parent = child
        }
        heap[parent] = last
    }
}
