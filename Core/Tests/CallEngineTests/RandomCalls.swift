import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// Inputs for a small busy centre: mostly what could happen, now and then what cannot, from a seed.
struct RandomCalls {
    /// The latest offers, plays and calls that inputs are made up from, over or not.
    private static let mostRemembered = 8

    private var dice: SeededGenerator
    private var arrived = 0
    private var live: [InteractionID] = []
    private var offers: [OfferID] = []
    private var plays: [(InteractionID, Int)] = []

    init(seed: UInt64) { dice = SeededGenerator(seed: seed) }

    /// Remembers what the engine wants, so that answers to it can be made up.
    mutating func listen(_ effects: [CallEffect]) {
        for effect in effects {
            switch effect {
            case .dial(let offer, _, _, _): offers.append(offer)
            case .play(let id, let play, _), .playMusic(let id, let play, _): plays.append((id, play))
            case .playToBoth(let leg, let play, _): plays.append((leg.interaction, play))
            default: break
            }
        }
        offers = offers.suffix(Self.mostRemembered)
        plays = plays.suffix(Self.mostRemembered)
    }

    /// How long until the next input; mostly little, now and then long enough for every deadline.
    mutating func pause() -> TimeSpan {
        switch dice.below(20) {
        case 0: .seconds(Int64(dice.below(400)))
        case 1...9: .zero
        default: .milliseconds(Int64(dice.below(4_000)))
        }
    }

    mutating func next() -> CallInput {
        switch dice.below(100) {
        case 0...11: return .callArrived(newCall())
        case 12...21: return .callerConnected(someCall())
        case 22...25: return .callerLeft(someCall())
        case 26: return .callReleased(someCall())
        case 27...38: return .digitPressed(someCall(), key: "\(1 + dice.below(5))")
        case 39...54:
            guard !plays.isEmpty else { return .clockAdvanced }
            let (id, play) = plays[dice.below(plays.count)]
            return .playEnded(id, play: play)
        case 55...69: return .agentAnswered(someOffer())
        case 70...72:
            let failures = [OfferFailure.unreachable, .busy, .rejected]
            let refusals: [AgentRefusal] = [.declined, .failed(failures[dice.below(3)])]
            return .agentRefused(someOffer(), refusals[dice.below(2)])
        case 73...77: return .agentLeft(someOffer())
        case 78: return .agentHeld(someOffer())
        case 79: return .agentResumed(someOffer())
        case 80, 81: return .agentHungUp(someAgent())
        case 82: return .agentDeclined(someAgent())
        case 83...91: return .routing(.presenceChosen(someAgent(), .ready))
        case 92: return .routing(.agentVanished(someAgent()))
        case 93: return .routing(.agentSignedOut(someAgent()))
        case 94, 95: return .routing(.agentSignedIn(someAgent(), SeatID(1 + dice.below(3))))
        case 96: return .routing(.wrapUpEnded(someAgent()))
        case 97:
            let agent = someAgent()
            return [
                .agentAccepted(agent), .agentHoldChosen(agent, dice.chance(600)), .agentHandedOver(agent),
                .agentLegLost(agent), .agentLegLost(agent), .agentLegBack(agent),
            ][dice.below(6)]
        case 98: return dice.chance(100) ? .drainingStarted : .drainingEnded
        default: return .clockAdvanced
        }
    }

    /// What changes the settings now and then: queues that go and come back, other limits.
    mutating func settings(_ settings: CallSettings, version: Int) -> CallSettings? {
        guard dice.chance(10) else { return nil }
        var new = settings
        new.routing.version = version
        if dice.chance(400) { new.routing.queues.remove(at: dice.below(new.routing.queues.count)) }
        new.routing.limits.lines = 1 + dice.below(6)
        return new
    }

    /// Now and then a call that is there already; never one that is over, whose id signalling does not use again.
    private mutating func newCall() -> ArrivedCall {
        let number = dice.chance(40) ? "9999" : dice.chance(300) ? CentreFixture.direct : CentreFixture.main
        arrived += 1
        live = (live + [InteractionID(arrived)]).suffix(Self.mostRemembered)
        return ArrivedCall(interaction: InteractionID(arrived), number: number, origin: "external")
    }
    private mutating func someCall() -> InteractionID {
        live.isEmpty ? InteractionID(1_000_000) : live[dice.below(live.count)]
    }
    private mutating func someAgent() -> AgentID { AgentID(1 + dice.below(4)) }
    /// Mostly the latest.
    private mutating func someOffer() -> OfferID {
        guard !offers.isEmpty else { return OfferID(1_000_000, 1) }
        return dice.chance(600) ? offers[offers.count - 1] : offers[dice.below(offers.count)]
    }
}

/// Follows what the engine says and notes what cannot be.
struct CallChecker {
    private enum Leg { case ringing, joined, over }

    private var legs: [OfferID: Leg] = [:]
    private var live: Set<InteractionID> = []
    private var ended: Set<InteractionID> = []
    private var recorded: Set<InteractionID> = []
    private var held: Set<LegID> = []
    private var comforted: Set<LegID> = []
    private var latest = Timestamp(milliseconds: 0)
    private(set) var violations: [String] = []
    /// How often each kind of effect was seen, so that a test can say that it saw something.
    private(set) var joined = 0
    private(set) var finished = 0

    mutating func check(_ outcome: CallOutcome, after input: CallInput) {
        let overBefore = ended
        for stamped in outcome.facts {
            expect(stamped.at >= latest, "facts go back in time")
            latest = max(latest, stamped.at)
            switch stamped.fact {
            case .arrived(let id, _, _): expect(live.insert(id).inserted, "\(id) arrives twice")
            case .ended(let id, _, _):
                expect(live.remove(id) != nil && ended.insert(id).inserted, "\(id) ends twice")
                finished += 1
            default: break
            }
        }
        for effect in outcome.effects { check(effect, overBefore, input) }
        phoneSpeaks(input)
        expect(recorded.isDisjoint(with: ended), "a call that is over is recorded")
    }

    private mutating func check(_ effect: CallEffect, _ over: Set<InteractionID>, _ input: CallInput) {
        switch effect {
        case .dial(let offer, _, _, _):
            expect(legs.updateValue(.ringing, forKey: offer) == nil, "\(offer) is dialled twice")
        case .join(let leg):
            expect(legs.updateValue(.joined, forKey: leg.offer) == .ringing, "\(leg) is joined unasked")
            joined += 1
        case .drop(let leg):
            // A leg that is over is dropped again only when its phone has just spoken.
            let former = legs.updateValue(.over, forKey: leg.offer)
            expect(
                former == .ringing || former == .joined || spoke(leg.offer, input), "\(leg) is dropped twice")
            held.remove(leg)
            comforted.remove(leg)
        case .part(let leg): expect(legs[leg.offer] == .joined, "\(leg) is parted and was not joined")
        case .hold(let leg):
            let isNews = held.insert(leg).inserted
            expect(
                legs[leg.offer] == .joined && (isNews || comforted.remove(leg) != nil), "\(leg) is held twice"
            )
        case .resume(let leg):
            let wasAway = comforted.remove(leg) != nil
            expect(held.remove(leg) != nil || wasAway, "\(leg) is resumed and was not held")
        case .comfort(let leg):
            expect(
                legs[leg.offer] == .joined && comforted.insert(leg).inserted, "\(leg) is lost twice")
        case .startRecording(let id, let at):
            expect(recorded.insert(id).inserted, "\(id) is recorded twice")
            expect(at == latest, "a recording is named after another time than its start")
        case .stopRecording(let id): expect(recorded.remove(id) != nil, "\(id) stops and was not recorded")
        case .ring(let id), .answer(let id), .reject(let id, _), .hangUp(let id), .stopPlaying(let id),
            .play(let id, _, _), .playMusic(let id, _, _):
            expect(!over.contains(id), "\(effect) after the end")
        case .playToBoth(let leg, _, _): expect(legs[leg.offer] == .joined, "\(leg) is spoken to unjoined")
        case .refuse: break
        }
    }

    /// A phone that refuses or hangs up ends its leg without the engine.
    private mutating func phoneSpeaks(_ input: CallInput) {
        switch input {
        case .agentRefused(let offer, _) where legs[offer] == .ringing: legs[offer] = .over
        case .agentLeft(let offer) where legs[offer] != nil:
            legs[offer] = .over
            held.remove(LegID(offer))
            comforted.remove(LegID(offer))
        default: break
        }
    }

    private func spoke(_ offer: OfferID, _ input: CallInput) -> Bool {
        if case .agentAnswered(offer) = input { true } else { false }
    }

    /// At the end of everything.
    mutating func close() {
        let (calls, recordings) = (live.count, recorded.count)
        expect(calls == 0, "\(calls) calls never end")
        expect(recordings == 0, "\(recordings) recordings never end")
        let left = legs.filter { $0.value != .over }
        expect(left.isEmpty, "\(left.count) legs are left")
    }

    private mutating func expect(_ holds: Bool, _ rule: @autoclosure () -> String) {
        if !holds { violations.append(rule()) }
    }
}
