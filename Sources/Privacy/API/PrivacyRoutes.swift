import Archives
import Contracts
import Kernel
import Web

/// Finding, handing out, erasing and keeping what the centre holds of persons. Numbers come in bodies, never in
/// addresses, which logs keep.
struct PrivacyRoutes: Sendable {
    let service: PrivacyService
    let sweeper: RetentionSweeper

    /// Bytes of an archive that is made in memory; larger ones are for the command.
    private static let mostBytes: Int64 = 256 << 20

    struct NumberBody: Decodable, Sendable { var number: String }
    struct ErasureBody: Decodable, Sendable {
        var number: String
        var reason: String
    }
    struct VerificationBody: Decodable, Sendable { var number: String? }
    struct NewHoldBody: Decodable, Sendable {
        var number: String?
        var interaction: InteractionID?
        var reason: String
    }
    struct ReasonBody: Decodable, Sendable { var reason: String }

    func add(to routes: inout Routes) {
        addSubjects(to: &routes)
        addDeletions(to: &routes)
        addHolds(to: &routes)
        addRetention(to: &routes)
    }

    private func addSubjects(to routes: inout Routes) {
        routes.post("/api/v1/subjects/search", permission: "privacy.read", scoping: .whole) {
            request, principal, context in
            let body = try request.json(NumberBody.self)
            let overview = try await service.overview(body.number, by: deed(principal, context))
            return try .json(SubjectBody(overview, await people()))
        }
        routes.post(
            "/api/v1/subjects/export", permission: "privacy.export", scoping: .whole
        ) { request, principal, context in
            let body = try request.json(NumberBody.self)
            let export = try await service.records(body.number, by: deed(principal, context))
            var answer = WebAnswer.bytes(
                try await archive(export.records), contentType: "application/zip")
            let name = "subject-\(export.number.filter { $0.isNumber }).zip"
            answer.headers.append(("Content-Disposition", "attachment; filename=\"\(name)\""))
            return answer
        }
        routes.post("/api/v1/subjects/erase", permission: "privacy.erase", scoping: .whole) {
            request, principal, context in
            let body = try request.json(ErasureBody.self)
            let deletion = try await service.erase(
                body.number, reason: body.reason, by: deed(principal, context))
            return try .json(DeletionBody(deletion, await people()))
        }
    }

    @concurrent private func archive(_ records: [PersonalRecord]) async throws -> [UInt8] {
        guard records.reduce(0, { $0 + $1.bytes }) <= Self.mostBytes else {
            throw Problem(
                .conflict,
                "The recordings of this person are too many for a download; use `hotline subject export`.",
                details: ["reason": "subject.tooLarge"])
        }
        var bytes: [UInt8] = []
        var archive = ZipArchive { bytes += $0 }
        for record in records { try archive.add(record.name, record.content()) }
        try archive.finish()
        return bytes
    }

    private func addDeletions(to routes: inout Routes) {
        routes.get("/api/v1/deletions", permission: "privacy.read", scoping: .whole) { request, _, _ in
            let people = try await people()
            return try await request.list("deletions", DeletionBody.columns) { page in
                let found = try await service.deletions.all(before: page.position, limit: page.limit + 1)
                return Page(found: found, request: page) { $0.id.description }.map {
                    DeletionBody($0, people)
                }
            }
        }
        routes.get("/api/v1/deletions/{id}", permission: "privacy.read", scoping: .whole) { request, _, _ in
            let deletion = try await service.deletion(request.id("id"))
            return try .json(DeletionBody(deletion, await people()))
        }
        routes.post("/api/v1/deletions/{id}/verify", permission: "privacy.read", scoping: .whole) {
            request, _, _ in
            let body =
                request.body.isEmpty ? VerificationBody() : try request.json(VerificationBody.self)
            let deletion = try await service.verify(request.id("id"), number: body.number)
            return try .json(DeletionBody(deletion, await people()))
        }
    }

    private func addHolds(to routes: inout Routes) {
        routes.get("/api/v1/legal-holds", permission: "privacy.read", scoping: .whole) { request, _, _ in
            let state = request.query["state"] ?? "standing"
            guard ["standing", "all"].contains(state) else {
                throw Problem(
                    .invalid, "'state' is standing or all.", details: ["field": "state"])
            }
            let holds = try await service.legalHolds(standingOnly: state == "standing")
            let people = try await people()
            return try await request.list(
                "legal-holds", HoldBody.columns, items: holds.map { HoldBody($0, people) })
        }
        routes.post("/api/v1/legal-holds", permission: "privacy.write", scoping: .whole) {
            request, principal, context in
            let body = try request.json(NewHoldBody.self)
            let hold = try await service.hold(
                number: body.number, interaction: body.interaction, reason: body.reason,
                by: deed(principal, context))
            return try .json(HoldBody(hold, await people()), status: 201)
        }
        routes.post("/api/v1/legal-holds/{id}/lift", permission: "privacy.write", scoping: .whole) {
            request, principal, context in
            let body = try request.json(ReasonBody.self)
            let hold = try await service.lift(
                request.id("id"), reason: body.reason, by: deed(principal, context))
            return try .json(HoldBody(hold, await people()))
        }
    }

    private func addRetention(to routes: inout Routes) {
        routes.get("/api/v1/retention", permission: "privacy.read", scoping: .whole) { _, _, _ in
            try .json(await retention())
        }
        routes.put("/api/v1/retention", permission: "privacy.write", scoping: .whole) {
            request, principal, context in
            _ = try await service.change(
                request.json(Retention.self), by: deed(principal, context))
            return try .json(await retention())
        }
    }

    private func retention() async throws -> RetentionBody {
        let (retention, last, due) = try await sweeper.state()
        let isOn = retention.days != Retention.Days()
        return RetentionBody(
            version: retention.version, days: retention.days, lastSweepAt: last,
            nextSweepAt: isOn ? last.map { $0 + RetentionSweeper.interval } ?? service.now() : nil,
            due: Dictionary(uniqueKeysWithValues: due.map { ($0.rawValue, $1) }))
    }

    private func deed(_ principal: Principal, _ context: RouteContext) -> PrivacyDeed {
        PrivacyDeed(actor: principal.actor, address: context.address)
    }

    private func people() async throws -> People { People(try await service.centre.centre()) }
}
