import Foundation
import FoundationNetworking
import Kernel

/// Signs an agent in and out and changes the presence, over the interface of a running program.
package struct AgentClient: Sendable {
    private let url: String
    private let token: String
    private let number: String

    /// A client for one agent.
    ///
    /// - Parameters:
    ///   - url: where the API is, `http://host:port`.
    ///   - number: the agent's number (工号).
    package init(url: String, token: String, number: String) {
        self.url = url
        self.token = token
        self.number = number
    }

    /// - Throws: `Problem(.conflict)` when the seat is taken or the agent sits elsewhere, `Problem(.exhausted)` when
    ///   every licensed seat is signed in; as the other two, `Problem(.unavailable)` when nothing answers.
    package func signIn(seat: String) async throws {
        try await send("POST", "sign-in", ["seat": seat])
    }

    /// Sets the presence; during a conversation it takes effect afterwards.
    ///
    /// - Parameters:
    ///   - presence: `ready`, `notReady` or `break`.
    ///   - reason: the code of a break.
    package func choose(presence: String, reason: String? = nil) async throws {
        var body = ["presence": presence]
        body["reason"] = reason
        try await send("PUT", "presence", body)
    }

    /// - Throws: `Problem(.conflict)` while the agent talks or is not signed in.
    package func signOut() async throws { try await send("POST", "sign-out", [:]) }

    /// What the interface answers when it refuses (RFC 9457).
    private struct Refused: Decodable {
        var code: String
        var detail: String
    }

    private func send(_ method: String, _ order: String, _ body: [String: String]) async throws {
        let agent = number.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? number
        guard let address = URL(string: "\(url)/api/v1/agents/\(agent)/\(order)") else {
            throw Problem(.invalid, "\(url) is no URL", details: ["field": "url"])
        }
        var request = URLRequest(url: address)
        request.httpMethod = method
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(body)
        let (data, response): (Data, URLResponse)
        do { (data, response) = try await URLSession.shared.data(for: request) } catch {
            throw Problem(
                .unavailable, "Nothing answers at \(url); is `hotline serve` running?", cause: error)
        }
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        guard !(200..<300).contains(status) else { return }
        guard let refused = try? JSONDecoder().decode(Refused.self, from: data) else {
            throw Problem(.unavailable, "\(url) answered \(status); is that Hotline?")
        }
        throw Problem(Problem.Code(rawValue: refused.code) ?? .internal, refused.detail)
    }
}
