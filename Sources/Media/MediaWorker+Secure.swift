import Kernel

// A browser's leg: one port for checks, handshake, audio and reports.
extension MediaWorker {
    /// One datagram of a secure leg. Nothing is heard that is not authentic.
    func receiveSecure(_ leg: MediaLeg, _ secure: SecureTransport) {
        guard let length = leg.socket.receive(into: buffer, over: &path) else { return }
        guard length >= 2 else {
            leg.statistics.unusable += 1
            return
        }
        let kind = DatagramKind(buffer[0], buffer[1])
        if kind == .check {
            answerCheck(leg, secure, length: length)
            return
        }
        guard secure.knows(path.remote) else {
            leg.statistics.foreign += 1
            return
        }
        switch kind {
        case .handshake: continueHandshake(leg, secure, length: length)
        case .media: openMedia(leg, secure, length: length)
        case .report: openReport(leg, secure, length: length)
        case .check, .unknown: leg.statistics.unusable += 1
        }
    }

    // MARK: Checks

    private func answerCheck(_ leg: MediaLeg, _ secure: SecureTransport, length: Int) {
        guard secure.checks.admits(at: now) else {
            leg.statistics.unusable += 1
            return
        }
        switch secure.responder.respond(to: buffer.prefix(length), from: path.remote) {
        case .ignored: leg.statistics.unusable += 1
        case .refused(let answer):
            leg.statistics.unauthenticated += 1
            sendAside(answer, of: leg)
        case .passed(let answer, let isNominated):
            secure.note(path, nominated: isNominated)
            sendAside(answer, of: leg)
            noteLife(leg, secure, isAudio: false)
            openWhenReady(leg, secure)
        }
    }
    private func sendAside(_ message: [UInt8], of leg: MediaLeg) {
        sealed.copy(from: message)
        _ = leg.socket.send(sealed, count: message.count, over: path)
    }

    // MARK: Handshake

    private func continueHandshake(_ leg: MediaLeg, _ secure: SecureTransport, length: Int) {
        guard secure.handshakes.admits(at: now) else {
            leg.statistics.unusable += 1
            return
        }
        let state = secure.handshake.put(buffer, count: length)
        sendHandshake(leg, secure, over: path)
        switch state {
        case .waiting: break
        case .up: takeKeys(leg, secure)
        case .ended: ended(leg, secure)
        case .failed: fail(leg, .handshakeFailed)
        }
    }
    private func sendHandshake(_ leg: MediaLeg, _ secure: SecureTransport, over path: NetworkPath?) {
        while let count = secure.handshake.take(into: sealed) {
            if let path { _ = leg.socket.send(sealed, count: count, over: path) }
        }
    }
    /// The handshake is through: keys are taken only from the one whose certificate the description names.
    private func takeKeys(_ leg: MediaLeg, _ secure: SecureTransport) {
        if secure.keys == nil {
            guard let shown = secure.handshake.peerDigest, shown == secure.expected else {
                fail(leg, .wrongFingerprint)
                return
            }
            guard let keys = SRTPSession(secure.handshake, source: secure.source) else {
                fail(leg, .handshakeFailed)
                return
            }
            secure.keys = keys
        }
        openWhenReady(leg, secure)
    }
    private func openWhenReady(_ leg: MediaLeg, _ secure: SecureTransport) {
        guard secure.keys != nil, secure.nominated != nil, secure.watch.open(at: now) else { return }
        secure.nextReport = now + settings.reportNanoseconds
        leg.lastHeard = now
        attend(leg)
        sink(.transport(leg.id, .up))
    }
    private func ended(_ leg: MediaLeg, _ secure: SecureTransport) {
        if secure.keys == nil {
            fail(leg, .handshakeFailed)
        } else if secure.watch.end() {
            sink(.transport(leg.id, .lost(.closedByPeer)))
        }
    }
    /// A leg that cannot become secure, or whose far end is somebody else, is of no use.
    private func fail(_ leg: MediaLeg, _ failure: TransportFailure) {
        sink(.transport(leg.id, .failed(failure)))
        close(leg)
    }
    /// Takes the far end's description. One that names another certificate than the one that was shown is of
    /// somebody else.
    func describe(_ leg: MediaLeg, _ remote: MediaLeg.Remote, ufrag: String, certificate: CertificateDigest) {
        guard let secure = leg.secure else { return }
        secure.responder.remoteUfrag = ufrag
        secure.expected = certificate
        guard secure.keys == nil || secure.handshake.peerDigest == certificate else {
            fail(leg, .wrongFingerprint)
            return
        }
        leg.take(remote)
        leg.lastHeard = now
        attend(leg)
    }

    // MARK: Audio and reports

    private func openMedia(_ leg: MediaLeg, _ secure: SecureTransport, length: Int) {
        guard let keys = secure.keys, length >= RTPHeader.size, secure.admits(buffer.word32(at: 8)),
            let plain = keys.open(buffer, count: length)
        else {
            leg.statistics.unauthenticated += 1
            return
        }
        secure.note(source: buffer.word32(at: 8))
        noteLife(leg, secure, isAudio: true)
        hear(leg, length: plain)
    }
    private func noteLife(_ leg: MediaLeg, _ secure: SecureTransport, isAudio: Bool) {
        if secure.watch.heard(isAudio: isAudio, at: now) { sink(.transport(leg.id, .back)) }
    }
    /// Seals the packet that begins at `start` in a copy, because others may still hear what lies in the buffer.
    func sendSecure(_ leg: MediaLeg, _ secure: SecureTransport, at start: Int, payload: Int) {
        guard secure.isOpen, let keys = secure.keys, let path = secure.nominated else { return }
        sealed.copy(from: buffer, start: start, count: RTPHeader.size + payload)
        guard let count = keys.seal(sealed, count: RTPHeader.size + payload),
            leg.socket.send(sealed, count: count, over: path)
        else {
            leg.statistics.unsent += 1
            return
        }
        leg.statistics.packetsSent += 1
        leg.statistics.bytesSent += payload
    }
    private func openReport(_ leg: MediaLeg, _ secure: SecureTransport, length: Int) {
        // The least that is sealed: a header with its source, the index and a tag of ten bytes.
        guard let keys = secure.keys, length >= 22, secure.admits(buffer.word32(at: 4)),
            let plain = keys.openReport(buffer, count: length)
        else {
            leg.statistics.unauthenticated += 1
            return
        }
        secure.note(source: buffer.word32(at: 4))
        noteLife(leg, secure, isAudio: false)
        guard let report = ControlReport.read(buffer, length: plain, ownSource: secure.source) else {
            leg.statistics.unusable += 1
            return
        }
        if let clock = report.senderClock { secure.theirReport = (clock, now) }
        if let about = report.aboutUs {
            leg.statistics.farLost = max(0, about.lost)
            if about.lastSenderReport != 0 {
                let passed = ReportClock.middle(at: now) &- about.lastSenderReport &- about.sinceSenderReport
                // In 65,536ths of a second; a clock that ran backwards, or a lie, gives an absurd one.
                if passed < 60 << 16 {
                    leg.statistics.roundTripMicroseconds = Int(passed) * 1_000_000 >> 16
                }
            }
        }
    }
    private func sendReport(_ leg: MediaLeg, _ secure: SecureTransport) {
        guard let keys = secure.keys, let path = secure.nominated else { return }
        var about = leg.reception.report()
        if let theirs = secure.theirReport {
            about?.lastSenderReport = theirs.clock
            about?.sinceSenderReport = UInt32(truncatingIfNeeded: (now - theirs.at) * 65_536 / 1_000_000_000)
        }
        var sent: ControlReport.Sent?
        if let last = leg.stream.lastSent, now - last < 2 * settings.reportNanoseconds {
            sent = ControlReport.Sent(
                clock: ReportClock.reading(at: now), timestamp: leg.stream.timestamp(at: now),
                packets: leg.statistics.packetsSent, bytes: leg.statistics.bytesSent)
        }
        let count = ControlReport.write(
            sealed, source: secure.source, name: secure.name, sent: sent, about: about)
        if let count = keys.sealReport(sealed, count: count) {
            _ = leg.socket.send(sealed, count: count, over: path)
        }
    }

    // MARK: Clock and end

    /// What a secure leg needs from the clock; may close the leg.
    func lookAfterSecure(_ leg: MediaLeg, _ secure: SecureTransport) {
        switch secure.watch.state {
        case .opening:
            if secure.watch.isOverdue(at: now) {
                fail(leg, .timedOut)
            } else if secure.keys == nil, let path = secure.checked.first {
                if secure.handshake.tick() == .failed {
                    fail(leg, .handshakeFailed)
                } else {
                    sendHandshake(leg, secure, over: path)
                }
            }
        case .up, .lost:
            if let silence = secure.watch.loss(at: now) {
                sink(.transport(leg.id, .lost(.silent(milliseconds: silence))))
            }
            if now >= secure.nextReport {
                secure.nextReport = now + settings.reportNanoseconds
                sendReport(leg, secure)
            }
        case .ended: break
        }
    }
    /// Tells the far end that the leg goes.
    func sayGoodbye(_ leg: MediaLeg) {
        guard let secure = leg.secure else { return }
        secure.handshake.close()
        sendHandshake(leg, secure, over: secure.nominated ?? secure.checked.first)
    }
}
