import CallEngine
import Contracts
import Kernel
import RoutingEngine
import Web

/// What an agent does at a place of work, and what is done for an agent: sign in, presence, the call in hand.
struct AgentRoutes: Sendable {
    let desk: RoutingDesk

    struct SignInBody: Codable, Sendable {
        /// The seat's number.
        var seat: String
        /// `browser` or `sip`, which is the seat's phone and the default.
        var phone: String?
    }
    struct PresenceBody: Codable, Sendable {
        /// `ready`, `notReady` or `break`.
        var presence: String
        /// The reason code of a break.
        var reason: String?
    }
    struct WrapUpBody: Codable, Sendable {
        /// Seconds from now.
        var seconds: Int64
    }

    /// The break has to be granted first.
    struct AskedBody: Encodable, Sendable { var request: DeskBody.BreakWish }

    func add(to routes: inout Routes) {
        routes.post("/api/v1/agents/{number}/sign-in", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            let agent = try await agent(request, principal)
            let body: SignInBody = try request.json()
            guard let seat = await desk.seat(number: body.seat) else {
                throw Problem(
                    .notFound, "There is no seat \(body.seat); GET /api/v1/centre lists them.",
                    details: ["field": "seat"])
            }
            guard let kind = PhoneKind(rawValue: body.phone ?? PhoneKind.sip.rawValue) else {
                throw Problem(.invalid, "phone must be browser or sip.", details: ["field": "phone"])
            }
            guard kind == .browser || seat.phone != nil else {
                throw Problem(
                    .conflict, "Seat \(seat.number) has no telephone of its own; use the browser.",
                    details: ["reason": "phoneMissing", "field": "phone"])
            }
            if let refusal = try await desk.signIn(agent, at: seat.id, with: kind) { throw refusal.problem }
            return .empty
        }
        routes.post("/api/v1/agents/{number}/sign-out", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            let agent = try await agent(request, principal)
            let answer = try await done(.routing(.agentSignedOut(agent)))
            await desk.closeShiftLeg(of: agent)
            return answer
        }
        routes.post("/api/v1/agents/{number}/answer", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            let agent = try await agent(request, principal)
            guard await desk.phone(of: agent) == .browser else {
                throw Problem(
                    .conflict, "This agent telephones with a SIP phone; answer there.",
                    details: ["reason": "phoneAnswers"])
            }
            return try await done(.agentAccepted(agent))
        }
        routes.post("/api/v1/agents/{number}/hold", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.agentHoldChosen(agent(request, principal), true))
        }
        routes.post("/api/v1/agents/{number}/resume", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.agentHoldChosen(agent(request, principal), false))
        }
        routes.post("/api/v1/agents/{number}/rate", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.agentHandedOver(agent(request, principal)))
        }
        routes.post("/api/v1/agents/{number}/lease", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.routing(.leaseRenewed(agent(request, principal))))
        }
        routes.post("/api/v1/agents/{number}/decline", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.agentDeclined(agent(request, principal)))
        }
        routes.post("/api/v1/agents/{number}/hang-up", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.agentHungUp(agent(request, principal)))
        }
        addPresence(to: &routes)
        addWrapUp(to: &routes)
    }

    private func addPresence(to routes: inout Routes) {
        routes.put("/api/v1/agents/{number}/presence", permission: "agent.control", scoping: .obeyed) {
            request, principal, context in
            let agent = try await agent(request, principal)
            let presence = try presence(request.json())
            guard case .onBreak(let reason) = presence, principal.person == agent else {
                return try await done(.routing(.presenceChosen(agent, presence)))
            }
            let answer = try await desk.takeBreak(
                agent, reason: reason, id: desk.newID(), by: decider(principal, context))
            switch answer {
            case .taken: return .empty
            case .asked(let request): return try .json(AskedBody(request: .init(request)), status: 202)
            }
        }
    }

    private func addWrapUp(to routes: inout Routes) {
        routes.post("/api/v1/agents/{number}/wrap-up/end", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            try await done(.routing(.wrapUpEnded(agent(request, principal))))
        }
        routes.post("/api/v1/agents/{number}/wrap-up/extend", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            let agent = try await agent(request, principal)
            let body: WrapUpBody = try request.json()
            guard (1...86_400).contains(body.seconds) else {
                throw Problem(.invalid, "seconds must be between 1 and 86400.", details: ["field": "seconds"])
            }
            return try await done(.routing(.wrapUpExtended(agent, .seconds(body.seconds))))
        }
    }

    private func agent(_ request: WebRequest, _ principal: Principal) async throws -> AgentID {
        try await desk.agent(named: request, for: principal)
    }

    private func presence(_ body: PresenceBody) throws -> Presence {
        switch body.presence {
        case "ready": return .ready
        case "notReady": return .notReady
        case "break":
            let reason = body.reason ?? ""
            guard reason.utf8.count <= 64 else {
                throw Problem(
                    .invalid, "reason must be a code of at most 64 bytes.", details: ["field": "reason"])
            }
            return .onBreak(reason: reason)
        default:
            throw Problem(
                .invalid, "presence must be ready, notReady or break.", details: ["field": "presence"])
        }
    }

    /// Gives the order and answers when it has been committed, or with why it was refused.
    private func done(_ input: CallInput) async throws -> WebAnswer {
        if let refusal = try await desk.order(input) { throw await desk.problem(of: refusal) }
        return .empty
    }
}

extension Refusal {
    /// The refusal as an answer to who asked.
    var problem: Problem {
        var details = ["reason": reason.rawValue]
        if let limit { details["limit"] = String(limit) }
        let (code, message): (Problem.Code, String) =
            switch reason {
            case .seatLimitReached:
                (.exhausted, "All \(limit ?? 0) licensed seats are signed in; somebody must sign out first.")
            case .seatTaken: (.conflict, "Somebody else is signed in at this seat; choose another one.")
            case .agentSignedInElsewhere:
                (.conflict, "This agent is signed in at another seat; sign out there first.")
            case .agentUnknown: (.notFound, "The settings do not know this agent.")
            case .agentNotSignedIn: (.conflict, "The agent is not signed in; sign in to a seat first.")
            case .agentTalking: (.conflict, "The agent is in a conversation; end it first.")
            case .offerUnknown: (.conflict, "No call rings at this agent's phone.")
            case .notTalking: (.conflict, "The agent is in no conversation.")
            case .noRating: (.conflict, "The flow asks for no rating after this conversation.")
            case .notInWrapUp: (.conflict, "The agent is not in wrap-up.")
            case .tooManyAgents, .tooManyInteractions, .tooManyQueues, .tooManySkills:
                (.exhausted, "The engine's bound is reached.")
            case .breakQuotaReached:
                (.conflict, "\(limit ?? 0) of the group are on a break already; no more may be at once.")
            case .interactionUnknown, .interactionAlreadyWaiting, .queueUnknown, .lineAlreadyHeld:
                (.conflict, "This does not fit the state of the interaction.")
            }
        return Problem(code, message, details: details)
    }
}
