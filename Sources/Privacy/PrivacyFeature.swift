package import Contracts
package import Kernel
package import Logging
package import Storage
package import Vault
package import Web

/// Personal data of customers (missions G02 and G03): what is held of a person is found, handed out and erased; what is
/// older than its class may be is deleted; what a court or an inspector needs is held; and every deletion leaves a proof.
///
/// The feature knows no table of others: whoever holds personal data says so by `PersonalDataHolder`.
package struct PrivacyFeature: Sendable {
    package static let migrations = PrivacySchema.migrations

    private let service: PrivacyService
    private var sweeper: RetentionSweeper { RetentionSweeper(service: service) }

    /// - Parameters:
    ///   - holders: every feature that holds personal data.
    ///   - dataDirectory: below which files are deleted.
    ///   - ledger: where erasures are noted outside of the database.
    package init(
        _ database: TenantDatabase, subjects: any SubjectDirectory, holders: [any PersonalDataHolder],
        vault: Vault, centre: any CentreSource, dataDirectory: String, ledger: ErasureLedger, ids: IDSource,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        let deletions = DeletionStore(database: database)
        service = PrivacyService(
            deletions: deletions, holds: HoldStore(database: database), subjects: subjects, holders: holders,
            vault: vault, centre: centre, remover: FileRemover(store: deletions, directory: dataDirectory),
            ledger: ledger, ids: ids, logger: logger, now: now)
    }

    package var routes: Routes {
        var routes = Routes()
        PrivacyRoutes(service: service, sweeper: sweeper).add(to: &routes)
        return routes
    }

    /// Deletes what is due, day by day, until the task is cancelled.
    package func run() async { await sweeper.run() }

    // MARK: commands

    /// What is held of a person.
    package func overview(_ number: String, by deed: PrivacyDeed) async throws -> SubjectOverview {
        try await service.overview(number, by: deed)
    }

    /// Everything that is held of a person, as files of an archive.
    package func records(_ number: String, by deed: PrivacyDeed) async throws -> [PersonalRecord] {
        try await service.records(number, by: deed).records
    }

    /// Erases a person, and looks whether anything is left.
    ///
    /// - Returns: the proof in lines of text, and how much was found again.
    package func erase(
        _ number: String, reason: String, by deed: PrivacyDeed
    ) async throws -> (proof: [String], left: Int) {
        let deletion = try await service.erase(number, reason: reason, by: deed)
        return (Self.proof(deletion), deletion.left ?? 0)
    }

    /// Deletes what is due now.
    ///
    /// - Returns: the proofs in lines of text.
    package func sweep() async throws -> [String] { try await sweeper.sweep().flatMap(Self.proof) }

    /// Erases again who stands in a ledger and came back with a backup.
    ///
    /// - Returns: how many were erased again, and why others were not yet.
    package func repeatErasures(_ entries: [ErasureLedger.Entry]) async throws -> (
        again: Int, refused: [String]
    ) {
        try await service.repeatErasures(entries)
    }

    private static func proof(_ deletion: Deletion) -> [String] {
        let what = deletion.deleted.map { holding in
            let bytes = holding.bytes > 0 ? ", \(holding.bytes) bytes" : ""
            return "  \(holding.dataClass.rawValue) \(holding.kind): \(holding.items)\(bytes)"
        }
        var lines = ["deletion \(deletion.id) of \(deletion.interactions) contacts (\(deletion.reason))"]
        lines += what
        if let subject = deletion.subject {
            lines.append("  subject \(subject), keys destroyed: \(deletion.keys)")
        }
        lines.append("  looked for again: \(deletion.left ?? 0) left")
        return lines
    }
}
