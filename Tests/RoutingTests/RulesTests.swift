import CallEngine
import Contracts
import Directory
import FlowEngine
import Foundation
import Kernel
import RoutingEngine
import Storage
import Testing

@testable import Routing

/// The parts of Routing that decide by value.
@Suite struct RulesTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path()
    private static let tenant = TenantID(1)
    private static let noon = Timestamp(milliseconds: 1_790_000_000_000)

    private static func demonstration() throws -> Centre {
        try CentreImport.read(repository + "config/demo/centre.toml", tenant: tenant)
    }
    private static func library() throws -> FlowLibrary {
        let database = try SQLiteDatabase.inMemory().tenant(tenant)
        return FlowLibrary(
            store: FlowStore(database: database), prompts: PromptStore(database: database), tenant: tenant)
    }

    // MARK: flows

    @Test func `G01: the flow of 5186 has no finding in its centre`() throws {
        let document = try FlowFile.read(Self.repository + "config/demo/flow-5186.toml")
        let (flow, findings) = try Self.library().check(
            document, key: "flow-5186.toml", version: 3, in: FlowWorld(try Self.demonstration()))
        #expect(findings.map(\.message) == [])
        #expect(flow?.version == 3)
        #expect(flow?.id == FlowLibrary.id(of: "flow-5186.toml", tenant: Self.tenant))
    }

    @Test func `a flow that names what the centre does not have is refused`() throws {
        var centre = try Self.demonstration()
        centre.queues.removeAll { $0.key == "operator" }
        let document = try FlowFile.read(Self.repository + "config/demo/flow-5186.toml")
        let (flow, findings) = try Self.library().check(document, key: "k", version: 1, in: FlowWorld(centre))
        #expect(flow == nil)
        #expect(
            findings == [
                FlowRemark(
                    node: "operator", field: "queue", code: "unknownQueue",
                    message: "'queue': 'operator' is not a queue.")
            ])
    }

    @Test func `a flow's id follows from its tenant and key`() {
        let one = FlowLibrary.id(of: "a", tenant: Self.tenant)
        #expect(one == FlowLibrary.id(of: "a", tenant: Self.tenant))
        #expect(one != FlowLibrary.id(of: "b", tenant: Self.tenant))
        #expect(one != FlowLibrary.id(of: "a", tenant: TenantID(2)))
        let text = one.description
        #expect(text[text.index(text.startIndex, offsetBy: 14)] == "8")
    }

    // MARK: settings

    @Test func `the centre's settings reach the engine as they are`() throws {
        let centre = try Self.demonstration()
        let routing = CentreSettings.routingSettings(centre)
        #expect(routing.limits == CentreLimits(seats: 40, lines: 25))
        #expect(routing.agents.count == 45 && routing.queues.count == 7)
        let client = try #require(routing.queues.first)
        #expect(client.selection == .highestLevel && client.ringTimeout == .seconds(15))
        #expect(client.wrapUp == .seconds(20) && client.mostWaiting == 25)
        #expect(client.whenFull == .dissuade && client.longestWait == .seconds(120))
        let operators = try #require(centre.queues.first { $0.key == "operator" }?.id)
        #expect(client.whenTooLong == .overflow(to: operators))
        #expect(client.whenNobody == .overflow(to: operators))
        #expect(client.lastAgentWithin == .minutes(1_440) && client.shortAbandon == .seconds(5))
        #expect(client.skills.map(\.minimumLevel) == [1])
    }

    @Test func `a number without a published flow is unknown, and one with it says what a full house hears`()
        throws
    {
        var centre = try Self.demonstration()
        let none = CentreSettings.callSettings(centre, flows: [:], at: Self.noon)
        #expect(none.numbers.isEmpty)

        let document = try FlowFile.read(Self.repository + "config/demo/flow-5186.toml")
        let flow = try #require(
            try Self.library().check(document, key: "k", version: 1, in: FlowWorld(centre)).flow)
        let busy = CentreSettings.callSettings(centre, flows: ["flow-5186.toml": flow], at: Self.noon)
        #expect(busy.numbers.keys.sorted() == ["5186"])
        #expect(busy.numbers["5186"]?.whenLinesFull == .busy)
        #expect(busy.agentNumbers.values.sorted().first == "5001")

        centre.numbers[0].overflowTo = "+8657188885186"
        let other = CentreSettings.callSettings(centre, flows: ["flow-5186.toml": flow], at: Self.noon)
        #expect(other.numbers["5186"]?.whenLinesFull == .overflow(to: "+8657188885186"))
    }

    @Test func `N21: an announcement is in force from its first moment to just before its last`() throws {
        var centre = try Self.demonstration()
        let (from, until) = (Self.noon, Self.noon + .hours(1))
        centre.announcements = [
            CentreAnnouncement(
                id: AnnouncementID(1), board: "faults", texts: ["en": "x"], from: from, until: until)
        ]
        func count(_ now: Timestamp) -> Int {
            CentreSettings.callSettings(centre, flows: [:], at: now).context.announcements.count
        }
        #expect(count(from - .milliseconds(1)) == 0)
        #expect(count(from) == 1)
        #expect(count(until - .milliseconds(1)) == 1)
        #expect(count(until) == 0)
    }

    // MARK: records

    @Test func `facts become changes of the record, and most become none`() {
        let (id, agent, queue) = (InteractionID(1), AgentID(2), QueueID(3))
        let caller = NumberingRules().caller(from: "13800138000")
        let arrivals = [id: DeskBatch.Arrival(number: "5186", origin: "city", caller: caller)]
        func kinds(_ fact: CallFact) -> [InteractionChange.Kind] {
            DeskStore.changes(StampedFact(at: Self.noon, fact: fact), arrivals: arrivals).map { change in
                #expect(change.interaction == id && change.at == Self.noon)
                return change.kind
            }
        }
        guard case .arrived(let number, let origin, _)? = kinds(.arrived(id, number: "x", origin: "y")).first
        else {
            Issue.record("an arrival is no change")
            return
        }
        #expect(number == "x" && origin == "y")
        #expect(kinds(.arrived(InteractionID(9), number: "x", origin: "y")).isEmpty)
        #expect(kinds(.answered(id)) == [.answered])
        #expect(kinds(.connected(id, agent)) == [.connected(agent)])
        #expect(kinds(.flow(id, .rated(score: 5))) == [.rated(score: 5)])
        #expect(kinds(.ended(id, by: .flow, lasted: .zero)) == [.ended(by: "flow")])
        #expect(
            kinds(.routing(.queued(id, queue, position: 1, expectedWait: nil))) == [.queued(queue)])
        #expect(
            kinds(
                .routing(
                    .conversationEnded(id, agent, by: .customer, talked: .seconds(2), held: .seconds(1))))
                == [.conversationEnded(talked: .seconds(2), held: .seconds(1))])
        for fact: CallFact in [
            .rejected(id, .linesFull), .recordingStarted(id), .flow(id, .ratingSkipped),
            .routing(.lineHeld(id, inUse: 1)), .routing(.wrapUpEnded(agent, id, lasted: .zero)),
        ] {
            #expect(kinds(fact).isEmpty)
        }
    }

    @Test func `recordings lie in folders of their time, and two of one interaction do not meet`() {
        let id = InteractionID(milliseconds: 1_790_000_000_000, counter: 1, random: 2)
        #expect(RecordingPath.folder(of: id) == "recordings/\(id.description.prefix(8))")
        let first = RecordingPath.manifest(of: id, startedAt: Timestamp(milliseconds: 5))
        let second = RecordingPath.manifest(of: id, startedAt: Timestamp(milliseconds: 6))
        #expect(first == "recordings/\(id.description.prefix(8))/\(id)-5.json")
        #expect(first != second)
    }

    // MARK: telephone

    @Test(arguments: [
        (603, false, AgentRefusal.declined), (603, true, .declined),
        (486, false, .failed(.busy)), (486, true, .declined),
        (600, false, .failed(.busy)), (600, true, .declined),
        (480, false, .failed(.unreachable)), (480, true, .declined),
        (408, true, .failed(.unreachable)), (404, false, .failed(.unreachable)),
        (410, false, .failed(.unreachable)), (502, false, .failed(.unreachable)),
        (503, true, .failed(.unreachable)), (504, false, .failed(.unreachable)),
        (488, true, .failed(.rejected)), (403, false, .failed(.rejected)), (500, true, .failed(.rejected)),
        (302, false, .failed(.rejected)),
    ])
    func `what a phone answers is read as pressed, in use, away or refused`(
        _ status: Int, _ hasRung: Bool, _ expected: AgentRefusal
    ) {
        #expect(Switchboard.refusal(status, hasRung: hasRung) == expected)
    }

    @Test func `every refusal of the engine has an answer with its reason`() {
        for reason in Refusal.Reason.allCases {
            let problem = Refusal(reason, limit: 40).problem
            #expect(problem.details["reason"] == reason.rawValue)
            #expect(problem.details["limit"] == "40")
            #expect(!problem.message.isEmpty && problem.code != .internal)
        }
        #expect(Refusal(.seatLimitReached, limit: 40).problem.code == .exhausted)
        #expect(Refusal(.seatTaken).problem.code == .conflict)
        #expect(Refusal(.agentUnknown).problem.code == .notFound)
    }

    @Test func `the desk's clock never goes back`() {
        var clock = DeskClock()
        var last = clock.now()
        for _ in 0..<100_000 {
            let now = clock.now()
            #expect(now >= last)
            last = now
        }
    }
}
