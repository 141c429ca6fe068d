public import Kernel

// MARK: commands

extension SignallingEngine {
    /// Does what the engine's user wants; see `SignallingCommand`.
    public mutating func perform(
        _ command: SignallingCommand, at now: Timestamp, into out: inout SIPOutbox
    ) {
        switch command {
        case .ring(let handle, let status):
            proceed(handle, Answer(status), at: now, into: &out)
        case .progress(let handle, let sdp):
            proceed(handle, Answer(183, body: sdp), at: now, into: &out)
        case .answer(let handle, let sdp): answer(handle, sdp, at: now, into: &out)
        case .reject(let handle, let status, let reason):
            let status = (300..<700).contains(status) ? status : 480
            refuse(handle, Answer(status, reason: reason.isEmpty ? nil : reason), at: now, into: &out)
        case .redirect(let handle, let contact):
            let elsewhere = IncomingInvite.Header("Contact", "<\(contact)>")
            refuse(handle, Answer(302, headers: [elsewhere]), at: now, into: &out)
        case .invite(let handle, let request): invite(handle, request, at: now, into: &out)
        case .cancel(let handle):
            guard calls[handle]?.phase == .inviting else { return }
            hangUp(handle, .none, at: now, into: &out)
        case .hangUp(let handle, let reason): hangUp(handle, reason, at: now, into: &out)
        case .reoffer(let handle, let sdp): reoffer(handle, sdp, at: now, into: &out)
        case .answerReoffer(let handle, let sdp): answerReoffer(handle, sdp, at: now, into: &out)
        case .ping(let id, let target, let via):
            ping(id, target: target, via: via, at: now, into: &out)
        case .resume(let handle, let snapshot): resume(handle, snapshot, at: now, into: &out)
        }
    }
}

// MARK: answering

extension SignallingEngine {
    /// Sends a provisional answer to the first INVITE.
    private mutating func proceed(
        _ handle: CallHandle, _ answer: Answer, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard let call = calls[handle], call.phase == .offered, !call.isOver, let offer = call.offer,
            (101..<200).contains(answer.status)
        else { return }
        var answer = answer
        answer.hasContact = true
        respond(offer.transaction, answer, at: now, into: &out)
        var refreshed = call
        refreshed.provisionalAt = now + settings.bounds.provisionalPause
        store(refreshed)
    }

    private mutating func answer(
        _ handle: CallHandle, _ sdp: [UInt8], at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], call.phase == .offered, !call.isOver else { return }
        accept(&call, sdp, at: now, into: &out)
        call.phase = .unacknowledged
        store(call)
    }

    /// Answers the open offer of the other side with 200 and waits for the ACK if it was an INVITE.
    private mutating func accept(
        _ call: inout Call, _ sdp: [UInt8], at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard let offer = call.offer else { return }
        call.offer = nil
        let answer = Answer(200, hasContact: true, body: sdp)
        guard let sent = respond(offer.transaction, answer, at: now, into: &out), offer.isInvite else {
            return
        }
        let timing = settings.timing
        call.pendingAck = .init(
            sequence: offer.sequence, response: WireText(sent.bytes), to: sent.to, interval: timing.t1,
            repeatsAt: now + timing.t1, endsAt: now + timing.giveUp, carriesOffer: offer.wantsOffer)
    }

    private mutating func refuse(
        _ handle: CallHandle, _ answer: Answer, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], call.phase == .offered, !call.isOver, let offer = call.offer else {
            return
        }
        call.offer = nil
        respond(offer.transaction, answer, at: now, into: &out)
        call.phase = .ending
        end(&call, .local, into: &out)
        store(call)
        tidy(handle)
    }

    private mutating func answerReoffer(
        _ handle: CallHandle, _ sdp: [UInt8]?, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], call.phase == .talking, !call.isOver else { return }
        if let sequence = call.owesAnswer {
            acknowledge(&call, sequence: sequence, sdp: sdp ?? [], into: &out)
            store(call)
            return
        }
        guard let offer = call.offer else { return }
        if let sdp {
            accept(&call, sdp, at: now, into: &out)
        } else {
            call.offer = nil
            respond(offer.transaction, Answer(488), at: now, into: &out)
        }
        store(call)
    }
}

// MARK: asking whether somebody is there

extension SignallingEngine {
    private mutating func ping(
        _ id: UInt64, target: String, via: SIPEndpoint?, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard hasRoom, let uri = SIPURI(target), let path = via ?? path(to: target) else {
            out.events.append(.pong(id: id, isReachable: false, milliseconds: 0))
            return
        }
        let ours = "<sip:\(settings.host)>;tag=\(tokens.token())"
        let head = RequestHead(
            uri: uri.text, branch: branch(), from: ours, to: "<\(uri.text)>",
            callID: tokens.token() + "@" + settings.host, sequence: 1, routes: [], path: path)
        let accept = RequestContent(headers: [.init("Accept", "application/sdp")])
        send(.options, head, accept, for: .ping(id: id, sentAt: now), at: now, into: &out)
    }
}

// MARK: the table of calls

extension SignallingEngine {
    /// Tells the end once.
    func end(_ call: inout Call, _ reason: EndReason, into out: inout SIPOutbox) {
        guard !call.isOver else { return }
        call.isOver = true
        out.events.append(.ended(call.handle, reason))
    }

    /// Puts a call back and sees that its next deadline is in the heap.
    mutating func store(_ call: Call) {
        var call = call
        if let deadline = call.nextDeadline, call.scheduled.map({ deadline < $0 }) ?? true {
            timers.add(.call(call.handle), at: deadline)
            call.scheduled = deadline
        }
        calls[call.handle] = call
    }

    /// Lets go of a call that is over and waits for nothing more.
    mutating func tidy(_ handle: CallHandle) {
        guard let call = calls[handle], call.isOver, call.phase == .ending, call.pendingAck == nil,
            call.waitsFor.allSatisfy({ clients[$0] == nil })
        else { return }
        remove(call)
    }

    mutating func remove(_ call: Call) {
        calls[call.handle] = nil
        dialogs[dialogKey(callID: call.dialog.callID.utf8, localTag: call.dialog.localTag.utf8)] = nil
    }

    mutating func advanceCall(
        _ handle: CallHandle, due: Timestamp, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], call.scheduled == due else { return }
        call.scheduled = nil
        if var pending = call.pendingAck {
            if pending.endsAt <= now, pending.isResumed, !call.isOver {
                call.pendingAck = nil
                if call.phase == .unacknowledged {
                    call.phase = .talking
                    out.events.append(.confirmed(handle, sdp: []))
                }
            } else if pending.endsAt <= now {
                call.pendingAck = nil
                end(&call, .noAck, into: &out)
                sendBye(&call, at: now, into: &out)
            } else if pending.repeatsAt <= now {
                out.datagrams.append(.init(bytes: pending.response.bytes, to: pending.to))
                pending.interval = settings.timing.doubled(pending.interval)
                pending.repeatsAt = now + pending.interval
                call.pendingAck = pending
            }
        }
        if let patience = call.patienceEndsAt, patience <= now {
            call.patienceEndsAt = nil
            losePatience(&call, at: now, into: &out)
        }
        if let provisionalAt = call.provisionalAt, provisionalAt <= now {
            call.provisionalAt = nil
            if call.phase == .offered, let offer = call.offer, let transaction = servers[offer.transaction] {
                settle(offer.transaction, transaction, .send, at: now, into: &out)
                call.provisionalAt = now + settings.bounds.provisionalPause
            }
        }
        if let reofferAt = call.reofferAt, reofferAt <= now {
            call.reofferAt = nil
            if let sdp = call.reoffer { sendReinvite(&call, sdp, at: now, into: &out) }
        }
        store(call)
        tidy(handle)
    }
}
