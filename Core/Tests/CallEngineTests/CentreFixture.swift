import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

/// A small centre with two queues and three agents, and the shortest possible words for what happens in it.
///
/// Agents 1 and 2 serve queue 1, agent 3 serves queue 2; they are signed in and not ready unless said otherwise.
/// The main number's flow is notice, menu, queue, rating, farewell; the direct number rings in queue 1 at once.
struct CentreFixture {
    static let main = "4001"
    static let direct = "4002"

    var engine: CallEngine
    var settings: CallSettings
    var time = Timestamp(milliseconds: 1_000_000)
    /// What the last input led to.
    var last = CallOutcome()
    var facts: [StampedFact] = []
    var effects: [CallEffect] = []

    init(
        lines: Int? = nil, whenLinesFull: LinesFullRule = .busy, ready: [Int] = [],
        longestWait: TimeSpan? = nil, lease: TimeSpan? = nil, mostOffers: Int = 20
    ) {
        let queues = [1, 2].map {
            QueueSettings(
                id: QueueID($0), skills: [SkillRequirement(skill: SkillID($0))], ringTimeout: .seconds(15),
                wrapUp: .seconds(20), longestWait: longestWait, mostOffers: mostOffers)
        }
        let agents = [(1, 1), (2, 1), (3, 2)].map {
            AgentSettings(
                id: AgentID($0.0), skills: [SkillLevel(skill: SkillID($0.1), level: 3)], lease: lease)
        }
        settings = CallSettings(
            routing: RoutingSettings(
                version: 1, queues: queues, agents: agents, limits: CentreLimits(lines: lines)),
            numbers: [
                Self.main: NumberSettings(flow: SampleFlows.main, whenLinesFull: whenLinesFull),
                Self.direct: NumberSettings(flow: SampleFlows.direct),
            ],
            agentNumbers: [AgentID(1): "1001", AgentID(2): "1002", AgentID(3): "1003"])
        engine = CallEngine(settings: settings)
        send(.settingsChanged(settings))
        for agent in 1...3 { send(.routing(.agentSignedIn(AgentID(agent), SeatID(agent)))) }
        for agent in ready { self.ready(agent) }
    }

    /// Gives the engine one input and returns the effects.
    @discardableResult mutating func send(_ input: CallInput) -> [CallEffect] {
        last.removeAll()
        engine.apply(input, at: time, into: &last)
        facts += last.facts
        effects += last.effects
        let violations = engine.routing.violations()
        #expect(violations.isEmpty, "\(violations.prefix(3)) after \(input)")
        return last.effects
    }

    /// Lets time pass and the engine notice.
    @discardableResult mutating func pass(_ span: TimeSpan) -> [CallEffect] {
        time = time + span
        return send(.clockAdvanced)
    }

    // MARK: What happens

    @discardableResult mutating func arrive(_ call: Int, at number: String = main) -> [CallEffect] {
        send(.callArrived(ArrivedCall(interaction: InteractionID(call), number: number, origin: "external")))
    }
    @discardableResult mutating func ready(_ agent: Int) -> [CallEffect] {
        send(.routing(.presenceChosen(AgentID(agent), .ready)))
    }
    @discardableResult mutating func press(_ call: Int, _ key: String) -> [CallEffect] {
        send(.digitPressed(InteractionID(call), key: key))
    }
    /// The play that is on ends by itself.
    @discardableResult mutating func listen(_ call: Int) -> [CallEffect] {
        send(.playEnded(InteractionID(call), play: play(of: call)))
    }
    @discardableResult mutating func answer(_ call: Int, _ attempt: Int = 1) -> [CallEffect] {
        send(.agentAnswered(OfferID(call, attempt)))
    }
    @discardableResult mutating func leave(_ call: Int) -> [CallEffect] {
        send(.callerLeft(InteractionID(call)))
    }

    /// Leads a caller of the main number to a stage; agent 1 becomes ready when one is needed.
    mutating func bring(_ call: Int, to stage: Stage) {
        arrive(call)
        guard stage > .connecting else { return }
        send(.callerConnected(InteractionID(call)))
        listen(call)
        guard stage > .flow else { return }
        press(call, "1")
        guard stage > .waiting else { return }
        ready(1)
        guard stage > .ringing else { return }
        answer(call)
        guard stage > .talking else { return }
        send(.agentLeft(OfferID(call, 1)))
    }

    /// How far a caller has come.
    enum Stage: Int, Comparable, CaseIterable, CustomTestStringConvertible {
        case connecting, flow, waiting, ringing, talking, rating
        static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
        var testDescription: String {
            ["connecting", "in the flow", "waiting", "ringing", "talking", "rating"][rawValue]
        }
    }

    // MARK: What came of it

    /// The number of the latest play for a caller.
    func play(of call: Int) -> Int {
        effects.reversed().lazy.compactMap { effect -> Int? in
            switch effect {
            case .play(let id, let play, _), .playMusic(let id, let play, _): id.low == call ? play : nil
            case .playToBoth(let leg, let play, _): leg.interaction.low == call ? play : nil
            default: nil
            }
        }.first ?? 0
    }

    /// How a call's ends were put into facts; one and no more when all is well.
    func endings(of call: Int) -> [CallEnding] {
        facts.compactMap {
            if case .ended(let id, let ending, _) = $0.fact, id.low == call { ending } else { nil }
        }
    }

    /// The routing's facts so far.
    var routed: [RoutingFact] {
        facts.compactMap { if case .routing(let fact) = $0.fact { fact } else { nil } }
    }
    var queueEndings: [QueueEnding] {
        routed.compactMap { if case .queueEntryEnded(_, _, let ending, _, _) = $0 { ending } else { nil } }
    }
    var linesInUse: Int { engine.routing.overview(at: time).linesInUse }
    var refusals: [Refusal.Reason] {
        last.effects.compactMap { if case .refuse(let refusal) = $0 { refusal.reason } else { nil } }
    }
    func activity(of agent: Int) -> Activity? {
        engine.routing.overview(at: time).agents.first { $0.id == AgentID(agent) }?.activity
    }

    /// Agents' legs that were dialled and are neither dropped nor gone by themselves.
    func legsLeft(gone: [OfferID] = []) -> [OfferID] {
        var legs: [OfferID] = []
        for effect in effects {
            if case .dial(let offer, _, _, _) = effect { legs.append(offer) }
            if case .drop(let leg) = effect { legs.removeAll { $0 == leg.offer } }
        }
        return legs.filter { !gone.contains($0) }
    }
}

extension OfferID {
    init(_ call: Int, _ attempt: Int) { self.init(interaction: InteractionID(call), attempt: attempt) }
}
extension LegID {
    init(_ call: Int, _ number: Int) { self.init(interaction: InteractionID(call), number: number) }
}

/// The flows of the fixture: each prompt is its own text.
enum SampleFlows {
    static let main = flow(
        1, entry: "notice",
        [
            ("notice", .say(Say(prompts: ["notice"], next: "menu", isRecordingNotice: true))),
            (
                "menu",
                .menu(
                    Menu(
                        prompts: ["menu"], choices: ["1": "sales", "2": "care"], noInput: "bye",
                        noMatch: "bye"))
            ),
            ("sales", .queue(queue(1, after: "rating"))),
            ("care", .queue(queue(2, after: "end"))),
            (
                "rating",
                .rating(
                    Rating(prompts: ["rate"], scores: ["1": 1, "5": 5], thanks: ["thanks"], next: "bye"))
            ),
            ("sorry", .say(Say(prompts: ["sorry"], next: "bye"))),
            ("bye", .hangUp(HangUp(prompts: ["bye"]))),
            ("end", .hangUp(HangUp())),
        ])

    static let direct = flow(
        2, entry: "sales",
        [
            (
                "sales",
                .queue(
                    EnterQueue(
                        queue: QueueID(1), isRecorded: true, recordingBasis: "contract",
                        answersFirst: false, music: "waiting", afterConversation: "end", dissuaded: "end"))
            ),
            ("end", .hangUp(HangUp())),
        ])

    /// The main flow, but a wrong key leads back to the menu or the rating, and so does waiting.
    static let endless: Flow = {
        var flow = main
        for index in flow.nodes.indices {
            switch flow.nodes[index].kind {
            case .menu(var menu):
                menu.noMatch = "menu"
                menu.noInput = "menu"
                flow.nodes[index].kind = .menu(menu)
            case .rating(var rating):
                rating.next = "rating"
                flow.nodes[index].kind = .rating(rating)
            default: break
            }
        }
        return flow
    }()

    static func queue(_ number: Int, after: NodeName) -> EnterQueue {
        EnterQueue(
            queue: QueueID(number), music: "waiting", connectPrompts: ["agent"], afterConversation: after,
            dissuaded: "sorry")
    }

    static func flow(_ number: Int, entry: NodeName, _ nodes: [(NodeName, NodeKind)]) -> Flow {
        var prompts: [String: Prompt] = ["agent": Prompt(texts: ["en": "agent {agent}"])]
        for text in ["notice", "menu", "rate", "thanks", "sorry", "bye"] {
            prompts[text] = Prompt(texts: ["en": text])
        }
        return Flow(
            id: FlowID(number), version: 1, name: "sample", languages: ["en"], entry: entry,
            nodes: nodes.map { FlowNode(name: $0.0, kind: $0.1) }, prompts: prompts)
    }

    static func said(_ text: String) -> [Utterance] { [Utterance(language: "en", text: text)] }
}
