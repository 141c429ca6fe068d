import Contracts
import Kernel
import Web

/// Announcements that are spoken in flows and shown to agents: the known-fault board above all (mission N21), with
/// receipts of those who have read them (mission N25).
struct AnnouncementRoutes: Sendable {
    /// Announcements in force or to come; more would keep callers listening.
    static let mostAnnouncements = 50
    static let mostCharacters = 1_000

    let service: CentreService
    let receipts: ReceiptStore

    struct AnnouncementBody: Codable, Sendable {
        /// `faults` is the board of known faults, `urgent` is spoken first in every flow.
        var board: String
        /// Language -> text.
        var texts: [String: String]
        var from: Timestamp?
        var until: Timestamp?
        /// Whether agents are to acknowledge it.
        var needsReceipt: Bool?

        func announcement(_ id: AnnouncementID) -> CentreAnnouncement {
            CentreAnnouncement(
                id: id, board: board, texts: texts, from: from, until: until,
                needsReceipt: needsReceipt == true ? true : nil)
        }
    }
    struct ItemBody: Encodable, Sendable {
        var id: AnnouncementID
        var board: String
        var texts: [String: String]
        var from: Timestamp?
        var until: Timestamp?
        var needsReceipt: Bool?
        /// When who asks has acknowledged it.
        var receivedAt: Timestamp?

        init(_ announcement: CentreAnnouncement, receivedAt: Timestamp?) {
            id = announcement.id
            board = announcement.board
            texts = announcement.texts
            from = announcement.from
            until = announcement.until
            needsReceipt = announcement.needsReceipt
            self.receivedAt = receivedAt
        }
    }
    struct ReceiptBody: Encodable, Sendable {
        var number: String
        var name: String
        /// `nil` for who has not acknowledged it yet.
        var at: Timestamp?
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/announcements", permission: "announcement.read", scoping: .whole) {
            request, principal, _ in
            var received: [AnnouncementID: Timestamp] = [:]
            if let person = principal.person { received = try await receipts.receipts(of: person) }
            let announcements = try await service.store.newest().announcements
            return try await request.list(
                "announcements", ItemBody.columns,
                items: announcements.map { ItemBody($0, receivedAt: received[$0.id]) })
        }
        routes.post("/api/v1/announcements", permission: "announcement.write", scoping: .whole) {
            request, principal, context in
            let body: AnnouncementBody = try request.json()
            try Self.check(body)
            let announcement = body.announcement(service.newID())
            try await change(principal, context, "announcement.made", announcement.id) { list in
                let now = service.now()
                guard list.count(where: { $0.until.map { $0 > now } ?? true }) < Self.mostAnnouncements else {
                    throw Problem(
                        .exhausted, "There are \(Self.mostAnnouncements) announcements; remove one first.")
                }
                list.append(announcement)
            }
            return try .created(
                ItemBody(announcement, receivedAt: nil), at: "/api/v1/announcements/\(announcement.id)")
        }
        routes.put("/api/v1/announcements/{id}", permission: "announcement.write", scoping: .whole) {
            request, principal, context in
            let body: AnnouncementBody = try request.json()
            try Self.check(body)
            let announcement = body.announcement(try request.id("id"))
            try await change(principal, context, "announcement.changed", announcement.id) { list in
                list[try Self.place(of: announcement.id, in: list)] = announcement
            }
            return try .json(ItemBody(announcement, receivedAt: nil))
        }
        routes.delete("/api/v1/announcements/{id}", permission: "announcement.write", scoping: .whole) {
            request, principal, context in
            let id: AnnouncementID = try request.id("id")
            try await change(principal, context, "announcement.removed", id) { list in
                list.remove(at: try Self.place(of: id, in: list))
            }
            return .empty
        }
        addReceipts(to: &routes)
    }

    private func addReceipts(to routes: inout Routes) {
        routes.post("/api/v1/announcements/{id}/receipt", permission: "announcement.read", scoping: .obeyed) {
            request, principal, context in
            guard let person = principal.person else {
                throw Problem(
                    .forbidden, "People acknowledge announcements; this token speaks for nobody.",
                    details: ["reason": "noPerson"])
            }
            let id: AnnouncementID = try request.id("id")
            _ = try Self.place(of: id, in: try await service.store.newest().announcements)
            try await receipts.note(
                id, by: person, actor: principal.actor, address: context.address, at: service.now())
            return .empty
        }
        routes.get("/api/v1/announcements/{id}/receipts", permission: "announcement.write", scoping: .whole) {
            request, _, _ in
            let id: AnnouncementID = try request.id("id")
            let centre = try await service.store.newest()
            _ = try Self.place(of: id, in: centre.announcements)
            let received = try await receipts.receipts(for: id)
            return try await request.list(
                "receipts", ReceiptBody.columns,
                items: centre.agents.map {
                    ReceiptBody(number: $0.number, name: $0.name, at: received[$0.id])
                })
        }
    }

    private func change(
        _ principal: Principal, _ context: RouteContext, _ action: String, _ id: AnnouncementID,
        _ work: (inout [CentreAnnouncement]) throws -> Void
    ) async throws {
        _ = try await CentreFault.asProblem {
            try await service.change(asker(principal, context)) { former in
                var next = former
                try work(&next.announcements)
                let deed = CentreService.Deed(
                    action: action, kind: "announcement", object: id.description)
                return (next, deed, ())
            }
        }
    }

    private static func place(of id: AnnouncementID, in list: [CentreAnnouncement]) throws -> Int {
        guard let place = list.firstIndex(where: { $0.id == id }) else {
            throw Problem(.notFound, "There is no announcement \(id).", details: ["field": "id"])
        }
        return place
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
        if let from = body.from, let until = body.until, until <= from {
            throw Problem(
                .invalid, "until must be later than from.", details: ["field": "until"])
        }
    }
}
