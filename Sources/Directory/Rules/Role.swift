/// What somebody is in the centre. An account may have several; the widest of their permissions counts.
package enum Role: String, Codable, CaseIterable, Hashable, Sendable {
    /// Talks with customers (座席员).
    case agent
    /// Steers and sees (班长, 值长).
    case supervisor
    /// Changes the settings (系统管理员), and sees no customer.
    case systemAdmin
    /// Makes accounts and gives roles (安全管理员), and sees no customer.
    case securityAdmin
    /// Reads the audit (审计管理员), and changes nothing.
    case auditAdmin
    /// Answers customers who ask for their data, erases them, and says how long data are kept (数据保护专员).
    case privacyOfficer
}
