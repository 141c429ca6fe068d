import Glibc
import Kernel
import RoutingEngine

/// Measures what one routing decision costs: one `apply` with its effects and facts, at 10,000 agents, 10,000
/// waiting interactions and 500 skills, in steady states that differ in how skills are spread.
@main struct RoutingBench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let inputs = arguments.compactMap { Int($0) }.first ?? 60_000
        let clock = arguments.contains("cpu") ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC
        print("agents 10,000, waiting 10,000, skills 500, queues 500; one apply in microseconds")
        print(
            row("scenario", "inputs", ["p50", "p99", "p99.9", "max"]))
        for scenario in Scenario.all {
            var centre = BusyCentre(scenario, clock: clock)
            centre.warmUp()
            var samples = Samples()
            // Until every table has its final size.
            for _ in 0..<25_000 { centre.round(&samples) }
            samples.removeAll()
            for _ in 0..<inputs / 3 { centre.round(&samples) }
            print(
                row(
                    scenario.name, "\(samples.count)",
                    [samples.at(0.5), samples.at(0.99), samples.at(0.999), samples.at(1)].map { "\($0)" }))
            precondition(centre.isSteady, "the centre ran empty")
            print(
                "    a change of limits: \(centre.changeSettings(oneAgent: false) / 1_000) us,",
                terminator: "")
            print(" of one agent's skills: \(centre.changeSettings(oneAgent: true) / 1_000) us")
        }
    }

    private static func row(_ name: String, _ inputs: String, _ figures: [String]) -> String {
        let columns = [inputs] + figures
        let wide = columns.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }
        return name + String(repeating: " ", count: max(0, 44 - name.count)) + wide.joined()
    }
}

/// How skills are spread over agents, queues and requests.
struct Scenario {
    var name: String
    /// Skills of each agent, of 500.
    var agentSkills = 20
    /// Skills that each queue asks for.
    var queueSkills = 1
    /// Skills that each request asks for beside.
    var requestSkills = 0
    var selection = AgentSelection.longestIdle
    /// Everybody waits for agents (true), or all agents wait for interactions (false).
    var overload = true

    static let all = [
        Scenario(name: "overload, 20 skills each"),
        Scenario(name: "overload, queues ask for 2 skills", agentSkills: 60, queueSkills: 2),
        Scenario(name: "overload, requests ask for 1 of 500 more", agentSkills: 60, requestSkills: 1),
        Scenario(name: "overload, everybody has every skill", agentSkills: 500),
        Scenario(name: "idle, 20 skills each", overload: false),
        Scenario(name: "idle, highest level", selection: .highestLevel, overload: false),
        Scenario(
            name: "idle, requests ask for 1 of 500 more", agentSkills: 60, requestSkills: 1, overload: false),
        Scenario(name: "idle, everybody has every skill", agentSkills: 500, overload: false),
    ]
}

/// A centre that is kept at its size: for each conversation that ends an interaction arrives.
struct BusyCentre {
    private static let agents = 10_000
    private static let waiting = 10_000
    private static let skills = 500
    private static let queues = 500

    private var engine = RoutingEngine()
    private var outcome = RoutingOutcome()
    private var generator = SeededGenerator(seed: 7)
    private var clock = Timestamp(milliseconds: 1_000_000)
    private var arrivals = 0
    private let scenario: Scenario
    private var settings = RoutingSettings(version: 0, queues: [], agents: [])
    /// Offers that ring, and interactions that talk, oldest first.
    private var ringing = Line<OfferID>()
    private var talking = Line<InteractionID>()

    private let stopwatch: clockid_t

    init(_ scenario: Scenario, clock: clockid_t) {
        self.scenario = scenario
        stopwatch = clock
    }

    /// Whether there are still offers and conversations.
    var isSteady: Bool { ringing.count + talking.count > 100 }

    private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

    /// Signs everybody in and fills the centre.
    mutating func warmUp() {
        let queues = (0..<Self.queues).map { id in
            QueueSettings(
                id: QueueID(id), skills: (0..<scenario.queueSkills).map { _ in requirement() },
                selection: scenario.selection, ringTimeout: .hours(24), wrapUp: .zero, mostWaiting: 100_000,
                longestWait: .hours(48))
        }
        let agents = (0..<Self.agents).map { id in
            let all = scenario.agentSkills == Self.skills
            let skills = (0..<scenario.agentSkills).map { index in
                SkillLevel(skill: SkillID(all ? index : below(Self.skills)), level: 1 + below(5))
            }
            return AgentSettings(id: AgentID(id), skills: skills, lease: .hours(24))
        }
        settings = RoutingSettings(version: 1, queues: queues, agents: agents)
        apply(.settingsChanged(settings))
        for agent in 0..<Self.agents {
            apply(.agentSignedIn(AgentID(agent), SeatID(agent)))
            apply(.presenceChosen(AgentID(agent), .ready))
        }
        // Overload: every agent rings or talks and as many wait. Otherwise a tenth of the agents is busy.
        for _ in 0..<(scenario.overload ? Self.waiting + Self.agents : Self.agents / 10) { arrive() }
        for _ in 0..<ringing.count / 2 { accept() }
    }

    /// An arrival, an accept and the end of a conversation (which begins the next offer), each measured.
    mutating func round(_ samples: inout Samples) {
        clock = clock + .milliseconds(1)
        samples.add(arrive())
        samples.add(accept())
        samples.add(end())
    }

    /// Changes a limit, or an agent's skills, which rebuilds every table; returns the nanoseconds.
    mutating func changeSettings(oneAgent: Bool) -> Int {
        settings.version += 1
        if oneAgent { settings.agents[0].skills.removeLast() }
        return apply(.settingsChanged(settings))
    }

    private mutating func requirement() -> SkillRequirement {
        SkillRequirement(skill: SkillID(below(Self.skills)), minimumLevel: 1)
    }

    @discardableResult private mutating func arrive() -> Int {
        arrivals += 1
        let request = QueueRequest(
            interaction: InteractionID(arrivals), queue: QueueID(below(Self.queues)), arrivedAt: clock,
            priority: below(3), skills: (0..<scenario.requestSkills).map { _ in requirement() })
        return apply(.interactionQueued(request))
    }

    @discardableResult private mutating func accept() -> Int {
        guard let offer = ringing.removeFirst() else { return 0 }
        talking.append(offer.interaction)
        return apply(.offerAccepted(offer))
    }

    private mutating func end() -> Int {
        guard let interaction = talking.removeFirst() else { return 0 }
        return apply(.conversationEnded(interaction, by: .customer))
    }

    /// Applies an input and returns the nanoseconds it took.
    @discardableResult private mutating func apply(_ input: RoutingInput) -> Int {
        outcome.removeAll()
        let begin = nanoseconds(stopwatch)
        engine.apply(input, at: clock, into: &outcome)
        let taken = nanoseconds(stopwatch) - begin
        for case .offer(let offer, _, _, _) in outcome.effects { ringing.append(offer) }
        return taken
    }
}

/// A first-in first-out line.
struct Line<Element> {
    private var elements: [Element] = []
    private var start = 0
    var count: Int { elements.count - start }
    mutating func append(_ element: Element) { elements.append(element) }
    mutating func removeFirst() -> Element? {
        guard start < elements.count else { return nil }
        defer { start += 1 }
        return elements[start]
    }
}

/// Durations in nanoseconds, and their quantiles in microseconds.
struct Samples {
    private var values: [Int] = []
    var count: Int { values.count }

    mutating func removeAll() { values.removeAll() }

    mutating func add(_ value: Int) { if value > 0 { values.append(value) } }

    func at(_ quantile: Double) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let index = min(sorted.count - 1, Int(quantile * Double(sorted.count)))
        return Double(sorted[index] / 10) / 100
    }
}

/// What a clock that only goes forward says, in nanoseconds.
func nanoseconds(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
