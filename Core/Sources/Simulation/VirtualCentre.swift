public import CallEngine
import FlowEngine
import Kernel
public import RoutingEngine

/// A contact centre of callers, telephones and agents around the real engines, in virtual time (discrete events).
///
/// The world acts on what the engines decide, answers late, twice or never when faults are wanted, and checks after
/// each step that no rule of the product is broken. Everything follows from the plan's seed.
public struct VirtualCentre: Sendable {
    /// A day that has not ended this long after its last call never will.
    static let longestAftermath = TimeSpan.hours(12)
    /// Steps without time moving on; more is a circle.
    static let mostStepsAtOnce = 200_000

    public let plan: CentrePlan
    /// Brings the routing engine back after a crash; a test sends it through its snapshot's encoded form.
    let restore: @Sendable (RoutingEngine) -> RoutingEngine

    var engine: CallEngine
    var settings: CallSettings
    var dice: SeededGenerator
    var agenda = BinaryHeap<Appointment>()
    var now: Timestamp
    let opening: Timestamp
    let closing: Timestamp
    /// Expected calls of each half hour.
    let load: [Double]

    var callers: [InteractionID: Caller] = [:]
    var workplaces: [Workplace]
    /// Whose phone an offer went to, until its leg is over.
    var legs: [OfferID: Int] = [:]

    var ledger: FactLedger
    var digest = FactDigest()
    var tally = DayTally()
    /// What the routing engine was told, for a replay after a crash; kept only with faults.
    var journal: [StampedInput] = []
    var routingDigest = FactDigest()
    var outcome = CallOutcome()
    /// Facts that nobody has taken yet.
    var facts: [StampedFact] = []
    /// Steps since time moved on.
    private var stepsAtOnce = 0
    var steps = 0
    var crashes = 0
    var arrivals = 0
    var appointments = 0
    /// A contradiction that the world itself has seen, such as a phone that is to ring twice.
    var violation: String?

    /// - Parameter restore: what a crash does to the routing engine; the identity if nothing else is given.
    public init(
        _ plan: CentrePlan, restore: @escaping @Sendable (RoutingEngine) -> RoutingEngine = { $0 }
    ) {
        self.plan = plan
        self.restore = restore
        // A Monday at midnight or eight o'clock UTC; any other will do.
        let day = Timestamp(milliseconds: 1_780_272_000_000)
        opening = day + (plan.hours >= 24 ? .zero : .hours(8))
        closing = opening + .hours(Int64(plan.hours))
        now = opening - .minutes(30)
        dice = SeededGenerator(seed: plan.seed)
        load = DayProfile.calls(plan)
        let routing = ReferenceCentre.routing(plan, version: 1, ring: .seconds(15))
        settings = ReferenceCentre.settings(plan, routing: routing)
        engine = CallEngine(settings: settings)
        ledger = FactLedger(limits: routing.limits)
        workplaces = Array(repeating: Workplace(), count: plan.agents)
    }

    /// Runs the whole day. Throws the first rule that did not hold.
    public mutating func run() throws(Violation) -> DayReport {
        begin()
        while advance() {}
        return try finish()
    }

    /// Opens the centre; the day then goes on with `advance`.
    public mutating func begin() {
        tell(.settingsChanged(settings))
        prepareDay()
    }

    /// Does what is due next; `false` when the day is over or a rule was broken.
    public mutating func advance() -> Bool {
        guard violation == nil else { return false }
        let deadline = engine.nextDeadline
        guard let due = [agenda.first?.at, deadline].compactMap({ $0 }).min() else { return false }
        stepsAtOnce = due > now ? 0 : stepsAtOnce + 1
        expect(stepsAtOnce < Self.mostStepsAtOnce, "time stands still")
        expect(due <= closing + Self.longestAftermath, "the day does not end")
        now = max(now, due)
        if let deadline, deadline <= now {
            tell(.clockAdvanced)
        } else if let appointment = agenda.popFirst() {
            happen(appointment.event)
        }
        return true
    }

    /// Closes the centre. Throws the first rule that did not hold.
    public mutating func finish() throws(Violation) -> DayReport {
        close()
        if let violation { throw Violation(rule: violation, seed: plan.seed, step: steps) }
        return DayReport(
            seed: plan.seed, steps: steps, crashes: crashes, digest: digest.value,
            tally: plan.keepsLedger ? ledger.tally : tally)
    }

    /// What has happened since the last time it was asked, when `plan.keepsFacts`.
    public mutating func takeFacts() -> [StampedFact] {
        defer { facts.removeAll(keepingCapacity: true) }
        return facts
    }

    private mutating func close() {
        guard violation == nil else { return }
        if plan.keepsLedger { ledger.close() }
        let caller = callers.keys.min()
        expect(engine.callCount == 0, "calls are still in the engine")
        expect(caller == nil, "callers are still on the telephone, such as \(caller.map { "\($0)" } ?? "")")
        expect(legs.isEmpty, "agents' legs are still up")
        let overview = engine.routing.overview(at: now)
        expect(overview.linesInUse == 0, "\(overview.linesInUse) lines are still in use")
        expect(overview.seatsInUse == 0, "\(overview.seatsInUse) seats are still in use")
        expect(overview.queues.allSatisfy { $0.waiting == 0 }, "somebody still waits")
        if violation == nil { violation = ledger.violation ?? engine.routing.violations().first }
    }

    mutating func expect(_ holds: Bool, _ rule: @autoclosure () -> String) {
        if !holds && violation == nil { violation = rule() }
    }

    // MARK: Time

    mutating func plan(_ event: WorldEvent, in span: TimeSpan) { plan(event, at: now + span) }

    mutating func plan(_ event: WorldEvent, at time: Timestamp) {
        appointments += 1
        agenda.insert(Appointment(at: max(time, now), number: appointments, event: event))
    }

    // MARK: The engine

    /// Gives the engine an input now and lets the world act on what it decides.
    mutating func tell(_ input: CallInput) {
        guard violation == nil else { return }
        steps += 1
        outcome.removeAll()
        engine.apply(input, at: now, into: &outcome)
        if plan.faults != .none { journal += outcome.routingInputs }
        // The reactions change `self`; they plan events and never call back.
        let facts = outcome.facts
        for fact in facts {
            digest.add(fact)
            if case .routing(let routed) = fact.fact { routingDigest.add(routed) }
            if plan.keepsFacts { self.facts.append(fact) }
            if plan.keepsLedger { ledger.note(fact) } else { count(fact.fact) }
            react(to: fact.fact)
        }
        let effects = outcome.effects
        for effect in effects { carryOut(effect) }
        check()
    }

    private mutating func check() {
        if violation == nil { violation = ledger.violation }
        guard plan.checksEvery > 0, steps % plan.checksEvery == 0 else { return }
        if let broken = engine.routing.violations().first { expect(false, "routing: \(broken)") }
        for (index, place) in workplaces.enumerated() {
            guard let offer = place.offer else { continue }
            expect(legs[offer] == index, "agent \(index + 1) has a leg that nobody knows")
        }
    }

    /// The few figures of a day whose facts are too many to follow.
    private mutating func count(_ fact: CallFact) {
        switch fact {
        case .arrived: tally.arrived += 1
        case .rejected: tally.rejected += 1
        case .ended: tally.ended += 1
        case .recordingStarted: tally.recorded += 1
        case .flow(_, .rated): tally.rated += 1
        case .routing(.agentSignedIn): tally.mostSeats += 1
        case .routing(.queued): tally.offered += 1
        case .routing(.queueEntryEnded(_, _, let ending, _, _)): tally.endings[ending, default: 0] += 1
        case .routing(.offered): tally.offers += 1
        case .routing(.offerEnded(_, _, .accepted, _)): tally.accepted += 1
        case .routing(.conversationEnded): tally.conversations += 1
        case .routing(.lineHeld(_, let inUse)): tally.mostLines = max(tally.mostLines, inUse)
        case .routing(.refused(let refusal)): tally.refused[refusal.reason, default: 0] += 1
        default: break
        }
    }
}
