import Kernel

/// Ids that follow from keys: the same tenant, kind and key give the same id on every machine and at every reading.
struct CentreKeys: Hashable, Sendable {
    /// The key of the tenant.
    let tenant: String

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
        let text = ["hotline", tenant, kind, key].joined(separator: "\u{0}")
        let digest = SHA256.digest(Array(text.utf8))
        func word(_ start: Int) -> UInt64 { digest[start..<(start + 8)].reduce(0) { $0 << 8 | UInt64($1) } }
        return ID(high: word(0) & ~0xF000 | 0x8000, low: word(8) & ~(3 << 62) | 1 << 63)
    }
}
