import FlowEngine
public import Kernel
import RoutingEngine

/// What is due without anybody doing anything: the routing's deadlines, the flows', and the longest call.
extension CallEngine {
    /// When `clockAdvanced` is next needed if nothing happens before.
    public var nextDeadline: Timestamp? {
        let first = min(deadlines.first?.at ?? .distantFuture, arrivals.first?.at ?? .distantFuture)
        guard let route = routing.nextDeadline else { return first == .distantFuture ? nil : first }
        return min(first, route)
    }

    /// Lets every deadline up to `end` take effect in the order of time, each at its own stamp.
    mutating func passDeadlines(upTo end: Timestamp, into outcome: inout CallOutcome) {
        while let due = nextDeadline, due <= end {
            now = max(now, due)
            if let routed = routing.nextDeadline, routed <= due { route(.clockAdvanced, into: &outcome) }
            while let flow = deadlines.first, flow.at <= due {
                forgetFirstDeadline()
                guard holds(flow) else { continue }
                let id = flow.interaction
                if let until = calls[id]?.legLostUntil, until <= now {
                    loseLegForGood(id, into: &outcome)
                    watch(id)
                } else {
                    tell(id, .deadlineReached, into: &outcome)
                }
            }
            carryOutPending(into: &outcome)
            while let longest = arrivals.first, longest.at <= due {
                arrivals.removeFirst()
                finish(longest.interaction, by: .system, into: &outcome)
            }
            carryOutPending(into: &outcome)
            tidyDeadlines()
        }
    }

    /// Puts the flow's deadline into the heap, unless the call is looked at before or then anyway.
    mutating func watch(_ id: InteractionID) {
        guard let due = calls[id]?.nextDeadline else { return }
        if let watched = calls[id]?.watchedAt, watched <= due { return }
        calls[id]?.watchedAt = due
        deadlines.insert(CallDeadline(at: due, interaction: id))
    }

    /// Drops what no longer holds from the front, so that the first deadline is a real one.
    mutating func tidyDeadlines() {
        while let first = deadlines.first, !holds(first) { forgetFirstDeadline() }
        while let first = arrivals.first, !isInProgress(first) { arrivals.removeFirst() }
        // A call has two or three entries in the heap at the most; more are of calls that are over.
        let most = 4 * calls.count + 64
        if deadlines.count > most { sweepDeadlines() }
        if arrivals.count > most {
            let calls = calls
            arrivals.keep { calls[$0.interaction]?.endsAt == $0.at }
        }
    }

    private mutating func sweepDeadlines() {
        deadlines.removeAll(keepingCapacity: true)
        for id in calls.ids {
            calls[id]?.watchedAt = nil
            watch(id)
        }
    }

    /// Takes the first deadline out of the heap; the call's present one goes in if this was its last.
    private mutating func forgetFirstDeadline() {
        guard let first = deadlines.popFirst(), calls[first.interaction]?.watchedAt == first.at else {
            return
        }
        calls[first.interaction]?.watchedAt = nil
        if !holds(first) { watch(first.interaction) }
    }

    /// Whether the call still says what the deadline says; it may have been moved or dropped since.
    private func holds(_ deadline: CallDeadline) -> Bool {
        calls[deadline.interaction]?.nextDeadline == deadline.at
    }

    private func isInProgress(_ deadline: CallDeadline) -> Bool {
        calls[deadline.interaction]?.endsAt == deadline.at
    }
}
