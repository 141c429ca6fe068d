import Foundation
import FoundationNetworking
import Kernel
import Routing

/// Asks a running program for its live picture and draws it as text.
package struct LiveClient: Sendable {
    private let url: String
    private let token: String

    package init(url: String, token: String) {
        self.url = url
        self.token = token
    }

    /// - Throws: `Problem(.unavailable)` when nothing answers there, `Problem(.unauthenticated)` for a wrong token.
    package func picture() async throws -> String {
        guard let address = URL(string: url + "/api/v1/live") else {
            throw Problem(.invalid, "\(url) is no URL", details: ["field": "url"])
        }
        var request = URLRequest(url: address)
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        let (data, response): (Data, URLResponse)
        do { (data, response) = try await URLSession.shared.data(for: request) } catch {
            throw Problem(
                .unavailable, "Nothing answers at \(url); is `hotline serve` running?", cause: error)
        }
        guard let status = (response as? HTTPURLResponse)?.statusCode, status == 200 else {
            throw Problem(.unauthenticated, "The token is not accepted; make one with `hotline token`.")
        }
        return Self.draw(try JSONDecoder().decode(LiveBody.self, from: data))
    }

    /// The picture as lines of at most about 100 columns.
    static func draw(_ live: LiveBody) -> String {
        func limit(_ limit: LiveBody.Limit) -> String {
            "\(limit.inUse)/\(limit.limit.map(String.init) ?? "-")"
        }
        func seconds(_ milliseconds: Int64?) -> String { milliseconds.map { "\($0 / 1_000) s" } ?? "-" }
        var lines = ["calls \(live.calls)   lines \(limit(live.lines))   seats \(limit(live.seats))", ""]
        let head = [
            "queue", "waiting", "longest", "expected", "signed in", "idle", "ringing", "talking", "wrap-up",
        ]
        let rows = live.queues.map { queue in
            [
                queue.key, "\(queue.waiting)", seconds(queue.longestWaitMs), seconds(queue.expectedWaitMs),
                "\(queue.signedIn)", "\(queue.idle)", "\(queue.ringing)", "\(queue.talking)",
                "\(queue.wrapUp)",
            ]
        }
        lines += table([head] + rows)
        lines.append("")
        if live.agents.isEmpty {
            lines.append("No agent is signed in.")
        } else {
            let agents = live.agents.prefix(mostAgents).map { agent in
                [
                    agent.number, agent.seat, agent.presence, agent.activity, seconds(agent.sinceMs),
                    agent.interaction?.description ?? "",
                ]
            }
            lines += table([["agent", "seat", "presence", "activity", "since", "interaction"]] + agents)
            if live.agents.count > mostAgents {
                lines.append("... and \(live.agents.count - mostAgents) more")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Agents shown; a terminal has no more lines.
    private static let mostAgents = 60

    private static func table(_ rows: [[String]]) -> [String] {
        guard let columns = rows.first?.count else { return [] }
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(
                separator: "  ")
        }
    }
}
