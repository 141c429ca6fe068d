import Kernel

// The 20 ms clock: what this side sends by itself, and what ends because nothing came.
extension MediaWorker {
    /// A listener whose talker has sent nothing for this long gets silence until he speaks again, nanoseconds.
    static let talkerPause: Int64 = 200_000_000

    /// One beat; more than one frame when the thread was held up.
    func tick(frames: UInt64) {
        for _ in 0..<frames {
            for case let leg? in slots where leg.mixQueue != nil {
                _ = leg.mixQueue?.take(into: &leg.mixFrame)
            }
            for case let leg? in slots { sendFrame(to: leg) }
        }
        for case let leg? in slots { lookAfter(leg) }
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
        if leg.keys.isPressed, let key = leg.keys.tick(at: now) { sink(.digit(leg.id, key)) }
        if let track = leg.track { track.recording.advance(track, at: now) }
        let silence = (now - leg.lastHeard) / 1_000_000
        if leg.isHeard, !leg.isSilent, silence >= settings.silentAfter.milliseconds {
            leg.isSilent = true
            sink(.silent(leg.id, milliseconds: Int(silence)))
        }
    }
}
