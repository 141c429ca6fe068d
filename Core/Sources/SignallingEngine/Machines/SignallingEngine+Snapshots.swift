import Kernel

// MARK: surviving a restart

extension SignallingEngine {
    /// What must be kept of a leg so that it can be ended or carried on after a crash; `nil` when it is over.
    public func snapshot(of handle: CallHandle) -> DialogSnapshot? {
        guard let call = calls[handle], !call.isOver else { return nil }
        switch call.phase {
        case .offered:
            guard let offer = call.offer, let transaction = servers[offer.transaction] else { return nil }
            return DialogSnapshot(
                phase: .offered, dialog: call.dialog, request: WireText(transaction.request.bytes))
        case .inviting:
            return DialogSnapshot(phase: .inviting, dialog: call.dialog, invite: call.invite)
        case .unacknowledged, .talking:
            return DialogSnapshot(
                phase: .answered, dialog: call.dialog, pendingAck: call.pendingAck,
                isUnconfirmed: call.phase == .unacknowledged)
        case .cancelling, .ending: return nil
        }
    }

    /// Takes a leg up again. One that cannot be taken up is told as ended.
    mutating func resume(
        _ handle: CallHandle, _ snapshot: DialogSnapshot, at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard calls[handle] == nil else { return }
        if !handle.isOutbound { lastInbound = max(lastInbound, handle.rawValue) }
        guard calls.count < settings.bounds.calls, hasRoom else {
            out.events.append(.ended(handle, .failed))
            return
        }
        var call = Call(handle: handle, dialog: snapshot.dialog, phase: .talking)
        switch snapshot.phase {
        case .answered:
            call.dialog.localSequence += DialogSnapshot.sequenceJump
            // Later than that the ACK must have come, else the leg would be over.
            guard var pending = snapshot.pendingAck, pending.endsAt > now else { break }
            pending.isResumed = true
            pending.interval = settings.timing.t1
            pending.repeatsAt = now
            call.pendingAck = pending
            if snapshot.isUnconfirmed { call.phase = .unacknowledged }
        case .inviting:
            guard let head = snapshot.invite else {
                out.events.append(.ended(handle, .failed))
                return
            }
            call.phase = .inviting
            call.invite = head
            call.isProvisional = true
            call.patienceEndsAt = now + settings.bounds.longestRinging
            let machine = InviteClientMachine(
                isReliable: head.path.transport.isReliable, timing: settings.timing, resumedAt: now)
            let key = clientKey(branch: head.branch.utf8, method: .invite)
            clients[key] = ClientTransaction(
                machine: .invite(machine), head: head, bytes: [], purpose: .invite(handle))
            call.waitsFor = [key]
        case .offered:
            guard let request = snapshot.request, let message = try? SIPMessage(request.bytes) else {
                out.events.append(.ended(handle, .failed))
                return
            }
            let key = serverKey(message, method: .invite)
            open(message, key: key, from: call.dialog.path, tag: call.dialog.localTag, call: handle)
            call.phase = .offered
            call.offer = .init(
                transaction: key, isInvite: true, sequence: message.cSeqNumber,
                wantsOffer: message.body.isEmpty)
        }
        dialogs[dialogKey(callID: call.dialog.callID.utf8, localTag: call.dialog.localTag.utf8)] = handle
        store(call)
    }
}
