import Contracts
import FlowEngine
import Kernel
import Routing

/// The measuring centre: agents at one address who are always ready and have no wrap-up, and two numbers that ring
/// straight through a longest-idle queue. Only the data differ from any other centre; everything else is the
/// ordinary product.
package struct LoadProfile: Sendable {
    package static let mostAgents = 20_000

    /// How many agents; agent `i` is `sip:agent<i>@HOST:PORT`, from 1.
    package var agents: Int
    package var host: String
    package var port: Int

    /// Reads `1000@127.0.0.1:5090`.
    ///
    /// - Throws: `Problem(.invalid)`.
    package init(_ text: String) throws {
        let parts = text.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let agents = Int(parts[0]), (1...Self.mostAgents).contains(agents) else {
            throw Problem(
                .invalid, "--load-profile must be AGENTS@HOST:PORT, for instance 1000@127.0.0.1:5090",
                details: ["field": "load-profile"])
        }
        let place = try HostPort(String(parts[1]), field: "load-profile")
        self.agents = agents
        host = place.host
        port = place.port
    }

    private static let skill = SkillID(1)

    /// Queue `support` is recorded, queue `norec` is not.
    func centre(tenant: TenantID) -> Centre {
        func queue(_ number: Int, _ key: String) -> CentreQueue {
            CentreQueue(
                id: QueueID(number), key: key, names: ["en": key],
                skills: [SkillDemand(skill: Self.skill, level: 1)], ringTimeout: .seconds(30), wrapUp: .zero,
                mostWaiting: 50_000)
        }
        return Centre(
            tenant: tenant, name: "Load profile", zone: "UTC", version: 0,
            trunks: [Trunk(name: "load", sources: ["127.0.0.0/8"], rules: NumberingRules())],
            numbers: [
                CentreNumber(number: "support", flow: "support"),
                CentreNumber(number: "norec", flow: "norec"),
            ],
            queues: [queue(1, "support"), queue(2, "norec")],
            agents: (1...agents).map { number in
                CentreAgent(
                    id: AgentID(number), number: String(number), name: "agent\(number)",
                    skills: [SkillDemand(skill: Self.skill, level: 1)])
            },
            seats: (1...agents).map { number in
                CentreSeat(
                    id: SeatID(number), number: String(number),
                    phone: .fixed(uri: "sip:agent\(number)@\(host):\(port)", isAsked: false))
            })
    }

    /// One queue node that rings until an agent answers, and nothing else.
    static func flow(_ key: String, isRecorded: Bool) -> FlowDocument {
        var queue = FlowDocumentNode(name: "queue", kind: "queue")
        queue.queue = key
        queue.recorded = isRecorded
        queue.recordingBasis = isRecorded ? "measurement with machines as both parties" : nil
        queue.answersFirst = false
        queue.afterConversation = "end"
        queue.dissuaded = "end"
        return FlowDocument(
            name: key, languages: ["en"], entry: "queue",
            nodes: [queue, FlowDocumentNode(name: "end", kind: "hang_up")], prompts: [:])
    }

    static let flows = FlowSource.documents([
        "support": flow("support", isRecorded: true), "norec": flow("norec", isRecorded: false),
    ])

    /// Signs every agent in at a seat of the same number, ready.
    func signIn(_ routing: RoutingFeature) async throws {
        for number in 1...agents {
            try await routing.signIn(AgentID(number), at: SeatID(number))
        }
    }
}
