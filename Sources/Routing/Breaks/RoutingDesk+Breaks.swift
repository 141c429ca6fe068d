import CallEngine
import Contracts
import Kernel
import RoutingEngine

/// Breaks that a supervisor is asked for.
extension RoutingDesk {
    /// What became of an agent's wish for a break.
    enum BreakAnswer: Sendable {
        case taken
        case asked(BreakRequest)
    }

    /// Takes a break, or asks for it where one of the agent's groups wants that.
    ///
    /// - Throws: `Problem` of the refusal, `breakQuotaReached` above all.
    func takeBreak(
        _ agent: AgentID, reason: String, id: BreakRequestID, by decider: BreakStore.Decider
    ) async throws -> BreakAnswer {
        guard needsApproval(agent) else {
            if let refusal = try await order(.routing(.presenceChosen(agent, .onBreak(reason: reason)))) {
                throw problem(of: refusal)
            }
            return .taken
        }
        if let present = breaks[agent], [.waiting, .deciding].contains(present.state) {
            return .asked(present)
        }
        let request = BreakRequest(id: id, agent: agent, reason: reason, askedAt: moment())
        // Before its row, so that asking twice at once makes one request.
        breaks.put(request)
        do { try await breakStore.ask(request, by: decider) } catch {
            breaks.remove(id)
            throw error
        }
        publish([agent])
        return .asked(request)
    }

    /// Whether the agent's next break has to be asked for. Who is on a break already changes its reason freely.
    private func needsApproval(_ agent: AgentID) -> Bool {
        guard let state = engine.routing.agent(agent), !(state.next ?? state.presence).isBreak else {
            return false
        }
        let served = Set(engine.routing.queues(servedBy: agent).map(\.id))
        return centre().queues.contains { $0.breaksNeedApproval == true && served.contains($0.id) }
    }

    /// A supervisor lets an agent go: at once, or after the call in hand.
    ///
    /// - Throws: `Problem(.conflict)` when the request is gone or the quota reached; the request waits on then.
    func grantBreak(_ id: BreakRequestID, by decider: BreakStore.Decider) async throws {
        guard var request = breaks.request(id), request.state == .waiting else { throw Self.settled }
        // Marked first, so that a second supervisor finds nothing to decide and the agent cannot ask again meanwhile.
        request.state = .deciding
        breaks.put(request)
        let presence = Presence.onBreak(reason: request.reason)
        let refusal: Refusal?
        do { refusal = try await order(.routing(.presenceChosen(request.agent, presence))) } catch {
            request.state = .waiting
            breaks.put(request)
            throw error
        }
        if let refusal {
            request.state = .waiting
            breaks.put(request)
            throw problem(of: refusal)
        }
        breaks.remove(id)
        request.state = .granted
        try await breakStore.settle(request, by: decider, at: moment())
        publish([request.agent])
    }

    /// A supervisor keeps an agent; the agent sees why until the note is dismissed.
    func refuseBreak(_ id: BreakRequestID, text: String?, by decider: BreakStore.Decider) async throws {
        guard var request = breaks.request(id), request.state == .waiting else { throw Self.settled }
        request.state = .refused
        request.text = text
        breaks.put(request)
        do { try await breakStore.settle(request, by: decider, at: moment()) } catch {
            request.state = .waiting
            request.text = nil
            breaks.put(request)
            throw error
        }
        publish([request.agent])
    }

    /// The agent thinks better of it, or has read the refusal.
    func dropBreak(_ id: BreakRequestID, of agent: AgentID, by decider: BreakStore.Decider) async throws {
        guard var request = breaks.request(id), request.agent == agent, request.state != .deciding else {
            return
        }
        breaks.remove(id)
        if request.state == .waiting {
            request.state = .withdrawn
            try await breakStore.settle(request, by: decider, at: moment())
        }
        publish([agent])
    }

    /// The requests that wait, with how many of each of the agent's groups are on a break.
    func breakRequests() -> [BreakRequestBody] {
        let centre = centre()
        let people = Dictionary(
            centre.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return breaks.waiting.map { request in
            let served = Set(engine.routing.queues(servedBy: request.agent).map(\.id))
            return BreakRequestBody(
                id: request.id,
                agent: .init(
                    number: people[request.agent]?.number ?? "", name: people[request.agent]?.name ?? ""),
                reason: request.reason, askedAt: request.askedAt,
                queues: centre.queues.filter { served.contains($0.id) }.map { queue in
                    let breaks = engine.routing.breaks(in: queue.id)
                    return .init(
                        key: queue.key, names: queue.names, onBreak: breaks?.onBreak ?? 0,
                        mostOnBreak: queue.mostOnBreak)
                })
        }
    }

    /// Who has signed out, or went on a break by another way, takes the request along.
    func dropBreaksOfTheGone() {
        guard !breaks.isEmpty else { return }
        let gone = breaks.leave { agent in
            guard let state = engine.routing.agent(agent) else { return true }
            return (state.next ?? state.presence).isBreak
        }
        guard !gone.isEmpty else { return }
        let (store, now) = (breakStore, moment())
        // Ends with its writes; a row that stays behind is dropped at the next start.
        Task {
            for var request in gone {
                request.state = .expired
                do {
                    try await store.settle(
                        request, by: .init(actor: "system", address: ""), at: now)
                } catch { noteFailure("A break request could not be closed", error) }
            }
        }
    }

    /// The refusal with the key of the queue whose quota is reached.
    func problem(of refusal: Refusal) -> Problem {
        var problem = refusal.problem
        if let queue = refusal.queue, let key = centre().queues.first(where: { $0.id == queue })?.key {
            problem.details["queue"] = key
        }
        return problem
    }

    private static let settled = Problem(
        .conflict, "This request has been decided or withdrawn already.",
        details: ["reason": "changedMeanwhile"])
}

/// A request on the supervisor's screen.
struct BreakRequestBody: Encodable, Sendable {
    struct Queue: Encodable, Sendable {
        var key: String
        var names: [String: String]
        var onBreak: Int
        var mostOnBreak: Int?
    }
    var id: BreakRequestID
    var agent: DeskBody.Agent
    var reason: String
    var askedAt: Timestamp
    var queues: [Queue]
}
