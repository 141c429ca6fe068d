import CallEngine
import Contracts
import Kernel
import RoutingEngine
import SignallingEngine

/// Whether the phones that calls depend on are still there.
///
/// A phone that registers is asked with OPTIONS once a second while it rings, and when nothing is heard from it during
/// a conversation. Any answer will do. Silence for `patience` means that the agent has vanished: the caller goes back
/// to the queue with the original arrival time, well within five seconds. A phone at a fixed address may be a gateway
/// that answers no questions; it is not asked, and the ring timeout takes its place.
extension Switchboard {
    static let probeEvery = TimeSpan.seconds(1)
    static let probePatience = TimeSpan.milliseconds(3_500)

    /// When `probe` is next due.
    var nextProbe: Timestamp? { probedLegs.compactMap { legs[$0]?.probeAt }.min() }

    /// Begins to ask a leg's phone, if it is one that can be asked.
    func beginProbing(_ id: LegID, at now: Timestamp) {
        guard legs[id]?.probed != nil else { return }
        legs[id]?.probeAt = now + Self.probeEvery
        legs[id]?.heardAt = now
        probedLegs.insert(id)
    }

    func endProbing(_ id: LegID) {
        legs[id]?.probeAt = nil
        probedLegs.remove(id)
    }

    /// The phone of a leg gave a sign of life.
    func heard(_ id: LegID, at now: Timestamp) { legs[id]?.heardAt = now }

    /// Asks every phone that is due; returns the agents whose phones have been silent for too long.
    func probe(at now: Timestamp) -> [CallInput] {
        var vanished: [CallInput] = []
        for id in probedLegs.sorted() {
            guard let leg = legs[id], let agent = leg.probed, let due = leg.probeAt else {
                probedLegs.remove(id)
                continue
            }
            guard due <= now else { continue }
            if now - leg.heardAt >= Self.probePatience {
                endProbing(id)
                vanished.append(.routing(.agentVanished(agent)))
                continue
            }
            legs[id]?.probeAt = now + Self.probeEvery
            guard let path = leg.probePath else { continue }
            lastPing += 1
            pings[lastPing] = id
            signalling.submit([.ping(id: lastPing, target: path.uri, via: path.via)])
        }
        return vanished
    }

    func ponged(_ ping: UInt64, isReachable: Bool, at now: Timestamp) {
        guard let id = pings.removeValue(forKey: ping), isReachable else { return }
        heard(id, at: now)
        if rooms[id.interaction]?.joined == id { endProbing(id) }
    }
}
