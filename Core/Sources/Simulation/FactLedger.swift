import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// Follows every interaction and agent through the facts alone, as the event log's readers do, and says where the
/// facts contradict each other. What the engines keep inside is not asked: that is `violations()`.
struct FactLedger: Sendable {
    /// One interaction that has not ended.
    struct Entry: Sendable {
        var isAnswered = false
        var wasTold = false
        var wasConnected = false
        var isRated = false
        var holdsLine = false
        var queue: QueueID?
        var offer: OfferID?
        var ringsAt: AgentID?
        var talksTo: AgentID?
        var attempts = 0
    }

    /// A signed-in agent.
    struct Shift: Sendable {
        var seat: SeatID
        var activity = Activity.idle
        var offer: OfferID?
        var talksTo: InteractionID?
    }

    private let limits: CentreLimits
    private(set) var open: [InteractionID: Entry] = [:]
    private(set) var shifts: [AgentID: Shift] = [:]
    private var seats: Set<SeatID> = []
    private(set) var linesInUse = 0
    private(set) var tally = DayTally()
    private var seen: Set<InteractionID> = []
    private var latest = Timestamp(milliseconds: .min)
    /// The first contradiction; later ones often only follow from it.
    private(set) var violation: String?

    init(limits: CentreLimits) { self.limits = limits }

    private mutating func expect(_ holds: Bool, _ rule: @autoclosure () -> String) {
        if !holds && violation == nil { violation = rule() }
    }

    mutating func note(_ stamped: StampedFact) {
        expect(stamped.at >= latest, "time goes back: \(stamped)")
        latest = max(latest, stamped.at)
        switch stamped.fact {
        case .arrived(let id, _, _):
            expect(seen.insert(id).inserted, "\(id) arrives twice")
            open[id] = Entry()
            tally.arrived += 1
        case .rejected(let id, _):
            expect(open[id]?.isAnswered == false, "\(id) is rejected after the answer")
            tally.rejected += 1
        case .answered(let id):
            expect(open[id]?.isAnswered == false, "\(id) is answered twice or after its end")
            open[id]?.isAnswered = true
        case .flow(let id, let fact): note(id, fact)
        case .connected(let id, let agent):
            expect(open[id]?.talksTo == agent, "\(id) is connected to an agent who did not take it")
            open[id]?.wasConnected = true
        case .recordingStarted(let id):
            expect(open[id]?.wasTold == true, "G01: \(id) is recorded without having heard the notice")
            tally.recorded += 1
        case .agentLegLost(let id, let agent), .agentLegBack(let id, let agent),
            .handedToRating(let id, let agent):
            expect(open[id]?.talksTo == agent, "\(id) and its agent's browser, who does not talk there")
        case .ended(let id, _, _): end(id)
        case .routing(let fact): note(fact)
        }
    }

    private mutating func end(_ id: InteractionID) {
        guard let entry = open.removeValue(forKey: id) else { return expect(false, "\(id) ends twice") }
        expect(entry.queue == nil, "\(id) ends with an open queue entry")
        expect(entry.offer == nil, "\(id) ends while a phone rings for it")
        expect(entry.talksTo == nil, "\(id) ends with an open conversation")
        expect(!entry.holdsLine, "\(id) ends and keeps its line")
        tally.ended += 1
    }

    /// A call that a crash has cut off, after routing was told.
    mutating func lose(_ id: InteractionID) {
        end(id)
        tally.ended -= 1
        tally.lostInCrash += 1
    }

    private mutating func note(_ id: InteractionID, _ fact: FlowFact) {
        expect(open[id] != nil, "\(id) goes on in its flow after its end: \(fact)")
        switch fact {
        case .recordingNoticeGiven: open[id]?.wasTold = true
        case .rated:
            expect(open[id]?.wasConnected == true, "\(id) rates without a conversation")
            expect(open[id]?.isRated == false, "\(id) rates twice")
            open[id]?.isRated = true
            tally.rated += 1
        case .flowFailed(let node, let reason): expect(false, "\(id): the flow failed at \(node): \(reason)")
        case .flowStarted, .nodeEntered, .nodeLeft, .announcementSpoken, .ratingSkipped: break
        }
    }

    private mutating func note(_ fact: RoutingFact) {
        switch fact {
        case .lineHeld(let id, let inUse):
            linesInUse += 1
            expect(open[id]?.holdsLine == false, "\(id) holds a line twice or after its end")
            expect(inUse == linesInUse, "\(inUse) lines in use is not the sum of the facts")
            expect(inUse <= limits.lines ?? .max, "N18: \(inUse) lines are held")
            open[id]?.holdsLine = true
            tally.mostLines = max(tally.mostLines, linesInUse)
        case .lineReleased(let id, _):
            linesInUse -= 1
            expect(open[id]?.holdsLine == true, "\(id) releases a line that it does not hold")
            open[id]?.holdsLine = false
        case .lineRefused(_, let limit):
            expect(linesInUse >= limit, "a line is refused although fewer than \(limit) are in use")
            tally.linesRefused += 1
        case .queued(let id, let queue, let position, _):
            expect(open[id] != nil, "\(id) is queued after its end")
            expect(open[id]?.queue == nil && open[id]?.talksTo == nil, "\(id) is queued twice")
            expect(position >= 1, "\(id) has position \(position)")
            open[id]?.queue = queue
            tally.offered += 1
        case .offered(let offer, let agent, let queue, _): noteOffer(offer, agent, queue)
        case .offerEnded(let offer, let agent, let outcome, _): noteOfferEnd(offer, agent, outcome)
        case .queueEntryEnded(let id, let queue, let ending, _, let agent):
            expect(open[id]?.queue == queue, "\(id) leaves a queue in which it is not")
            open[id]?.queue = nil
            tally.endings[ending, default: 0] += 1
            guard ending == .answered, let agent else { return }
            expect(shifts[agent]?.talksTo == nil, "agent \(agent) takes a second conversation")
            open[id]?.talksTo = agent
            shifts[agent]?.talksTo = id
        case .conversationEnded(let id, let agent, _, let talked, let held):
            expect(open[id]?.talksTo == agent, "\(id) ends a conversation that it does not have")
            expect(talked >= .zero && held >= .zero, "\(id) talked for a negative time")
            open[id]?.talksTo = nil
            shifts[agent]?.talksTo = nil
            tally.conversations += 1
        case .refused(let refusal): tally.refused[refusal.reason, default: 0] += 1
        case .agentSignedIn, .agentSignedOut, .activityChanged, .agentVanished, .presenceChanged,
            .wrapUpEnded,
            .settingsApplied:
            noteAgent(fact)
        }
    }

    private mutating func noteOffer(_ offer: OfferID, _ agent: AgentID, _ queue: QueueID) {
        let id = offer.interaction
        expect(open[id]?.queue == queue, "\(id) is offered out of a queue in which it is not")
        expect(open[id]?.offer == nil, "\(id) is offered to two agents")
        expect(open[id]?.attempts ?? .max < offer.attempt, "\(id) is offered with an old number")
        expect(shifts[agent] != nil, "agent \(agent) is offered \(id) without being signed in")
        expect(
            shifts[agent]?.offer == nil && shifts[agent]?.talksTo == nil,
            "agent \(agent) is not free for \(id)")
        open[id]?.offer = offer
        open[id]?.ringsAt = agent
        open[id]?.attempts = offer.attempt
        shifts[agent]?.offer = offer
        tally.offers += 1
    }

    private mutating func noteOfferEnd(_ offer: OfferID, _ agent: AgentID, _ outcome: OfferOutcome) {
        expect(
            open[offer.interaction]?.offer == offer, "an offer of \(offer.interaction) ends that is not open")
        expect(shifts[agent]?.offer == offer, "an offer ends at agent \(agent) that does not ring")
        open[offer.interaction]?.offer = nil
        open[offer.interaction]?.ringsAt = nil
        shifts[agent]?.offer = nil
        if outcome == .accepted { tally.accepted += 1 }
    }

    private mutating func noteAgent(_ fact: RoutingFact) {
        switch fact {
        case .agentSignedIn(let agent, let seat):
            expect(shifts[agent] == nil, "agent \(agent) signs in twice")
            expect(seats.insert(seat).inserted, "seat \(seat) is taken twice")
            shifts[agent] = Shift(seat: seat)
            expect(shifts.count <= limits.seats ?? .max, "N18: one seat too many is taken")
            tally.mostSeats = max(tally.mostSeats, shifts.count)
        case .agentSignedOut(let agent, let seat, _):
            let shift = shifts.removeValue(forKey: agent)
            expect(shift?.seat == seat, "agent \(agent) signs out from another seat")
            expect(shift?.talksTo == nil && shift?.offer == nil, "agent \(agent) signs out while busy")
            seats.remove(seat)
        case .activityChanged(let agent, let activity, let former, let after):
            expect(shifts[agent]?.activity == former, "agent \(agent) was not \(former)")
            expect(after >= .zero, "agent \(agent) was \(former) for a negative time")
            shifts[agent]?.activity = activity
        case .agentVanished(let agent):
            expect(shifts[agent] != nil, "agent \(agent) vanishes without being there")
        default: break
        }
    }

    /// The end of the day: everything has ended, and every queue entry in exactly one way (decision 13).
    mutating func close() {
        let lost = open.keys.min()
        let tally = tally
        let closed = QueueEnding.allCases.reduce(0) { $0 + (tally.endings[$1] ?? 0) }
        expect(lost == nil, "interactions are lost, such as \(lost.map { "\($0)" } ?? "")")
        expect(linesInUse == 0, "lines are still held")
        expect(shifts.isEmpty, "seats are still taken")
        expect(
            tally.arrived == tally.ended + tally.lostInCrash,
            "\(tally.arrived) arrived, \(tally.ended) ended, \(tally.lostInCrash) were lost")
        expect(tally.offered == closed, "conservation: \(tally.offered) were queued, \(closed) left")
        expect(
            tally.endings[.answered] ?? 0 == tally.conversations,
            "conservation: answers and conversations differ")
        expect(
            tally.accepted == tally.conversations, "conservation: accepted offers and conversations differ")
    }
}
