import Contracts
import Kernel
import Web

/// Signing in and out from a browser, and the own password.
struct SessionRoutes: Sendable {
    let service: AccountService
    let sessions: BrowserSessions
    let centre: CentreStore
    let relays: RelaySource
    let now: @Sendable () -> Timestamp

    struct SignInBody: Codable, Sendable {
        /// The number (工号).
        var user: String
        var password: String
    }
    struct PasswordBody: Codable, Sendable {
        var old: String
        var new: String
    }
    struct SessionBody: Codable, Sendable {
        struct Person: Codable, Sendable {
            var number: String
            var name: String
            /// In the order of the table of roles.
            var roles: [String]
        }
        struct Centre: Codable, Sendable {
            var name: String
            /// IANA zone.
            var zone: String
        }
        var person: Person
        /// Action -> scope.
        var permissions: [String: PermissionScope]
        /// To be sent as `X-CSRF-Token` with everything that changes something.
        var csrf: String
        /// Without a request for so long, the session ends.
        var idleMs: Int64
        /// When it ends whatever happens.
        var expiresAt: Timestamp
        var mustChangePassword: Bool
        var centre: Centre
        /// Relays for the audio, with this person's right to use them.
        var iceServers: [IceServer]
    }

    func add(to routes: inout Routes) {
        routes.open(
            "POST", "/api/v1/session", because: "who signs in has no session yet", countsFailures: true
        ) { request, context in
            try await signIn(request, context)
        }
        routes.get("/api/v1/session", permission: .signedIn, scoping: .obeyed) { request, principal, _ in
            try .json(try await body(principal, token: token(request, principal)))
        }
        routes.delete("/api/v1/session", permission: .signedIn, scoping: .obeyed) {
            request, principal, context in
            let digest = SessionToken.digest(try token(request, principal))
            try await end(digest, principal.actor, principal.person, context.address)
            var answer = WebAnswer.empty
            answer.headers.append(SessionCookie.clearing(isSecure: context.isSecure))
            return answer
        }
        routes.put("/api/v1/session/password", permission: .signedIn, scoping: .obeyed) {
            request, principal, context in
            try await changePassword(request, principal, context)
        }
    }

    private func signIn(_ request: WebRequest, _ context: RouteContext) async throws -> WebAnswer {
        let body: SignInBody = try request.json()
        let now = now()
        let outcome = try await service.signIn(
            body.user, body.password,
            from: .init(address: context.address, isOnMachine: context.isOnMachine), at: now)
        switch outcome {
        case .begun(let token, let person, _, let gaveWay):
            await sessions.forget(gaveWay)
            if let former = SessionCookie.token(in: request.header("cookie")),
                try await sessions.principal(forSession: former, at: now) != nil
            {
                // The browser has one cookie: its former session would be nobody's.
                try await end(
                    SessionToken.digest(former), "person:\(person)", person, context.address)
            }
            guard let principal = try await sessions.principal(forSession: token, at: now) else {
                throw Problem(.unavailable, "The session has ended already; sign in again.")
            }
            var answer = try WebAnswer.json(try await self.body(principal, token: token))
            answer.headers.append(SessionCookie.setting(token, isSecure: context.isSecure))
            return answer
        case .wrong:
            throw Problem(
                .unauthenticated, "Number or password is wrong.", details: ["reason": "wrongCredentials"])
        case .locked(let until): throw Self.locked(until)
        case .demoElsewhere:
            throw Problem(
                .unauthenticated,
                "Accounts of the demonstration have public passwords and sign in from this machine only.",
                details: ["reason": "demoOnLoopbackOnly"])
        }
    }

    private func changePassword(
        _ request: WebRequest, _ principal: Principal, _ context: RouteContext
    ) async throws -> WebAnswer {
        let body: PasswordBody = try request.json()
        let session = SessionToken.digest(try token(request, principal))
        guard let person = principal.person else { throw Self.noSession }
        let outcome = try await service.changePassword(
            of: person, old: body.old, new: body.new, keeping: session,
            from: .init(address: context.address, isOnMachine: context.isOnMachine), at: now())
        switch outcome {
        case .done(let ended):
            // Its own session is read again, since it may do more than change the password from now on.
            await sessions.forget(ended)
            await sessions.readAgain(session)
            return .empty
        case .wrongOld:
            throw Problem(
                .invalid, "The old password is wrong.", details: ["field": "old", "reason": "wrongPassword"])
        case .locked(let until): throw Self.locked(until)
        case .refused(let fault):
            throw Problem(.invalid, fault.message, details: ["field": "new", "reason": fault.rawValue])
        }
    }

    private func end(_ digest: String, _ actor: String, _ person: AgentID?, _ address: String) async throws {
        try await service.end(digest, of: person, actor: actor, address: address, at: now())
        await sessions.forget([digest])
    }

    private func body(_ principal: Principal, token: String) async throws -> SessionBody {
        guard let id = principal.person, let account = try await service.accounts.account(of: id) else {
            throw Self.noSession
        }
        let centre = try await centre.newest()
        return SessionBody(
            person: .init(
                number: principal.name, name: centre.people.first { $0.id == id }?.name ?? "",
                roles: Role.allCases.filter { account.roles.contains($0) }.map(\.rawValue)),
            permissions: principal.grants.mapValues(\.scope), csrf: SessionCookie.forgeryToken(for: token),
            idleMs: service.limits.idle.milliseconds,
            expiresAt: await sessions.end(of: SessionToken.digest(token)) ?? now(),
            mustChangePassword: principal.mustChangePassword,
            centre: .init(name: centre.name, zone: centre.zone), iceServers: relays(principal.name))
    }

    /// The token in the cookie that made the principal.
    private func token(_ request: WebRequest, _ principal: Principal) throws -> String {
        guard let session = principal.session, let token = SessionCookie.token(in: request.header("cookie")),
            SessionToken.digest(token) == session
        else { throw Self.noSession }
        return token
    }

    private static let noSession = Problem(
        .notFound, "This was asked with a token, which has no session.", details: ["reason": "noSession"])

    private static func locked(_ until: Timestamp) -> Problem {
        Problem(
            .unauthenticated, "Too many wrong passwords; the account is shut for a while.",
            details: ["reason": "locked", "untilMs": String(until.milliseconds)])
    }
}

extension PasswordRules.Fault {
    /// For people, in English.
    var message: String {
        switch self {
        case .tooShort: "A password has at least \(PasswordRules.fewest) characters."
        case .tooLong: "A password has at most \(PasswordRules.mostBytes) bytes."
        case .tooCommon: "This is among the first passwords that anybody tries."
        case .sameAsOld: "The new password is the old one."
        case .containsNumber: "A password must not contain the number or the name."
        }
    }
}
