import Kernel
import RoutingEngine

/// A virtual day of the routing engine alone: arrivals, answers, conversations and patience, without flows and legs.
///
/// For questions that need many days, such as how many agents a day wants; the decisions are the product's own.
public struct RoutingDay: Sendable {
    private enum Step: Sendable {
        case arrival
        case patienceEnds(InteractionID)
        case phoneAnswered(OfferID)
        case conversationOver(InteractionID)
    }

    private struct Due: Comparable, Sendable {
        var at: Timestamp
        var number: Int
        var step: Step
        static func < (a: Due, b: Due) -> Bool { a.at != b.at ? a.at < b.at : a.number < b.number }
        static func == (a: Due, b: Due) -> Bool { a.at == b.at && a.number == b.number }
    }

    private let plan: CentrePlan
    private let load: [Double]
    private let opening: Timestamp
    private let closing: Timestamp
    private var engine = RoutingEngine()
    private var outcome = RoutingOutcome()
    private var dice: SeededGenerator
    private var agenda = BinaryHeap<Due>()
    private var now: Timestamp
    /// Whether the interaction of each number, from 1, waits or rings.
    private var waits: [Bool] = [false]
    private var numbered = 0
    private var steps = 0
    private var digest = FactDigest()
    private var tally = DayTally()

    public init(_ plan: CentrePlan) {
        self.plan = plan
        load = DayProfile.calls(plan)
        opening = Timestamp(milliseconds: 1_780_272_000_000)
        closing = opening + .hours(Int64(plan.hours))
        now = opening
        dice = SeededGenerator(seed: plan.seed)
    }

    /// Runs the day until the last conversation is over. Throws when the queues do not add up.
    public mutating func run() throws(Violation) -> DayReport {
        tell(.settingsChanged(ReferenceCentre.routing(plan, version: 1, ring: .seconds(15))))
        for place in 1...max(1, plan.agents) {
            tell(.agentSignedIn(AgentID(place), SeatID(place)))
            tell(.presenceChosen(AgentID(place), .ready))
        }
        planArrival()
        while true {
            let deadline = engine.nextDeadline ?? .distantFuture
            let next = agenda.first?.at ?? .distantFuture
            guard min(deadline, next) < .distantFuture else { break }
            now = max(now, min(deadline, next))
            // An input lets the deadlines before it take effect by itself.
            if deadline < next {
                tell(.clockAdvanced)
            } else if let due = agenda.popFirst() {
                happen(due.step)
            }
        }
        let closed = QueueEnding.allCases.reduce(0) { $0 + (tally.endings[$1] ?? 0) }
        let answered = tally.endings[.answered] ?? 0
        guard tally.offered == closed, answered == tally.conversations, engine.violations().isEmpty else {
            throw Violation(rule: "conservation: the queues do not add up", seed: plan.seed, step: steps)
        }
        tally.ended = tally.arrived
        return DayReport(seed: plan.seed, steps: steps, crashes: 0, digest: digest.value, tally: tally)
    }

    private mutating func happen(_ step: Step) {
        switch step {
        case .arrival:
            planArrival()
            tally.arrived += 1
            waits.append(true)
            let id = InteractionID(tally.arrived)
            plan(.patienceEnds(id), in: dice.exponential(mean: plan.meanPatience))
            let queue = ReferenceCentre.queues[dice.below(ReferenceCentre.groups.count)]
            tell(.interactionQueued(QueueRequest(interaction: id, queue: queue, arrivedAt: now)))
        case .patienceEnds(let id):
            guard waits[Int(id.low)] else { return }
            waits[Int(id.low)] = false
            tell(.interactionAbandoned(id))
        case .phoneAnswered(let offer): if waits[Int(offer.interaction.low)] { tell(.offerAccepted(offer)) }
        case .conversationOver(let id): tell(.conversationEnded(id, by: .customer))
        }
    }

    private mutating func tell(_ input: RoutingInput) {
        steps += 1
        outcome.removeAll()
        engine.apply(input, at: now, into: &outcome)
        for fact in outcome.facts {
            digest.add(fact)
            switch fact {
            case .queued: tally.offered += 1
            case .queueEntryEnded(_, _, let ending, _, _): tally.endings[ending, default: 0] += 1
            case .offered: tally.offers += 1
            case .conversationEnded: tally.conversations += 1
            case .agentSignedIn: tally.mostSeats += 1
            default: break
            }
        }
        for effect in outcome.effects {
            switch effect {
            case .offer(let offer, _, _, _):
                plan(.phoneAnswered(offer), in: dice.span(.seconds(1), .seconds(7)))
            case .connect(let offer, _):
                waits[Int(offer.interaction.low)] = false
                plan(.conversationOver(offer.interaction), in: dice.exponential(mean: plan.meanTalk))
            case .leaveQueue(let id, _): waits[Int(id.low)] = false
            default: break
            }
        }
    }

    private mutating func plan(_ step: Step, in span: TimeSpan) {
        numbered += 1
        agenda.insert(Due(at: now + span, number: numbered, step: step))
    }

    private mutating func planArrival() {
        let time = DayProfile.arrival(after: now, load, from: opening, to: closing, &dice)
        if let time { plan(.arrival, in: time - now) }
    }
}
