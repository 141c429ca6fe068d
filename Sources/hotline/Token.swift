import App
import ArgumentParser
import Kernel

/// `hotline token`: makes a bearer token for the API.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a token for the API; it is shown once and stored nowhere.")

    @OptionGroup var place: Place
    @Option(help: "What it is for; stands in the audit.") var name = "console"
    @Option(help: "admin, supervisor or agent.") var role = "admin"
    @Option(help: "The agent (工号) that an agent's token speaks for.") var agent: String?

    func run() async throws {
        try await reportingProblems {
            let hotline = try await place.hotline()
            print(try await hotline.makeToken(name: name, role: role, agentNumber: agent))
        }
    }
}
