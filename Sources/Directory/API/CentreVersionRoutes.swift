import Contracts
import Kernel
import Web

/// The history of the centre: which versions there were, what each changed, and the way back.
struct CentreVersionRoutes: Sendable {
    let service: CentreService
    private var store: CentreStore { service.store }

    struct VersionBody: Encodable, Sendable {
        var version: Int
        var at: Timestamp
        /// A number (工号), a token's name, or `file`.
        var actor: String
        /// Of the person, when still in the centre.
        var name: String?
        var changes: [CentreStore.Summary.Change]
        /// Changes that are not listed.
        var more: Int
    }
    struct WholeBody: Encodable, Sendable {
        var version: Int
        var at: Timestamp
        var actor: String
        var name: String?
        var changes: [CentreDifference.Change]
    }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/centre/versions", permission: "centre.write", scoping: .whole) { request, _, _ in
            let names = try await names()
            return try await request.list("versions", VersionBody.columns) { page in
                let found = try await store.versions(
                    before: page.position.flatMap { Int($0) }, limit: page.limit + 1)
                return Page(found: found, request: page) { String($0.version) }.map { version in
                    VersionBody(
                        version: version.version, at: version.at, actor: version.actor,
                        name: names[version.actor], changes: version.summary.changes,
                        more: version.summary.more)
                }
            }
        }
        routes.get("/api/v1/centre/versions/{version}", permission: "centre.write", scoping: .whole) {
            request, _, _ in
            let number = try Self.number(request)
            guard let version = try await store.versions(before: number + 1, limit: 1).first,
                version.version == number
            else { throw Self.unknown(number) }
            let next = try await store.centre(version: number)
            let former = number > 1 ? try await store.centre(version: number - 1) : nil
            return try .json(
                WholeBody(
                    version: number, at: version.at, actor: version.actor,
                    name: try await names()[version.actor],
                    changes: former.map { CentreDifference.changes(from: $0, to: next) } ?? []))
        }
        routes.post("/api/v1/centre/versions/{version}/restore", permission: "centre.write", scoping: .whole)
        {
            request, principal, context in
            let number = try Self.number(request)
            guard let newest = request.query["version"].flatMap({ Int($0) }) else {
                throw Problem(
                    .invalid, "Say with ?version= which version is the newest that you know.",
                    details: ["field": "version"])
            }
            let version = try await CentreFault.asProblem {
                try await service.restore(number, over: newest, asker(principal, context))
            }
            return try .json(CentreRoutes.DoneBody(version: version))
        }
    }

    private func names() async throws -> [String: String] {
        Dictionary(
            try await store.newest().people.map { ($0.number, $0.name) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func number(_ request: WebRequest) throws -> Int {
        let text = try request.parameter("version")
        guard let number = Int(text), number > 0, number < Int.max else {
            throw Problem(
                .notFound, "There is no version \(text.prefix(32)) of the centre.",
                details: ["field": "version"])
        }
        return number
    }

    private static func unknown(_ number: Int) -> Problem {
        Problem(.notFound, "There is no version \(number) of the centre.", details: ["field": "version"])
    }
}
