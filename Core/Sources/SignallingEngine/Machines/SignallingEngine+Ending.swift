import Kernel

// MARK: ending

extension SignallingEngine {
    /// Ends a call in whatever state it is.
    mutating func hangUp(
        _ handle: CallHandle, _ reason: HangUpReason, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], !call.isOver else { return }
        call.hangUpReason = reason
        call.reoffer = nil
        call.reofferAt = nil
        switch call.phase {
        case .offered:
            if let offer = call.offer {
                call.offer = nil
                let status = reason.isQ850 || !(400..<700).contains(reason.cause) ? 480 : reason.cause
                let answer = Answer(status, headers: reasonHeaders(reason))
                respond(offer.transaction, answer, at: now, into: &out)
            }
            call.phase = .ending
        case .unacknowledged:
            // Our BYE must wait for the ACK, or for its time to run out (15).
            call.endsOnAck = true
        case .inviting:
            call.phase = .cancelling
            if call.isProvisional { sendCancel(&call, at: now, into: &out) }
        case .talking:
            sendBye(&call, at: now, into: &out)
        case .cancelling, .ending: break
        }
        end(&call, .local, into: &out)
        store(call)
        tidy(handle)
    }

    /// Sends BYE; the call is in its last phase from then on.
    mutating func sendBye(
        _ call: inout Call, headers: [IncomingInvite.Header] = [], at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        if let offer = call.offer {
            call.offer = nil
            respond(offer.transaction, Answer(487), at: now, into: &out)
        }
        if let sequence = call.owesAnswer { acknowledge(&call, sequence: sequence, into: &out) }
        let head = head(in: call.dialog, sequence: call.dialog.nextSequence(), branch: branch())
        let content = RequestContent(headers: headers + reasonHeaders(call.hangUpReason))
        call.phase = .ending
        call.pendingAck = nil
        call.reofferAt = nil
        // A re-INVITE of ours may never be answered now.
        call.patienceEndsAt = call.invite == nil ? nil : now + settings.timing.giveUp
        let key = send(.bye, head, content, for: .bye(call.handle), at: now, into: &out)
        call.waitsFor.removeAll { clients[$0] == nil }
        call.waitsFor.append(key)
    }

    /// Sends CANCEL for the INVITE that is not answered (9.1), and waits 64*T1 for that to be answered.
    mutating func sendCancel(_ call: inout Call, at now: Timestamp, into out: inout SIPOutbox) {
        guard var head = call.invite else { return }
        call.phase = .cancelling
        call.invite = nil
        // As the INVITE had it.
        head.to = call.dialog.remoteIdentity
        let content = RequestContent(headers: reasonHeaders(call.hangUpReason))
        send(.cancel, head, content, for: .cancel, at: now, into: &out)
        call.patienceEndsAt = now + settings.timing.giveUp
    }

    private func reasonHeaders(_ reason: HangUpReason) -> [IncomingInvite.Header] {
        guard reason.cause > 0 else { return [] }
        let text = reason.text.isEmpty ? "" : ";text=" + SIPText.quoted(reason.text)
        return [.init("Reason", "\(reason.isQ850 ? "Q.850" : "SIP");cause=\(reason.cause)\(text)")]
    }

    /// Another branch of our forked INVITE answered as well: ACK and BYE, the BYE once (13.2.2.4).
    mutating func endBranch(
        _ message: SIPMessage, _ call: inout Call, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        let tag = message.text(message.toTag)
        let isNew = !call.forks.contains(tag)
        if isNew {
            guard call.forks.count < settings.bounds.forksPerCall else { return }
            call.forks.append(tag)
        }
        let branchDialog = dialog(from: message, call.dialog, source: source)
        endStray(branchDialog, message, sendsBye: isNew, at: now, into: &out)
    }

    /// A 2xx to an INVITE that has no transaction: of a call that goes on (repeats its ACK), or of one that was lost
    /// in a crash, which is acknowledged and ended.
    mutating func receiveStray(
        _ message: SIPMessage, from source: SIPEndpoint, at now: Timestamp, into out: inout SIPOutbox
    ) {
        let key = dialogKey(
            callID: message.bytes[message.callID.range], localTag: message.bytes[message.fromTag.range])
        if let handle = dialogs[key], let call = calls[handle] {
            // Somebody changed the branch; our transaction has its answer all the same.
            for key in call.waitsFor where call.invite != nil {
                guard var transaction = clients[key], case .invite(var machine) = transaction.machine else {
                    continue
                }
                let actions = machine.received(message.status, at: now)
                transaction.machine = .invite(machine)
                settle(key, transaction, actions.intersection(.end), into: &out)
            }
            receiveAccepted(message, call, from: source, at: now, into: &out)
            return
        }
        guard !message.toTag.isEmpty, !message.fromTag.isEmpty, hasRoom,
            isKnown(source) || strangers.allows(at: now),
            let contact = message.addresses(.contact).first
        else { return }
        let lost = Dialog(
            callID: message.text(message.callID), localTag: message.text(message.fromTag),
            remoteTag: message.text(message.toTag), localIdentity: identity(message.from, in: message),
            remoteIdentity: identity(message.to, in: message), localSequence: message.cSeqNumber,
            remoteSequence: nil, remoteTarget: contact.uri.text, routes: [], path: source,
            staysOnPath: settings.policy.trunk(of: source) == nil)
        endStray(
            dialog(from: message, lost, source: source), message, sendsBye: true, at: now, into: &out)
    }

    private mutating func endStray(
        _ dialog: Dialog, _ message: SIPMessage, sendsBye: Bool, at now: Timestamp, into out: inout SIPOutbox
    ) {
        let ack = head(in: dialog, sequence: message.cSeqNumber, branch: branch())
        out.datagrams.append(.init(bytes: bytes(of: .ack, ack, RequestContent()), to: ack.path))
        guard sendsBye else { return }
        let bye = head(in: dialog, sequence: message.cSeqNumber + 1, branch: branch())
        send(.bye, bye, RequestContent(), for: .stray, at: now, into: &out)
    }
}
