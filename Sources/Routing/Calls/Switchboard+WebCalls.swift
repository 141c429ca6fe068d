import CallEngine
import Contracts
import Foundation
import Kernel
import Media
import RoutingEngine
import SignallingEngine
import Storage

/// A caller who came by the call page (mission N04): a browser's leg in place of a trunk's.
struct WebCaller: Sendable {
    let interaction: InteractionID
    /// The page knows the call by this secret, which is its right to end it.
    let secret: String
    /// When silence ends the call; `nil` while audio comes.
    var patienceEndsAt: Timestamp?
}

/// Where the answer to a page goes that wants to call: exactly once.
struct WebCallReply: Sendable {
    let continuation: CheckedContinuation<String, any Error>
    let answer: String
}

// Late, twice or never: a page that asks twice makes two calls, within its share of the lines; a page whose audio never
// comes, or breaks off for `webPatience`, has left; DELETE of a call that is over does nothing.
extension Switchboard {
    /// Loading a page anew ends a web call anyway, so this is for networks that stumble.
    static let webPatience = TimeSpan.seconds(10)
    /// From the offer to the first audio: the microphone is allowed before, so this is a slow network's time.
    static let webSetup = TimeSpan.seconds(20)
    /// The part of the lines that callers from the web may hold, in percent; the telephone keeps the rest.
    static let webShare = 40
    /// Web calls in a centre whose lines are not limited.
    static let mostWebCalls = 200

    /// Whether another web call is taken.
    var hasRoomForWebCall: Bool {
        webCallers.count < (centre.mostLines.map { max(1, $0 * Self.webShare / 100) } ?? Self.mostWebCalls)
    }

    /// Opens the audio of a caller's browser; the call itself begins with the returned input.
    ///
    /// - Parameter origin: `web`, or `test` for a call from the editor of flows.
    func openWebCall(
        number: String, offer: String, secret: String, origin: String, at now: Timestamp
    ) throws(Problem) -> (answer: String, id: InteractionID, arrival: DeskBatch.Arrival) {
        guard takesCalls else {
            throw Problem(.unavailable, "No calls can be taken at the moment; please try again soon.")
        }
        guard hasRoomForWebCall else {
            throw Problem(
                .exhausted, "All lines for calls from the web are in use; please try again in a few minutes.",
                details: ["reason": "webLinesFull"])
        }
        let id: InteractionID = ids.next()
        let (mediaLeg, room) = (newMediaLeg(), newRoom())
        let answer = try openBrowser(mediaLeg, room: room, offer: offer, at: now)
        let arrival = DeskBatch.Arrival(number: number, origin: origin, caller: .anonymous)
        rooms[id] = CallRoom(id: id, room: room, arrival: arrival, arrivedAt: now)
        var leg = Leg(id: .customer(id), handle: nil, signallingAddress: "")
        leg.media = mediaLeg
        add(leg)
        byMedia[mediaLeg] = .customer(id)
        webCallers[mediaLeg] = WebCaller(
            interaction: id, secret: secret, patienceEndsAt: now + Self.webSetup)
        return (answer, id, arrival)
    }

    /// The call that a page knows by its secret.
    func webCall(_ secret: String) -> (interaction: InteractionID, isTalking: Bool)? {
        guard let caller = webCallers.values.first(where: { $0.secret == secret }) else { return nil }
        return (caller.interaction, rooms[caller.interaction]?.joined != nil)
    }

    func ringWeb(_ id: InteractionID) {
        webReplies.removeValue(forKey: id).map { $0.continuation.resume(returning: $0.answer) }
        if let mediaLeg = legs[.customer(id)]?.media {
            media.play(mediaLeg, PlayID(0), [.ringBack()], loop: true)
        }
    }

    func answerWeb(_ id: InteractionID) {
        webReplies.removeValue(forKey: id).map { $0.continuation.resume(returning: $0.answer) }
    }

    func rejectWeb(_ id: InteractionID, _ rejection: Rejection) {
        let problem =
            switch rejection {
            case .unknownNumber:
                Problem(.notFound, "Nobody answers at this number.", details: ["field": "number"])
            case .linesFull, .overflow:
                Problem(.exhausted, "All lines are in use; please try again in a few minutes.")
            case .unavailable, .nobody:
                Problem(.unavailable, "No calls can be taken at the moment; please try again soon.")
            }
        webReplies.removeValue(forKey: id)?.continuation.resume(throwing: problem)
        remove(.customer(id))
    }

    func webCallerIsThere(_ mediaLeg: MediaLegID, _ caller: WebCaller) -> [CallInput] {
        webCallers[mediaLeg]?.patienceEndsAt = nil
        return [.callerConnected(caller.interaction)]
    }

    func webCallerIsAway(
        _ mediaLeg: MediaLegID, _ caller: WebCaller, isClosed: Bool, at now: Timestamp
    ) -> [CallInput] {
        if isClosed { return webCallerLeft(mediaLeg, caller) }
        webCallers[mediaLeg]?.patienceEndsAt = now + Self.webPatience
        return []
    }

    /// The caller is gone: forgets the leg.
    func webCallerLeft(_ mediaLeg: MediaLegID, _ caller: WebCaller) -> [CallInput] {
        remove(.customer(caller.interaction))
        return [.callerLeft(caller.interaction)]
    }

    /// Closes the audio of a leg that is over.
    func close(_ mediaLeg: MediaLegID) {
        if let caller = webCallers.removeValue(forKey: mediaLeg) {
            webReplies.removeValue(forKey: caller.interaction)?.continuation.resume(
                throwing: Problem(.unavailable, "The call has ended."))
        }
        media.close(mediaLeg)
    }
}
