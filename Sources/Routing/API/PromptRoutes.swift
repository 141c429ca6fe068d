import Contracts
import Kernel
import Media
import Web

/// The prompt library on the screen (mission G16).
struct PromptRoutes: Sendable {
    let library: PromptLibrary
    let desk: RoutingDesk
    let centre: any CentreSource
    let now: @Sendable () -> Timestamp

    struct Item: Encodable, Sendable {
        var key: String
        var name: [String: String]
        /// Language -> what callers hear.
        var current: [String: PromptVersion]
        /// Language -> the newest recording that was never used.
        var draft: [String: PromptVersion]?
        var usedBy: [PromptUse]
    }
    struct NewBody: Decodable, Sendable {
        var key: String
        var name: [String: String]
    }
    struct KeyBody: Encodable, Sendable { var key: String }
    struct NameBody: Codable, Sendable { var name: [String: String] }
    struct SpeechBody: Decodable, Sendable {
        var language: String
        var text: String
    }
    struct PhoneCodeBody: Decodable, Sendable { var language: String }

    func add(to routes: inout Routes) {
        routes.get("/api/v1/prompts", permission: "centre.read", scoping: .whole) { request, _, _ in
            try await request.list(
                "prompts", Item.columns,
                items: library.prompts(holding: request.query["text"]).map(Item.init))
        }
        routes.post("/api/v1/prompts", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            let body: NewBody = try request.json()
            try await library.create(body.key, body.name, doing: deed(principal, context))
            return try .created(KeyBody(key: body.key), at: "/api/v1/prompts/\(body.key)")
        }
        routes.put("/api/v1/prompts/{key}", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            let body: NameBody = try request.json()
            try await library.rename(request.parameter("key"), body.name, doing: deed(principal, context))
            return try .json(body)
        }
        routes.delete("/api/v1/prompts/{key}", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            try await library.remove(request.parameter("key"), doing: deed(principal, context))
            return .empty
        }
        addVersions(to: &routes)
    }

    private func addVersions(to routes: inout Routes) {
        routes.get("/api/v1/prompts/{key}/versions", permission: "centre.read", scoping: .whole) {
            request, _, _ in
            try await request.list(
                "prompt-versions", PromptVersion.columns,
                items: library.versions(of: request.parameter("key")))
        }
        routes.post(
            "/api/v1/prompts/{key}/versions", permission: "prompt.write", accepts: "audio/wav",
            scoping: .whole, mostBody: UploadedSound.mostBytes
        ) { request, principal, context in
            let source = PromptVersion.Source(rawValue: request.query["source"] ?? "upload")
            guard let source, source == .upload || source == .browser else {
                throw Problem(.invalid, "source must be upload or browser.", details: ["field": "source"])
            }
            let key = try request.parameter("key")
            let version = try await library.upload(
                request.body, request.query["language"] ?? "", source, to: key,
                doing: deed(principal, context))
            return try .created(version, at: "/api/v1/prompts/\(key)/versions/\(version.version)/audio")
        }
        routes.post("/api/v1/prompts/{key}/speech", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            let body: SpeechBody = try request.json()
            let key = try request.parameter("key")
            let version = try await library.speak(
                body.text, body.language, to: key, doing: deed(principal, context))
            return try .created(version, at: "/api/v1/prompts/\(key)/versions/\(version.version)/audio")
        }
        routes.post("/api/v1/prompts/{key}/phone-code", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            let body: PhoneCodeBody = try request.json()
            let right = try await library.phoneRight(
                body.language, to: request.parameter("key"), doing: deed(principal, context))
            return try .json(await desk.openPhoneCode(right), status: 201)
        }
        routes.get("/api/v1/prompts/{key}/versions/{n}/audio", permission: "centre.read", scoping: .whole) {
            request, _, _ in
            let bytes = try await library.audio(number(request), of: request.parameter("key"))
            var answer = WebAnswer.bytes(bytes, contentType: "audio/wav")
            // For the browser that asked alone; `nosniff` stands on every answer.
            answer.headers.append(("Cache-Control", "private"))
            return answer
        }
        routes.post("/api/v1/prompts/{key}/versions/{n}/use", permission: "prompt.write", scoping: .whole) {
            request, principal, context in
            try await library.use(
                number(request), of: request.parameter("key"), doing: deed(principal, context))
            return .empty
        }
    }

    private func number(_ request: WebRequest) throws -> Int {
        guard let number = Int(try request.parameter("n")), number > 0 else {
            throw Problem(.notFound, "There is no such version.", details: ["field": "n"])
        }
        return number
    }

    private func deed(_ principal: Principal, _ context: RouteContext) async throws -> FlowDeed {
        try await FlowDeed(principal, context, centre, at: now())
    }
}

extension PromptRoutes.Item {
    init(_ view: PromptLibrary.View) {
        let drafts = view.prompt.drafts
        self.init(
            key: view.prompt.key, name: view.prompt.names, current: view.prompt.current,
            draft: drafts.isEmpty ? nil : drafts, usedBy: view.uses)
    }
}
