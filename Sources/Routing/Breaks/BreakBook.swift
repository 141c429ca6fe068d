import Kernel
import RoutingEngine

/// An agent who asks a supervisor for a break (小休申请, mission G23).
struct BreakRequest: Hashable, Sendable {
    enum State: String, Hashable, Sendable {
        case waiting, granted, refused, withdrawn
        /// A supervisor has said yes and the engine has not answered yet; kept nowhere, shown as waiting.
        case deciding
        /// The agent has signed out before anybody decided.
        case expired
    }
    var id: BreakRequestID
    var agent: AgentID
    /// The code of the reason.
    var reason: String
    var askedAt: Timestamp
    var state = State.waiting
    /// What the supervisor said when refusing.
    var text: String?
}

enum BreakRequestTag {}
typealias BreakRequestID = ID<BreakRequestTag>

/// The requests that agents see: those that wait, and refusals until they are dismissed. At most one for each agent.
///
/// | | late | twice | never |
/// |---|---|---|---|
/// | asking | - | the request that waits is given back | - |
/// | granting, refusing | the agent has withdrawn or left: nothing | the second finds nothing | it waits until the agent signs out |
/// | withdrawing, dismissing | decided already: nothing | nothing | a refusal stays on the screen until the sign-out |
struct BreakBook: Sendable {
    private var requests: [AgentID: BreakRequest] = [:]

    init() {}
    init(_ requests: [BreakRequest]) {
        for request in requests { self.requests[request.agent] = request }
    }

    subscript(agent: AgentID) -> BreakRequest? { requests[agent] }

    /// Those that wait, the first that asked first.
    var waiting: [BreakRequest] {
        requests.values.filter { $0.state == .waiting }.sorted { ($0.askedAt, $0.id) < ($1.askedAt, $1.id) }
    }

    /// Whether nobody has a request.
    var isEmpty: Bool { requests.isEmpty }

    var waitingCount: Int { requests.values.count { $0.state == .waiting } }

    func request(_ id: BreakRequestID) -> BreakRequest? { requests.values.first { $0.id == id } }

    mutating func put(_ request: BreakRequest) { requests[request.agent] = request }

    /// Takes a request out. Nothing for one that is gone.
    @discardableResult
    mutating func remove(_ id: BreakRequestID) -> BreakRequest? {
        guard let request = request(id) else { return nil }
        requests[request.agent] = nil
        return request
    }

    /// Requests are over when their agents have left or are on a break by another way; those that waited are given back.
    mutating func leave(_ isOver: (AgentID) -> Bool) -> [BreakRequest] {
        let gone = requests.values.filter { $0.state != .deciding && isOver($0.agent) }
        for request in gone { requests[request.agent] = nil }
        return gone.filter { $0.state == .waiting }.sorted { $0.id < $1.id }
    }
}
