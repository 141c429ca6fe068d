import Contracts
import Foundation
import Kernel
import Media
import Storage
import Web

/// Reading interactions: the list, one of them, its recordings, and the customers to call back after a crash.
struct InteractionRoutes: Sendable {
    let store: InteractionStore
    let centre: any CentreSource
    let files: RecordingFiles

    struct RecordingsBody: Encodable, Sendable { var items: [FinishedRecording] }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/interactions", permission: "interaction.read", scoping: .obeyed, audits: .read) {
            request, principal, _ in
            guard let filter = try await own(filter(request), principal) else {
                return try await request.list("interactions", InteractionBody.columns, items: [])
            }
            let words = try await words()
            return try await request.list("interactions", InteractionBody.columns) { page in
                let found = try await store.interactions(
                    filter, before: page.position.flatMap { InteractionID($0) }, limit: page.limit + 1)
                return Page(found: found, request: page) { $0.id.description }.map {
                    InteractionBody($0, words)
                }
            }
        }
        routes.get(
            "/api/v1/interactions/{id}", permission: "interaction.read", scoping: .obeyed, audits: .read
        ) {
            request, principal, _ in
            let interaction = try await visible(request.id("id"), to: principal, "interaction.read")
            return try .json(InteractionBody(interaction, try await words()))
        }
        routes.get(
            "/api/v1/interactions/{id}/recordings", permission: "recording.read", scoping: .obeyed,
            audits: .read
        ) { request, principal, _ in
            let id = try await visible(request.id("id"), to: principal, "recording.read").id
            return try .json(RecordingsBody(items: await store.recordings(of: id)))
        }
        routes.get(
            "/api/v1/interactions/{id}/recordings/{startedAt}/stereo", permission: "recording.read",
            scoping: .obeyed, audits: .read
        ) { request, principal, _ in
            let id = try await visible(request.id("id"), to: principal, "recording.read").id
            let recording = try await recording(of: id, startedAt: request.parameter("startedAt"))
            return .bytes(try await stereo(recording), contentType: "audio/wav")
        }
        routes.get("/api/v1/lost-calls", permission: "interaction.read", scoping: .obeyed, audits: .read) {
            request, principal, _ in
            try await request.list("lost-calls", LostCall.columns, usual: Self.mostLost) { page in
                let found = try await store.lostInCrash(
                    after: page.position.flatMap(LostCall.position), limit: page.limit + 1)
                return Page(found: found, request: page) { "\($0.arrivedAt.milliseconds) \($0.id)" }.filter {
                    principal.covers("interaction.read", person: $0.agent)
                }
            }
        }
    }

    /// The filter within the scope of who asks; `nil` when nothing of what they ask for is theirs.
    private func own(_ asked: InteractionFilter, _ principal: Principal) throws -> InteractionFilter? {
        guard try principal.scope(of: "interaction.read") != .tenant else { return asked }
        guard let person = principal.person, asked.agent == nil || asked.agent == person else { return nil }
        var filter = asked
        filter.agent = person
        return filter
    }

    /// The words of people for ids: numbers of agents, keys of queues.
    private func words() async throws -> Words {
        let centre = try await centre.centre()
        return Words(
            agents: Dictionary(
                centre.agents.map { ($0.id, $0.number) }, uniquingKeysWith: { first, _ in first }),
            queues: Dictionary(centre.queues.map { ($0.id, $0.key) }, uniquingKeysWith: { first, _ in first })
        )
    }

    /// One interaction, if it is within the scope of who asks: an agent's own, or any. Another is as if it were not.
    private func visible(
        _ id: InteractionID, to principal: Principal, _ action: String
    ) async throws -> Interaction {
        guard let interaction = try await store.interaction(id),
            principal.covers(action, person: interaction.agent)
        else { throw Self.missing(id) }
        return interaction
    }

    /// The filters of the query, in the words of people: numbers of agents, keys of queues.
    private func filter(_ request: WebRequest) async throws -> InteractionFilter {
        func given(_ name: String) -> String? { request.query[name].flatMap { $0.isEmpty ? nil : $0 } }
        func moment(_ name: String) throws(Problem) -> Timestamp? {
            guard let text = given(name) else { return nil }
            guard let number = Int64(text) else {
                throw Problem(
                    .invalid, "\(name) must be milliseconds since 1970.", details: ["field": name])
            }
            return Timestamp(milliseconds: number)
        }
        var filter = InteractionFilter()
        filter.from = try moment("from")
        filter.until = try moment("until")
        filter.number = given("number")
        filter.caller = given("caller")
        filter.origin = given("origin")
        guard given("agent") != nil || given("queue") != nil else { return filter }
        let centre = try await centre.centre()
        if let agent = given("agent") {
            guard let found = centre.agents.first(where: { $0.number == agent }) else {
                throw Problem(.invalid, "There is no agent \(agent.prefix(64)).", details: ["field": "agent"])
            }
            filter.agent = found.id
        }
        if let queue = given("queue") {
            guard let found = centre.queues.first(where: { $0.key == queue }) else {
                throw Problem(.invalid, "There is no queue \(queue.prefix(64)).", details: ["field": "queue"])
            }
            filter.queue = found.id
        }
        return filter
    }

    /// Calls on a page of the list of lost ones: whoever calls them back wants them all.
    private static let mostLost = 5_000

    private static func missing(_ id: InteractionID) -> Problem {
        Problem(.notFound, "There is no interaction \(id).", details: ["field": "id"])
    }

    private func recording(of id: InteractionID, startedAt: String) async throws -> FinishedRecording {
        let start = Int64(startedAt)
        guard
            let found = try await store.recordings(of: id).first(where: { $0.startedAt.milliseconds == start }
            )
        else {
            throw Problem(
                .notFound, "This interaction has no such recording.", details: ["field": "startedAt"])
        }
        guard !found.tracks.isEmpty else {
            throw Problem(.unavailable, "The recording is still going on; ask again when the call has ended.")
        }
        return found
    }

    /// The player's view: the customer left, the agents right. Made in a temporary file, which is gone afterwards.
    @concurrent private func stereo(_ recording: FinishedRecording) async throws -> [UInt8] {
        let manifest = try RecordingManifest.read(files.directory + "/" + recording.manifest)
        let agents = recording.tracks.map(\.name).filter { $0 != "customer" }
        let target = NSTemporaryDirectory() + "hotline-export-\(UUID().uuidString).wav"
        _ = try await files.opened(recording) { folder in
            try StereoExport.write(manifest, in: folder, customer: "customer", agents: agents, to: target)
        }
        let bytes = try Data(contentsOf: URL(filePath: target))
        try FileManager.default.removeItem(atPath: target)
        return [UInt8](bytes)
    }
}

/// What people call agents and queues.
struct Words: Sendable {
    var agents: [AgentID: String]
    var queues: [QueueID: String]
}

/// An interaction with the words of people beside its ids.
struct InteractionBody: Encodable, Sendable {
    let interaction: Interaction
    /// The number of who spoke last.
    let agentNumber: String?
    let queueKey: String?

    private enum CodingKeys: String, CodingKey { case agentNumber, queueKey }

    init(_ interaction: Interaction, _ words: Words) {
        self.interaction = interaction
        agentNumber = interaction.agent.flatMap { words.agents[$0] }
        queueKey = interaction.queue.flatMap { words.queues[$0] }
    }

    func encode(to encoder: any Encoder) throws {
        try interaction.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(agentNumber, forKey: .agentNumber)
        try container.encodeIfPresent(queueKey, forKey: .queueKey)
    }
}
