import Kernel
import Synchronization

/// The even ports of a range, given out in rotation: a released port comes back when all others had their turn, so
/// that late packets of the last call do not meet the next.
final class PortPool: Sendable {
    private struct State {
        var inUse: [Bool]
        var cursor = 0
        var free: Int
    }
    private let first: UInt16
    private let state: Mutex<State>

    /// `range` must hold at least one even port.
    init(_ range: ClosedRange<UInt16>) throws(Problem) {
        let first = range.lowerBound + range.lowerBound % 2
        guard range.lowerBound > 0, first >= range.lowerBound, first <= range.upperBound else {
            throw Problem(
                .invalid, "The range of media ports has no even port.",
                details: ["first": "\(range.lowerBound)", "last": "\(range.upperBound)"])
        }
        let count = Int(range.upperBound - first) / 2 + 1
        self.first = first
        state = Mutex(State(inUse: [Bool](repeating: false, count: count), free: count))
    }

    /// How many ports there are.
    var count: Int { state.withLock { $0.inUse.count } }
    var free: Int { state.withLock { $0.free } }

    /// The next free port, or `nil` when all are in use.
    func take() -> UInt16? {
        state.withLock { state in
            guard state.free > 0 else { return nil }
            while state.inUse[state.cursor] { state.cursor = (state.cursor + 1) % state.inUse.count }
            let index = state.cursor
            state.inUse[index] = true
            state.free -= 1
            state.cursor = (index + 1) % state.inUse.count
            return first + UInt16(2 * index)
        }
    }
    func release(_ port: UInt16) {
        state.withLock { state in
            let index = Int(port - first) / 2
            guard state.inUse[index] else { return }
            state.inUse[index] = false
            state.free += 1
        }
    }
}
