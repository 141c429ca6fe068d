import Kernel

// MARK: changes that we offer

extension SignallingEngine {
    mutating func reoffer(
        _ handle: CallHandle, _ sdp: [UInt8], at now: Timestamp, into out: inout SIPOutbox
    ) {
        guard var call = calls[handle], !call.isOver else { return }
        guard call.phase == .talking, call.invite == nil, call.offer == nil, call.pendingAck == nil,
            call.reoffer == nil, call.owesAnswer == nil, hasRoom
        else {
            // One change at a time (14.1).
            if call.phase == .talking { out.events.append(.reofferRefused(handle, status: 491)) }
            return
        }
        call.glareRetries = 0
        call.challengesAnswered = 0
        sendReinvite(&call, sdp, at: now, into: &out)
        store(call)
    }

    mutating func sendReinvite(
        _ call: inout Call, _ sdp: [UInt8], headers: [IncomingInvite.Header] = [], at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        guard call.phase == .talking, call.invite == nil, call.offer == nil, call.pendingAck == nil else {
            if call.phase == .talking, !call.isOver {
                out.events.append(.reofferRefused(call.handle, status: 491))
            }
            call.reoffer = nil
            return
        }
        let head = head(in: call.dialog, sequence: call.dialog.nextSequence(), branch: branch())
        call.invite = head
        call.reoffer = sdp
        call.patienceEndsAt = now + settings.bounds.longestChange
        let content = RequestContent(hasContact: true, headers: headers, body: sdp)
        let key = send(.invite, head, content, for: .reinvite(call.handle), at: now, into: &out)
        call.waitsFor.removeAll { clients[$0] == nil }
        call.waitsFor.append(key)
    }

    /// The final answer to our re-INVITE (14.1).
    mutating func receiveReinviteAnswer(
        _ message: SIPMessage, _ call: Call, _ head: RequestHead, from source: SIPEndpoint, at now: Timestamp,
        into out: inout SIPOutbox
    ) {
        var call = call
        if (200..<300).contains(message.status) {
            if let ack = call.ack, ack.sequence == message.cSeqNumber {
                out.datagrams.append(.init(bytes: ack.bytes, to: ack.to))
                return
            }
            guard call.owesAnswer != message.cSeqNumber else { return }
            refreshTarget(&call, by: message)
            call.dialog.path = source
            if call.reoffer?.isEmpty ?? false, !message.body.isEmpty, !call.isOver {
                call.owesAnswer = message.cSeqNumber
            } else {
                acknowledge(&call, sequence: message.cSeqNumber, into: &out)
            }
            call.invite = nil
            call.reoffer = nil
            call.patienceEndsAt = nil
            if !call.isOver {
                let sdp = Array(message.bytes[message.body.range])
                out.events.append(.reanswered(call.handle, sdp: sdp))
            }
            store(call)
            return
        }
        call.invite = nil
        call.patienceEndsAt = nil
        defer { store(call) }
        guard !call.isOver, let sdp = call.reoffer else { return }
        switch message.status {
        case 491 where call.glareRetries < settings.bounds.glareRetries:
            call.glareRetries += 1
            // The owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms (14.1).
            let isOwner = call.handle.isOutbound
            let steps = tokens.number() % (isOwner ? 191 : 201)
            call.reofferAt = now + .milliseconds(Int64(steps) * 10 + (isOwner ? 2_100 : 0))
        case 408, 481:
            call.reoffer = nil
            end(&call, .timeout, into: &out)
            sendBye(&call, at: now, into: &out)
        case 401, 407:
            if let header = authorization(for: message, .invite, head, &call, at: now) {
                sendReinvite(&call, sdp, headers: [header], at: now, into: &out)
            } else {
                fallthrough
            }
        default:
            call.reoffer = nil
            out.events.append(.reofferRefused(call.handle, status: message.status))
        }
    }
}
