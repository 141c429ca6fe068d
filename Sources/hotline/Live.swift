import App
import ArgumentParser

/// `hotline live`: queues, agents and calls in the terminal.
struct Live: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show queues, agents and calls.")

    @OptionGroup var service: Service
    @Option(help: "Seconds between two pictures; 0 shows one and ends.") var every = 1

    func run() async throws {
        try await reportingProblems {
            let client = LiveClient(url: service.url, token: try service.usedToken())
            repeat {
                let picture = try await client.picture()
                say(every > 0 ? "\u{1B}[H\u{1B}[2J" + picture : picture)
                if every > 0 { try await Task.sleep(for: .seconds(every)) }
            } while every > 0
        }
    }
}
