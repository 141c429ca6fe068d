import Kernel

// MARK: calls that go out

extension SignallingEngine {
    mutating func invite(
        _ handle: CallHandle, _ request: InviteRequest, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard calls[handle] == nil else { return }
        func fail(_ status: Int, _ reason: String) {
            out.events.append(.failed(handle, status: status, reason: reason))
            out.events.append(.ended(handle, .failed))
        }
        guard calls.count < settings.bounds.calls, hasRoom else { return fail(503, "No Room") }
        guard let target = SIPURI(request.target) else { return fail(400, "Bad Target") }
        guard let path = request.via ?? path(to: request.target) else {
            return fail(503, "No Path to Target")
        }
        var from = SIPURI(scheme: .sip, host: request.fromHost ?? settings.host)
        from.escapedUser = request.fromUser.isEmpty ? nil : SIPURI.escaped(request.fromUser)
        let dialog = Dialog(
            callID: tokens.token() + "@" + settings.host, localTag: tokens.token(), remoteTag: nil,
            localIdentity: NameAddress(displayName: request.fromDisplay, uri: from).text,
            remoteIdentity: "<\(target.text)>", localSequence: 0, remoteSequence: nil,
            remoteTarget: target.text, routes: [], path: path, staysOnPath: request.staysOnPath)
        var call = Call(handle: handle, dialog: dialog, phase: .inviting)
        call.request = request
        dialogs[dialogKey(callID: dialog.callID.utf8, localTag: dialog.localTag.utf8)] = handle
        sendInvite(&call, headers: [], at: now, into: &out)
        store(call)
    }

    /// Sends the first INVITE, or the same again with the answer to a challenge.
    private mutating func sendInvite(
        _ call: inout Call, headers: [IncomingInvite.Header], at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard let request = call.request else { return }
        call.dialog.remoteTag = nil
        call.isProvisional = false
        var head = head(in: call.dialog, sequence: call.dialog.nextSequence(), branch: branch())
        head.path = call.dialog.path
        call.invite = head
        let content = RequestContent(
            hasContact: true, headers: headers + request.headers, body: request.sdp)
        call.waitsFor = [send(.invite, head, content, for: .invite(call.handle), at: now, into: &out)]
    }

    /// An answer to whatever we asked.
    mutating func deliver(
        _ message: SIPMessage, to purpose: ClientTransaction.Purpose, of head: RequestHead,
        from source: SIPEndpoint, at now: Timestamp, into out: inout SIPOutbox
    ) {
        switch purpose {
        case .invite(let handle):
            guard let call = calls[handle] else {
                if (200..<300).contains(message.status) {
                    receiveStray(message, from: source, at: now, into: &out)
                }
                return
            }
            if message.status < 200 {
                receiveProvisional(message, call, from: source, at: now, into: &out)
            } else if message.status < 300 {
                receiveAccepted(message, call, from: source, at: now, into: &out)
            } else {
                receiveRefused(message, call, head, at: now, into: &out)
            }
        case .reinvite(let handle):
            guard message.status >= 200, let call = calls[handle] else { return }
            receiveReinviteAnswer(message, call, head, from: source, at: now, into: &out)
        case .bye(let handle):
            guard message.status >= 200, var call = calls[handle] else { return }
            if message.status == 401 || message.status == 407,
                let header = authorization(for: message, .bye, head, &call, at: now)
            {
                sendBye(&call, headers: [header], at: now, into: &out)
            }
            store(call)
        case .ping(let id, let sentAt):
            guard message.status >= 200 else { return }
            let span = (now - sentAt).milliseconds
            out.events.append(.pong(id: id, isReachable: true, milliseconds: Int(span)))
        case .cancel, .stray: break
        }
    }

    private mutating func receiveProvisional(
        _ message: SIPMessage, _ call: Call, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        var call = call
        guard call.phase == .inviting || call.phase == .cancelling else { return }
        if !call.isProvisional {
            call.isProvisional = true
            if message.status == 100, call.phase == .inviting { out.events.append(.trying(call.handle)) }
            call.patienceEndsAt = now + settings.bounds.longestRinging
        }
        if call.phase == .cancelling {
            sendCancel(&call, at: now, into: &out)
        } else if message.status > 100 {
            if !message.toTag.isEmpty { call.dialog.remoteTag = message.text(message.toTag) }
            let sdp = Array(message.bytes[message.body.range])
            out.events.append(.ringing(call.handle, status: message.status, sdp: sdp))
        }
        store(call)
    }

    /// A 2xx to our first INVITE: the first one makes the session, others are branches that end at once, and repeats
    /// get their ACK again (13.2.2.4).
    mutating func receiveAccepted(
        _ message: SIPMessage, _ call: Call, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        var call = call
        let isWaiting = call.phase == .inviting || call.phase == .cancelling
        guard isWaiting else {
            if message.equals(message.toTag, call.dialog.remoteTag ?? "") {
                if let ack = call.ack, ack.sequence == message.cSeqNumber {
                    out.datagrams.append(.init(bytes: ack.bytes, to: ack.to))
                } else if call.owesAnswer != message.cSeqNumber {
                    // Of a re-INVITE that a restart forgot.
                    acknowledge(&call, sequence: message.cSeqNumber, into: &out)
                    store(call)
                }
            } else {
                endBranch(message, &call, from: source, at: now, into: &out)
                store(call)
            }
            return
        }
        call.dialog = dialog(from: message, call.dialog, source: source)
        call.patienceEndsAt = nil
        call.invite = nil
        if call.phase == .cancelling || call.isOver {
            acknowledge(&call, sequence: message.cSeqNumber, into: &out)
            sendBye(&call, at: now, into: &out)
        } else {
            if call.request?.sdp.isEmpty ?? false, !message.body.isEmpty {
                call.owesAnswer = message.cSeqNumber
            } else {
                acknowledge(&call, sequence: message.cSeqNumber, into: &out)
            }
            call.phase = .talking
            call.challengesAnswered = 0
            let sdp = Array(message.bytes[message.body.range])
            out.events.append(.answered(call.handle, sdp: sdp))
        }
        store(call)
    }

    /// The dialog that a 2xx makes (12.1.2).
    func dialog(from message: SIPMessage, _ early: Dialog, source: SIPEndpoint) -> Dialog {
        var dialog = early
        dialog.remoteTag = message.toTag.isEmpty ? nil : message.text(message.toTag)
        if let contact = message.addresses(.contact).first { dialog.remoteTarget = contact.uri.text }
        dialog.routes = message.addresses(.recordRoute).suffix(settings.bounds.routes).reversed().map(\.text)
        dialog.path = source
        return dialog
    }

    /// Sends the ACK of a 2xx, with our answer if the 2xx brought the offer, and keeps it for repeats.
    mutating func acknowledge(
        _ call: inout Call, sequence: UInt32, sdp: [UInt8] = [], into out: inout SIPOutbox
    ) {
        let head = head(in: call.dialog, sequence: sequence, branch: branch())
        let bytes = bytes(of: .ack, head, RequestContent(body: sdp))
        call.owesAnswer = nil
        call.ack = (bytes, head.path, sequence)
        out.datagrams.append(.init(bytes: bytes, to: head.path))
    }

    private mutating func receiveRefused(
        _ message: SIPMessage, _ call: Call, _ head: RequestHead, at now: Timestamp, into out: inout SIPOutbox
    ) {
        var call = call
        guard call.phase == .inviting || call.phase == .cancelling else { return }
        if message.status == 401 || message.status == 407, call.phase == .inviting,
            let header = authorization(for: message, .invite, head, &call, at: now)
        {
            call.patienceEndsAt = nil
            sendInvite(&call, headers: [header], at: now, into: &out)
            store(call)
            return
        }
        let reason = message.text(message.reason)
        fail(&call, message.status, reason.isEmpty ? SIPStatus.reason(message.status) : reason, into: &out)
    }

    /// The first INVITE came to nothing.
    private mutating func fail(
        _ call: inout Call, _ status: Int, _ reason: String, into out: inout SIPOutbox
    ) {
        if !call.isOver { out.events.append(.failed(call.handle, status: status, reason: reason)) }
        end(&call, .failed, into: &out)
        remove(call)
    }

    /// Nobody answered, or nothing could be sent.
    mutating func unanswered(
        _ purpose: ClientTransaction.Purpose, status: Int, at now: Timestamp, into out: inout SIPOutbox
    ) {
        switch purpose {
        case .invite(let handle):
            guard var call = calls[handle], call.phase == .inviting || call.phase == .cancelling else {
                return
            }
            fail(&call, status, SIPStatus.reason(status), into: &out)
        case .reinvite(let handle):
            guard var call = calls[handle] else { return }
            call.invite = nil
            if !call.isOver {
                end(&call, status == 408 ? .timeout : .transport, into: &out)
                sendBye(&call, at: now, into: &out)
            }
            store(call)
        case .ping(let id, let sentAt):
            let span = (now - sentAt).milliseconds
            out.events.append(.pong(id: id, isReachable: false, milliseconds: Int(span)))
        case .bye, .cancel, .stray: break
        }
    }

    /// Ringing has lasted too long, or a change was not answered, or nothing followed a CANCEL for 64*T1 (9.1).
    mutating func losePatience(_ call: inout Call, at now: Timestamp, into out: inout SIPOutbox) {
        switch call.phase {
        case .inviting:
            out.events.append(.failed(call.handle, status: 408, reason: "No Answer"))
            end(&call, .failed, into: &out)
            sendCancel(&call, at: now, into: &out)
        case .cancelling, .ending:
            for key in call.waitsFor { abandon(key, into: &out) }
            call.phase = .ending
        case .talking:
            for key in call.waitsFor { abandon(key, into: &out) }
            call.invite = nil
            end(&call, .timeout, into: &out)
            sendBye(&call, at: now, into: &out)
        case .offered, .unacknowledged: break
        }
    }

    private mutating func abandon(_ key: TableKey, into out: inout SIPOutbox) {
        guard let transaction = clients[key], case .invite(var machine) = transaction.machine else { return }
        settle(key, transaction, machine.abandon(), into: &out)
    }
}
