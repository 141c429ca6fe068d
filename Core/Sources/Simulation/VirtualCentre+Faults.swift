import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// What happens, and what should not.
extension VirtualCentre {
    mutating func happen(_ event: WorldEvent) {
        switch event {
        case .callArrives: arrive()
        case .callArrivesAgain(let call): if ledger.open[call.interaction] != nil { tell(.callArrived(call)) }
        case .callerLeaves(let id, let turn): if callers[id]?.turn == turn { leave(id) }
        case .callerGivesUp(let id): leave(id)
        case .keyIsPressed(let id, let key): if callers[id] != nil { tell(.digitPressed(id, key: key)) }
        case .playEnds(let id, let play): playEnded(id, play)
        case .phoneAnswers(let offer): answer(offer)
        case .phoneRefuses(let offer, let refusal): refuse(offer, refusal)
        case .agentDeclines(let offer): decline(offer)
        case .agentHangsUp(let offer, let atDesk): hangUp(offer, atDesk: atDesk)
        case .agentHolds(let offer, let isHeld): hold(offer, isHeld)
        case .agentEndsWrapUp(let place): tell(.routing(.wrapUpEnded(agent(at: place))))
        case .shiftBegins(let place): beginShift(place)
        case .shiftEnds(let place): endShift(place)
        case .breakBegins(let place): beginBreak(place)
        case .agentIsReady(let place): beReady(place)
        case .leaseIsRenewed(let place): renewLease(place)
        case .agentVanishes(let place): vanish(place)
        case .agentComesBack(let place): comeBack(place)
        case .settingsChange: changeSettings()
        case .crash: crash()
        case .nonsense: talkNonsense()
        case .message(let input): tell(input)
        }
    }

    /// The supervisor changes how long phones ring and puts up or takes down a known fault.
    private mutating func changeSettings() {
        let routing = ReferenceCentre.routing(
            plan, version: settings.routing.version + 1, ring: dice.span(.seconds(4), .seconds(20)))
        settings = ReferenceCentre.settings(plan, routing: routing)
        if dice.chance(500) {
            settings.context.announcements = [
                ActiveAnnouncement(id: AnnouncementID(1), board: "faults", texts: ["zh-CN": "ERP系统正在维护。"])
            ]
        }
        tell(.settingsChanged(settings))
    }

    /// The process dies and comes back: every call is cut off, routing goes on from its snapshot, and what the facts
    /// say was under way is ended through ordinary inputs.
    private mutating func crash() {
        crashes += 1
        replayJournal()
        let restored = restore(engine.routing)
        expect(
            restored.overview(at: now) == engine.routing.overview(at: now),
            "a restored engine differs from its snapshot")
        engine = CallEngine(settings: settings, routing: restored)
        callers.removeAll()
        legs.removeAll()
        for place in workplaces.indices { workplaces[place].phone = .idle }
        for (id, entry) in ledger.open.sorted(by: { $0.key < $1.key }) {
            if entry.queue != nil { tell(.routing(.interactionWithdrawn(id, .releasedBySystem))) }
            if entry.talksTo != nil { tell(.routing(.conversationEnded(id, by: .system))) }
            if entry.holdsLine { tell(.routing(.lineReleased(id))) }
        }
        for id in ledger.open.keys.sorted() { ledger.lose(id) }
    }

    /// The journal alone leads to the same routing facts and the same state (decision 3).
    private mutating func replayJournal() {
        var replayed = RoutingEngine()
        var digest = FactDigest()
        var routed = RoutingOutcome()
        for stamped in journal {
            routed.removeAll()
            replayed.apply(stamped.input, at: stamped.at, into: &routed)
            for fact in routed.facts { digest.add(fact) }
        }
        expect(digest.value == routingDigest.value, "a replay of the journal leads to other facts")
        expect(
            replayed.overview(at: now) == engine.routing.overview(at: now),
            "a replay of the journal leads to another state"
        )
    }

    /// Inputs that cannot be, as a client with a fault or an old browser window would send them.
    private mutating func talkNonsense() {
        let id = InteractionID(1 + dice.below(arrivals + 5))
        let agent = AgentID(1 + dice.below(plan.agents + 2))
        let offer = OfferID(interaction: id, attempt: dice.below(4))
        let inputs: [CallInput] = [
            .agentAnswered(offer), .agentLeft(offer), .agentRefused(offer, .declined), .agentHeld(offer),
            .agentResumed(offer), .agentHungUp(agent), .agentDeclined(agent),
            .playEnded(id, play: dice.below(9)),
            .digitPressed(id, key: "x"), .callerConnected(id), .routing(.agentSignedIn(agent, SeatID(1))),
            .routing(.wrapUpEnded(agent)), .routing(.wrapUpExtended(agent, .seconds(30))),
            .routing(.leaseRenewed(agent)), .routing(.presenceChosen(AgentID(999), .ready)), .clockAdvanced,
        ]
        let input = dice.one(of: inputs)
        // Somebody else's leg is not hung up by nonsense: the world would not know.
        switch input {
        case .agentAnswered, .agentLeft, .agentRefused: if legs[offer] == nil { tell(input) }
        case .agentHungUp, .agentDeclined: if workplaces.indices.contains(place(of: agent)) { tell(input) }
        default: tell(input)
        }
    }
}
