import App
import ArgumentParser
import Foundation
import Kernel

/// `hotline install`: lets systemd run the program.
struct Install: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a hardened unit for systemd, with a user and a configuration; be root.")

    @Option(help: "The folder whose bin/ holds the program; without, where this program is.") var prefix:
        String?
    @Flag(help: "Print the unit and write nothing.") var dryRun = false

    func run() async throws {
        try await reportingProblems {
            let own = Bundle.main.executablePath ?? CommandLine.arguments.first ?? "hotline"
            let unit = ServiceUnit(program: prefix.map { $0 + "/bin/hotline" } ?? own)
            guard !dryRun else { return print(unit.text, terminator: "") }
            for step in try await unit.install() { say(step) }
            say("next: sudo -u hotline hotline init --config \(unit.configuration)")
            say("      systemctl daemon-reload && systemctl enable --now hotline")
        }
    }
}
