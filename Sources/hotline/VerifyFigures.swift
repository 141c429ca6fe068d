import App
import ArgumentParser

/// `hotline verify-figures DAY`: whether the figures of a day are what the facts say.
struct VerifyFigures: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-figures",
        abstract: "Count a business day by two independent paths and compare every number.")

    @OptionGroup var place: Place
    @Argument(help: "The business day, such as 2026-11-25.") var day: String
    @Flag(help: "Fold the whole event log anew before; not beside a running program.") var rebuild = false

    func run() async throws {
        try await reportingProblems {
            let hotline = try await place.hotline()
            let (compared, differences) = try await hotline.verifyFigures(day: day, rebuilds: rebuild)
            for difference in differences { print(difference) }
            guard differences.isEmpty else {
                print("different: \(differences.count) of \(compared) numbers")
                throw ExitCode.failure
            }
            print("equal: \(compared) numbers")
        }
    }
}
