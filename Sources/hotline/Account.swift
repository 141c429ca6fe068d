import App
import ArgumentParser
import Kernel

/// `hotline account`: what gets the first administrator in.
struct Account: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give people of the centre an account.", subcommands: [Reset.self])

    /// `hotline account reset 9002`.
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account, or give it a new password; it is shown once and must be changed.")

        @Argument(help: "The person's number (工号).") var number: String
        @OptionGroup var place: Place

        func run() async throws {
            try await reportingProblems {
                let hotline = try await place.hotline()
                print(try await hotline.resetPassword(number: number))
            }
        }
    }
}
