import Contracts
import Kernel
import Storage
import Web

/// What agents should know about a caller before they speak: flags and a note, kept by the caller's number. Twice, or by two
/// agents: the later one holds. Late, after the contact: it stands on the next offer. Never: nothing is shown.
extension FormRoutes {
    /// Characters of the note.
    static let longestCareNote = 500

    func addCare(to routes: inout Routes) {
        routes.get(
            "/api/v1/interactions/{id}/care", permission: "form.write", scoping: .obeyed, audits: .read
        ) { request, principal, _ in
            let id = try await own(request, principal)
            return try .json(try await forms.care(of: id) ?? CallerCare(flags: []))
        }
        routes.put("/api/v1/interactions/{id}/care", permission: "form.write", scoping: .obeyed) {
            request, principal, context in
            let id = try await own(request, principal)
            let care = try Self.checked(request.json())
            try await forms.save(
                care, of: id,
                audit: AuditEntry(
                    at: now(), actor: principal.actor, action: "care.changed", kind: "interaction",
                    object: id.description, details: ["flags": care.flags.joined(separator: " ")],
                    address: context.address))
            await careChanged(id, care)
            return try .json(care)
        }
    }

    private static func checked(_ care: CallerCare) throws -> CallerCare {
        guard care.flags.allSatisfy({ CallerCare.known.contains($0) }) else {
            throw Problem(
                .invalid, "flags must be some of \(CallerCare.known.joined(separator: ", ")).",
                details: ["field": "flags"])
        }
        guard (care.note ?? "").count <= longestCareNote else {
            throw Problem(
                .invalid, "note must have at most \(longestCareNote) characters.",
                details: ["field": "note"])
        }
        let note = care.note.flatMap { $0.isEmpty ? nil : $0 }
        return CallerCare(flags: CallerCare.known.filter { care.flags.contains($0) }, note: note)
    }
}
