import Contracts
import Foundation
import Kernel
import RoutingEngine
import Storage
import Web

/// The agent's screen: its state as one value and as a stream, the seats and breaks to choose from, the audio of the
/// browser.
struct DeskRoutes: Sendable {
    let desk: RoutingDesk

    struct SeatsBody: Encodable, Sendable {
        struct Seat: Encodable, Sendable {
            var number: String
            var isTaken: Bool
            /// Who sits there.
            var by: String?
            /// The user that the phone registers as, or its fixed address; `nil` where there is none but the browser.
            var phone: String?
        }
        var items: [Seat]
    }
    struct BreakReasonsBody: Encodable, Sendable { var items: [BreakReason] }
    struct LegOffer: Decodable, Sendable {
        /// The page's description.
        var sdp: String
        /// Names the page, the same after a reload.
        var tab: String?
        /// In place of the telephone in another tab.
        var takeOver: Bool?
    }
    struct LegAnswer: Encodable, Sendable { var sdp: String }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/desk", permission: "agent.control", scoping: .obeyed) { _, principal, _ in
            try .json(await desk.view(of: person(principal)))
        }
        routes.get("/api/v1/desk/events", permission: "agent.control", scoping: .obeyed) { _, principal, _ in
            let agent = try person(principal)
            return .events(EventStreamResponse(await desk.views(of: agent).map(Self.event)))
        }
        routes.get("/api/v1/seats", permission: "agent.control", scoping: .obeyed) { _, _, _ in
            try .json(SeatsBody(items: await desk.seats()))
        }
        routes.get("/api/v1/break-reasons", permission: "agent.control", scoping: .obeyed) { _, _, _ in
            try .json(BreakReasonsBody(items: await desk.centre().breakReasons.map(BreakReason.init)))
        }
        routes.post("/api/v1/agents/{number}/leg", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            let agent = try await desk.agent(named: request, for: principal)
            let body: LegOffer = try request.json()
            guard (body.tab ?? "").utf8.count <= 64 else {
                throw Problem(.invalid, "tab must have at most 64 bytes.", details: ["field": "tab"])
            }
            let answer = try await desk.openShiftLeg(
                of: agent, offer: body.sdp, tab: body.tab ?? "", takesOver: body.takeOver ?? false)
            return try .json(LegAnswer(sdp: answer), status: 201)
        }
        routes.delete("/api/v1/agents/{number}/leg", permission: "agent.control", scoping: .obeyed) {
            request, principal, _ in
            await desk.closeShiftLeg(of: try await desk.agent(named: request, for: principal))
            return .empty
        }
    }

    /// A screen belongs to a person.
    private func person(_ principal: Principal) throws -> AgentID {
        guard let person = principal.person else {
            throw Problem(
                .forbidden, "A desk belongs to a person; this token speaks for nobody.",
                details: ["reason": "noPerson"])
        }
        return person
    }

    private static func event(_ body: DeskBody) -> ServerEvent {
        do { return ServerEvent(id: nil, event: "desk", data: try JSONText.encode(body)) } catch {
            // A body of texts and numbers always has a JSON form.
            return ServerEvent(id: nil, event: "desk", data: "{}")
        }
    }
}

/// Why an agent takes a break: a code for the facts and names for people.
struct BreakReason: Encodable, Hashable, Sendable {
    var code: String
    var names: [String: String]

    /// After how long screens say that it is over; `nil` is never.
    var mostMinutes: Int?

    init(_ reason: CentreBreakReason) {
        code = reason.key
        names = reason.names
        mostMinutes = reason.most.map { Int($0.milliseconds / 60_000) }
    }
}

extension RoutingDesk {
    /// The agent with the number (工号) in the path. A person's own token speaks for that person alone.
    func agent(named request: WebRequest, for principal: Principal) throws -> AgentID {
        let number = try request.parameter("number")
        guard let agent = agent(number: number) else {
            throw Problem(.notFound, "There is no agent \(number.prefix(64)).", details: ["field": "number"])
        }
        if let person = principal.person, person != agent,
            !principal.permissions.contains("agent.controlOthers")
        {
            throw Problem(.forbidden, "This token speaks for another agent.", details: ["field": "number"])
        }
        return agent
    }
}
