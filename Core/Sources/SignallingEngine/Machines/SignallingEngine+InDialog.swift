import Kernel

// MARK: requests within dialogs

extension SignallingEngine {
    /// The call that a request from the other side belongs to: Call-ID and both tags agree.
    private func call(of message: SIPMessage) -> Call? {
        let key = dialogKey(
            callID: message.bytes[message.callID.range], localTag: message.bytes[message.toTag.range])
        guard let handle = dialogs[key], let call = calls[handle] else { return nil }
        // An early dialog of ours may have several other ends.
        if call.phase == .inviting || call.phase == .cancelling { return call }
        guard let tag = call.dialog.remoteTag, message.equals(message.fromTag, tag) else { return nil }
        return call
    }

    /// A request with a To tag.
    mutating func receiveInDialog(
        _ message: SIPMessage, key: TableKey, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        guard var call = call(of: message), message.method != .register else {
            refuse(message, Answer(481), from: source, at: now, into: &out)
            return
        }
        guard call.dialog.accepts(sequence: message.cSeqNumber) else {
            refuse(
                message, Answer(500, reason: "CSeq Out of Order"), from: source, at: now, into: &out)
            return
        }
        call.dialog.path = source
        store(call)
        open(message, key: key, from: source, tag: call.dialog.localTag, call: call.handle)
        switch message.method {
        case .bye: receiveBye(key, call, at: now, into: &out)
        case .invite: receiveReinvite(message, key: key, call, at: now, into: &out)
        case .update: receiveUpdate(message, key: key, call, at: now, into: &out)
        case .info: receiveInfo(message, key: key, call, at: now, into: &out)
        default: respond(key, capabilities, at: now, into: &out)
        }
    }

    private mutating func receiveBye(
        _ key: TableKey, _ call: Call, at now: Timestamp, into out: inout SIPOutbox
    ) {
        var call = call
        respond(key, Answer(200), at: now, into: &out)
        if let offer = call.offer {
            call.offer = nil
            respond(offer.transaction, Answer(487), at: now, into: &out)
        }
        let wasOffered = call.phase == .offered
        call.pendingAck = nil
        call.reofferAt = nil
        if call.phase == .inviting || call.phase == .cancelling {
            // Our 2xx got lost until the other side gave up; other branches must not ring on.
            sendCancel(&call, at: now, into: &out)
        }
        call.phase = .ending
        if wasOffered, !call.isOver { out.events.append(.cancelled(call.handle)) }
        end(&call, wasOffered ? .cancelled : .bye, into: &out)
        store(call)
        tidy(call.handle)
    }

    private mutating func receiveReinvite(
        _ message: SIPMessage, key: TableKey, _ call: Call, at now: Timestamp, into out: inout SIPOutbox
    ) {
        var call = call
        guard !call.isOver, call.phase == .talking || call.phase == .unacknowledged else {
            respond(key, Answer(481), at: now, into: &out)
            return
        }
        guard call.invite == nil else {
            respond(key, Answer(491), at: now, into: &out)
            return
        }
        guard call.offer == nil, call.phase == .talking else {
            let wait = String(tokens.number() % 10)
            respond(key, Answer(500, headers: [.init("Retry-After", wait)]), at: now, into: &out)
            return
        }
        refreshTarget(&call, by: message)
        call.offer = .init(
            transaction: key, isInvite: true, sequence: message.cSeqNumber, wantsOffer: message.body.isEmpty)
        store(call)
        respond(key, Answer(100), at: now, into: &out)
        out.events.append(.reoffered(call.handle, sdp: Array(message.bytes[message.body.range])))
    }

    /// UPDATE (RFC 3311): with a description it is a change to be answered, without one it only refreshes.
    private mutating func receiveUpdate(
        _ message: SIPMessage, key: TableKey, _ call: Call, at now: Timestamp, into out: inout SIPOutbox
    ) {
        var call = call
        guard !call.isOver else {
            respond(key, Answer(481), at: now, into: &out)
            return
        }
        refreshTarget(&call, by: message)
        store(call)
        guard !message.body.isEmpty else {
            respond(key, Answer(200, hasContact: true), at: now, into: &out)
            return
        }
        guard call.invite == nil, call.phase == .talking else {
            respond(key, Answer(491), at: now, into: &out)
            return
        }
        guard call.offer == nil else {
            let wait = String(tokens.number() % 10)
            respond(key, Answer(500, headers: [.init("Retry-After", wait)]), at: now, into: &out)
            return
        }
        call.offer = .init(
            transaction: key, isInvite: false, sequence: message.cSeqNumber, wantsOffer: false)
        store(call)
        out.events.append(.reoffered(call.handle, sdp: Array(message.bytes[message.body.range])))
    }

    private mutating func receiveInfo(
        _ message: SIPMessage, key: TableKey, _ call: Call, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard !call.isOver else {
            respond(key, Answer(481), at: now, into: &out)
            return
        }
        let isRelay = message.hasContentType("application/dtmf-relay")
        guard isRelay || message.hasContentType("application/dtmf") else {
            let isEmpty = message.body.isEmpty
            let accept = IncomingInvite.Header("Accept", "application/dtmf-relay, application/dtmf")
            respond(key, isEmpty ? Answer(200) : Answer(415, headers: [accept]), at: now, into: &out)
            return
        }
        guard let press = KeyPress(message.bytes[message.body.range], isRelay: isRelay) else {
            respond(key, Answer(400, reason: "Bad Key"), at: now, into: &out)
            return
        }
        respond(key, Answer(200), at: now, into: &out)
        guard call.phase == .talking || call.phase == .unacknowledged else { return }
        out.events.append(.digit(call.handle, key: press.key, milliseconds: press.milliseconds))
    }

    /// The other side's new Contact (12.2.2).
    func refreshTarget(_ call: inout Call, by message: SIPMessage) {
        guard let contact = message.addresses(.contact).first else { return }
        call.dialog.remoteTarget = contact.uri.text
    }

    /// An ACK that no refusal waits for: it belongs to a 2xx.
    mutating func receiveAck(
        _ message: SIPMessage, from source: SIPEndpoint, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard !message.toTag.isEmpty, var call = call(of: message), let pending = call.pendingAck,
            pending.sequence == message.cSeqNumber
        else { return }
        call.pendingAck = nil
        call.dialog.path = source
        let sdp = pending.carriesOffer ? Array(message.bytes[message.body.range]) : []
        let isFirst = call.phase == .unacknowledged
        if isFirst { call.phase = .talking }
        if call.isOver {
            if call.endsOnAck { sendBye(&call, at: now, into: &out) }
        } else if isFirst {
            out.events.append(.confirmed(call.handle, sdp: sdp))
        } else if pending.carriesOffer {
            out.events.append(.reanswered(call.handle, sdp: sdp))
        }
        store(call)
        tidy(call.handle)
    }

    /// CANCEL (9.2): answered for itself; ends the INVITE if that has no final answer yet.
    mutating func receiveCancel(
        _ message: SIPMessage, key: TableKey, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        let inviteKey = serverKey(message, method: .invite)
        guard let transaction = servers[inviteKey], transaction.source.address == source.address,
            case .invite = transaction.machine
        else {
            refuse(message, Answer(481), from: source, at: now, into: &out)
            return
        }
        open(message, key: key, from: source, tag: transaction.tag, call: transaction.call)
        respond(key, Answer(200), at: now, into: &out)
        guard let handle = transaction.call, var call = calls[handle],
            call.offer?.transaction == inviteKey
        else { return }
        call.offer = nil
        respond(inviteKey, Answer(487), at: now, into: &out)
        if call.phase == .offered {
            call.phase = .ending
            if !call.isOver { out.events.append(.cancelled(handle)) }
            end(&call, .cancelled, into: &out)
        }
        store(call)
        tidy(handle)
    }
}
