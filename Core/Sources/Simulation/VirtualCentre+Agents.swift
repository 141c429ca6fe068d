import CallEngine
import Kernel
import RoutingEngine

/// The agents: shifts, phones, conversations, breaks, and phones that die.
extension VirtualCentre {
    private static let leaseRenewal = TimeSpan.seconds(45)
    /// How long after the last call the agents stay.
    private static let stay = TimeSpan.minutes(20)

    func place(of agent: AgentID) -> Int { Int(agent.low) - 1 }
    func agent(at place: Int) -> AgentID { AgentID(place + 1) }

    /// Agents that are somewhere else today hold a seat number of their own all the same.
    private func seat(of place: Int) -> SeatID { SeatID(place + 1) }

    // MARK: Shifts

    mutating func prepareDay() {
        now = opening
        planArrival()
        now = opening - .minutes(30)
        for place in workplaces.indices {
            plan(.shiftBegins(place), at: opening - dice.span(.zero, .minutes(20)))
            plan(.shiftEnds(place), at: closing + dice.span(Self.stay, Self.stay + .minutes(10)))
            var pause = opening + dice.exponential(mean: .hours(2))
            while pause < closing {
                plan(.breakBegins(place), at: pause)
                pause = pause + dice.exponential(mean: .hours(2))
            }
            guard plan.faults != .none else { continue }
            var death = opening + dice.exponential(mean: plan.faults == .many ? .hours(1) : .hours(6))
            while death < closing {
                plan(.agentVanishes(place), at: death)
                death = death + dice.exponential(mean: .hours(2))
            }
        }
        guard plan.faults != .none else { return }
        let length = closing - opening
        for _ in 0..<(plan.faults == .many ? 40 : 5) {
            plan(.nonsense, at: opening + dice.span(.zero, length))
        }
        for _ in 0..<2 { plan(.settingsChange, at: opening + dice.span(.zero, length)) }
        if plan.faults == .many || dice.chance(300) { plan(.crash, at: opening + dice.span(.zero, length)) }
    }

    mutating func beginShift(_ place: Int) {
        tell(.routing(.agentSignedIn(agent(at: place), seat(of: place))))
        workplaces[place].isOnShift = true
        tell(.routing(.presenceChosen(agent(at: place), .ready)))
        if plan.faults != .none { plan(.leaseIsRenewed(place), in: Self.leaseRenewal) }
    }

    /// Whoever is still talking tries again a little later.
    mutating func endShift(_ place: Int) {
        workplaces[place].isOnShift = false
        workplaces[place].hasVanished = false
        guard engine.routing.seat(of: agent(at: place)) != nil else { return }
        tell(.routing(.agentSignedOut(agent(at: place))))
        plan(.shiftEnds(place), in: .seconds(20))
    }

    mutating func beginBreak(_ place: Int) {
        guard workplaces[place].isOnShift else { return }
        tell(.routing(.presenceChosen(agent(at: place), .onBreak(reason: "rest"))))
        plan(.agentIsReady(place), in: dice.span(.minutes(3), .minutes(15)))
    }

    mutating func beReady(_ place: Int) {
        guard workplaces[place].isOnShift, !workplaces[place].hasVanished else { return }
        tell(.routing(.presenceChosen(agent(at: place), .ready)))
    }

    mutating func renewLease(_ place: Int) {
        guard workplaces[place].isOnShift else { return }
        plan(.leaseIsRenewed(place), in: Self.leaseRenewal)
        if !workplaces[place].hasVanished { tell(.routing(.leaseRenewed(agent(at: place)))) }
    }

    mutating func vanish(_ place: Int) {
        guard workplaces[place].isOnShift, !workplaces[place].hasVanished else { return }
        workplaces[place].hasVanished = true
        plan(.agentComesBack(place), in: dice.span(.seconds(20), .minutes(8)))
        // Signalling, the browser's connection or the lease notices, whichever is first.
        switch dice.below(3) {
        case 0: tell(.routing(.agentVanished(agent(at: place))))
        case 1: if let offer = workplaces[place].offer { hangUp(offer, atDesk: false) }
        default: break
        }
    }

    mutating func comeBack(_ place: Int) {
        guard workplaces[place].isOnShift else { return }
        workplaces[place].hasVanished = false
        tell(.routing(.leaseRenewed(agent(at: place))))
        beReady(place)
    }

    // MARK: Phones

    mutating func dial(_ offer: OfferID, _ agent: AgentID) {
        let place = place(of: agent)
        expect(workplaces[place].phone == .idle, "agent \(agent)'s phone is to ring while it is in use")
        workplaces[place].phone = .ringing(offer)
        legs[offer] = place
        guard !workplaces[place].hasVanished else { return }
        let faults = plan.faults.perMille
        if dice.chance(faults / 2) {
            let failure = dice.one(of: [OfferFailure.unreachable, .busy, .rejected])
            return plan(.phoneRefuses(offer, .failed(failure)), in: dice.span(.milliseconds(10), .seconds(2)))
        }
        switch dice.below(1_000) {
        case ..<30: plan(.phoneRefuses(offer, .declined), in: dice.span(.seconds(1), .seconds(10)))
        case ..<50: plan(.agentDeclines(offer), in: dice.span(.seconds(1), .seconds(10)))
        case ..<80: break  // rings out
        default: plan(.phoneAnswers(offer), in: dice.span(.milliseconds(500), .seconds(8)))
        }
    }

    /// The engine stops the leg; what its phone said at the same moment arrives all the same.
    mutating func drop(_ offer: OfferID) {
        guard let place = legs.removeValue(forKey: offer) else { return }
        if workplaces[place].offer == offer { workplaces[place].phone = .idle }
        guard dice.chance(plan.faults.perMille) else { return }
        let stray: CallInput = dice.one(of: [
            .agentAnswered(offer), .agentLeft(offer), .agentRefused(offer, .declined),
        ])
        plan(.message(stray), in: dice.span(.zero, .milliseconds(300)))
    }

    mutating func answer(_ offer: OfferID) {
        guard let place = legs[offer], workplaces[place].phone == .ringing(offer),
            !workplaces[place].hasVanished
        else { return }
        workplaces[place].phone = .answered(offer)
        deliver(.agentAnswered(offer), isVital: true)
    }

    mutating func refuse(_ offer: OfferID, _ refusal: AgentRefusal) {
        guard let place = legs[offer], workplaces[place].phone == .ringing(offer) else { return }
        legs[offer] = nil
        workplaces[place].phone = .idle
        tell(.agentRefused(offer, refusal))
    }

    mutating func decline(_ offer: OfferID) {
        guard let place = legs[offer], workplaces[place].phone == .ringing(offer) else { return }
        tell(.agentDeclined(agent(at: place)))
    }

    /// Customer and agent hear each other: one of them, or both at once, will end it.
    mutating func join(_ offer: OfferID) {
        guard let place = legs[offer] else { return expect(false, "a leg is joined that is over: \(offer)") }
        expect(workplaces[place].phone == .answered(offer), "a leg is joined that did not answer: \(offer)")
        let id = offer.interaction
        let talk = dice.exponential(mean: plan.meanTalk) + .seconds(2)
        callers[id]?.talking = offer
        callers[id]?.turn += 1
        let turn = callers[id]?.turn ?? 0
        if dice.chance(100) {
            plan(.agentHolds(offer, true), in: .milliseconds(talk.milliseconds / 3))
            plan(.agentHolds(offer, false), in: .milliseconds(talk.milliseconds / 2))
        }
        switch dice.below(10) {
        case ..<5: plan(.agentHangsUp(offer, atDesk: false), in: talk)
        case ..<7: plan(.agentHangsUp(offer, atDesk: true), in: talk)
        default: plan(.callerLeaves(id, turn: turn), in: talk)
        }
        if dice.chance(plan.faults.perMille) {
            plan(.agentHangsUp(offer, atDesk: false), in: talk)
            plan(.callerLeaves(id, turn: turn), in: talk)
        }
        // Whoever hangs up has a reason to fail at it: somebody ends the longest conversation.
        plan(.callerLeaves(id, turn: turn), in: talk + .minutes(10))
    }

    mutating func hangUp(_ offer: OfferID, atDesk: Bool) {
        guard let place = legs[offer], workplaces[place].phone == .answered(offer) else { return }
        if atDesk { return tell(.agentHungUp(agent(at: place))) }
        legs[offer] = nil
        workplaces[place].phone = .idle
        // Until the engine knows, the phone may be dialled for nobody else.
        tell(.agentLeft(offer))
    }

    mutating func hold(_ offer: OfferID, _ isHeld: Bool) {
        guard callers[offer.interaction]?.talking == offer else { return }
        tell(isHeld ? .agentHeld(offer) : .agentResumed(offer))
    }
}
