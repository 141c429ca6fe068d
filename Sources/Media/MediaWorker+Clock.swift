import Kernel

// The 20 ms clock: what this side sends by itself, and what ends because nothing came.
extension MediaWorker {
    /// A listener whose talker has sent nothing for this long gets silence until he speaks again, nanoseconds.
    static let talkerPause: Int64 = 200_000_000
    /// Beats between two wake-ups of the recordings' writer: 100 ms.
    static let nudgeBeats: UInt64 = 20

    /// One beat of the clock: legs take turns in `phases` groups, so that their frames do not leave in one burst
    /// that delays the packets that are passed on. A thread that was held up makes up for several beats.
    func tick(beats: UInt64) {
        for _ in 0..<beats {
            phase = (phase + 1) % Self.phases
            self.beats += 1
            if self.beats % Self.nudgeBeats == 0 { writer.nudge() }
            for slot in stride(from: phase, to: due.count, by: Self.phases) where due[slot] <= now {
                guard let leg = slots[slot] else { continue }
                if leg.mixQueue != nil { _ = leg.mixQueue?.take(into: &leg.mixFrame) }
                sendFrame(to: leg)
                lookAfter(leg)
                due[slot] = nextLook(at: leg)
            }
        }
    }
    /// Every beat while this side makes the leg's packets or a key is down; else when its talker may have paused.
    private func nextLook(at leg: MediaLeg) -> Int64 {
        if leg.secure?.watch.state == .opening { return 0 }
        if leg.playback != nil || leg.mixQueue != nil || !leg.mixedTalkers.isEmpty || leg.keys.isPressed {
            return 0
        }
        if settings.idle == .nothing || leg.remote?.direction.sends != true { return now + Self.talkerPause }
        return leg.hasTalker ? max(now, leg.lastRelayed + Self.talkerPause) : 0
    }

    private func sendFrame(to leg: MediaLeg) {
        if leg.playback != nil, playFrame(to: leg) { return }
        guard let remote = leg.remote, remote.direction.sends else { return }
        if !leg.mixedTalkers.isEmpty {
            mix(for: leg)
            sendClocked(to: leg, remote, newTalkspurt: false)
        } else if settings.idle == .silence, !leg.hasTalker || now - Self.talkerPause >= leg.lastRelayed {
            buffer.fill(at: RTPHeader.size, count: Self.frame, with: remote.codec.silence)
            sendClocked(to: leg, remote, newTalkspurt: false)
        }
    }
    /// False when the play had come to its end.
    private func playFrame(to leg: MediaLeg) -> Bool {
        let isNew = leg.playback?.isNew == true
        guard leg.playback?.fill(buffer, at: RTPHeader.size, count: Self.frame) == true else {
            endPlay(on: leg, .finished)
            return false
        }
        guard let remote = leg.remote, remote.direction.sends else { return true }
        if remote.codec == .pcmu { buffer.translate(at: RTPHeader.size, count: Self.frame, by: tables.muOfA) }
        sendClocked(to: leg, remote, newTalkspurt: isNew)
        return true
    }
    private func sendClocked(to leg: MediaLeg, _ remote: MediaLeg.Remote, newTalkspurt: Bool) {
        let stamp = leg.stream.clocked(samples: Self.frame, newTalkspurt: newTalkspurt, at: now)
        let place = RTPHeader(
            payloadType: 0, marker: false, sequence: 0, timestamp: 0, source: 0, payloadStart: RTPHeader.size,
            payloadCount: Self.frame)
        send(place, stamp, payloadType: remote.payloadType, to: remote.endpoint, of: leg)
    }
    func endPlay(on leg: MediaLeg, _ end: PlayEnd) {
        guard let id = leg.playback?.id else { return }
        leg.playback = nil
        sink(.playEnded(leg.id, id, end))
    }

    // MARK: Mixing

    /// Keeps a talker's packet for the next beats.
    func queueForMix(_ header: RTPHeader, codec: AudioCodec, from leg: MediaLeg) {
        let table = tables.linear(of: codec)
        let count = min(header.payloadCount, MixQueue.limit)
        for index in header.payloadStart..<header.payloadStart + count {
            leg.mixQueue?.put(table[Int(buffer[index])])
        }
    }
    /// Sums the talkers' current frames into the buffer, clipped, in the listener's codec.
    private func mix(for leg: MediaLeg) {
        for index in 0..<Self.frame { mixSum[index] = 0 }
        for talker in leg.mixedTalkers where talker.mixFrame.count == Self.frame {
            for index in 0..<Self.frame { mixSum[index] += Int32(talker.mixFrame[index]) }
        }
        let isA = leg.remote?.codec == .pcma
        for index in 0..<Self.frame {
            let sample = Int16(clamping: mixSum[index])
            buffer[RTPHeader.size + index] = isA ? ALaw.encode(sample) : MuLaw.encode(sample)
        }
    }

    // MARK: What did not come

    private func lookAfter(_ leg: MediaLeg) {
        if let secure = leg.secure { lookAfterSecure(leg, secure) }
        if leg.keys.isPressed, let key = leg.keys.tick(at: now) { sink(.digit(leg.id, key)) }
        if let track = leg.track { track.recording.advance(track, at: now) }
        let silence = (now - leg.lastHeard) / 1_000_000
        // A leg that is not listened to, on hold, is not expected to speak.
        if leg.isHeard, !leg.isSilent, leg.remote?.direction.receives == true,
            silence >= settings.silentAfter.milliseconds
        {
            leg.isSilent = true
            sink(.silent(leg.id, milliseconds: Int(silence)))
        }
    }
}
