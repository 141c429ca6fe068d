package import Contracts
import Kernel
import Logging
import Storage
import Vault

/// Who asks, for the audit.
package struct PrivacyDeed: Sendable {
    package var actor: String
    /// The network address; empty for a command.
    package var address: String
    package init(actor: String, address: String) {
        self.actor = actor
        self.address = address
    }
}

/// What the centre holds of one person.
package struct SubjectOverview: Sendable {
    /// Canonical.
    package let number: String
    package let contacts: SubjectContacts
    package let holdings: [Holding]
    let holds: [LegalHold]
    /// Reasons of the holds that stand.
    package var holdReasons: [String] { holds.map(\.reason) }
}

/// Finding, handing out and erasing what the centre holds of one person (missions G02 and G03).
struct PrivacyService: Sendable {
    private static let mostReason = 500
    private static let mostScrubs = 20

    let deletions: DeletionStore
    let holds: HoldStore
    let subjects: any SubjectDirectory
    let holders: [any PersonalDataHolder]
    let vault: Vault
    let centre: any CentreSource
    let remover: FileRemover
    let ledger: ErasureLedger
    let ids: IDSource
    let logger: Logger
    let now: @Sendable () -> Timestamp

    var database: TenantDatabase { deletions.database }

    // MARK: finding

    /// Reads a number as people write it: in the numbering of each trunk, else of the country. Of several readings the
    /// one counts that the centre knows.
    private func readings(_ text: String) async throws -> [String] {
        // As the centre itself writes it: that one, and no other.
        if text.hasPrefix("+") || text.contains(";phone-context="), let exact = PhoneNumber(canonical: text),
            !exact.isAnonymous
        {
            return [exact.canonical]
        }
        let trunks = try await centre.centre().trunks
        let rules = trunks.map(\.rules) + (trunks.isEmpty ? [NumberingRules()] : [])
        var readings: [String] = []
        let read = rules.map { $0.number(from: text) } + [PhoneNumber(canonical: text)]
        for number in read {
            guard let number, !number.isAnonymous, !readings.contains(number.canonical) else { continue }
            readings.append(number.canonical)
        }
        guard !readings.isEmpty else {
            throw Problem(
                .invalid, "This is no telephone number; write it as it was dialled or with +86 before it.",
                details: ["field": "number"])
        }
        return readings
    }

    /// - Throws: `Problem(.invalid)` for a text that is no number.
    func overview(_ text: String, by deed: PrivacyDeed) async throws -> SubjectOverview {
        let readings = try await readings(text)
        let now = now()
        return try await database.write { [self] tx in
            let overview = try overview(among: readings, in: tx)
            try audit(
                "subject.searched", object: vault.mark(of: overview.number, in: tx), deed, at: now, in: tx)
            return overview
        }
    }

    private func overview(among readings: [String], in tx: any Transaction) throws -> SubjectOverview {
        var first: SubjectOverview?
        var known: [SubjectOverview] = []
        for number in readings {
            let contacts = try subjects.contacts(of: number, in: tx)
            let subject = DataSubject(number: number, contacts: contacts.contacts)
            let overview = SubjectOverview(
                number: number, contacts: contacts,
                holdings: try holders.flatMap { try $0.holdings(of: subject, in: tx) },
                holds: try standing(of: subject, in: tx))
            if !overview.holdings.isEmpty || !contacts.contacts.isEmpty { known.append(overview) }
            first = first ?? overview
        }
        guard known.count < 2 else {
            let numbers = known.map(\.number).joined(separator: ", ")
            throw Problem(
                .conflict, "This can be several people: \(numbers). Write the number as one of these.",
                details: ["reason": "subject.ambiguous", "field": "number", "numbers": numbers])
        }
        if let only = known.first { return only }
        guard let first else { throw Problem(.invalid, "There is no number.", details: ["field": "number"]) }
        return first
    }

    private func standing(of subject: DataSubject, in tx: any Transaction) throws -> [LegalHold] {
        let contacts = Set(subject.contacts)
        return try holds.holds(standingOnly: true, in: tx).filter { hold in
            hold.number == subject.number || hold.interaction.map(contacts.contains) == true
        }
    }

    // MARK: handing out

    /// Everything that is held of a person, as files of an archive, and who has read it.
    ///
    /// - Throws: `Problem(.notFound)` when nothing is.
    func records(_ text: String, by deed: PrivacyDeed) async throws -> (
        number: String, records: [PersonalRecord]
    ) {
        let readings = try await readings(text)
        let now = now()
        let (number, mark, records) = try await database.read { [self] tx in
            let overview = try overview(among: readings, in: tx)
            try refuseEmpty(overview)
            let subject = DataSubject(number: overview.number, contacts: overview.contacts.contacts)
            var records = [try about(overview, at: now)]
            records += try holders.flatMap { try $0.records(of: subject, in: tx) }
            records.append(try reads(of: subject, in: tx))
            return (overview.number, try vault.mark(of: overview.number, in: tx), records)
        }
        try await database.write { [self] tx in
            try audit(
                "subject.exported", object: mark, deed, ["files": String(records.count)], at: now, in: tx)
        }
        return (number, records)
    }

    private func refuseEmpty(_ overview: SubjectOverview) throws {
        guard overview.holdings.isEmpty else { return }
        throw Problem(
            .notFound, "The centre holds nothing of this number.",
            details: ["reason": "subject.unknown", "field": "number"])
    }

    private func about(_ overview: SubjectOverview, at now: Timestamp) throws -> PersonalRecord {
        struct About: Encodable {
            var number: String
            var exportedAt: Timestamp
            var contacts: Int
            var holdings: [Holding]
            var times = "milliseconds since 1970-01-01 UTC"
        }
        return try record(
            "about.json",
            About(
                number: overview.number, exportedAt: now, contacts: overview.contacts.contacts.count,
                holdings: overview.holdings))
    }

    /// Who saw or heard the person's contacts, from the audit.
    private func reads(of subject: DataSubject, in tx: any Transaction) throws -> PersonalRecord {
        struct Read: Encodable {
            var at: Timestamp
            var actor: String
            var action: String
            var interaction: String
        }
        let entries = try subject.contacts.chunks(of: 500).flatMap { contacts in
            try AuditLog.entries(
                about: contacts.map(\.description), tenant: database.tenant, in: tx)
        }
        return try record(
            "reads.json",
            entries.map {
                Read(
                    at: $0.entry.at, actor: $0.entry.actor, action: $0.entry.action,
                    interaction: String($0.entry.object.prefix(36)))
            })
    }

    private func record(_ name: String, _ value: some Encodable) throws -> PersonalRecord {
        let text = Array(try JSONText.encode(value).utf8)
        return PersonalRecord(name: name, bytes: Int64(text.count)) { text }
    }

    // MARK: erasing

    /// Takes away everything that is held of a person, destroys the key, and looks whether anything is left.
    ///
    /// - Throws: `Problem(.conflict)` when a hold stands (`subject.held`), a contact is going on or a ticket open;
    ///   `Problem(.notFound)` when there is nothing.
    func erase(_ text: String, reason: String, by deed: PrivacyDeed) async throws -> Deletion {
        let reason = try checked(reason, field: "reason")
        let readings = try await readings(text)
        let id = ids.next(DeletionID.self)
        let now = now()
        let number = try await database.write { [self] tx in
            let overview = try overview(among: readings, in: tx)
            try refuseEmpty(overview)
            try erase(overview, id: id, reason: reason, by: deed, at: now, in: tx)
            return overview.number
        }
        try await remover.run()
        try await scrub()
        let deletion = try await verify(id, number: number)
        await noteErasures()
        return deletion
    }

    /// Brings the ledger up to date; a disk that is away is told of and tried again, and holds nothing up.
    ///
    /// - Returns: whether it is.
    @discardableResult func noteErasures() async -> Bool {
        do {
            try await ledger.add(try await deletions.erasures())
            return true
        } catch {
            logger.error("The ledger of erasures could not be written", metadata: ["error": "\(error)"])
            return false
        }
    }

    /// Cleans the files of the database of what was deleted; what a reader held up is tried again, for a while.
    func scrub() async throws {
        for _ in 0..<Self.mostScrubs {
            if try await database.database.scrub() { return }
            try await Task.sleep(for: .milliseconds(200))
        }
        logger.notice("The log of the database could not be emptied; the next checkpoint does it")
    }

    private func erase(
        _ overview: SubjectOverview, id: DeletionID, reason: String, by deed: PrivacyDeed, at now: Timestamp,
        in tx: any Transaction
    ) throws {
        let subject = DataSubject(number: overview.number, contacts: overview.contacts.contacts)
        if let hold = overview.holds.first {
            throw Problem(
                .conflict,
                "A legal hold stands on this person's data: \(hold.reason). Lift it first, if it may be lifted.",
                details: ["reason": "subject.held", "hold": hold.id.description])
        }
        for holder in holders {
            if let obstacle = try holder.obstacle(toErasing: subject, in: tx) { throw obstacle }
        }
        var erased = ErasedData()
        for holder in holders {
            erased.add(try holder.erase(Set(PersonalClass.allCases), of: subject, at: now, in: tx))
        }
        let keys = try vault.destroy(
            [.number(overview.number)] + subject.contacts.map { .contact($0) }, in: tx)
        let mark = try vault.mark(of: overview.number, in: tx)
        try deletions.keep(
            Deletion(
                id: id, at: now, actor: deed.actor, basis: .erasure, reason: reason, subject: mark,
                contacts: subject.contacts, interactions: subject.contacts.count, deleted: erased.holdings,
                keys: keys), in: tx)
        try deletions.keep(removals: erased.files, of: id, in: tx)
        try holds.forget(overview.number, as: mark, in: tx)
        try audit(
            "subject.erased", kind: "deletion", object: id.description, deed,
            ["subject": mark, "interactions": String(subject.contacts.count), "keys": String(keys)],
            at: now, in: tx)
    }

    /// Looks again whether anything is left of what was deleted, and notes it.
    ///
    /// - Parameter text: the number, when it is at hand: it is looked for too.
    func verify(_ id: DeletionID, number text: String? = nil) async throws -> Deletion {
        let readings: [String] = if let text { try await readings(text) } else { [] }
        let now = now()
        return try await database.write { [self] tx in
            let deletion = try deletions.deletion(id, in: tx)
            var left = try deletions.remaining(of: id, in: tx)
            switch deletion.basis {
            case .erasure:
                left += try remains(of: DataSubject(contacts: deletion.contacts), in: tx)
                left += try vault.count(deletion.contacts.map { .contact($0) }, in: tx)
                for number in readings where try vault.mark(of: number, in: tx) == deletion.subject {
                    left += try remains(
                        of: DataSubject(
                            number: number, contacts: try subjects.contacts(of: number, in: tx).contacts),
                        in: tx)
                    left += try vault.count([.number(number)], in: tx)
                }
            case .retention:
                guard let dataClass = deletion.dataClass, let before = deletion.before else { break }
                left += try Expiry(holders: holders, subjects: subjects, holds: holds).count(
                    dataClass, before: before, in: tx)
            }
            try deletions.note(left: left, of: id, at: now, in: tx)
            return try deletions.deletion(id, in: tx)
        }
    }

    private func remains(of subject: DataSubject, in tx: any Transaction) throws -> Int {
        try holders.flatMap { try $0.holdings(of: subject, in: tx) }.reduce(0) { $0 + $1.items }
    }

    /// Erases again what a ledger names and a restored backup has brought back.
    ///
    /// - Returns: how many people were erased again, and why others were not yet.
    func repeatErasures(_ entries: [ErasureLedger.Entry]) async throws -> (again: Int, refused: [String]) {
        let marks = Set(entries.map(\.subject))
        // Kept for the next time too.
        try await ledger.add(entries)
        var last = ""
        var count = 0
        var refused: [String] = []
        while true {
            let page = try await database.read { [self, last] tx in
                try subjects.numbers(after: last, limit: 1_000, in: tx).map {
                    ($0, try vault.mark(of: $0, in: tx))
                }
            }
            guard let end = page.last else { return (count, refused) }
            last = end.0
            for (number, mark) in page where marks.contains(mark) {
                do {
                    _ = try await erase(
                        number, reason: "Erased before; a restored backup had brought it back.",
                        by: PrivacyDeed(actor: "system", address: ""))
                    count += 1
                } catch let problem as Problem where problem.code == .conflict {
                    refused.append(problem.message)
                }
            }
        }
    }

    // MARK: holds and retention

    /// - Throws: `Problem(.invalid)` naming the field.
    func hold(
        number text: String?, interaction: InteractionID?, reason: String, by deed: PrivacyDeed
    ) async throws -> LegalHold {
        let reason = try checked(reason, field: "reason")
        guard (text == nil) != (interaction == nil) else {
            throw Problem(
                .invalid, "A hold is on a number or on one contact.", details: ["field": "number"])
        }
        let readings: [String] = if let text { try await readings(text) } else { [] }
        let id = ids.next(LegalHoldID.self)
        let now = now()
        return try await database.write { [self] tx in
            let number = readings.isEmpty ? nil : try overview(among: readings, in: tx).number
            let hold = LegalHold(
                id: id, number: number, interaction: interaction, reason: reason, madeAt: now,
                madeBy: deed.actor)
            try holds.add(hold, in: tx)
            try audit("legalHold.made", kind: "legalHold", object: id.description, deed, at: now, in: tx)
            return hold
        }
    }

    func legalHolds(standingOnly: Bool) async throws -> [LegalHold] {
        try await database.read { [holds] tx in
            try holds.holds(standingOnly: standingOnly, in: tx)
        }
    }

    /// - Throws: `Problem(.notFound)`.
    func deletion(_ id: DeletionID) async throws -> Deletion {
        try await database.read { [deletions] tx in try deletions.deletion(id, in: tx) }
    }

    func lift(_ id: LegalHoldID, reason: String, by deed: PrivacyDeed) async throws -> LegalHold {
        let reason = try checked(reason, field: "reason")
        let now = now()
        return try await database.write { [self] tx in
            let hold = try holds.lift(id, reason: reason, by: deed.actor, at: now, in: tx)
            try audit("legalHold.lifted", kind: "legalHold", object: id.description, deed, at: now, in: tx)
            return hold
        }
    }

    func change(_ retention: Retention, by deed: PrivacyDeed) async throws -> Retention {
        try retention.check()
        let now = now()
        return try await database.write { [self] tx in
            let kept = try holds.keep(retention, by: deed.actor, at: now, in: tx)
            let days = PersonalClass.allCases.map { dataClass in
                (dataClass.rawValue, kept.days[dataClass].map(String.init) ?? "forever")
            }
            try audit(
                "retention.changed", kind: "retention", object: String(kept.version), deed,
                Dictionary(uniqueKeysWithValues: days), at: now, in: tx)
            return kept
        }
    }

    private func checked(_ reason: String, field: String) throws -> String {
        let reason = reason.trimmed
        guard !reason.isEmpty, reason.count <= Self.mostReason else {
            throw Problem(
                .invalid, "A reason is needed, of at most \(Self.mostReason) characters.",
                details: ["field": field])
        }
        return reason
    }

    func audit(
        _ action: String, kind: String = "subject", object: String, _ deed: PrivacyDeed,
        _ details: [String: String] = [:], at now: Timestamp, in tx: any Transaction
    ) throws {
        try AuditLog.append(
            AuditEntry(
                at: now, actor: deed.actor, action: action, kind: kind, object: object, details: details,
                address: deed.address), tenant: database.tenant, in: tx)
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
