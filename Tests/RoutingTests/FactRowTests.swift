import CallEngine
import FlowEngine
import Kernel
import RoutingEngine
import Testing

@testable import Routing

/// The format of the event log: what is written here has been written into logs and stays readable for ever.
@Suite struct FactRowTests {
    private static let call = InteractionID(1)
    private static let agent = AgentID(2)
    private static let queue = QueueID(3)
    private static let seat = SeatID(4)
    private static let offer = OfferID(interaction: call, attempt: 5)
    private static let seatText = seat.description

    /// One line for each fact: its type, which ids it can be found by (c, a, q), its particulars.
    private static let golden: [(CallFact, String)] = [
        (
            .arrived(call, number: "5186", origin: "city"),
            #"fact.call.arrived c {"number":"5186","origin":"city"}"#
        ),
        (.rejected(call, .unknownNumber), #"fact.call.rejected c {"reason":"unknownNumber"}"#),
        (.rejected(call, .linesFull), #"fact.call.rejected c {"reason":"linesFull"}"#),
        (.rejected(call, .overflow(to: "+86571")), #"fact.call.rejected c {"reason":"overflow"}"#),
        (.rejected(call, .unavailable), #"fact.call.rejected c {"reason":"unavailable"}"#),
        (.rejected(call, .nobody), #"fact.call.rejected c {"reason":"nobody"}"#),
        (.answered(call), "fact.call.answered c {}"),
        (.connected(call, agent), "fact.call.connected ca {}"),
        (.recordingStarted(call), "fact.call.recordingStarted c {}"),
        (
            .ended(call, by: .customer, lasted: .milliseconds(1_500)),
            #"fact.call.ended c {"by":"customer","lasted":1500}"#
        ),
        (
            .flow(call, .flowStarted(FlowID(6), version: 7)),
            #"fact.flow.started c {"flow":"\#(FlowID(6))","version":7}"#
        ),
        (.flow(call, .nodeEntered("menu")), #"fact.flow.nodeEntered c {"node":"menu"}"#),
        (.flow(call, .nodeLeft("menu", exit: "1")), #"fact.flow.nodeLeft c {"node":"menu","exit":"1"}"#),
        (.flow(call, .recordingNoticeGiven("n")), #"fact.flow.recordingNoticeGiven c {"node":"n"}"#),
        (
            .flow(call, .announcementSpoken(AnnouncementID(8))),
            #"fact.flow.announcementSpoken c {"announcement":"\#(AnnouncementID(8))"}"#
        ),
        (.flow(call, .rated(score: 5)), #"fact.flow.rated c {"score":5}"#),
        (.flow(call, .ratingSkipped), "fact.flow.ratingSkipped c {}"),
        (
            .flow(call, .flowFailed("n", reason: "loop")),
            #"fact.flow.failed c {"node":"n","reason":"loop"}"#
        ),
        (.routing(.settingsApplied(version: 9)), #"fact.routing.settingsApplied - {"version":9}"#),
        (.routing(.lineHeld(call, inUse: 2)), #"fact.line.held c {"inUse":2}"#),
        (.routing(.lineReleased(call, held: .seconds(1))), #"fact.line.released c {"held":1000}"#),
        (.routing(.lineRefused(call, limit: 25)), #"fact.line.refused c {"limit":25}"#),
        (.routing(.agentSignedIn(agent, seat)), #"fact.agent.signedIn a {"seat":"\#(seatText)"}"#),
        (
            .routing(.agentSignedOut(agent, seat, signedIn: .seconds(2))),
            #"fact.agent.signedOut a {"seat":"\#(seatText)","signedIn":2000}"#
        ),
        (
            .routing(.presenceChanged(agent, .ready)),
            #"fact.agent.presenceChanged a {"presence":"ready","reason":null}"#
        ),
        (
            .routing(.presenceChanged(agent, .notReady)),
            #"fact.agent.presenceChanged a {"presence":"notReady","reason":null}"#
        ),
        (
            .routing(.presenceChanged(agent, .onBreak(reason: "lunch"))),
            #"fact.agent.presenceChanged a {"presence":"break","reason":"lunch"}"#
        ),
        (
            .routing(.presenceChanged(agent, .offline)),
            #"fact.agent.presenceChanged a {"presence":"offline","reason":null}"#
        ),
        (
            .routing(.activityChanged(agent, .wrapUp, former: .talking, after: .seconds(3))),
            #"fact.agent.activityChanged a {"activity":"wrapUp","former":"talking","after":3000}"#
        ),
        (.routing(.agentVanished(agent)), "fact.agent.vanished a {}"),
        (
            .routing(.queued(call, queue, position: 1, expectedWait: .seconds(4))),
            #"fact.queue.entered cq {"position":1,"expectedWait":4000}"#
        ),
        (
            .routing(.queued(call, queue, position: 1, expectedWait: nil)),
            #"fact.queue.entered cq {"position":1,"expectedWait":null}"#
        ),
        (
            .routing(.queueEntryEnded(call, queue, .shortAbandoned, waited: .seconds(1), agent: nil)),
            #"fact.queue.entryEnded cq {"ending":"shortAbandoned","waited":1000}"#
        ),
        (
            .routing(.queueEntryEnded(call, queue, .answered, waited: .seconds(1), agent: agent)),
            #"fact.queue.entryEnded caq {"ending":"answered","waited":1000}"#
        ),
        (
            .routing(
                .offered(
                    offer, agent, queue,
                    OfferReason(
                        rule: .lastAgent, priority: 1, waited: .seconds(2), idle: .seconds(3), level: 4,
                        settings: 6))),
            #"fact.offer.made caq {"attempt":5,"rule":"lastAgent","priority":1,"waited":2000,"idle":3000,"level":4,"settings":6}"#
        ),
        (offerEnded(.accepted), offerEndedText("accepted")),
        (offerEnded(.declined), offerEndedText("declined")),
        (offerEnded(.noAnswer), offerEndedText("noAnswer")),
        (offerEnded(.failed(.busy)), offerEndedText("busy")),
        (offerEnded(.failed(.unreachable)), offerEndedText("unreachable")),
        (offerEnded(.failed(.rejected)), offerEndedText("rejected")),
        (offerEnded(.withdrawn(.abandoned)), offerEndedText("abandoned")),
        (
            .routing(.conversationEnded(call, agent, by: .agent, talked: .seconds(1), held: .zero)),
            #"fact.conversation.ended ca {"by":"agent","talked":1000,"held":0}"#
        ),
        (
            .routing(.wrapUpEnded(agent, call, lasted: .seconds(5))),
            #"fact.wrapUp.ended ca {"lasted":5000}"#
        ),
        (
            .routing(.refused(Refusal(.seatLimitReached, agent: agent, limit: 40))),
            #"fact.routing.refused a {"reason":"seatLimitReached","limit":40}"#
        ),
        (
            .routing(.refused(Refusal(.interactionUnknown, interaction: call))),
            #"fact.routing.refused c {"reason":"interactionUnknown","limit":null}"#
        ),
    ]

    private static func offerEnded(_ outcome: OfferOutcome) -> CallFact {
        .routing(.offerEnded(offer, agent, outcome, rang: .seconds(1)))
    }
    private static func offerEndedText(_ outcome: String) -> String {
        #"fact.offer.ended ca {"attempt":5,"outcome":"\#(outcome)","rang":1000}"#
    }

    @Test func `every fact has the type, the ids and the fields that logs have had since the first one`() {
        for (fact, expected) in Self.golden {
            let row = FactRow(fact)
            let found =
                (row.interaction == nil ? "" : "c") + (row.agent == nil ? "" : "a")
                + (row.queue == nil ? "" : "q")
            #expect("\(row.type) \(found.isEmpty ? "-" : found) \(row.payload)" == expected)
            if let interaction = row.interaction { #expect(interaction == Self.call) }
            if let agent = row.agent { #expect(agent == Self.agent) }
            if let queue = row.queue { #expect(queue == Self.queue) }
        }
    }

    @Test func `types begin with fact and are never unknown`() {
        let types = Set(Self.golden.map { FactRow($0.0).type })
        #expect(types.count == 30)
        #expect(types.allSatisfy { $0.hasPrefix("fact.") && !$0.hasSuffix("unknown") })
    }

    @Test func `text is escaped as JSON asks`() {
        let row = FactRow(
            .flow(Self.call, .nodeEntered("a\"b\\c\n\u{0}\u{1F}\u{7F}/客")))
        #expect(row.payload == "{\"node\":\"a\\\"b\\\\c\\u000a\\u0000\\u001f\u{7F}/客\"}")
    }
}
