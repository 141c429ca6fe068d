package import Contracts
package import Kernel

/// Ids that follow from keys: the same tenant, kind and key give the same id on every machine and at every reading. What
/// stands already keeps its id.
package struct CentreKeys: Sendable {
    /// The key of the tenant.
    let tenant: String
    let known: Known

    /// The ids of rows that are there, by kind and key.
    package struct Known: Sendable {
        private var ids: [String: (high: UInt64, low: UInt64)] = [:]

        package static let none = Known()

        private init() {}

        /// Those of a centre's people, seats, queues, skills and calendars.
        package init(_ centre: Centre) {
            for person in centre.people { add("person", person.number, person.id) }
            for agent in centre.agents { add("person", agent.number, agent.id) }
            for seat in centre.seats { add("seat", seat.number, seat.id) }
            for queue in centre.queues { add("queue", queue.key, queue.id) }
            for skill in centre.skills { add("skill", skill.key, skill.id) }
            for calendar in centre.calendars { add("calendar", calendar.key, calendar.id) }
        }

        /// A person who is new: a number that was somebody else's once brings nothing of theirs along.
        package mutating func add(person number: String, _ id: AgentID) { add("person", number, id) }

        mutating func add<Kind>(_ kind: String, _ key: String, _ id: ID<Kind>) {
            ids["\(kind)\u{0}\(key)"] = (id.high, id.low)
        }

        fileprivate func id<Kind>(_ kind: String, _ key: String) -> ID<Kind>? {
            ids["\(kind)\u{0}\(key)"].map { ID(high: $0.high, low: $0.low) }
        }
    }

    init(tenant: String, known: Known = .none) {
        self.tenant = tenant
        self.known = known
    }

    var tenantID: TenantID { id("tenant", tenant) }
    func site(_ key: String) -> SiteID { id("site", key) }
    func skill(_ key: String) -> SkillID { id("skill", key) }
    func queue(_ key: String) -> QueueID { id("queue", key) }
    func person(_ number: String) -> AgentID { id("person", number) }
    func seat(_ number: String) -> SeatID { id("seat", number) }
    func calendar(_ key: String) -> CalendarID { id("calendar", key) }
    func announcement(_ key: String) -> AnnouncementID { id("announcement", key) }

    /// The first 128 bits of SHA-256 over the parts, marked as a UUID of version 8 (RFC 9562, 5.8).
    private func id<Kind>(_ kind: String, _ key: String) -> ID<Kind> {
        if let id: ID<Kind> = known.id(kind, key) { return id }
        let text = ["hotline", tenant, kind, key].joined(separator: "\u{0}")
        let digest = SHA256.digest(Array(text.utf8))
        func word(_ start: Int) -> UInt64 { digest[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        return ID(high: word(0) & ~0xF000 | 0x8000, low: word(8) & ~(3 << 62) | 1 << 63)
    }
}
