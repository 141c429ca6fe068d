import CallEngine
import Contracts
import FlowEngine
import Foundation
import Kernel
import Logging
import Media
import RoutingEngine
import SignallingEngine

/// What an agent telephones with during a shift.
package enum PhoneKind: String, Codable, CaseIterable, Sendable {
    /// The browser that the desk is open in.
    case browser
    /// The SIP phone of the seat.
    case sip
}

/// The audio of an agent's browser: one leg for the whole shift, which waits in a room of its own and is brought into
/// the room of each call, so that taking a call costs no negotiation.
struct ShiftLeg: Sendable {
    enum State: String, Sendable { case connecting, up, lost }

    let media: MediaLegID
    /// Where it waits between calls.
    let home: RoomID
    /// The page that holds it: the same after a reload, another in a second tab.
    let tab: String
    var state = State.connecting
    /// When the agent counts as vanished, being without audio; `nil` while it is up.
    var graceEndsAt: Timestamp?
    /// The routing has been told that the agent vanished.
    var hasVanished = false
}

// The browser of an agent. Late, twice or never:
// * a leg of a page that has been replaced is closed; what still comes about it is unknown and ignored;
// * an offer twice makes two legs, of which the second holds;
// * never: a leg that does not come up within `legGrace` of its offer, or is not heard of for so long, makes the agent
//   vanish; during a conversation the call engine waits longer (`CallEngine.legPatience`).
extension Switchboard {
    /// How long an agent without a conversation may be without audio after the page said goodbye, or after its offer:
    /// time to load the page anew, below the five seconds in which a waiting caller goes back.
    static let legGrace = TimeSpan.milliseconds(4_600)
    /// The same when the audio fell silent: what the media side took to notice is taken off.
    static let silentLegGrace = TimeSpan.milliseconds(2_100)
    /// The tone before a call that is taken by itself (mission G13).
    private static let autoAnswerTone = AudioClip.tone([880], milliseconds: 250)

    /// Opens the audio of an agent's browser in place of the one there was.
    ///
    /// - Parameter tab: names the page; another page needs `takesOver` while the present one is alive.
    /// - Returns: the description that answers the page's, and what the desk has to know.
    func openShiftLeg(
        of agent: AgentID, offer: String, tab: String, takesOver: Bool, at now: Timestamp
    ) throws(Problem) -> (answer: String, inputs: [CallInput]) {
        let former = shiftLegs[agent]
        if let former, former.state == .up, former.tab != tab, !takesOver {
            throw Problem(
                .conflict, "The telephone of this agent is open in another tab; take it over or go on there.",
                details: ["reason": "legElsewhere"])
        }
        let (mediaLeg, home) = (newMediaLeg(), newRoom())
        let answer = try openBrowser(mediaLeg, room: home, offer: offer, at: now)
        var leg = ShiftLeg(media: mediaLeg, home: home, tab: tab)
        // The page has just shown that it is there; its audio has to follow.
        leg.graceEndsAt = now + Self.legGrace
        leg.hasVanished = former?.hasVanished ?? false
        shiftLegs[agent] = leg
        shiftAgents[mediaLeg] = agent
        absentAgents.insert(agent)
        guard let former else { return (answer, []) }
        retire(former)
        return (answer, former.state == .up && isTalking(agent) ? [.agentLegLost(agent)] : [])
    }

    /// The agent signs out or closes the telephone. Returns what the desk has to know: a customer who is being spoken
    /// with must not be left in silence.
    func closeShiftLeg(of agent: AgentID) -> [CallInput] {
        guard let leg = shiftLegs[agent] else { return [] }
        let wasTalking = isTalking(agent)
        shiftLegs[agent] = nil
        absentAgents.remove(agent)
        retire(leg)
        return [wasTalking ? .agentLegLost(agent) : .routing(.agentVanished(agent))]
    }

    private func retire(_ leg: ShiftLeg) {
        shiftAgents[leg.media] = nil
        media.close(leg.media)
    }

    private func isTalking(_ agent: AgentID) -> Bool {
        guard let id = browserLegs[agent] else { return false }
        return rooms[id.interaction]?.joined == id
    }

    // MARK: calls

    /// Lets an offer ring in the agent's browser: the page is told by its stream; here is only the leg.
    func dialBrowser(
        _ offer: OfferID, _ agent: AgentID, _ queue: QueueID, _ failures: inout [CallInput]
    ) {
        guard rooms[offer.interaction] != nil, let shift = shiftLegs[agent], !shift.hasVanished else {
            failures.append(.agentRefused(offer, .failed(.unreachable)))
            return
        }
        var leg = Leg(id: LegID(offer), handle: nil, signallingAddress: "")
        leg.browser = agent
        leg.media = shift.media
        leg.queue = queue
        leg.hasRung = true
        add(leg)
        byMedia[shift.media] = leg.id
        browserLegs[agent] = leg.id
        if shift.state == .up { answerByItself(leg.id) }
    }

    /// Lets a call of a queue that answers by itself begin, once the agent's audio is there to hear it.
    private func answerByItself(_ id: LegID) {
        guard let leg = legs[id], let mediaLeg = leg.media, rooms[id.interaction]?.joined != id,
            let queue = leg.queue.flatMap({ queues[$0] }), queue.answersItself == true
        else { return }
        announce(queue, id.offer, to: mediaLeg)
    }

    /// Takes the call by itself once the agent has heard a tone and the queue's name (mission G13).
    private func announce(_ queue: CentreQueue, _ offer: OfferID, to mediaLeg: MediaLegID) {
        lastAnnouncement += 1
        let play = PlayID(lastAnnouncement)
        announced[play] = offer
        let name =
            queue.names["zh-CN"].map { Utterance(language: "zh-CN", text: $0) }
            ?? queue.names.min { $0.key < $1.key }.map { Utterance(language: $0.key, text: $0.value) }
        prompter.prepare(name.map { [$0] } ?? [], after: Self.autoAnswerTone) { [media] clips in
            media.play(mediaLeg, play, clips)
        }
    }

    /// Brings the agent's browser into the room of the call, when the leg is one.
    func bringBrowser(_ id: LegID) {
        guard let agent = legs[id]?.browser, let shift = shiftLegs[agent], let room = rooms[id.interaction]
        else { return }
        if legs[id]?.media != shift.media {
            // The page came back with a new leg: it has a track of its own in a recording that goes on.
            if let former = legs[id]?.media { byMedia[former] = nil }
            legs[id]?.media = shift.media
            rooms[id.interaction]?.returns += 1
            let name = "agent-\(id.number)-\(room.returns + 2)"
            do { try media.addTrack(room.room, shift.media, name: name) } catch {
                logger.error("A track could not be added to a recording", metadata: ["error": "\(error)"])
            }
        }
        byMedia[shift.media] = id
        move(shift.media, to: room.room)
    }

    /// After a call: back to where the leg waits.
    func sendHome(_ mediaLeg: MediaLegID) {
        announced = announced.filter { legs[LegID($0.value)] != nil }
        guard let agent = shiftAgents[mediaLeg], let shift = shiftLegs[agent] else { return }
        browserLegs[agent] = nil
        media.stopPlaying(mediaLeg)
        move(mediaLeg, to: shift.home)
    }

    /// The agent's audio is away: the customer hears a soft tone now and then.
    func comfort(_ id: LegID) {
        guard let room = rooms[id.interaction] else { return }
        media.connect(room.room, TalkMatrix())
        if let customer = legs[.customer(id.interaction)]?.media {
            media.play(customer, PlayID(0), [.comfort()], loop: true)
        }
    }

    // MARK: there and away

    func browserIsThere(_ mediaLeg: MediaLegID) -> [CallInput] {
        if let caller = webCallers[mediaLeg] { return webCallerIsThere(mediaLeg, caller) }
        guard let agent = shiftAgents[mediaLeg], shiftLegs[agent]?.media == mediaLeg else { return [] }
        let hadVanished = shiftLegs[agent]?.hasVanished ?? false
        shiftLegs[agent]?.state = .up
        shiftLegs[agent]?.graceEndsAt = nil
        shiftLegs[agent]?.hasVanished = false
        absentAgents.remove(agent)
        if let id = browserLegs[agent], rooms[id.interaction]?.joined != id {
            // It rings: a page that came back has a new leg to ring at.
            if let former = legs[id]?.media, former != mediaLeg { byMedia[former] = nil }
            legs[id]?.media = mediaLeg
            byMedia[mediaLeg] = id
            answerByItself(id)
        }
        return [.agentLegBack(agent)] + (hadVanished ? [.routing(.leaseRenewed(agent))] : [])
    }

    func browserIsAway(_ mediaLeg: MediaLegID, isClosed: Bool, at now: Timestamp) -> [CallInput] {
        if let caller = webCallers[mediaLeg] {
            return webCallerIsAway(mediaLeg, caller, isClosed: isClosed, at: now)
        }
        guard let agent = shiftAgents[mediaLeg], shiftLegs[agent]?.media == mediaLeg else { return [] }
        shiftLegs[agent]?.state = .lost
        absentAgents.insert(agent)
        shiftLegs[agent]?.graceEndsAt = now + (isClosed ? Self.legGrace : Self.silentLegGrace)
        return isTalking(agent) ? [.agentLegLost(agent)] : []
    }

    /// When `absences` is next due.
    var nextAbsence: Timestamp? {
        let agents = absentAgents.compactMap { agent -> Timestamp? in
            guard let leg = shiftLegs[agent], !leg.hasVanished, !isTalking(agent) else { return nil }
            return leg.graceEndsAt
        }
        return (agents + webCallers.values.compactMap(\.patienceEndsAt)).min()
    }

    /// Agents and callers whose browsers have been away for too long.
    func absences(at now: Timestamp) -> [CallInput] {
        var inputs: [CallInput] = []
        for agent in absentAgents.sorted() {
            guard let leg = shiftLegs[agent], let end = leg.graceEndsAt, end <= now, !leg.hasVanished,
                !isTalking(agent)
            else { continue }
            shiftLegs[agent]?.hasVanished = true
            inputs.append(.routing(.agentVanished(agent)))
        }
        for (mediaLeg, caller) in webCallers.sorted(by: { $0.key.number < $1.key.number }) {
            guard let end = caller.patienceEndsAt, end <= now else { continue }
            webCallers[mediaLeg]?.patienceEndsAt = nil
            inputs.append(contentsOf: webCallerLeft(mediaLeg, caller))
        }
        return inputs
    }
}

extension AudioClip {
    /// The comfort tone: a soft double tone every three seconds, which says that nobody has hung up; loop it.
    static func comfort() -> AudioClip {
        let note = AudioClip.tone([440], milliseconds: 120, level: 0.4)
        return AudioClip(
            aLaw: note.samples + AudioClip.silence(milliseconds: 120).samples + note.samples
                + AudioClip.silence(milliseconds: 2_640).samples)
    }
}
