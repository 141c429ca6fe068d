import Contracts
import Foundation
import Kernel
import Storage
import Web

/// Announcements that are spoken in flows, the known-fault board above all (mission N21).
struct AnnouncementRoutes: Sendable {
    /// Announcements in force or to come; more would keep callers listening.
    static let mostAnnouncements = 50
    static let mostCharacters = 1_000

    let store: CentreStore
    let ids: IDSource
    let changed: @Sendable () async throws -> Void

    struct AnnouncementBody: Codable, Sendable {
        /// `faults` is the board of known faults.
        var board: String
        /// Language -> text.
        var texts: [String: String]
        var from: Timestamp?
        var until: Timestamp?
    }
    struct ListBody: Encodable, Sendable { var items: [CentreAnnouncement] }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/announcements", permission: "announcement.read", scoping: .whole) { _, _, _ in
            try .json(ListBody(items: await store.newest().announcements))
        }
        routes.post("/api/v1/announcements", permission: "announcement.write", scoping: .whole) {
            request, principal, context in
            let body: AnnouncementBody = try request.json()
            try Self.check(body)
            let announcement = CentreAnnouncement(
                id: ids.next(), board: body.board, texts: body.texts, from: body.from, until: body.until)
            var centre = try await store.newest()
            guard centre.announcements.count < Self.mostAnnouncements else {
                throw Problem(
                    .exhausted, "There are \(Self.mostAnnouncements) announcements; remove one first.")
            }
            centre.announcements.append(announcement)
            try await save(centre, "announcement.made", announcement.id, principal, context)
            try await changed()
            return try .created(announcement, at: "/api/v1/announcements/\(announcement.id)")
        }
        routes.delete("/api/v1/announcements/{id}", permission: "announcement.write", scoping: .whole) {
            request, principal, context in
            let id: AnnouncementID = try request.id("id")
            var centre = try await store.newest()
            guard centre.announcements.contains(where: { $0.id == id }) else {
                throw Problem(.notFound, "There is no announcement \(id).", details: ["field": "id"])
            }
            centre.announcements.removeAll { $0.id == id }
            try await save(centre, "announcement.removed", id, principal, context)
            try await changed()
            return .empty
        }
    }

    private func save(
        _ centre: Centre, _ action: String, _ id: AnnouncementID, _ principal: Principal,
        _ context: RouteContext
    ) async throws {
        let now = now()
        _ = try await store.save(
            centre, actor: principal.name,
            audit: AuditEntry(
                at: now, actor: principal.actor, action: action, kind: "announcement",
                object: id.description, address: context.address), at: now)
    }

    private static func check(_ body: AnnouncementBody) throws {
        guard !body.board.isEmpty, body.board.utf8.count <= 64 else {
            throw Problem(.invalid, "board must name a board, such as faults.", details: ["field": "board"])
        }
        guard !body.texts.isEmpty,
            body.texts.allSatisfy({ !$0.value.isEmpty && $0.value.count <= mostCharacters })
        else {
            throw Problem(
                .invalid, "texts must hold a text of at most \(mostCharacters) characters for a language.",
                details: ["field": "texts"])
        }
    }

    private func now() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}
