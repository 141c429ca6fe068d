import App
import ArgumentParser
import Foundation
import Kernel

/// `hotline backup PLACE`: a copy of the installation, while the program runs or not.
struct BackUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database, recordings and prompts; the program may run meanwhile.")

    @Argument(help: "A folder that does not exist yet, or a file that ends in .tar.") var destination: String
    @OptionGroup var place: Place

    func run() async throws {
        try await reportingProblems {
            let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            let summary = try await Backup(place.configuration(), progress: progress)
                .write(to: destination, at: now)
            say("backup \(summary.place): \(summary.files) files, \(summary.bytes) bytes")
        }
    }
}

/// `hotline verify-backup PLACE`: whether a backup is whole.
struct VerifyBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-backup",
        abstract: "Check every digest of a backup, its database, its event log and its audit.")

    @Argument(help: "The backup's folder or .tar file.") var backup: String

    func run() async throws {
        try await reportingProblems {
            let faults = try await Restore(backup, progress: progress).faults()
            for fault in faults { say(fault) }
            guard faults.isEmpty else { throw ExitCode.failure }
            say("intact")
        }
    }
}

/// `hotline restore PLACE --data DIR`: puts a backup into an empty installation.
struct RestoreBackup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract:
            "Put a backup into an empty data directory, and an empty database if the configuration names one."
    )

    @Argument(help: "The backup's folder or .tar file.") var backup: String
    @OptionGroup var place: Place
    @Option(help: "The ledger of erasures, erasures.log: who was erased since the backup is erased again.")
    var erasures: String?
    @Option(help: "A copy of the master key's file, to be put into the new data directory.") var key: String?

    func run() async throws {
        try await reportingProblems {
            let configuration = try place.configuration()
            if let key { try Restore.check(key: key) }
            let summary = try await Restore(backup, progress: progress).run(into: configuration)
            say("restored \(summary.files) files, \(summary.bytes) bytes into \(summary.place)")
            if let key { try Restore.putBack(key: key, configuration) }
            guard let erasures else {
                return say("no --erasures was given: who was erased since the backup is back in it")
            }
            let hotline = try await App.Hotline(configuration, logger: place.logger(configuration))
            try await repeatErasures(erasures, in: hotline)
        }
    }
}

/// Erases again whoever a ledger names, and says who was not.
func repeatErasures(_ ledger: String, in hotline: App.Hotline) async throws {
    let (again, refused, unreadable) = try await hotline.repeatErasures(ledger: ledger)
    say("erased again: \(again)")
    for reason in refused { say("not erased: \(reason)") }
    if unreadable > 0 { say("lines that cannot be read: \(unreadable)") }
    guard refused.isEmpty, unreadable == 0 else {
        say("When that is mended, `hotline subject repeat \(ledger)` goes on.")
        throw ExitCode.failure
    }
}

/// `hotline move --data DIR --to postgres://...`: from the embedded database to a server.
struct MoveDatabase: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Copy the embedded database into an empty PostgreSQL database.")

    @Option(help: "The data directory.") var data: String
    @Option(help: "The PostgreSQL connection string.") var to: String

    func run() async throws {
        try await reportingProblems {
            let tables = try await Move(directory: data, to: to, progress: progress).run()
            say("rows on both sides:")
            for table in tables { say("\(table.rows)\t\(table.name)") }
            say(
                "\(tables.reduce(0) { $0 + $1.rows })\ttogether; now set [data] postgres in the configuration"
            )
        }
    }
}

/// Says on standard error how far a long work is.
@Sendable func progress(_ text: String) { complain(text) }
