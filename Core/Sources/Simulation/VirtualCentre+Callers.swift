import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// The callers: when they come, what they press, how long they wait, and what the network does to their messages.
extension VirtualCentre {
    /// A caller's confirmation that never comes is given up by signalling after this (RFC 3261, 64*T1).
    private static let confirmationTimeout = TimeSpan.seconds(32)
    /// A hang-up that got lost is noticed at the latest by the session timer.
    private static let lossNoticed = TimeSpan.minutes(3)

    // MARK: Arrivals

    mutating func planArrival() {
        let next = DayProfile.arrival(after: now, load, from: opening, to: closing, &dice)
        if let next { plan(.callArrives, at: next) }
    }

    mutating func arrive() {
        planArrival()
        arrivals += 1
        let id = InteractionID(arrivals)
        callers[id] = Caller()
        var call = ArrivedCall(interaction: id, number: ReferenceCentre.number, origin: "external")
        if dice.chance(200) {
            call.lastAgent = LastAgent(agent: AgentID(1 + dice.below(max(1, plan.agents))), endedAt: opening)
        }
        if dice.chance(plan.faults.perMille / 10) { call.number = "10000" }
        tell(.callArrived(call))
        if dice.chance(40) { plan(.callerGivesUp(id), in: dice.span(.zero, .seconds(30))) }
        if plan.faults == .many && dice.chance(30) {
            plan(.callArrivesAgain(call), in: dice.span(.zero, .seconds(5)))
        }
    }

    // MARK: What the callers do

    /// The caller is gone: every later message of theirs is a stray.
    mutating func leave(_ id: InteractionID) {
        guard callers.removeValue(forKey: id) != nil else { return }
        deliver(.callerLeft(id), isVital: true)
    }

    mutating func playEnded(_ id: InteractionID, _ play: Int) {
        guard callers[id]?.play == play else {
            // Stopped or replaced meanwhile; with faults the message is on its way all the same.
            if dice.chance(plan.faults.perMille) { tell(.playEnded(id, play: play)) }
            return
        }
        deliver(.playEnded(id, play: play), isVital: false)
    }

    /// What is known of a caller's way leads to what the caller does next.
    mutating func react(to fact: CallFact) {
        switch fact {
        case .flow(let id, .nodeEntered("menu")):
            guard dice.chance(900) else { return }
            let key = dice.chance(930) ? dice.one(of: ["0", "1", "2", "3", "4", "5", "6", "9"]) : "7"
            plan(.keyIsPressed(id, key), in: dice.span(.milliseconds(300), .seconds(7)))
            if dice.chance(50) { plan(.keyIsPressed(id, "#"), in: dice.span(.zero, .seconds(9))) }
        case .flow(let id, .nodeEntered("rating")):
            if dice.chance(300) { plan(.callerGivesUp(id), in: dice.span(.zero, .seconds(6))) }
            if dice.chance(500) {
                plan(
                    .keyIsPressed(id, dice.one(of: ["1", "1", "1", "2", "3", "8"])),
                    in: dice.span(.seconds(1), .seconds(9)))
            }
        case .routing(.queued(let id, _, _, _)):
            guard let caller = callers[id], !caller.hasQueued else { return }
            callers[id]?.hasQueued = true
            plan(.callerLeaves(id, turn: caller.turn), in: dice.exponential(mean: plan.meanPatience))
        case .routing(.presenceChanged(let agent, .notReady)):
            // Taken out of routing by the engine; the agent notices after a while.
            plan(.agentIsReady(place(of: agent)), in: dice.span(.seconds(10), .seconds(90)))
        case .routing(.activityChanged(let agent, .wrapUp, _, _)):
            if dice.chance(300) {
                plan(.agentEndsWrapUp(place(of: agent)), in: dice.span(.seconds(1), .seconds(20)))
            }
        default: break
        }
    }

    // MARK: What the engine wants from the telephone

    mutating func carryOut(_ effect: CallEffect) {
        switch effect {
        case .ring: break
        case .answer(let id):
            guard callers[id] != nil else { return }
            if dice.chance(plan.faults.perMille / 4) {
                plan(.callerGivesUp(id), in: Self.confirmationTimeout)
            } else {
                plan(.message(.callerConnected(id)), in: dice.span(.milliseconds(20), .milliseconds(400)))
            }
        case .reject(let id, _): callers[id] = nil
        case .hangUp(let id):
            callers[id] = nil
            // Both hang up at once: the messages cross.
            if dice.chance(plan.faults.perMille) {
                plan(.message(.callerLeft(id)), in: dice.span(.zero, .milliseconds(200)))
            }
        case .dial(let offer, let agent, _, _): dial(offer, agent)
        case .drop(let leg): drop(leg.offer)
        case .play(let id, let play, let utterances): start(play, utterances, for: id)
        case .playMusic(let id, let play, _): start(play, [], for: id)
        case .stopPlaying(let id): callers[id]?.play = 0
        case .playToBoth(let leg, let play, let utterances): start(play, utterances, for: leg.interaction)
        case .join(let leg): join(leg.offer)
        case .part(let leg):
            callers[leg.interaction]?.talking = nil
            callers[leg.interaction]?.turn += 1
        case .hold(let leg), .resume(let leg), .comfort(let leg):
            expect(legs[leg.offer] != nil, "a leg that is over is held: \(leg)")
        case .startRecording(let id, let at):
            expect(at == now, "\(id) is recorded from another time than the present")
            expect(callers[id]?.isRecorded != true, "\(id) is recorded twice")
            callers[id]?.isRecorded = true
        case .stopRecording(let id): callers[id]?.isRecorded = false
        case .refuse: break
        }
    }

    /// Speaks to a caller: two seconds and a little for each character. Music has no end of its own.
    private mutating func start(_ play: Int, _ utterances: [Utterance], for id: InteractionID) {
        guard let caller = callers[id] else { return }
        expect(play > caller.play || caller.play == 0, "\(id) hears an older play after a newer one")
        callers[id]?.play = play
        guard !utterances.isEmpty else { return }
        let characters = utterances.reduce(0) { $0 + $1.text.utf8.count }
        plan(.playEnds(id, play: play), in: .milliseconds(2_000 + 60 * Int64(characters)))
    }

    // MARK: The network

    /// Gives the engine a message that may get lost, be late or come twice. A vital one comes at last, because
    /// signalling repeats it or a timer notices.
    mutating func deliver(_ input: CallInput, isVital: Bool) {
        guard dice.chance(plan.faults.perMille) else { return tell(input) }
        switch dice.below(3) {
        case 0:
            if isVital { plan(.message(input), in: dice.span(.seconds(1), Self.lossNoticed)) }
        case 1: plan(.message(input), in: dice.span(.milliseconds(1), .seconds(20)))
        default:
            plan(.message(input), in: dice.span(.zero, .seconds(5)))
            tell(input)
        }
    }
}
