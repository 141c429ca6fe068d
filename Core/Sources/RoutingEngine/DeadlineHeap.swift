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

/// A binary heap of deadlines. Deadlines that no longer hold stay until they come up (lazy deletion) or until a
/// sweep, a few places at a time, finds them: no input pays for all of them at once.
struct DeadlineHeap: Sendable {
    private var heap: [Deadline] = []
    /// Where the next sweep goes on.
    private var broom = 0

    var first: Deadline? { heap.first }
    var count: Int { heap.count }

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    mutating func insert(_ deadline: Deadline) {
        heap.append(deadline)
        rise(deadline, from: heap.count - 1)
    }

    mutating func removeFirst() { remove(at: 0) }

    /// Looks at the next `count` deadlines in no particular order and removes those that are over.
    mutating func sweep(_ count: Int, isOver: (Deadline) -> Bool) {
        for _ in 0..<count where !heap.isEmpty {
            if broom >= heap.count { broom = 0 }
            if isOver(heap[broom]) { remove(at: broom) } else { broom += 1 }
        }
    }

    private mutating func remove(at place: Int) {
        guard let last = heap.popLast(), place < heap.count else { return }
        if place > 0, last < heap[(place - 1) / 2] {
            rise(last, from: place)
        } else {
            sink(last, from: place)
        }
    }

    private mutating func rise(_ deadline: Deadline, from place: Int) {
        var child = place
        while child > 0 {
            let parent = (child - 1) / 2
            guard deadline < heap[parent] else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = deadline
    }

    private mutating func sink(_ last: Deadline, from place: Int) {
        var parent = place
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
