import CallEngine
import Contracts
import FlowEngine
import Kernel
import Logging
import Media
import RoutingEngine
import SignallingEngine
import Storage
import Telephony

/// The shell of a tenant's call engine: the only place where its inputs meet the database and the telephone.
///
/// It takes all waiting inputs, stamps them, applies them, writes journal, facts and records in **one** transaction,
/// and only then carries out the effects, whose outcomes come back as inputs. While one batch is being committed the
/// next collects, so under load many inputs share a commit. It never awaits between reading and writing the engine.
/// A commit that fails is repeated until it succeeds, with new calls told 503 meanwhile
/// (`decisions/0019-commit-again.md`).
actor RoutingDesk {
    /// Inputs that share a commit.
    static let largestBatch = 256
    /// Inputs that may wait; with more, new calls are told 503 by the switchboard.
    static let mostWaiting = 20_000
    /// Between two attempts to commit.
    static let commitRetry = Duration.milliseconds(200)
    /// How often draining looks whether calls are left.
    static let drainLook = Duration.milliseconds(50)
    /// How long a stop waits for a store that cannot be written.
    static let stopPatience = Duration.seconds(5)
    private static let stopping = Problem(.unavailable, "The program is stopping; ask again when it is back.")

    private let store: DeskStore
    let switchboard: Switchboard
    private let logger: Logger
    private(set) var engine: CallEngine
    /// The published flows that the settings were made of; see `CentreSettings.nextChange`.
    private var flows: [String: Flow]
    private var settingsChangeAt: Timestamp?
    /// Calls from the editor of flows: see `RoutingDesk+TestCalls`.
    var testCalls = TestCalls()
    private var position: JournalPosition
    var clock = DeskClock()
    private var waiting: [DeskInput] = []
    private var isWorking = false
    private var alarm: Task<Void, Never>?
    private var alarmAt = Timestamp.distantFuture
    private var stopped = false
    /// The store cannot be written and the program cannot wait for it any longer.
    private var isAbandoned = false
    /// What the agents' screens show of the call in hand.
    private var cards = DeskCards()
    private var feeds = DeskFeeds()
    private var webPace = WebCallPace()
    /// Breaks that agents have asked for.
    var breaks: BreakBook
    let breakStore: BreakStore

    init(
        engine: CallEngine, flows: [String: Flow], position: JournalPosition, store: DeskStore,
        switchboard: sending Switchboard, breaks: [BreakRequest], logger: Logger
    ) {
        self.breaks = BreakBook(breaks)
        breakStore = BreakStore(database: store.database)
        self.engine = engine
        self.flows = flows
        self.position = position
        self.store = store
        self.switchboard = switchboard
        self.logger = logger
    }

    /// Takes inputs in order. Returns at once; what they lead to happens after their commit.
    func receive(_ inputs: [DeskInput]) {
        waiting.append(contentsOf: switchboard.isWritable ? inputs : inputs.map(switchboard.turningAwayCalls))
        switchboard.isOverloaded = waiting.count > Self.mostWaiting
        guard !stopped else { return failWaiting() }
        guard !isWorking else { return }
        isWorking = true
        // Ends when nothing waits; `stop` lets it finish.
        Task { await self.work() }
    }

    /// Gives an order and waits until it has been committed. Returns why it was refused, if it was.
    func order(_ input: CallInput) async throws -> Refusal? {
        try await withCheckedThrowingContinuation { continuation in
            receive([.order(input, DeskReply(continuation))])
        }
    }

    /// The live picture, for screens.
    func live() -> LiveBody {
        LiveBody(
            engine.routing.overview(at: clock.now()), calls: engine.callCount,
            breakRequests: breaks.waitingCount, centre: switchboard.centre, cards: cards)
    }

    /// How many calls there are, and whether another would be taken.
    func condition() -> (calls: Int, takesCalls: Bool) {
        (engine.callCount, switchboard.takesCalls)
    }

    func centre() -> Centre { switchboard.centre }

    func agent(number: String) -> AgentID? { switchboard.centre.agents.first { $0.number == number }?.id }

    /// The seats with who sits there, in the order of the centre.
    func seats() -> [DeskRoutes.SeatsBody.Seat] {
        let people = Dictionary(
            switchboard.centre.agents.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first })
        return switchboard.centre.seats.map { seat in
            let agent = engine.routing.agent(at: seat.id)
            let phone: String? =
                switch seat.phone {
                case nil: nil
                case .registered(let user, _): user
                case .fixed(let uri, _): uri
                }
            return .init(
                number: seat.number, isTaken: agent != nil, by: agent.flatMap { people[$0] }, phone: phone)
        }
    }

    func seat(number: String) -> CentreSeat? { switchboard.centre.seats.first { $0.number == number } }

    func isSignedIn(_ agent: AgentID) -> Bool { engine.routing.seat(of: agent) != nil }

    func isTaken(_ seat: SeatID) -> Bool { engine.routing.agent(at: seat) != nil }

    func moment() -> Timestamp { clock.now() }

    /// An id for something new.
    nonisolated func newID<Kind>(of kind: Kind.Type = Kind.self) -> ID<Kind> { store.ids.next() }

    nonisolated func noteFailure(_ what: String, _ error: any Error) {
        logger.error("\(what)", metadata: ["error": "\(error)"])
    }

    /// Returns when the last call has ended, or when patience has.
    func waitUntilEmpty(for patience: Duration) async {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while engine.callCount > 0 || !switchboard.promptCalls.isEmpty || isWorking, clock.now < end {
            do { try await clock.sleep(for: Self.drainLook) } catch { return }
        }
    }

    /// Ends every call that still stands, as the platform's doing.
    func endAllCalls() async {
        for id in engine.interactions {
            do { _ = try await order(.callReleased(id)) } catch {
                logger.error("A call could not be ended", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The centre has changed: new settings are an input like any other.
    func take(_ centre: Centre, flows: [String: Flow]) async throws {
        switchboard.take(centre)
        self.flows = flows
        _ = try await order(.settingsChanged(settings(at: clock.now())))
        setAlarm()
    }

    /// The settings of a moment, with what is in force then.
    func settings(at now: Timestamp) -> CallSettings {
        settingsChangeAt = CentreSettings.nextChange(switchboard.centre, after: now)
        var settings = CentreSettings.callSettings(switchboard.centre, flows: flows, at: now)
        settings.mayRecord = switchboard.disk.mayRecord
        return settings
    }

    /// No input is taken any more; what was taken is finished first, unless the store cannot be written for so long.
    func stop(within patience: Duration = stopPatience) async {
        let clock = ContinuousClock()
        let end = clock.now + patience
        while isWorking {
            if clock.now > end { isAbandoned = true }
            do { try await clock.sleep(for: Self.drainLook) } catch { isAbandoned = true }
        }
        stopped = true
        alarm?.cancel()
        failWaiting()
    }

    // MARK: agents' browsers

    /// Signs an agent in with the telephone of the shift. Returns why it was refused, if it was.
    func signIn(_ agent: AgentID, at seat: SeatID, with kind: PhoneKind) async throws -> Refusal? {
        let refusal: Refusal? = try await withCheckedThrowingContinuation { continuation in
            receive([.signIn(agent, seat, kind, DeskReply(continuation))])
        }
        if refusal == nil, kind == .sip { closeShiftLeg(of: agent) }
        return refusal
    }

    /// Opens the audio of an agent's browser: see `Switchboard.openShiftLeg`.
    func openShiftLeg(of agent: AgentID, offer: String, tab: String, takesOver: Bool) throws -> String {
        guard engine.routing.seat(of: agent) != nil, switchboard.phoneKinds[agent] == .browser else {
            throw Refusal(.agentNotSignedIn, agent: agent).problem
        }
        let (answer, inputs) = try switchboard.openShiftLeg(
            of: agent, offer: offer, tab: tab, takesOver: takesOver, at: clock.now())
        receive(inputs.map { .order($0, .nobody) })
        publish([agent])
        setAlarm()
        return answer
    }

    /// Closes it, for who leaves the desk.
    func closeShiftLeg(of agent: AgentID) {
        let inputs = switchboard.closeShiftLeg(of: agent)
        if engine.routing.seat(of: agent) != nil { receive(inputs.map { .order($0, .nobody) }) }
        publish([agent])
    }

    func phone(of agent: AgentID) -> PhoneKind { switchboard.phoneKinds[agent] ?? .sip }

    /// Takes a call of the call page; returns the description that answers the page's, or throws why not.
    func takeWebCall(
        number: String, offer: String, secret: String, from address: String
    ) async throws -> String {
        guard webPace.mayCall(address, at: clock.now()) else {
            throw Problem(
                .exhausted, "Too many calls from this address; please wait a minute.",
                details: ["reason": "tooManyCalls"])
        }
        guard switchboard.centre.numbers.contains(where: { $0.number == number && $0.takesWebCalls == true })
        else {
            throw Problem(
                .notFound, "The number \(number.prefix(32)) takes no calls from the web.",
                details: ["field": "number"])
        }
        let (answer, id, arrival) = try switchboard.openWebCall(
            number: number, offer: offer, secret: secret, origin: "web", at: clock.now())
        return try await arrive(
            ArrivedCall(interaction: id, number: number, origin: arrival.origin), arrival, answer)
    }

    /// Lets a call of a browser arrive; returns the description that answers the page's when it rings.
    func arrive(
        _ call: ArrivedCall, _ arrival: DeskBatch.Arrival, _ answer: String
    ) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            switchboard.webReplies[call.interaction] = WebCallReply(
                continuation: continuation, answer: answer)
            receive([.webCall(call, arrival)])
        }
    }

    /// `ringing`, `talking` or, for a secret that is not known (any more), `ended`.
    func webCallState(_ secret: String) -> String {
        guard let call = switchboard.webCall(secret) else { return "ended" }
        return call.isTalking ? "talking" : "ringing"
    }

    func endWebCall(_ secret: String) async throws {
        guard let call = switchboard.webCall(secret) else { return }
        _ = try await order(.callerLeft(call.interaction))
        switchboard.remove(.customer(call.interaction))
    }

    // MARK: agents' screens

    /// What is to be known about the caller of a contact from now on.
    func note(_ care: CallerCare, of id: InteractionID) {
        let known = care.isEmpty ? nil : care
        switchboard.rooms[id]?.care = known
        publish(cards.note(known, of: id))
    }

    /// What an agent's screen shows now.
    func view(of agent: AgentID) -> DeskBody {
        DeskBody(
            agent, at: clock.now(), engine: engine, card: cards[agent], request: breaks[agent],
            switchboard: switchboard)
    }

    /// The same again whenever it changes, beginning with now.
    func views(of agent: AgentID) -> AsyncStream<DeskBody> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: DeskBody.self, bufferingPolicy: .bufferingNewest(1))
        let feed = feeds.add(agent, continuation)
        continuation.onTermination = { [weak self] _ in
            // Ends with its one message; the desk may be gone already.
            Task { await self?.forget(feed) }
        }
        publish([agent])
        return stream
    }

    private func forget(_ feed: DeskFeeds.ID) { feeds.remove(feed) }

    /// Notes what a batch means for the agents' screens and tells them.
    private func show(_ batch: DeskBatch) {
        testCalls.note(batch.outcome.facts)
        let touched = cards.note(batch.outcome.facts, rooms: &switchboard.rooms)
        for agent in touched where engine.routing.agent(agent)?.activity ?? .idle == .idle {
            cards.forget(agent)
        }
        dropBreaksOfTheGone()
        publish(touched.union(batch.phones.keys))
    }

    func publish(_ agents: Set<AgentID>) {
        for agent in agents where feeds.hasAny(agent) { feeds.send(view(of: agent)) }
    }

    /// Lines grow and shrink without an agent's doing: screens are told of it once in a while.
    func publishQueues() {
        for agent in feeds.agents { feeds.send(view(of: agent)) }
    }

    // MARK: the cycle

    private func work() async {
        while !waiting.isEmpty, !stopped {
            var batch = DeskBatch(at: clock.now())
            let count = min(waiting.count, Self.largestBatch)
            for input in waiting.prefix(count) { take(input, into: &batch) }
            waiting.removeFirst(count)
            guard await commit(batch) else {
                for (reply, _) in batch.replies { reply.fail(Self.stopping) }
                break
            }
            switchboard.isOverloaded = waiting.count > Self.mostWaiting
            let failures = switchboard.perform(batch.outcome.effects, at: batch.at)
            for (id, arrival) in batch.arrivals { recognise(id, arrival) }
            show(batch)
            waiting.insert(contentsOf: failures.map { .order($0, .nobody) }, at: 0)
            for (reply, refusal) in batch.replies { reply.answer(refusal) }
            setAlarm()
        }
        isWorking = false
    }

    /// What was ordered and will not be taken any more is told so.
    private func failWaiting() {
        for input in waiting {
            switch input {
            case .order(_, let reply), .signIn(_, _, _, let reply): reply.fail(Self.stopping)
            case .webCall(let call, _): switchboard.rejectWeb(call.interaction, .unavailable)
            case .signalling, .media, .clipsReady, .recognised, .clockRang: break
            }
        }
        waiting.removeAll()
    }

    /// Asks the records whether a caller has been here before, and who spoke with them, while the caller listens to the
    /// flow. Late: the caller waits already, and the last agent does nothing. Never: whoever is next takes the call, and
    /// nobody is recognised.
    private func recognise(_ id: InteractionID, _ arrival: DeskBatch.Arrival) {
        guard !arrival.caller.isAnonymous else { return }
        let caller = arrival.caller.canonical
        // Ends with its one look into the records; nobody waits for it.
        Task { [store, logger, weak self] in
            do {
                guard let known = try await store.ledger.knownCaller(caller, before: id) else { return }
                await self?.receive([.recognised(id, known)])
            } catch {
                logger.warning("A caller cannot be looked up", metadata: ["error": "\(error)"])
            }
        }
    }

    private func take(_ input: DeskInput, into batch: inout DeskBatch) {
        switch input {
        case .order(let order, let reply): batch.replies.append((reply, apply(order, to: &batch)))
        case .signIn(let agent, let seat, let kind, let reply):
            let refusal = apply(.routing(.agentSignedIn(agent, seat)), to: &batch)
            if refusal == nil {
                switchboard.phoneKinds[agent] = kind
                batch.phones[agent] = kind
            }
            batch.replies.append((reply, refusal))
        case .clockRang:
            alarmAt = .distantFuture
            engine.apply(.clockAdvanced, at: batch.at, into: &batch.outcome)
            if let due = settingsChangeAt, due <= batch.at {
                apply([.settingsChanged(settings(at: batch.at))], to: &batch)
            }
            switchboard.endLongPromptCalls(at: batch.at)
            apply(switchboard.probe(at: batch.at) + switchboard.absences(at: batch.at), to: &batch)
        case .signalling(let reports):
            for report in reports {
                let inputs = switchboard.translate(report, into: &batch) { engine.routing.agent(at: $0) }
                apply(inputs, to: &batch)
            }
        case .media(let events):
            for event in events { apply(switchboard.translate(event, into: &batch), to: &batch) }
        case .webCall(let call, let arrival):
            batch.arrivals[call.interaction] = arrival
            apply([.callArrived(call)], to: &batch)
        case .recognised(let id, let known):
            switchboard.rooms[id]?.isRecognised = true
            switchboard.rooms[id]?.care = known.care
            if let agent = known.lastAgent, let endedAt = known.lastEndedAt {
                apply([.lastAgentFound(id, LastAgent(agent: agent, endedAt: endedAt))], to: &batch)
            }
            publish(cards.recognise(id, known.care))
        case .clipsReady(let ready): apply(switchboard.clipsReady(ready), to: &batch)
        }
    }

    /// Applies an order and returns why it was refused, if it was.
    private func apply(_ order: CallInput, to batch: inout DeskBatch) -> Refusal? {
        let first = batch.outcome.effects.count
        engine.apply(order, at: batch.at, into: &batch.outcome)
        return batch.outcome.effects[first...].lazy.compactMap { effect -> Refusal? in
            if case .refuse(let refusal) = effect { refusal } else { nil }
        }.first
    }

    private func apply(_ inputs: [CallInput], to batch: inout DeskBatch) {
        for input in inputs { engine.apply(input, at: batch.at, into: &batch.outcome) }
    }

    /// Writes the batch, again and again until it is written: no effect happens before. Gives up only when the program
    /// stops and cannot wait any longer; then the batch has never happened (`decisions/0019-commit-again.md`).
    private func commit(_ batch: DeskBatch) async -> Bool {
        guard batch.hasAnythingToWrite else { return true }
        var prepared: DeskStore.Prepared?
        var attempt = 0
        while !isAbandoned {
            do {
                let ready =
                    try prepared ?? store.prepare(batch, snapshot: position.isDue ? engine.routing : nil)
                prepared = ready
                if attempt > 0, let found = try await store.position(after: ready, from: position) {
                    // The commit that nobody answered for had taken place.
                    position = found
                } else {
                    position = try await store.commit(ready, at: position)
                }
                if attempt > 0 {
                    logger.notice("The store can be written again", metadata: ["desk.attempts": "\(attempt)"])
                }
                switchboard.isWritable = true
                return true
            } catch {
                attempt += 1
                switchboard.isWritable = false
                if attempt == 1 || attempt % 50 == 0 {
                    logger.critical(
                        "The store cannot be written; new calls are refused until it can",
                        metadata: ["desk.attempts": "\(attempt)", "error": "\(error)"])
                }
                // Cut short only when the program is being killed; then the next attempt comes at once.
                try? await Task.sleep(for: Self.commitRetry)
            }
        }
        return false
    }

    private func setAlarm() {
        guard
            let due = [
                engine.nextDeadline, switchboard.nextProbe, switchboard.nextAbsence,
                switchboard.nextPromptEnd, settingsChangeAt,
            ].compactMap({ $0 }).min(), due < alarmAt
        else { return }
        alarmAt = due
        alarm?.cancel()
        let span = max(0, (due - clock.now()).milliseconds)
        // Cancelled by the next earlier alarm or by `stop`.
        alarm = Task { [weak self] in
            do { try await Task.sleep(for: .milliseconds(span)) } catch { return }
            await self?.receive([.clockRang])
        }
    }
}
