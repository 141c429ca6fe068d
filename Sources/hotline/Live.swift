import App
import ArgumentParser
import Foundation
import Kernel

/// `hotline live`: queues, agents and calls in the terminal.
struct Live: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show queues, agents and calls.")

    @Option(help: "Where the API is, http://host:port.") var url = "http://127.0.0.1:8080"
    @Option(help: "A token with live.read; without, HOTLINE_TOKEN is used.") var token: String?
    @Option(help: "Seconds between two pictures; 0 shows one and ends.") var every = 1

    func run() async throws {
        try await reportingProblems {
            guard let token = token ?? ProcessInfo.processInfo.environment["HOTLINE_TOKEN"] else {
                throw Problem(
                    .unauthenticated, "Give --token or set HOTLINE_TOKEN; `hotline token` makes one.")
            }
            let client = LiveClient(url: url, token: token)
            repeat {
                let picture = try await client.picture()
                say(every > 0 ? "\u{1B}[H\u{1B}[2J" + picture : picture)
                if every > 0 { try await Task.sleep(for: .seconds(every)) }
            } while every > 0
        }
    }
}
