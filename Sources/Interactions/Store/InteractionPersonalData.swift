import Contracts
import Kernel
import Storage
import Vault

/// What the record of contacts holds of customers: numbers, what is remembered of them, recordings and notes. The contact
/// itself stays, since it was counted.
struct InteractionPersonalData: PersonalDataHolder {
    /// Contacts of one statement.
    private static let page = 500
    /// Milliseconds within which a recording is finished.
    private static let finishing: Int64 = 60_000

    let database: TenantDatabase
    let files: RecordingFiles
    private var tenant: TenantID { database.tenant }

    /// A condition for each page of a subject's contacts.
    private func conditions(_ subject: DataSubject) -> [SQL] {
        subject.contacts.chunks(of: Self.page).map {
            "tenant_id = \(tenant) and interaction_id in (\(list: Array($0)))"
        }
    }

    private func count(_ table: SQL, _ subject: DataSubject, _ more: SQL = "", in tx: any Transaction) throws
        -> Int
    {
        try conditions(subject).reduce(0) { sum, condition in
            sum
                + Int(
                    try tx.row("select count(*) as n from \(table) where \(condition) \(more)")?.int("n") ?? 0
                )
        }
    }

    private func recordings(of subject: DataSubject, in tx: any Transaction) throws -> [FinishedRecording] {
        try conditions(subject).flatMap { condition in
            try tx.rows(
                """
                select interaction_id, started_at, manifest, tracks from recording where \(condition)
                order by interaction_id, started_at
                """
            ).map(RecordingStore.recording)
        }
    }

    func holdings(of subject: DataSubject, in tx: any Transaction) throws -> [Holding] {
        let recordings = try recordings(of: subject, in: tx)
        let care =
            try subject.number.map {
                Int(
                    try tx.row(
                        """
                        select count(*) as n from caller_care where tenant_id = \(tenant) and canonical = \($0)
                        """)?.int("n") ?? 0)
            } ?? 0
        return [
            Holding(.identity, "party", items: try count("interaction_party", subject, in: tx)),
            Holding(.identity, "care", items: care),
            Holding(
                .recording, "recording", items: recordings.count,
                bytes: recordings.reduce(0) { $0 + Self.bytes($1) }),
            Holding(
                .freeText, "notes", items: try count("interaction_form", subject, "and notes <> ''", in: tx)),
        ].filter { $0.items > 0 }
    }

    /// Of A-law: eight a millisecond.
    private static func bytes(_ recording: FinishedRecording) -> Int64 {
        recording.tracks.reduce(0) { $0 + $1.milliseconds * 8 }
    }

    func records(of subject: DataSubject, in tx: any Transaction) throws -> [PersonalRecord] {
        struct Record: Codable {
            var id: InteractionID
            var channel: String
            var number: String
            var caller: String?
            var callerAsReceived: String?
            var arrivedAt: Timestamp
            var endedAt: Timestamp?
            var talkedMs: Int64
            var rating: Int64?
            var requestType: String?
            var disposition: String?
            var notes: String?
        }
        var contacts: [Record] = []
        for page in subject.contacts.chunks(of: Self.page) {
            contacts += try tx.all(
                """
                select i.id, i.channel, i.number, p.canonical as caller, p.raw as caller_as_received, i.arrived_at,
                    i.ended_at, i.talked_ms, i.rating, f.request_type, f.disposition, f.notes
                from interaction i
                    left join interaction_party p on p.tenant_id = i.tenant_id and p.interaction_id = i.id
                        and p.role = 'customer'
                    left join interaction_form f on f.tenant_id = i.tenant_id and f.interaction_id = i.id
                where i.tenant_id = \(tenant) and i.id in (\(list: Array(page))) order by i.id
                """)
        }
        var records = [try Self.record("interactions.json", contacts)]
        if let number = subject.number, let care = try FormStore.care(of: number, tenant, tx) {
            records.append(try Self.record("care.json", care))
        }
        var missing: [String] = []
        for recording in try recordings(of: subject, in: tx) {
            for track in recording.tracks {
                let opened: RecordingFiles.OpenedTrack
                do { opened = try files.track(track, in: tx) } catch let problem as Problem
                    where problem.code == .notFound
                {
                    missing.append(track.path)
                    continue
                }
                records.append(
                    PersonalRecord(
                        name: "recordings/\(recording.interaction)/\(opened.name)",
                        bytes: track.milliseconds * 8
                    ) { try opened.content() })
            }
        }
        if !missing.isEmpty { records.append(try Self.record("missing.json", missing)) }
        return records
    }

    private static func record(_ name: String, _ value: some Encodable) throws -> PersonalRecord {
        let text = Array(try JSONText.encode(value).utf8)
        return PersonalRecord(name: name, bytes: Int64(text.count)) { text }
    }

    func obstacle(toErasing subject: DataSubject, in tx: any Transaction) throws -> Problem? {
        let open = try subject.contacts.chunks(of: Self.page).reduce(0) { sum, page in
            sum
                + (try tx.row(
                    """
                    select count(*) as n from interaction where tenant_id = \(tenant)
                        and id in (\(list: Array(page))) and ended_at is null
                    """)?.int("n") ?? 0)
        }
        // A recording is finished a moment after its call.
        let recent = Timestamp(milliseconds: WallClock.now.milliseconds - Self.finishing)
        let unfinished = try conditions(subject).reduce(0) { sum, condition in
            sum
                + (try tx.row(
                    """
                    select count(*) as n from recording where \(condition) and tracks = '[]'
                        and exists (select 1 from interaction i where i.tenant_id = recording.tenant_id
                            and i.id = recording.interaction_id and i.ended_at > \(recent))
                    """)?.int("n") ?? 0)
        }
        guard open + unfinished > 0 else { return nil }
        return Problem(
            .conflict, "This person is in contact with the centre now. Erase when the contact has ended.",
            details: ["reason": "subject.openContact"])
    }

    func erase(
        _ classes: Set<PersonalClass>, of subject: DataSubject, at now: Timestamp, in tx: any Transaction
    ) throws -> ErasedData {
        var erased = ErasedData()
        if classes.contains(.recording) { erased.add(try eraseRecordings(of: subject, in: tx)) }
        if classes.contains(.freeText) {
            let notes = try conditions(subject).reduce(0) {
                $0
                    + (try tx.execute(
                        "update interaction_form set notes = '' where \($1) and notes <> ''"))
            }
            erased.add(Self.erased(.freeText, "notes", notes))
        }
        if classes.contains(.identity) { erased.add(try eraseNumbers(of: subject, in: tx)) }
        return erased
    }

    private static func erased(_ dataClass: PersonalClass, _ kind: String, _ items: Int) -> ErasedData {
        var erased = ErasedData()
        erased.holdings = [Holding(dataClass, kind, items: items)]
        return erased
    }

    private func eraseRecordings(of subject: DataSubject, in tx: any Transaction) throws -> ErasedData {
        let recordings = try recordings(of: subject, in: tx)
        var erased = ErasedData()
        erased.holdings = [
            Holding(
                .recording, "recording", items: recordings.count,
                bytes: recordings.reduce(0) { $0 + Self.bytes($1) })
        ]
        // Manifest and tracks begin alike, up to the dot: also a track that a crash left without a row.
        erased.files = recordings.map { String($0.manifest.dropLast("json".count)) }
        for condition in conditions(subject) { try tx.execute("delete from recording where \(condition)") }
        return erased
    }

    private func eraseNumbers(of subject: DataSubject, in tx: any Transaction) throws -> ErasedData {
        var numbers = Set<String>()
        var parties = 0
        for condition in conditions(subject) {
            let rows = try tx.rows(
                "delete from interaction_party where \(condition) returning canonical")
            parties += rows.count
            for row in rows { try row.optionalText("canonical").map { _ = numbers.insert($0) } }
        }
        if let number = subject.number { numbers.insert(number) }
        numbers.remove(PhoneNumber.anonymous.canonical)
        // What is remembered of a number goes with the last contact that has it.
        var unknown: [String] = []
        for number in numbers {
            let left = try tx.row(
                """
                select 1 as found from interaction_party where tenant_id = \(tenant) and canonical = \(number)
                limit 1
                """)
            if left == nil { unknown.append(number) }
        }
        var care = 0
        for page in unknown.chunks(of: Self.page) {
            care += try tx.execute(
                """
                delete from caller_care where tenant_id = \(tenant) and canonical in (\(list: Array(page)))
                """)
        }
        var erased = Self.erased(.identity, "party", parties)
        erased.add(Self.erased(.identity, "care", care))
        erased.numbers = unknown.sorted()
        return erased
    }

    func expired(
        _ dataClass: PersonalClass, before moment: Timestamp, after contact: InteractionID?, limit: Int,
        in tx: any Transaction
    ) throws -> [InteractionID] {
        let source: SQL =
            switch dataClass {
            case .identity: "interaction_party where role = 'customer' and "
            case .recording: "recording where "
            case .freeText: "interaction_form where notes <> '' and "
            }
        // Ids are in order of time.
        let bound = InteractionID(high: UInt64(bitPattern: moment.milliseconds) << 16, low: 0)
        let later: SQL = contact.map { "and interaction_id > \($0)" } ?? ""
        return try tx.rows(
            """
            select distinct interaction_id from \(source) tenant_id = \(tenant) and interaction_id < \(bound) \(later)
            order by interaction_id limit \(limit)
            """
        ).map { try $0.id("interaction_id") }
    }
}

extension InteractionPersonalData: SubjectDirectory {
    func contacts(of number: String, in tx: any Transaction) throws -> SubjectContacts {
        let rows = try tx.rows(
            """
            select i.id, i.arrived_at, i.ended_at from interaction_party p
                join interaction i on i.tenant_id = p.tenant_id and i.id = p.interaction_id
            where p.tenant_id = \(tenant) and p.canonical = \(number) and p.role = 'customer' order by i.id
            """)
        return SubjectContacts(
            contacts: try rows.map { try $0.id("id") },
            open: try rows.count { try $0.optionalTimestamp("ended_at") == nil },
            firstAt: try rows.first?.timestamp("arrived_at"), lastAt: try rows.last?.timestamp("arrived_at"))
    }

    func numbers(after number: String, limit: Int, in tx: any Transaction) throws -> [String] {
        try tx.rows(
            """
            select distinct canonical from interaction_party
            where tenant_id = \(tenant) and canonical > \(number) order by canonical limit \(limit)
            """
        ).map { try $0.text("canonical") }
    }
}
