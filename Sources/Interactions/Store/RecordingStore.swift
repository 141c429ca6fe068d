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
    ///
    /// - Parameter position: the last one of the page before.
    func unsealed(after position: FinishedRecording?, limit: Int) async throws -> [Unsealed] {
        let later: SQL =
            position.map {
                """
                and (r.interaction_id > \($0.interaction)
                    or (r.interaction_id = \($0.interaction) and r.started_at > \($0.startedAt)))
                """
            } ?? ""
        return try await database.read { [tenant] tx in
            try tx.rows(
                """
                select r.interaction_id, r.started_at, r.manifest, r.tracks, r.key_id, p.canonical
                from recording r left join interaction_party p on p.tenant_id = r.tenant_id
                    and p.interaction_id = r.interaction_id and p.role = 'customer'
                where r.tenant_id = \(tenant) and r.sealed_at is null and r.tracks <> '[]' \(later)
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

    /// The key under which a recording is sealed, made when there is none; `nil` when the recording was erased meanwhile,
    /// which leaves no key behind.
    func key(
        of one: Unsealed, from vault: Vault, at now: Timestamp
    ) async throws -> (id: KeyID, key: SecretKey)? {
        try await database.write { [tenant] tx in
            // Locks the row against an erasure until the key is there.
            let isThere =
                try tx.execute(
                    """
                    update recording set key_id = key_id where tenant_id = \(tenant)
                        and interaction_id = \(one.recording.interaction) and started_at = \(one.recording.startedAt)
                    """) > 0
            return isThere ? try vault.key(of: one.owner, at: now, in: tx) : nil
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
