import Contracts
import Kernel
import Logging
import Storage
import Vault

/// Finds what is older than it may be and is not held.
struct Expiry: Sendable {
    /// Contacts of one page.
    static let page = 200
    /// Contacts that are counted; more are told as this many.
    static let mostCounted = 10_000

    let holders: [any PersonalDataHolder]
    let subjects: any SubjectDirectory
    let holds: HoldStore

    /// Contacts that no hold stands on, oldest first, after one; with the last one that was looked at, `nil` at the end.
    func expired(
        _ dataClass: PersonalClass, before moment: Timestamp, after contact: InteractionID?,
        in tx: any Transaction
    ) throws -> Page {
        let found = try holders.map {
            try $0.expired(dataClass, before: moment, after: contact, limit: Self.page, in: tx)
        }
        let page = Set(found.joined()).sorted().prefix(Self.page)
        let held = try held(in: tx)
        let free = Set(page).subtracting(held)
        return Page(
            parts: found.map { $0.filter(free.contains) }, contacts: page.filter(free.contains),
            last: page.count < Self.page ? nil : page.last)
    }

    /// A page of what has expired.
    struct Page: Sendable {
        /// By holder: what is old with one may be young with another.
        var parts: [[InteractionID]]
        /// All of them together, in order.
        var contacts: [InteractionID]
        var last: InteractionID?
    }

    private func held(in tx: any Transaction) throws -> Set<InteractionID> {
        var held = Set<InteractionID>()
        for hold in try holds.holds(standingOnly: true, in: tx) {
            if let contact = hold.interaction { held.insert(contact) }
            if let number = hold.number { held.formUnion(try subjects.contacts(of: number, in: tx).contacts) }
        }
        return held
    }

    /// How many there are, up to `mostCounted`.
    func count(_ dataClass: PersonalClass, before moment: Timestamp, in tx: any Transaction) throws -> Int {
        var count = 0
        var last: InteractionID?
        repeat {
            let page = try expired(dataClass, before: moment, after: last, in: tx)
            count += page.contacts.count
            last = page.last
        } while last != nil && count < Self.mostCounted
        return min(count, Self.mostCounted)
    }
}

/// Deletes once a day what has been kept as long as its class may be (mission G03).
struct RetentionSweeper: Sendable {
    static let interval = TimeSpan.hours(24)
    /// Between two looks at the clock.
    private static let pause = Duration.seconds(60)

    let service: PrivacyService

    private var expiry: Expiry {
        Expiry(holders: service.holders, subjects: service.subjects, holds: service.holds)
    }

    /// Sweeps until the task is cancelled; removes first what a crash left.
    func run() async {
        var isNoted = false
        while !Task.isCancelled {
            if !isNoted { isNoted = await service.noteErasures() }
            do {
                try await service.remover.run()
                if try await isDue() { try await sweepOrReturn() }
            } catch is CancellationError {
                return
            } catch {
                service.logger.error(
                    "What is older than it may be cannot be deleted", metadata: ["error": "\(error)"])
            }
            // Only a cancelled task does not sleep, and the loop ends then.
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func sweepOrReturn() async throws {
        do { _ = try await sweep() } catch {
            try await service.database.write { [service] in try service.holds.returnSweep(in: $0) }
            throw error
        }
    }

    private func isDue() async throws -> Bool {
        let now = service.now()
        return try await service.database.write { [service] tx in
            let days = try service.holds.retention(in: tx).days
            guard days != Retention.Days() else { return false }
            return try service.holds.takeSweep(at: now, every: Self.interval, in: tx)
        }
    }

    /// The retention, when it was swept last, and what is due.
    func state() async throws -> (Retention, lastAt: Timestamp?, due: [PersonalClass: Int]) {
        try await service.database.read { [self] tx in
            let retention = try service.holds.retention(in: tx)
            return (retention, try service.holds.lastSweep(in: tx), try due(retention, in: tx))
        }
    }

    /// What would be deleted now, by class, counted up to `Expiry.mostCounted`.
    private func due(_ retention: Retention, in tx: any Transaction) throws -> [PersonalClass: Int] {
        var due: [PersonalClass: Int] = [:]
        for dataClass in PersonalClass.allCases {
            guard let days = retention.days[dataClass] else { continue }
            due[dataClass] = try expiry.count(
                dataClass, before: service.now() - .hours(Int64(days) * 24), in: tx)
        }
        return due
    }

    /// Deletes what is due now.
    ///
    /// - Returns: a deletion for each class of which something went.
    func sweep() async throws -> [Deletion] {
        let retention = try await service.database.read { [service] in try service.holds.retention(in: $0) }
        var made: [Deletion] = []
        for dataClass in PersonalClass.allCases {
            guard let days = retention.days[dataClass] else { continue }
            if let deletion = try await sweep(dataClass, days: days) { made.append(deletion) }
        }
        if !made.isEmpty { try await service.scrub() }
        return made
    }

    private func sweep(_ dataClass: PersonalClass, days: Int) async throws -> Deletion? {
        let before = service.now() - .hours(Int64(days) * 24)
        var deletion = Deletion(
            id: service.ids.next(), at: service.now(), actor: "system", basis: .retention,
            reason: "\(dataClass.rawValue): \(days) d", subject: nil, dataClass: dataClass, before: before,
            contacts: [], interactions: 0, deleted: [], keys: 0)
        var last: InteractionID?
        repeat {
            let (state, position) = (deletion, last)
            (deletion, last) = try await service.database.write { [self] tx in
                let page = try expiry.expired(dataClass, before: before, after: position, in: tx)
                return (try erase(page, of: state, in: tx), page.last)
            }
            try await service.remover.run()
        } while last != nil
        guard deletion.interactions > 0 else { return nil }
        return try await service.verify(deletion.id)
    }

    private func erase(
        _ page: Expiry.Page, of deletion: Deletion, in tx: any Transaction
    ) throws -> Deletion {
        guard !page.contacts.isEmpty, let dataClass = deletion.dataClass else { return deletion }
        var erased = ErasedData()
        erased.holdings = deletion.deleted
        for (holder, contacts) in zip(service.holders, page.parts) where !contacts.isEmpty {
            erased.add(
                try holder.erase([dataClass], of: DataSubject(contacts: contacts), at: deletion.at, in: tx))
        }
        var deletion = deletion
        let isFirst = deletion.interactions == 0
        deletion.interactions += page.contacts.count
        deletion.deleted = erased.holdings
        try service.vault.disown(erased.numbers, in: tx)
        try service.deletions.keep(deletion, in: tx)
        try service.deletions.keep(removals: erased.files, of: deletion.id, in: tx)
        if isFirst {
            try service.audit(
                "retention.swept", kind: "deletion", object: deletion.id.description,
                PrivacyDeed(actor: "system", address: ""), ["class": dataClass.rawValue], at: deletion.at,
                in: tx)
        }
        return deletion
    }
}
