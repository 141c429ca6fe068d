import FlowEngine
import Kernel
import Web

/// Trying a flow from the editor: a call in the browser that goes through the draft before anybody else hears it.
struct TestCallRoutes: Sendable {
    let service: FlowService
    let desk: RoutingDesk

    struct Offer: Decodable, Sendable {
        /// The page's description.
        var sdp: String
        /// What is in the editor; without it the draft, or what is published.
        var document: FlowDocument?
    }
    struct Answer: Encodable, Sendable {
        var id: String
        var sdp: String
    }
    struct StateBody: Encodable, Sendable {
        /// `ringing`, `talking` once the platform has answered, `ended`.
        var state: String
        /// Where the caller is.
        var node: String?
        var trail: [TestCalls.Step]
    }

    func add(to routes: inout Routes) {
        routes.post("/api/v1/flows/{key}/test-calls", permission: "flow.write", scoping: .whole) {
            request, _, _ in
            let body: Offer = try request.json()
            let key = try request.parameter("key")
            let flow = try await service.tested(key, body.document)
            let number = try await service.flow(key).numbers.first ?? key
            var dice = SystemRandomNumberGenerator()
            let secret = String(dice.next(), radix: 36) + String(dice.next(), radix: 36)
            let answer = try await desk.takeTestCall(flow, number: number, offer: body.sdp, secret: secret)
            return try .created(
                Answer(id: secret, sdp: answer), at: "/api/v1/flows/test-calls/\(secret)")
        }
        routes.get("/api/v1/flows/test-calls/{id}", permission: "flow.write", scoping: .whole) {
            request, _, _ in
            guard let call = await desk.testCall(try request.parameter("id")) else {
                throw Problem(.notFound, "There is no such test call.", details: ["field": "id"])
            }
            let state = call.hasEnded ? "ended" : call.isAnswered ? "talking" : "ringing"
            let node = call.hasEnded ? nil : call.trail.last { $0.exit == nil }?.node
            return try .json(StateBody(state: state, node: node, trail: call.trail))
        }
        routes.delete("/api/v1/flows/test-calls/{id}", permission: "flow.write", scoping: .whole) {
            request, _, _ in
            try await desk.endTestCall(request.parameter("id"))
            return .empty
        }
    }
}
