import CallEngine
import FlowEngine
import Kernel
import RoutingEngine

/// A fact as a row of the event log: a type, the ids it can be found by, and its particulars.
///
/// The types and field names are part of the log's format (decision 5): fields are only added, a new meaning is a
/// new type.
struct FactRow: Sendable {
    enum Field: Hashable, Sendable {
        case int(Int64)
        case text(String)
        case null
    }
    var type: String
    var interaction: InteractionID?
    var agent: AgentID?
    var queue: QueueID?
    var fields: [(name: String, value: Field)] = []

    /// The particulars as a JSON object, in the order given here.
    var payload: String {
        var json = "{"
        for (index, field) in fields.enumerated() {
            if index > 0 { json += "," }
            json += "\"\(field.name)\":"
            switch field.value {
            case .int(let number): json += String(number)
            case .text(let text): json += Self.quoted(text)
            case .null: json += "null"
            }
        }
        return json + "}"
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\u{00}"..."\u{1F}":
                let hex = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}

extension FactRow {
    init(_ fact: CallFact) {
        switch fact {
        case .arrived(let id, let number, let origin):
            self.init(
                type: "fact.call.arrived", interaction: id,
                fields: [("number", .text(number)), ("origin", .text(origin))])
        case .rejected(let id, let rejection):
            self.init(
                type: "fact.call.rejected", interaction: id, fields: [("reason", .text(rejection.word))])
        case .answered(let id): self.init(type: "fact.call.answered", interaction: id)
        case .flow(let id, let fact): self.init(fact, in: id)
        case .connected(let id, let agent):
            self.init(type: "fact.call.connected", interaction: id, agent: agent)
        case .recordingStarted(let id): self.init(type: "fact.call.recordingStarted", interaction: id)
        case .agentLegLost(let id, let agent):
            self.init(type: "fact.call.agentLegLost", interaction: id, agent: agent)
        case .agentLegBack(let id, let agent):
            self.init(type: "fact.call.agentLegBack", interaction: id, agent: agent)
        case .handedToRating(let id, let agent):
            self.init(type: "fact.call.handedToRating", interaction: id, agent: agent)
        case .ended(let id, let ending, let lasted):
            self.init(
                type: "fact.call.ended", interaction: id,
                fields: [("by", .text(ending.rawValue)), ("lasted", .int(lasted.milliseconds))])
        case .routing(let fact): self.init(fact)
        }
    }

    private init(_ fact: FlowFact, in id: InteractionID) {
        switch fact {
        case .flowStarted(let flow, let version):
            self.init(
                type: "fact.flow.started", interaction: id,
                fields: [("flow", .text(flow.description)), ("version", .int(Int64(version)))])
        case .nodeEntered(let node):
            self.init(type: "fact.flow.nodeEntered", interaction: id, fields: [("node", .text(node))])
        case .nodeLeft(let node, let exit):
            self.init(
                type: "fact.flow.nodeLeft", interaction: id,
                fields: [("node", .text(node)), ("exit", .text(exit))])
        case .recordingNoticeGiven(let node):
            self.init(
                type: "fact.flow.recordingNoticeGiven", interaction: id, fields: [("node", .text(node))])
        case .announcementSpoken(let announcement):
            self.init(
                type: "fact.flow.announcementSpoken", interaction: id,
                fields: [("announcement", .text(announcement.description))])
        case .rated(let score):
            self.init(type: "fact.flow.rated", interaction: id, fields: [("score", .int(Int64(score)))])
        case .ratingSkipped: self.init(type: "fact.flow.ratingSkipped", interaction: id)
        case .flowFailed(let node, let reason):
            self.init(
                type: "fact.flow.failed", interaction: id,
                fields: [("node", .text(node)), ("reason", .text(reason))])
        }
    }

    private init(_ fact: RoutingFact) {
        switch fact {
        case .settingsApplied(let version):
            self.init(type: "fact.routing.settingsApplied", fields: [("version", .int(Int64(version)))])
        case .lineHeld(let id, let inUse):
            self.init(type: "fact.line.held", interaction: id, fields: [("inUse", .int(Int64(inUse)))])
        case .lineReleased(let id, let held):
            self.init(
                type: "fact.line.released", interaction: id, fields: [("held", .int(held.milliseconds))])
        case .lineRefused(let id, let limit):
            self.init(type: "fact.line.refused", interaction: id, fields: [("limit", .int(Int64(limit)))])
        case .agentSignedIn(let agent, let seat):
            self.init(type: "fact.agent.signedIn", agent: agent, fields: [("seat", .text(seat.description))])
        case .agentSignedOut(let agent, let seat, let signedIn):
            self.init(
                type: "fact.agent.signedOut", agent: agent,
                fields: [("seat", .text(seat.description)), ("signedIn", .int(signedIn.milliseconds))])
        case .presenceChanged(let agent, let presence):
            let reason: Field = if case .onBreak(let reason) = presence { .text(reason) } else { .null }
            self.init(
                type: "fact.agent.presenceChanged", agent: agent,
                fields: [("presence", .text(presence.word)), ("reason", reason)])
        case .activityChanged(let agent, let activity, let former, let after):
            self.init(
                type: "fact.agent.activityChanged", agent: agent,
                fields: [
                    ("activity", .text(activity.rawValue)), ("former", .text(former.rawValue)),
                    ("after", .int(after.milliseconds)),
                ])
        case .agentVanished(let agent): self.init(type: "fact.agent.vanished", agent: agent)
        case .queued, .queueEntryEnded: self.init(queueing: fact)
        case .offered, .offerEnded: self.init(offering: fact)
        case .conversationEnded(let id, let agent, let by, let talked, let held):
            self.init(
                type: "fact.conversation.ended", interaction: id, agent: agent,
                fields: [
                    ("by", .text(by.rawValue)), ("talked", .int(talked.milliseconds)),
                    ("held", .int(held.milliseconds)),
                ])
        case .wrapUpEnded(let agent, let id, let lasted):
            self.init(
                type: "fact.wrapUp.ended", interaction: id, agent: agent,
                fields: [("lasted", .int(lasted.milliseconds))])
        case .refused(let refusal):
            self.init(
                type: "fact.routing.refused", interaction: refusal.interaction, agent: refusal.agent,
                fields: [
                    ("reason", .text(refusal.reason.rawValue)),
                    ("limit", refusal.limit.map { .int(Int64($0)) } ?? .null),
                ])
        }
    }

    private init(queueing fact: RoutingFact) {
        switch fact {
        case .queued(let id, let queue, let position, let wait):
            self.init(
                type: "fact.queue.entered", interaction: id, queue: queue,
                fields: [
                    ("position", .int(Int64(position))),
                    ("expectedWait", wait.map { .int($0.milliseconds) } ?? .null),
                ])
        case .queueEntryEnded(let id, let queue, let ending, let waited, let agent):
            self.init(
                type: "fact.queue.entryEnded", interaction: id, agent: agent, queue: queue,
                fields: [("ending", .text(ending.rawValue)), ("waited", .int(waited.milliseconds))])
        default: self.init(type: "fact.queue.unknown")
        }
    }

    private init(offering fact: RoutingFact) {
        switch fact {
        case .offered(let offer, let agent, let queue, let reason):
            self.init(
                type: "fact.offer.made", interaction: offer.interaction, agent: agent, queue: queue,
                fields: [
                    ("attempt", .int(Int64(offer.attempt))), ("rule", .text(reason.rule.rawValue)),
                    ("priority", .int(Int64(reason.priority))), ("waited", .int(reason.waited.milliseconds)),
                    ("idle", .int(reason.idle.milliseconds)), ("level", .int(Int64(reason.level))),
                    ("settings", .int(Int64(reason.settings))),
                ])
        case .offerEnded(let offer, let agent, let outcome, let rang):
            self.init(
                type: "fact.offer.ended", interaction: offer.interaction, agent: agent,
                fields: [
                    ("attempt", .int(Int64(offer.attempt))), ("outcome", .text(outcome.word)),
                    ("rang", .int(rang.milliseconds)),
                ])
        default: self.init(type: "fact.offer.unknown")
        }
    }
}

extension Rejection {
    /// The word for it in the event log.
    var word: String {
        switch self {
        case .unknownNumber: "unknownNumber"
        case .linesFull: "linesFull"
        case .overflow: "overflow"
        case .unavailable: "unavailable"
        case .nobody: "nobody"
        }
    }
}

extension Presence {
    /// The word for it in the event log and the API.
    var word: String {
        switch self {
        case .ready: "ready"
        case .notReady: "notReady"
        case .onBreak: "break"
        case .offline: "offline"
        }
    }
}

extension OfferOutcome {
    var word: String {
        switch self {
        case .accepted: "accepted"
        case .declined: "declined"
        case .noAnswer: "noAnswer"
        case .failed(let failure): failure.rawValue
        case .withdrawn(let reason): reason.rawValue
        }
    }
}
