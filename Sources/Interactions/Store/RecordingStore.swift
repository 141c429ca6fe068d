import Contracts
import Kernel
import Storage
import Vault

/// The rows of recordings, as the sealer sees them.
struct RecordingStore: Sendable {
    /// A recording whose open files are still there.
    struct Unsealed: Sendable {
        var recording: FinishedRecording
        var owner: KeyOwner
        /// Whether the sealed files are on the disk.
        var isKept: Bool
    }

    let database: TenantDatabase
    private var tenant: TenantID { database.tenant }

    init(_ database: TenantDatabase) { self.database = database }

    /// Recordings that have ended and are not sealed, oldest first.
    func unsealed(limit: Int) async throws -> [Unsealed] {
        try await database.read { [tenant] tx in
            try tx.rows(
                """
                select r.interaction_id, r.started_at, r.manifest, r.tracks, r.key_id, p.canonical
                from recording r left join interaction_party p on p.tenant_id = r.tenant_id
                    and p.interaction_id = r.interaction_id and p.role = 'customer'
                where r.tenant_id = \(tenant) and r.sealed_at is null and r.tracks <> '[]'
                order by r.interaction_id, r.started_at limit \(limit)
                """
            ).map { row in
                let recording = try Self.recording(row)
                let number = try row.optionalText("canonical")
                return Unsealed(
                    recording: recording,
                    owner: number.flatMap { $0 == PhoneNumber.anonymous.canonical ? nil : .number($0) }
                        ?? .contact(recording.interaction),
                    isKept: try row.optionalText("key_id") != nil)
            }
        }
    }

    static func recording(_ row: SQLRow) throws -> FinishedRecording {
        FinishedRecording(
            interaction: try row.id("interaction_id"), startedAt: try row.timestamp("started_at"),
            manifest: try row.text("manifest"), tracks: try JSONText.decode(from: row.text("tracks")))
    }

    /// The sealed files are on the disk.
    ///
    /// - Returns: whether the recording is still there.
    func keep(_ recording: FinishedRecording, under key: KeyID) async throws -> Bool {
        let tracks = try JSON(recording.tracks)
        return try await update(recording, "tracks = \(tracks), key_id = \(key)")
    }

    /// The open files are gone.
    func sealed(_ recording: FinishedRecording, at now: Timestamp) async throws {
        _ = try await update(recording, "sealed_at = \(now)")
    }

    private func update(_ recording: FinishedRecording, _ assignment: SQL) async throws -> Bool {
        try await database.write { [tenant] tx in
            try tx.execute(
                """
                update recording set \(assignment) where tenant_id = \(tenant)
                    and interaction_id = \(recording.interaction) and started_at = \(recording.startedAt)
                """) > 0
        }
    }
}
