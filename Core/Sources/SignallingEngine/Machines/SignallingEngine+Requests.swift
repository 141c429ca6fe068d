import Kernel

// MARK: requests, and those outside of dialogs

extension SignallingEngine {
    /// A request came: to its transaction, its dialog, or a new one.
    mutating func receiveRequest(
        _ message: SIPMessage, from source: SIPEndpoint, at now: Timestamp, into out: inout SIPOutbox
    ) {
        let key = serverKey(message, method: message.method == .ack ? .invite : message.method)
        if servers[key] != nil {
            repeated(key, message, from: source, at: now, into: &out)
            return
        }
        switch message.method {
        case .ack:
            receiveAck(message, from: source, at: now, into: &out)
            return
        case .cancel:
            receiveCancel(message, key: key, from: source, at: now, into: &out)
            return
        default: break
        }
        guard hasRoom else {
            refuse(
                message, Answer(503, headers: [.init("Retry-After", "5")]), from: source, at: now, into: &out)
            return
        }
        if let refusal = inspect(message) {
            refuse(message, refusal, from: source, at: now, into: &out)
            return
        }
        if !message.toTag.isEmpty {
            receiveInDialog(message, key: key, from: source, at: now, into: &out)
            return
        }
        if arrivals[arrivalKey(message)] != nil {
            refuse(message, Answer(482), from: source, at: now, into: &out)
            return
        }
        switch message.method {
        case .invite: receiveInvite(message, key: key, from: source, at: now, into: &out)
        case .register: receiveRegister(message, key: key, from: source, at: now, into: &out)
        case .options: refuse(message, capabilities, from: source, at: now, into: &out)
        default: refuse(message, Answer(481), from: source, at: now, into: &out)
        }
    }

    /// What is wrong with a request before anybody asks what it is about (RFC 3261, 8.2.1 to 8.2.3).
    private func inspect(_ message: SIPMessage) -> Answer? {
        switch message.method {
        case .invite, .bye, .options, .info, .update, .register, .ack, .cancel: break
        case .other: return Answer(501, headers: [.init("Allow", SignallingEngine.allowed)])
        case .prack, .notify, .refer, .subscribe, .message, .publish:
            return Answer(405, headers: [.init("Allow", SignallingEngine.allowed)])
        }
        if message.maxForwards == 0 { return Answer(483) }
        let required = message.values(.require)
        if !required.isEmpty {
            let names = required.map { message.text($0) }.joined(separator: ", ")
            return Answer(420, headers: [.init("Unsupported", names)])
        }
        if message.method == .invite, message.contains(.accept) {
            let types = message.values(.accept).map { value in
                String(message.text(value).prefix { $0 != ";" && $0 != " " })
            }
            let ours = ["application/sdp", "application/*", "*/*"]
            let isGood = types.contains { type in ours.contains { SIPText.equal(type, $0) } }
            if !isGood { return Answer(406, headers: [.init("Accept", "application/sdp")]) }
        }
        guard !message.body.isEmpty, message.method == .invite || message.method == .update else {
            return nil
        }
        if let encoding = message.text(.contentEncoding), !SIPText.equal(encoding, "identity") {
            return Answer(415, headers: [.init("Accept-Encoding", "identity")])
        }
        if message.contains(.contentType), !message.hasContentType("application/sdp") {
            return Answer(415, headers: [.init("Accept", "application/sdp")])
        }
        return nil
    }

    /// The answer to OPTIONS (11.2).
    var capabilities: Answer {
        Answer(200, hasContact: true, headers: [.init("Accept", "application/sdp")])
    }

    /// Answers without a transaction: a repeat of the request gets the same answer again (8.2.7). Strangers get only
    /// so many answers in each second, then silence.
    mutating func refuse(
        _ message: SIPMessage, _ answer: Answer, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        guard message.method != .ack else { return }
        guard isKnown(source) || strangers.allows(at: now) else { return }
        answerStateless(message, answer, from: source, into: &out)
    }

    func answerStateless(
        _ message: SIPMessage, _ answer: Answer, from source: SIPEndpoint, into out: inout SIPOutbox
    ) {
        let tag = statelessTag(message)
        out.datagrams.append(
            .init(
                bytes: bytes(of: answer, to: message, tag: tag, source: source),
                to: responsePath(message, from: source)))
    }

    /// A tag that is the same for every repeat of a request.
    private func statelessTag(_ message: SIPMessage) -> String {
        String(serverKey(message, method: message.method).high, radix: 16)
    }

    /// Whether anything from this address is expected.
    func isKnown(_ source: SIPEndpoint) -> Bool {
        settings.policy.trunk(of: source) != nil || registrar.hasPhone(at: source.address)
    }

    /// A first INVITE: who calls, is there room, then the call begins.
    private mutating func receiveInvite(
        _ message: SIPMessage, key: TableKey, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        let caller: IncomingInvite.Source
        if let trunk = settings.policy.trunk(of: source) {
            caller = .trunk(trunk)
        } else if registrar.hasPhone(at: source.address) {
            switch authenticate(message, at: now) {
            case .user(let user): caller = .phone(user)
            case .challenge(let answer):
                refuse(message, answer, from: source, at: now, into: &out)
                return
            }
        } else {
            refuse(message, Answer(403), from: source, at: now, into: &out)
            return
        }
        guard let contact = message.addresses(.contact).first else {
            refuse(message, Answer(400, reason: "Missing Contact"), from: source, at: now, into: &out)
            return
        }
        let routes = message.addresses(.recordRoute).map(\.text)
        guard calls.count < settings.bounds.calls, routes.count <= settings.bounds.routes else {
            refuse(
                message, Answer(503, headers: [.init("Retry-After", "5")]), from: source, at: now, into: &out)
            return
        }
        lastInbound += 1
        let handle = CallHandle.inbound(lastInbound)
        var dialog = Dialog(
            callID: message.text(message.callID), localTag: tokens.token(),
            remoteTag: message.text(message.fromTag), localIdentity: identity(message.to, in: message),
            remoteIdentity: identity(message.from, in: message), localSequence: 0,
            remoteSequence: message.cSeqNumber, remoteTarget: contact.uri.text, routes: routes, path: source,
            staysOnPath: false)
        if case .phone = caller { dialog.staysOnPath = true }
        var call = Call(handle: handle, dialog: dialog, phase: .offered)
        call.offer = .init(
            transaction: key, isInvite: true, sequence: message.cSeqNumber, wantsOffer: message.body.isEmpty)
        open(message, key: key, from: source, tag: dialog.localTag, call: handle)
        dialogs[dialogKey(callID: dialog.callID.utf8, localTag: dialog.localTag.utf8)] = handle
        store(call)
        respond(key, Answer(100), at: now, into: &out)
        out.events.append(.incoming(handle, invite(message, by: caller, from: source)))
    }

    /// From or To without the tag, as it is written into later requests.
    func identity(_ address: NameAddress.Layout, in message: SIPMessage) -> String {
        let name = message.text(address.displayName)
        return (name.isEmpty ? "" : name + " ") + "<" + message.text(address.uri) + ">"
    }

    private func invite(
        _ message: SIPMessage, by caller: IncomingInvite.Source, from source: SIPEndpoint
    ) -> IncomingInvite {
        let from = message.fromAddress
        var asserted: String?
        if case .trunk = caller { asserted = message.addresses(.pAssertedIdentity).first?.uri.user }
        let history = ["Diversion", "History-Info"].flatMap { name in
            message.headers.filter { message.equalsIgnoringCase($0.nameSlice, name) }
                .map { IncomingInvite.Header(name, message.text($0.value)) }
        }
        return IncomingInvite(
            source: caller, endpoint: source, calledUser: message.uri?.user ?? "",
            fromUser: from?.uri.user ?? "", fromDisplay: from?.displayName ?? "",
            fromHost: from?.uri.host ?? "", toUser: message.toAddress?.uri.user ?? "", assertedUser: asserted,
            sdp: Array(message.bytes[message.body.range]), history: history,
            callID: message.text(message.callID))
    }
}
