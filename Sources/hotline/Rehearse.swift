import App
import ArgumentParser
import Foundation

/// `hotline rehearse`: a virtual day in an empty installation.
struct Rehearse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty data directory with a virtual day, for trying and measuring reports.")

    @OptionGroup var place: Place
    @Option(help: "The business day that it is to be, such as 2026-11-24; without it yesterday.") var day:
        String?
    @Option(help: "The centre's description, a TOML file.") var centre: String?
    @Flag(help: "Take the demonstration centre from config/demo.") var demo = false
    @Option(help: "A measuring centre instead: AGENTS@HOST:PORT.") var loadProfile: String?
    @Option(help: "Calls of the day, about.") var contacts = 2_000
    @Option(help: "Agents who are signed in.") var agents = 20
    @Option(help: "The same number gives the same day.") var seed: UInt64 = 1

    func run() async throws {
        try await reportingProblems {
            let configuration = try place.configuration()
            let hotline = try await App.Hotline(configuration, logger: place.logger(configuration))
            if let loadProfile {
                try await hotline.load(LoadProfile(loadProfile))
            } else if let file = centre ?? (demo ? "config/demo/centre.toml" : nil) {
                try await hotline.load(centreFile: file)
            }
            let clock = ContinuousClock()
            let start = clock.now
            let (contacts, facts) = try await hotline.rehearse(
                day: day, contacts: contacts, agents: agents, seed: seed
            ) {
                if $0 % 200_000 < 10_000 { complain("\($0) facts") }
            }
            let written = clock.now
            try await hotline.foldFigures()
            print(
                "contacts \(contacts), facts \(facts), written in \(written - start), folded in \(clock.now - written)"
            )
        }
    }
}
