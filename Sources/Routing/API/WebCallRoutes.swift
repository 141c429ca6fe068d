import Contracts
import Foundation
import Kernel
import Web

/// The call page (mission N04): anybody may call the numbers that allow it, after consenting to the recording.
struct WebCallRoutes: Sendable {
    let desk: RoutingDesk
    let relays: RelaySource

    struct Offer: Decodable, Sendable {
        var number: String
        /// The page's description.
        var sdp: String
        /// The caller has agreed to being recorded (mission G01).
        var consent: Bool?
    }
    struct Answer: Encodable, Sendable {
        /// The right to ask about the call and to end it.
        var id: String
        var sdp: String
    }
    struct SettingsBody: Encodable, Sendable {
        /// The centre's name.
        var name: String
        /// The numbers that the page may call.
        var numbers: [String]
        /// Relays for the audio, with a short right to use them.
        var iceServers: [IceServer]
    }
    struct StateBody: Encodable, Sendable { var state: String }

    func add(to routes: inout Routes) {
        routes.open("POST", "/api/v1/web-calls", because: "customers call without an account") {
            request, context in
            let body: Offer = try request.json()
            guard body.consent == true else {
                throw Problem(
                    .invalid, "Calls are recorded; the caller has to agree first.",
                    details: ["field": "consent"])
            }
            var dice = SystemRandomNumberGenerator()
            let secret = String(dice.next(), radix: 36) + String(dice.next(), radix: 36)
            let answer = try await desk.takeWebCall(
                number: body.number, offer: body.sdp, secret: secret, from: context.address)
            return try .json(Answer(id: secret, sdp: answer), status: 201)
        }
        routes.open("GET", "/api/v1/web-calls/settings", because: "the page shows whom it calls") { _, _ in
            let centre = await desk.centre()
            let numbers = centre.numbers.filter { $0.takesWebCalls == true }.map(\.number)
            // Strangers relay nothing through us where there is nobody to call.
            return try .json(
                SettingsBody(
                    name: centre.name, numbers: numbers, iceServers: numbers.isEmpty ? [] : relays(nil)))
        }
        routes.open("GET", "/api/v1/web-calls/{id}", because: "the secret of the call is the right to ask") {
            request, _ in
            try .json(StateBody(state: await desk.webCallState(request.parameter("id"))))
        }
        routes.open(
            "DELETE", "/api/v1/web-calls/{id}", because: "the secret of the call is the right to end it"
        ) {
            request, _ in
            try await desk.endWebCall(request.parameter("id"))
            return .empty
        }
    }
}
