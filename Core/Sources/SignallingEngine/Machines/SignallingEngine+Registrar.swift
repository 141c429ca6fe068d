public import Kernel

// MARK: registrations

extension SignallingEngine {
    /// The contacts of every phone, to be kept for `restore`.
    public var registrations: [String: [Binding]] { registrar.bindings }

    /// The live contacts of one phone, the newest last.
    public func bindings(of user: String, at now: Timestamp) -> [Binding] {
        (registrar.bindings[user] ?? []).filter { $0.expiresAt > now }
    }

    /// Takes the contacts of before a restart up again; those that ran out meanwhile are told as `unregistered`.
    public mutating func restore(
        registrations: [String: [Binding]], at now: Timestamp, into out: inout SIPOutbox
    ) {
        for user in registrations.keys.sorted().prefix(settings.bounds.registeredUsers) {
            registrar.set(user, Array((registrations[user] ?? []).prefix(settings.bounds.contactsPerUser)))
            expireBindings(of: user, at: now, into: &out)
        }
    }

    /// A call to a phone: to where its REGISTER came from, or to its Contact, as the settings say.
    public func request(to binding: Binding) -> InviteRequest {
        settings.callsPhonesAtSource
            ? InviteRequest(target: binding.uri, via: binding.source, staysOnPath: true)
            : InviteRequest(target: binding.uri, via: path(to: binding.uri) ?? binding.source)
    }

    mutating func expireBindings(of user: String, at now: Timestamp, into out: inout SIPOutbox) {
        registrar.scheduled[user] = nil
        for binding in registrar.expire(user, at: now) {
            out.events.append(.unregistered(user: user, contact: binding))
        }
        scheduleExpiry(of: user)
    }

    private mutating func scheduleExpiry(of user: String) {
        guard let next = registrar.nextExpiry(of: user) else { return }
        if let scheduled = registrar.scheduled[user], scheduled <= next { return }
        registrar.scheduled[user] = next
        timers.add(.registration(user), at: next)
    }

    // MARK: who is it

    /// What the credentials of a request prove.
    enum Authentication {
        case user(String)
        case challenge(Answer)
    }

    /// Checks the credentials of a request, or makes the challenge: 401 for REGISTER, 407 for the others.
    mutating func authenticate(_ message: SIPMessage, at now: Timestamp) -> Authentication {
        let isRegister = message.method == .register
        let users = settings.users
        var isStale = false
        let values = message.all(.authorization) + (isRegister ? [] : message.all(.proxyAuthorization))
        for value in values {
            let verdict = digest.verify(
                message.text(value), method: message.methodText, requestURI: message.text(message.requestURI),
                at: now, secret: { users[$0] })
            switch verdict {
            case .accepted(let user): return .user(user)
            case .stale: isStale = true
            case .rejected, .unreadable: break
            }
        }
        let name = isRegister ? "WWW-Authenticate" : "Proxy-Authenticate"
        let challenges = digest.challenges(at: now, isStale: isStale)
        return .challenge(Answer(isRegister ? 401 : 407, headers: challenges.map { .init(name, $0) }))
    }

    /// The header that answers a challenge of the other side, if we know the realm and have not tried in vain.
    mutating func authorization(
        for message: SIPMessage, _ method: SIPMethod, _ head: RequestHead, _ call: inout Call,
        at now: Timestamp
    ) -> IncomingInvite.Header? {
        guard let challenge = DigestChallenge.best(in: message),
            let credential = settings.credentials[challenge.realm] ?? settings.credentials["*"],
            call.challengesAnswered == 0 || challenge.isStale,
            call.challengesAnswered < settings.bounds.challengeAnswers
        else { return nil }
        call.challengesAnswered += 1
        let value = challenge.authorization(
            user: credential.user, secret: .password(credential.password), method: method.text, uri: head.uri,
            clientNonce: tokens.token())
        let name = message.status == 407 ? "Proxy-Authorization" : "Authorization"
        return value.map { .init(name, $0) }
    }

    // MARK: REGISTER

    mutating func receiveRegister(
        _ message: SIPMessage, key: TableKey, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        let user: String
        switch authenticate(message, at: now) {
        case .user(let name): user = name
        case .challenge(let answer):
            guard challenges.allows(at: now) else { return }
            answerStateless(message, answer, from: source, into: &out)
            return
        }
        open(message, key: key, from: source, tag: tokens.token(), call: nil)
        guard message.toAddress?.uri.user == user else {
            respond(key, Answer(403), at: now, into: &out)
            return
        }
        let template = Binding(
            uri: "", source: source, expiresAt: now, callID: message.text(message.callID),
            sequence: message.cSeqNumber, userAgent: message.text(.userAgent) ?? "")
        respond(key, register(message, user, template, at: now, into: &out), at: now, into: &out)
    }

    private mutating func register(
        _ message: SIPMessage, _ user: String, _ template: Binding, at now: Timestamp,
        into out: inout SIPOutbox
    ) -> Answer {
        let values = message.values(.contact)
        let usual = message.number(.expires).map { Int($0) } ?? settings.expiry.usual
        let result: Result<[Registrar.Change], Registrar.Refusal>
        if values.contains(where: { message.equals($0, "*") }) {
            guard values.count == 1, message.number(.expires) == 0 else {
                return Answer(400, reason: "Bad Contact")
            }
            result = registrar.clear(user, template: template)
        } else {
            let contacts = values.compactMap { message.address($0) }
            guard contacts.count == values.count else { return Answer(400, reason: "Bad Contact") }
            let wanted = contacts.map { contact in
                (contact.uri.text, contact.parameters["expires"].map { Int($0) ?? usual } ?? usual)
            }
            result = registrar.apply(
                wanted, for: user, template: template, expiry: settings.expiry, bounds: settings.bounds,
                at: now)
        }
        switch result {
        case .failure(.outOfOrder): return Answer(500, reason: "CSeq Out of Order")
        case .failure(.tooBrief):
            return Answer(423, headers: [.init("Min-Expires", String(settings.expiry.shortest))])
        case .failure(.full): return Answer(503, reason: "Too Many Contacts")
        case .success(let changes):
            for change in changes {
                switch change {
                case .registered(let binding):
                    let seconds = Int((binding.expiresAt - now).milliseconds / 1_000)
                    out.events.append(.registered(user: user, contact: binding, expires: seconds))
                case .unregistered(let binding):
                    out.events.append(.unregistered(user: user, contact: binding))
                }
            }
            scheduleExpiry(of: user)
            return Answer(200, headers: bindings(of: user, at: now).map { contactHeader($0, at: now) })
        }
    }

    private func contactHeader(_ binding: Binding, at now: Timestamp) -> IncomingInvite.Header {
        let seconds = (binding.expiresAt - now).milliseconds / 1_000
        return .init("Contact", "<\(binding.uri)>;expires=\(seconds)")
    }
}
