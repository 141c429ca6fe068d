package import Kernel

/// Where the next input of an engine goes. A value: keep the one that the committed transaction returned, and when a
/// commit fails go on from the one before it.
package struct JournalPosition: Sendable, Hashable {
    /// Whose engine it is.
    package let tenant: TenantID
    /// The open segment.
    package let segment: Int64
    /// Entries written so far; the next has this number plus one.
    package let count: Int64
    /// Checksum over the segment's head and all entries so far.
    let checksum: UInt64

    /// Whether the segment is long enough to open the next with a fresh snapshot, so that recovery stays short.
    package var isDue: Bool { count >= Journal.preferredEntries }
}

/// What a segment was opened with.
package struct JournalSegment: Sendable, Hashable {
    /// Whose engine it is.
    package let tenant: TenantID
    /// From 1 per tenant, over all engines.
    package let number: Int64
    /// Which engine: `routing`.
    package let engine: String
    /// Version of the engine that wrote it; another version does not replay it.
    package let engineVersion: Int
    /// Digest of the settings the engine ran with.
    package let settingsHash: String
    /// When it was opened.
    package let openedAt: Timestamp
    /// The engine's state when the segment was opened.
    package let snapshot: [UInt8]
    /// When it was closed; `nil` while it is written.
    package let closedAt: Timestamp?
}

/// One input of an engine as it was applied.
package struct JournalEntry: Sendable, Hashable {
    /// From 1 within the segment.
    package let number: Int64
    /// The stamp that the engine got with it.
    package let at: Timestamp
    /// The input as the engine's shell encoded it.
    package let input: [UInt8]
}

/// The inputs of the engines in the order in which they were applied (decision 3): commit before effect, replay after
/// a crash. Every entry carries the checksum of the segment so far, so that a changed, missing or moved entry is found.
package enum Journal {
    /// Entries after which a shell opens the next segment.
    package static let preferredEntries: Int64 = 50_000
    /// Entries that one segment takes at most; recovery reads them all.
    package static let maximumEntries: Int64 = 2_000_000
    /// Entries fetched at once in a replay.
    static let page = 2_000

    /// Opens a segment with the engine's snapshot and returns where its first input goes.
    package static func openSegment(
        _ engine: String, version: Int, settingsHash: String, snapshot: [UInt8], at: Timestamp,
        tenant: TenantID,
        in transaction: any Transaction
    ) throws -> JournalPosition {
        if transaction.dialect == .postgres {
            // Two engines of one tenant may open at the same time; the second waits for the number of the first.
            let key = "journal \(tenant)"
            _ = try transaction.rows("select pg_advisory_xact_lock(hashtextextended(\(key), 0))")
        }
        let last = try transaction.row(
            "select coalesce(max(segment), 0) as last from journal_segment where tenant_id = \(tenant)")?.int(
                "last")
        let number = (last ?? 0) + 1
        let head = Head(
            segment: number, engine: engine, version: version, settingsHash: settingsHash, openedAt: at,
            snapshot: snapshot)
        try transaction.execute(
            """
            insert into journal_segment
            (tenant_id, segment, engine, engine_version, settings_hash, opened_at, snapshot, snapshot_checksum)
            values (\(tenant), \(number), \(engine), \(version), \(settingsHash), \(at), \(snapshot), \(head.checksum.digest))
            """)
        return JournalPosition(tenant: tenant, segment: number, count: 0, checksum: head.checksum.value)
    }

    /// Appends inputs in order and returns where the next goes; without inputs, where it is.
    ///
    /// Throws `SQLError(.unique)` when another writer has been at that position: this shell no longer owns the engine.
    package static func append(
        _ inputs: [(at: Timestamp, input: [UInt8])], at position: JournalPosition,
        in transaction: any Transaction
    ) throws -> JournalPosition {
        guard position.count + Int64(inputs.count) <= maximumEntries else {
            throw Problem(
                .exhausted, "Journal segment \(position.segment) is full; open the next one",
                details: ["reason": "journal.full", "segment": String(position.segment)])
        }
        let owner = position.tenant.sqlValue
        var checksum = position.checksum
        var rows = RowInsert(
            into: "journal_entry", columns: ["tenant_id", "segment", "number", "at", "input", "checksum"])
        rows.reserve(inputs.count)
        for (offset, entry) in inputs.enumerated() {
            let number = position.count + Int64(offset) + 1
            checksum = chained(checksum, number: number, at: entry.at, input: entry.input)
            rows.add([
                owner, .int(position.segment), .int(number), entry.at.sqlValue, .blob(entry.input),
                .int(Int64(bitPattern: checksum)),
            ])
        }
        try transaction.insert(rows)
        return JournalPosition(
            tenant: position.tenant, segment: position.segment, count: position.count + Int64(inputs.count),
            checksum: checksum)
    }

    /// Whether the segment of a position holds an entry with this number: asked when the outcome of a commit is not
    /// known. Only the shell that owns the engine writes there, so the number alone tells.
    package static func contains(
        _ number: Int64, of position: JournalPosition, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.row(
            """
            select 1 as found from journal_entry where tenant_id = \(position.tenant)
                and segment = \(position.segment) and number = \(number)
            """) != nil
    }

    /// Closes a segment: it takes part in no further recovery and its digest seals count and content.
    package static func close(_ position: JournalPosition, at: Timestamp, in transaction: any Transaction)
        throws
    {
        let changed = try transaction.execute(
            """
            update journal_segment set closed_at = \(at), entry_count = \(position.count),
                digest = \(Checksum(continuing: position.checksum).digest)
            where tenant_id = \(position.tenant) and segment = \(position.segment) and closed_at is null
            """)
        guard changed == 1 else {
            throw Problem(
                .conflict, "Journal segment \(position.segment) is not open",
                details: ["reason": "journal.closed", "segment": String(position.segment)])
        }
    }

    /// The newest segment of an engine; `nil` before its first. Its snapshot has been checked.
    package static func latest(
        _ engine: String, tenant: TenantID, in transaction: any Transaction
    ) throws -> JournalSegment? {
        let row = try transaction.row(
            """
            select * from journal_segment where tenant_id = \(tenant) and engine = \(engine)
            order by segment desc limit 1
            """)
        return try row.map { try segment($0).0 }
    }

    /// Gives every entry of a segment, in order and checked, to `body` and returns where the next input goes.
    ///
    /// Throws `Problem(.internal)` with reason `journal.corrupt`, the segment and the number of the first entry that is
    /// changed, missing or moved; entries before it have been given.
    @discardableResult
    package static func replay(
        _ number: Int64, tenant: TenantID, in transaction: any Transaction,
        _ body: (JournalEntry) throws -> Void
    ) throws -> JournalPosition {
        let found = try transaction.row(
            "select * from journal_segment where tenant_id = \(tenant) and segment = \(number)")
        guard let found else { throw Problem(.notFound, "There is no journal segment \(number)") }
        var checksum = try segment(found).1
        var count: Int64 = 0
        while true {
            let rows = try transaction.rows(
                """
                select number, at, input, checksum from journal_entry
                where tenant_id = \(tenant) and segment = \(number) and number > \(count)
                order by number limit \(page)
                """)
            for row in rows {
                let entry = JournalEntry(
                    number: try row.int("number"), at: try row.timestamp("at"), input: try row.blob("input"))
                guard entry.number == count + 1 else { throw corrupt(number, entry: count + 1, "is missing") }
                count += 1
                checksum = chained(checksum, number: count, at: entry.at, input: entry.input)
                guard try row.int("checksum") == Int64(bitPattern: checksum) else {
                    throw corrupt(number, entry: count, "does not match its checksum")
                }
                try body(entry)
            }
            if rows.count < page { break }
        }
        if let sealed = try found.optionalInt("entry_count"), sealed != count {
            throw corrupt(number, entry: count + 1, "is missing")
        }
        return JournalPosition(tenant: tenant, segment: number, count: count, checksum: checksum)
    }

    /// A segment from its row with the checksum of its head; throws when the head does not match.
    private static func segment(_ row: SQLRow) throws -> (JournalSegment, UInt64) {
        let segment = JournalSegment(
            tenant: try row.id("tenant_id"), number: try row.int("segment"), engine: try row.text("engine"),
            engineVersion: Int(try row.int("engine_version")), settingsHash: try row.text("settings_hash"),
            openedAt: try row.timestamp("opened_at"), snapshot: try row.blob("snapshot"),
            closedAt: try row.optionalTimestamp("closed_at"))
        let head = Head(
            segment: segment.number, engine: segment.engine, version: segment.engineVersion,
            settingsHash: segment.settingsHash, openedAt: segment.openedAt, snapshot: segment.snapshot)
        guard try row.text("snapshot_checksum") == head.checksum.digest else {
            throw corrupt(segment.number, entry: 0, "(the snapshot) does not match its checksum")
        }
        return (segment, head.checksum.value)
    }

    private static func chained(_ previous: UInt64, number: Int64, at: Timestamp, input: [UInt8]) -> UInt64 {
        var checksum = Checksum(continuing: previous)
        checksum.add(number)
        checksum.add(at.milliseconds)
        checksum.add(Int64(input.count))
        checksum.add(input)
        return checksum.value
    }

    private static func corrupt(_ segment: Int64, entry: Int64, _ complaint: String) -> Problem {
        Problem(
            .internal, "Journal segment \(segment): entry \(entry) \(complaint)",
            details: ["reason": "journal.corrupt", "segment": String(segment), "entry": String(entry)])
    }

    /// What the checksum of a segment begins with.
    private struct Head {
        var checksum = Checksum()

        init(
            segment: Int64, engine: String, version: Int, settingsHash: String, openedAt: Timestamp,
            snapshot: [UInt8]
        ) {
            checksum.add(segment)
            checksum.add(text: engine)
            checksum.add(Int64(version))
            checksum.add(text: settingsHash)
            checksum.add(openedAt.milliseconds)
            checksum.add(Int64(snapshot.count))
            checksum.add(snapshot)
        }
    }
}
