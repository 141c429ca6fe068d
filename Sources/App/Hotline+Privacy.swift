import Archives
import Contracts
import Foundation
import Kernel
import Privacy
import Storage
import Vault

/// Commands about personal data. They work beside a running program too.
extension Hotline {
    private static let deed = PrivacyDeed(actor: "system", address: "")

    static func ledger(_ configuration: Configuration) -> ErasureLedger {
        ErasureLedger(
            path: configuration.privacy.ledger.isEmpty
                ? configuration.data.directory + "/" + ErasureLedger.name : configuration.privacy.ledger)
    }

    /// What is held of a person, in lines of text.
    package func subject(_ number: String) async throws -> [String] {
        let overview = try await privacy.overview(number, by: Self.deed)
        let holdings = overview.holdings.map { holding in
            "  \(holding.dataClass.rawValue) \(holding.kind): \(holding.items)"
                + (holding.bytes > 0 ? ", \(holding.bytes) bytes" : "")
        }
        return ["\(overview.number): \(overview.contacts.contacts.count) contacts"] + holdings
            + overview.holdReasons.map { "  held: \($0)" }
    }

    /// Writes everything that is held of a person into a ZIP file, which has its name only once it is complete.
    ///
    /// - Returns: how many files are in it.
    package func exportSubject(_ number: String, to path: String) async throws -> Int {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Problem(
                .conflict, "\(path) is there already. Name another, or remove it first.",
                details: ["field": "file"])
        }
        let records = try await privacy.records(number, by: Self.deed)
        let unfinished = path + ".partial"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Problem(
                .unavailable, "\(path) cannot be written: \(String(cString: strerror(errno)))",
                details: ["field": "file"])
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var archive = ZipArchive { try file.write(contentsOf: $0) }
        for record in records { try archive.add(record.name, record.content()) }
        try archive.finish()
        try file.synchronize()
        try file.close()
        try FileManager.default.moveItem(atPath: unfinished, toPath: path)
        return records.count
    }

    /// Erases a person.
    ///
    /// - Returns: the proof in lines of text, and how much was found again.
    package func eraseSubject(_ number: String, reason: String) async throws -> (
        proof: [String], left: Int
    ) {
        try await privacy.erase(number, reason: reason, by: Self.deed)
    }

    /// Deletes what is due by the retention of its class.
    package func sweepRetention() async throws -> [String] { try await privacy.sweep() }

    /// Erases again whoever a ledger names; after a backup was put back.
    ///
    /// - Returns: how many were erased again, why others were not yet, and lines that cannot be read.
    package func repeatErasures(ledger path: String) async throws -> (
        again: Int, refused: [String], unreadable: Int
    ) {
        let (entries, unreadable) = try ErasureLedger(path: path).entries()
        let (again, refused) = try await privacy.repeatErasures(entries)
        return (again, refused, unreadable)
    }

    /// Which master key is in use.
    ///
    /// - Throws: `Problem(.unavailable)` while a key is missing.
    package func masterKeyFingerprint() throws -> String {
        if let complaint = vault.complaint { throw complaint }
        return vault.fingerprint ?? ""
    }

    /// Seals every key under a new master key; beside no running program.
    package func rotateMasterKey() async throws -> (keys: Int, fingerprint: String) {
        let lock = try DataLock(dataDirectory)
        defer { withExtendedLifetime(lock) {} }
        return try await vault.rotate()
    }
}
