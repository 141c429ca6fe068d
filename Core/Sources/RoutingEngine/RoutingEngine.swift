public import Kernel

/// Who gets which interaction and when: queues, skills, offers, overflow, lines and seats of one tenant.
///
/// Pure and total: time is an argument, nothing is thrown, what cannot be is a `refused` fact. A value: a copy goes
/// its own way, and its `Codable` form is a snapshot that goes on exactly like the original.
///
/// Who is matched with whom is decided by `Matching`, whose comment states what a decision costs. All orders are
/// total (they end with an id), so that neither the layout of tables nor a restored snapshot can change a decision.
public struct RoutingEngine: Sendable {
    /// Written into the journal's segments; an older version's inputs are never replayed to recover (decision 4).
    public static let version = 1

    /// The latest time that the engine has heard of.
    var clock = Timestamp(milliseconds: 0)
    var settings = RoutingSettings(version: 0, queues: [], agents: [])
    var queues: [QueueState] = []
    var queueIndex: [QueueID: Int] = [:]
    /// The queues that ask for exactly the demand class of this number.
    var queuesByDemand: [[Int]] = []
    /// What the settings say about each agent, and the supply class.
    var roster: [AgentID: RosterEntry] = [:]
    var agents = SlotTable<AgentID, AgentState>()
    var seats: [SeatID: AgentID] = [:]
    var interactions = SlotTable<InteractionID, InteractionState>()
    var matching = Matching(supplies: [], expectedDemands: 0)
    var lines = LinePool()
    var deadlines = DeadlineHeap()
    var departures = Departures()
    /// How often anybody chose ready.
    var readyTurns = 0

    public init() {}

    /// Applies what happened at `now`, which never goes back, after every deadline up to `now` has taken effect.
    public mutating func apply(_ input: RoutingInput, at now: Timestamp, into outcome: inout RoutingOutcome) {
        applyDeadlines(upTo: now, into: &outcome)
        clock = max(clock, now)
        departures.forget(before: clock - RoutingBounds.departureMemory)
        perform(input, into: &outcome)
        tidyDeadlines()
    }

    /// When `clockAdvanced` is next needed, if nothing else happens before.
    public var nextDeadline: Timestamp? { deadlines.first?.time }

    /// Where an interaction stands, from 1, and how long it should still take; `nil` when it does not wait.
    ///
    /// An interaction that is being offered keeps its place until it is answered.
    public func position(of interaction: InteractionID, at now: Timestamp) -> (
        position: Int, wait: TimeSpan?
    )? {
        guard let slot = interactions.slot(of: interaction), !interactions[slot].isTalking else { return nil }
        let position = position(slot)
        return (position, expectedWait(queue: interactions[slot].queue, position: position))
    }

    private mutating func perform(_ input: RoutingInput, into outcome: inout RoutingOutcome) {
        switch input {
        case .settingsChanged(let settings): change(to: settings, into: &outcome)
        case .lineRequested(let interaction): requestLine(interaction, into: &outcome)
        case .lineReleased(let interaction): releaseLine(interaction, into: &outcome)
        case .agentSignedIn(let agent, let seat): signIn(agent, seat, into: &outcome)
        case .agentSignedOut(let agent): signOut(agent, into: &outcome)
        case .presenceChosen(let agent, let presence): choose(presence, agent, into: &outcome)
        case .leaseRenewed(let agent): renewLease(agent, into: &outcome)
        case .agentVanished(let agent): vanish(agent, into: &outcome)
        case .interactionQueued(let request): queue(request, into: &outcome)
        case .interactionAbandoned(let interaction): abandon(interaction, into: &outcome)
        case .interactionWithdrawn(let interaction, let reason):
            withdraw(interaction, reason, into: &outcome)
        case .offerAccepted(let offer): accept(offer, into: &outcome)
        case .offerDeclined(let offer): decline(offer, into: &outcome)
        case .offerFailed(let offer, let failure): fail(offer, failure, into: &outcome)
        case .conversationEnded(let interaction, let end): endConversation(interaction, end, into: &outcome)
        case .holdStarted(let interaction): startHold(interaction, into: &outcome)
        case .holdEnded(let interaction): endHold(interaction, into: &outcome)
        case .wrapUpEnded(let agent): endWrapUp(agent, into: &outcome)
        case .wrapUpExtended(let agent, let span): extendWrapUp(agent, span, into: &outcome)
        case .clockAdvanced: break
        }
    }

    /// Says that an input could not be, as a fact and to who asked.
    func refuse(_ refusal: Refusal, into outcome: inout RoutingOutcome) {
        outcome.facts.append(.refused(refusal))
        outcome.effects.append(.refuse(refusal))
    }

    /// Position in the queue, from 1, whether it waits in the line or rings.
    func position(_ slot: Int) -> Int {
        let state = interactions[slot]
        return queues[state.queue].line.rank(of: state.rank(slot)) + 1
    }

    /// Position times mean handling time over the agents who serve the queue; `nil` without experience or agents.
    ///
    /// Little's law for a queue whose agents are all busy: one of n agents becomes free every 1/n-th of the mean
    /// handling time. Agents who serve several queues count fully in each, so the estimate is a lower bound then.
    func expectedWait(queue: Int, position: Int) -> TimeSpan? {
        guard let mean = queues[queue].handling.mean, queues[queue].serving > 0 else { return nil }
        return TimeSpan(milliseconds: Int64(position) * mean.milliseconds / Int64(queues[queue].serving))
    }
}
