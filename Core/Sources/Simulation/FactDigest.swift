import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// A number that stands for all facts in order: equal days have equal digests (FNV-1a over 64-bit words).
///
/// Each case adds a number of its own, so that neither the case nor a field can change unseen.
struct FactDigest: Sendable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 ^ (value >> 29) }
    mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }
    mutating func add(_ span: TimeSpan) { add(UInt64(bitPattern: span.milliseconds)) }
    mutating func add<Kind>(_ id: ID<Kind>) { add(id.low ^ id.high) }
    mutating func add(_ text: String) { for byte in text.utf8 { add(UInt64(byte)) } }
    mutating func add(_ offer: OfferID) {
        add(offer.interaction)
        add(offer.attempt)
    }

    mutating func add(_ stamped: StampedFact) {
        add(UInt64(bitPattern: stamped.at.milliseconds))
        switch stamped.fact {
        case .arrived(let id, let number, let origin):
            begin(1, id)
            add(number)
            add(origin)
        case .rejected(let id, let why):
            begin(2, id)
            add("\(why)")
        case .answered(let id): begin(3, id)
        case .flow(let id, let fact):
            begin(4, id)
            add(fact)
        case .connected(let id, let agent):
            begin(5, id)
            add(agent)
        case .recordingStarted(let id): begin(6, id)
        case .ended(let id, let ending, let lasted):
            begin(7, id)
            add(ending.rawValue)
            add(lasted)
        case .routing(let fact): add(fact)
        case .agentLegLost(let id, let agent):
            begin(8, id)
            add(agent)
        case .agentLegBack(let id, let agent):
            begin(9, id)
            add(agent)
        case .handedToRating(let id, let agent):
            begin(10, id)
            add(agent)
        }
    }

    private mutating func begin<Kind>(_ number: Int, _ id: ID<Kind>) {
        add(number)
        add(id)
    }

    private mutating func add(_ fact: FlowFact) {
        switch fact {
        case .flowStarted(let id, let version):
            begin(21, id)
            add(version)
        case .nodeEntered(let node):
            add(22)
            add(node)
        case .nodeLeft(let node, let exit):
            add(23)
            add(node)
            add(exit)
        case .recordingNoticeGiven(let node):
            add(24)
            add(node)
        case .announcementSpoken(let id): begin(25, id)
        case .rated(let score):
            add(26)
            add(score)
        case .ratingSkipped: add(27)
        case .flowFailed(let node, let reason):
            add(28)
            add(node)
            add(reason)
        }
    }

    mutating func add(_ fact: RoutingFact) {
        switch fact {
        case .settingsApplied(let version):
            add(41)
            add(version)
        case .lineHeld(let id, let inUse):
            begin(42, id)
            add(inUse)
        case .lineReleased(let id, let held):
            begin(43, id)
            add(held)
        case .lineRefused(let id, let limit):
            begin(44, id)
            add(limit)
        case .agentSignedIn(let agent, let seat):
            begin(45, agent)
            add(seat)
        case .agentSignedOut(let agent, let seat, let span):
            begin(46, agent)
            add(seat)
            add(span)
        case .presenceChanged(let agent, let presence):
            begin(47, agent)
            add("\(presence)")
        case .activityChanged(let agent, let activity, let former, let after):
            begin(48, agent)
            add(activity.rawValue)
            add(former.rawValue)
            add(after)
        case .agentVanished(let agent): begin(49, agent)
        case .queued(let id, let queue, let position, let wait):
            begin(50, id)
            add(queue)
            add(position)
            add(wait ?? .milliseconds(-1))
        case .offered(let offer, let agent, let queue, let reason):
            add(51)
            add(offer)
            add(agent)
            add(queue)
            add(reason.rule.rawValue)
            add(reason.waited)
            add(reason.idle)
            add(reason.priority)
            add(reason.level)
            add(reason.settings)
        case .offerEnded(let offer, let agent, let result, let rang):
            add(52)
            add(offer)
            add(agent)
            add(result)
            add(rang)
        case .queueEntryEnded(let id, let queue, let ending, let waited, let agent):
            begin(53, id)
            add(queue)
            add(ending.rawValue)
            add(waited)
            if let agent { add(agent) }
        case .conversationEnded(let id, let agent, let end, let talked, let held):
            begin(54, id)
            add(agent)
            add(end.rawValue)
            add(talked)
            add(held)
        case .wrapUpEnded(let agent, let id, let lasted):
            begin(55, agent)
            add(id)
            add(lasted)
        case .refused(let refusal):
            add(56)
            add(refusal.reason.rawValue)
        }
    }

    private mutating func add(_ outcome: OfferOutcome) {
        switch outcome {
        case .accepted: add(61)
        case .declined: add(62)
        case .noAnswer: add(63)
        case .failed(let failure): add(failure.rawValue)
        case .withdrawn(let why): add(why.rawValue)
        }
    }
}
