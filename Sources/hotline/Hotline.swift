import App
import ArgumentParser
import Glibc

/// The program. Each subcommand reads its options, calls `App`, and says what came of it.
@main struct HotlineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hotline", abstract: "An open contact centre in one program.",
        version: Version.text,
        subcommands: [
            Serve.self, Token.self, Account.self, Cert.self, Audit.self, Agent.self, Live.self,
            VerifyFigures.self, Rehearse.self, BackUp.self, VerifyBackup.self, RestoreBackup.self,
            MoveDatabase.self, Examine.self, Begin.self, Install.self, Subject.self, Sweep.self, Keys.self,
            VerifyAudit.self,
        ])

    /// What the program writes is its owner's alone: databases, recordings and exports hold what customers said.
    static func main() async {
        umask(0o077)
        await main(nil)
    }
}
