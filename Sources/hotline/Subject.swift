import App
import ArgumentParser
import Kernel

/// `hotline subject`: what the centre holds of one person.
struct Subject: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show, export or erase what is held of one person.",
        subcommands: [Show.self, Export.self, Erase.self, Repeat.self])

    /// How much there is.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say what is held of a number.")

        @OptionGroup var place: Place
        @Argument(help: "The telephone number, as it was dialled or with +86 before it.") var number: String

        func run() async throws {
            try await withHotline(place) { hotline in
                for line in try await hotline.subject(number) { print(line) }
            }
        }
    }

    /// Into a ZIP file.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write everything that is held of a number into a ZIP file.")

        @OptionGroup var place: Place
        @Argument(help: "The telephone number.") var number: String
        @Argument(help: "The file to make.") var file: String

        func run() async throws {
            try await withHotline(place) { hotline in
                print("\(try await hotline.exportSubject(number, to: file)) files in \(file)")
            }
        }
    }

    /// For good.
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase everything that is held of a number; figures stay as they are.")

        @OptionGroup var place: Place
        @Argument(help: "The telephone number.") var number: String
        @Option(help: "Why: it stands in the proof.") var reason: String
        @Flag(help: "Needed: there is no way back.") var yes = false

        func validate() throws {
            guard yes else {
                throw ValidationError(
                    "There is no way back: add --yes. `hotline subject show` says what goes.")
            }
        }

        func run() async throws {
            try await withHotline(place) { hotline in
                let (proof, left) = try await hotline.eraseSubject(number, reason: reason)
                for line in proof { print(line) }
                if left > 0 { throw ExitCode.failure }
            }
        }
    }
}

extension Subject {
    /// After a backup was put back.
    struct Repeat: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase again whoever a ledger of erasures names and a restored backup brought back.")

        @OptionGroup var place: Place
        @Argument(help: "The ledger, erasures.log.") var ledger: String

        func run() async throws {
            try await withHotline(place) { try await repeatErasures(ledger, in: $0) }
        }
    }
}

/// `hotline sweep`: deletes what is older than its class may be.
struct Sweep: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete now what is older than its class may be kept; a running program does it once a day."
    )

    @OptionGroup var place: Place

    func run() async throws {
        try await withHotline(place) { hotline in
            let proofs = try await hotline.sweepRetention()
            for line in proofs { print(line) }
            if proofs.isEmpty { print("nothing is due") }
        }
    }
}

/// `hotline keys`: the master key, which is not in backups.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say which master key is in use, or replace it.", subcommands: [Show.self, Rotate.self],
        defaultSubcommand: Show.self)

    /// By its fingerprint.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say the fingerprint of the master key in use.")

        @OptionGroup var place: Place

        func run() async throws {
            try await withHotline(place) { print(try $0.masterKeyFingerprint()) }
        }
    }

    /// Beside no running program.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the master key by a new one; beside no running program.")

        @OptionGroup var place: Place

        func run() async throws {
            try await withHotline(place) { hotline in
                let (keys, fingerprint) = try await hotline.rotateMasterKey()
                print(
                    "\(fingerprint): \(keys) keys sealed anew. Keep a copy of its file apart from the backups."
                )
            }
        }
    }
}

/// Opens the installation for a command and says problems in a sentence.
private func withHotline(
    _ place: Place, _ body: (App.Hotline) async throws -> Void
) async throws {
    try await reportingProblems {
        try await body(try await place.hotline())
    }
}
