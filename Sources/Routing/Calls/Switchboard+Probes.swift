import CallEngine
import Contracts
import FlowEngine
import Kernel
import RoutingEngine
import SignallingEngine

/// Where a phone is asked whether it is alive, and whether its silence means anything.
struct PhoneProbe: Sendable {
    var uri: String
    /// `nil` goes where the URI says.
    var via: SIPEndpoint?
    /// A registered phone answers questions. One at a fixed address may be a gateway that does not: its silence counts
    /// once it has answered before.
    var mustAnswer: Bool
}

/// Whether the phones that calls depend on are still there.
///
/// A phone is asked with OPTIONS once a second while it rings, and when nothing is heard from it during a
/// conversation. Any answer will do. Silence for `patience` means that the agent has vanished: the caller goes back
/// to the queue with the original arrival time, well within five seconds. Whatever phone it is, one that gives no sign
/// of our INVITE for that long (RFC 3261, 17.2.1 wants a provisional answer within 200 ms) is not there either.
extension Switchboard {
    static let probeEvery = TimeSpan.seconds(1)
    static let probePatience = TimeSpan.milliseconds(3_500)
    /// Fixed addresses whose answers are remembered; more than a centre has seats.
    static let mostAnswering = 20_000

    /// When `probe` is next due.
    var nextProbe: Timestamp? { probedLegs.compactMap { legs[$0]?.probeAt }.min() }

    /// How a phone is asked; `nil` when it must not be.
    func probe(of phone: Phone, at target: (uri: String, via: SIPEndpoint?)) -> PhoneProbe? {
        switch phone {
        case .registered: PhoneProbe(uri: target.uri, via: target.via, mustAnswer: true)
        case .fixed(let uri, let isAsked):
            isAsked ?? true ? PhoneProbe(uri: uri, via: nil, mustAnswer: answeringPhones.contains(uri)) : nil
        }
    }

    /// Begins to watch an agent's leg.
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
    func heard(_ id: LegID, at now: Timestamp) {
        legs[id]?.heardAt = now
        legs[id]?.hasReacted = true
    }

    /// Asks every phone that is due; returns the agents whose phones have been silent for too long.
    func probe(at now: Timestamp) -> [CallInput] {
        var vanished: [CallInput] = []
        for id in probedLegs.sorted() {
            guard let leg = legs[id], let agent = leg.probed, let due = leg.probeAt else {
                probedLegs.remove(id)
                continue
            }
            guard due <= now else { continue }
            let mustReact = leg.probe?.mustAnswer == true || !leg.hasReacted
            if mustReact, now - leg.heardAt >= Self.probePatience {
                endProbing(id)
                vanished.append(.routing(.agentVanished(agent)))
                continue
            }
            guard mustReact || leg.probe != nil else {
                endProbing(id)
                continue
            }
            legs[id]?.probeAt = now + Self.probeEvery
            guard let probe = leg.probe else { continue }
            lastPing += 1
            pings[lastPing] = id
            signalling.submit([.ping(id: lastPing, target: probe.uri, via: probe.via)])
        }
        return vanished
    }

    func ponged(_ ping: UInt64, isReachable: Bool, at now: Timestamp) {
        guard let id = pings.removeValue(forKey: ping), isReachable else { return }
        if let probe = legs[id]?.probe, !probe.mustAnswer {
            legs[id]?.probe?.mustAnswer = true
            if answeringPhones.count < Self.mostAnswering { answeringPhones.insert(probe.uri) }
        }
        // An answer says that the phone is there, not that it has seen our INVITE; for the patience that is the same.
        heard(id, at: now)
        if rooms[id.interaction]?.joined == id { endProbing(id) }
    }
}
