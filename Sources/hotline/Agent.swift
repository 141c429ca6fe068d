import App
import ArgumentParser
import Foundation
import Kernel

/// Which running program a command talks to, and as whom.
struct Service: ParsableArguments {
    @Option(help: "Where the API is, http://host:port.") var url = "http://127.0.0.1:8080"
    @Option(help: "A token of `hotline token`; without, HOTLINE_TOKEN is used.") var token: String?

    func usedToken() throws -> String {
        guard let token = token ?? ProcessInfo.processInfo.environment["HOTLINE_TOKEN"], !token.isEmpty
        else {
            throw Problem(
                .unauthenticated, "Give --token or set HOTLINE_TOKEN; `hotline token` makes one.")
        }
        return token
    }

    func client(_ number: String) throws -> AgentClient {
        AgentClient(url: url, token: try usedToken(), number: number)
    }
}

/// `hotline agent`: what an agent chooses, for those who have no screen at hand.
struct Agent: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign an agent in or out, or set the presence.",
        subcommands: [SignIn.self, Presence.self, SignOut.self])

    /// `hotline agent sign-in 5001 --seat 01 --ready`.
    struct SignIn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sign an agent in at a seat.")

        @Argument(help: "The agent's number (工号).") var number: String
        @Option(help: "The seat's number.") var seat: String
        @Flag(help: "Ready for calls at once.") var ready = false
        @OptionGroup var service: Service

        func run() async throws {
            try await reportingProblems {
                let client = try service.client(number)
                try await client.signIn(seat: seat)
                if ready { try await client.choose(presence: "ready") }
                say("agent \(number) is signed in at seat \(seat)\(ready ? " and ready" : "")")
            }
        }
    }

    /// `hotline agent presence 5001 ready`.
    struct Presence: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set an agent's presence.")

        @Argument(help: "The agent's number (工号).") var number: String
        @Argument(help: "ready, notReady or break.") var presence: String
        @Option(help: "The code of a break.") var reason: String?
        @OptionGroup var service: Service

        func run() async throws {
            try await reportingProblems {
                try await service.client(number).choose(presence: presence, reason: reason)
                say("agent \(number) is \(presence)")
            }
        }
    }

    /// `hotline agent sign-out 5001`.
    struct SignOut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sign an agent out.")

        @Argument(help: "The agent's number (工号).") var number: String
        @OptionGroup var service: Service

        func run() async throws {
            try await reportingProblems {
                try await service.client(number).signOut()
                say("agent \(number) is signed out")
            }
        }
    }
}
