import App
import ArgumentParser

/// `hotline audit verify`: whether anybody has rewritten the audit.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after the audit.", subcommands: [Verify.self])

    /// Follows the whole chain.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the chain of the audit; keep the hash elsewhere to prove it later.")

        @OptionGroup var place: Place

        func run() async throws { try await verifyAudit(place) }
    }
}

/// `hotline verify-audit`: the same beside the other commands that verify.
struct VerifyAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-audit", abstract: Audit.Verify.configuration.abstract)

    @OptionGroup var place: Place

    func run() async throws { try await verifyAudit(place) }
}

private func verifyAudit(_ place: Place) async throws {
    try await reportingProblems {
        let hotline = try await place.hotline()
        let verdict = try await hotline.auditVerdict()
        print(verdict)
        if !verdict.hasPrefix("intact") { throw ExitCode.failure }
    }
}
