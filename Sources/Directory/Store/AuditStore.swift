import Contracts
import Kernel
import Storage
import Web

/// The audit as those who read it see it, and the auditor of reads that Web asks for.
struct AuditStore: ReadAuditor {
    let database: TenantDatabase
    let centre: CentreStore

    /// One entry on the wire.
    struct Body: Codable, Sendable {
        var seq: Int64
        var at: Timestamp
        var actor: String
        /// The number (工号) of the person behind it; left out for programs and for who has left the centre.
        var number: String?
        var action: String
        var kind: String
        var object: String
        var details: [String: String]
        var address: String
        var hash: String
    }

    /// Whether the chain holds, on the wire.
    struct VerdictBody: Codable, Sendable {
        /// `intact` or `broken`.
        var state: String
        /// Entries of an intact audit.
        var entries: Int64?
        /// Of the last entry: who keeps it elsewhere can prove later that nothing before it was rewritten.
        var hash: String?
        /// The first entry that is missing or does not fit.
        var at: Int64?
    }

    /// What somebody asks for; empty texts do not matter.
    struct Question: Sendable {
        /// A number (工号), or an actor as it stands in the audit.
        var actor: String?
        var action: String?
        var kind: String?
        var object: String?
        var from: Timestamp?
        var until: Timestamp?
    }

    /// Entries before a number, newest first.
    func entries(_ question: Question, before sequence: Int64?, limit: Int) async throws -> [Body] {
        let people = try await centre.newestOrNone()?.people ?? []
        var filter = AuditLog.Filter(
            actor: question.actor, action: question.action, kind: question.kind, object: question.object,
            from: question.from, until: question.until)
        if let person = people.first(where: { $0.number == question.actor }) {
            filter.actor = "person:\(person.id)"
        }
        if let person = people.first(where: { $0.number == question.object }) {
            filter.object = person.id.description
        }
        let numbers = Dictionary(
            people.map { ("person:\($0.id)", $0.number) }, uniquingKeysWith: { first, _ in first })
        let found = try await database.read { [tenant = database.tenant, filter] tx in
            try AuditLog.read(tenant, filter, before: sequence, limit: limit, in: tx)
        }
        return found.map { logged in
            Body(
                seq: logged.sequence, at: logged.entry.at, actor: logged.entry.actor,
                number: numbers[logged.entry.actor], action: logged.entry.action, kind: logged.entry.kind,
                object: logged.entry.object, details: logged.entry.details, address: logged.entry.address,
                hash: logged.hash)
        }
    }

    func verdict() async throws -> VerdictBody {
        switch try await AuditLog.verify(database) {
        case .intact(let entries, let hash): VerdictBody(state: "intact", entries: entries, hash: hash)
        case .broken(let sequence): VerdictBody(state: "broken", at: sequence)
        }
    }

    /// Reads that come together share a commit (`GroupCommit`), so each is written down before it is answered.
    func audit(_ read: AuditedRead) async throws {
        let kind = Self.kind(of: read.route)
        let entry = AuditEntry(
            at: read.at, actor: read.principal.actor, action: kind + ".read", kind: kind, object: read.object,
            details: ["route": read.route], address: read.address)
        try await database.write { [tenant = database.tenant] tx in
            _ = try AuditLog.append(entry, tenant: tenant, in: tx)
        }
    }

    /// What is read: `recording` for the sound, else the thing in the plural after the version, without its `s`.
    static func kind(of route: String) -> String {
        let parts = route.split(separator: "/")
        if parts.contains("recordings") { return "recording" }
        guard parts.count > 3 else { return "route" }
        let thing = parts[3]
        return thing.hasSuffix("s") ? String(thing.dropLast()) : String(thing)
    }
}
