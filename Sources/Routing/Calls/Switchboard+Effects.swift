import CallEngine
import Contracts
import FlowEngine
import Kernel
import Logging
import Media
import RoutingEngine
import SignallingEngine

/// Effects outwards. An effect whose leg is gone does nothing: its end is on the way to the desk as an input.
extension Switchboard {
    /// Carries out effects in order; returns what is known at once to have failed, as inputs.
    func perform(_ effects: [CallEffect], at now: Timestamp) -> [CallInput] {
        var failures: [CallInput] = []
        var commands: [SignallingCommand] = []
        for effect in effects { perform(effect, at: now, &commands, &failures) }
        if !commands.isEmpty { signalling.submit(commands) }
        return failures
    }

    private func perform(
        _ effect: CallEffect, at now: Timestamp, _ commands: inout [SignallingCommand],
        _ failures: inout [CallInput]
    ) {
        switch effect {
        case .ring(let id):
            guard let leg = legs[.customer(id)] else { return }
            if let handle = leg.handle { commands.append(.ring(handle, status: 180)) } else { ringWeb(id) }
        case .answer(let id): answer(id, at: now, &commands, &failures)
        case .reject(let id, let rejection):
            guard let leg = legs[.customer(id)] else { return }
            if let handle = leg.handle {
                commands.append(Self.rejection(leg, handle, rejection))
            } else {
                rejectWeb(id, rejection)
            }
        case .hangUp(let id):
            hangUp(.customer(id), &commands)
        case .dial(let offer, let agent, let seat, let queue):
            if phoneKinds[agent] == .browser {
                dialBrowser(offer, agent, queue, &failures)
            } else {
                dial(offer, agent, seat, at: now, &commands, &failures)
            }
        case .drop(let id):
            hangUp(id, &commands)
        case .play(let id, let play, let utterances):
            rooms[id]?.play = play
            prompter.prepare(.utterances(utterances), for: id, play: play)
        case .playMusic(let id, let play, let name):
            rooms[id]?.play = play
            prompter.prepare(.music(name), for: id, play: play)
        case .stopPlaying(let id):
            rooms[id]?.play = 0
            if let mediaLeg = legs[.customer(id)]?.media { media.stopPlaying(mediaLeg) }
        case .playToBoth(let leg, let play, let utterances):
            rooms[leg.interaction]?.play = play
            prompter.prepare(.toBoth(leg, utterances), for: leg.interaction, play: play)
        case .join(let leg), .resume(let leg): join(leg)
        case .part(let leg), .hold(let leg): part(leg, effect)
        case .comfort(let leg): comfort(leg)
        case .startRecording(let id, let start): startRecording(id, at: start)
        case .stopRecording(let id):
            if let room = rooms[id]?.room { media.stopRecording(room) }
        case .refuse: break
        }
    }

    /// Ends a leg: by signalling, whose end comes back as an event, or, for a browser, at once.
    private func hangUp(_ id: LegID, _ commands: inout [SignallingCommand]) {
        guard let leg = legs[id] else { return }
        if let handle = leg.handle {
            commands.append(.hangUp(handle, HangUpReason(cause: 16, text: "Normal call clearing")))
        } else {
            remove(id)
        }
    }

    private static func rejection(
        _ leg: Leg, _ handle: CallHandle, _ rejection: Rejection
    ) -> SignallingCommand {
        switch rejection {
        case .unknownNumber: .reject(handle, status: 404, reason: "")
        case .linesFull: .reject(handle, status: 486, reason: "")
        case .overflow(let target): .redirect(handle, contact: contact(of: target, for: leg))
        case .unavailable: .reject(handle, status: 503, reason: "")
        case .nobody: .reject(handle, status: 480, reason: "")
        }
    }

    /// A number is reached the way the call came from (RFC 3261, 19.1.6); what is a URI already stays as it is.
    private static func contact(of target: String, for leg: Leg) -> String {
        guard !target.contains(":") else { return target }
        guard let caller = leg.invite?.endpoint else { return "tel:\(target)" }
        // The port of a stream is one that the caller opened for it, and nobody listens there.
        let place = caller.transport == .udp ? caller.hostPort : caller.host
        return "sip:\(target)@\(place);user=phone"
    }

    // MARK: answering and dialling

    private func answer(
        _ id: InteractionID, at now: Timestamp, _ commands: inout [SignallingCommand],
        _ failures: inout [CallInput]
    ) {
        let legID = LegID.customer(id)
        guard let leg = legs[legID] else { return }
        guard let handle = leg.handle, let invite = leg.invite else { return answerWeb(id) }
        guard openMedia(legID, at: now) != nil, let opened = legs[legID] else {
            commands.append(.reject(handle, status: 503, reason: "No audio port"))
            failures.append(.callerLeft(id))
            return
        }
        let local = localAudio(opened)
        guard !invite.sdp.isEmpty else {
            // The caller asks us to offer; its answer comes with the ACK.
            let offer = local.offer()
            legs[legID]?.ours = offer
            commands.append(.answer(handle, sdp: offer.bytes))
            return
        }
        guard let offer = SessionDescription(invite.sdp), let answer = local.answer(to: offer) else {
            commands.append(.reject(handle, status: 488, reason: ""))
            failures.append(.callerLeft(id))
            return
        }
        legs[legID]?.ours = answer.description
        connectMedia(legID, answer.audio)
        commands.append(.answer(handle, sdp: answer.description.bytes))
    }

    private func dial(
        _ offer: OfferID, _ agent: AgentID, _ seat: SeatID, at now: Timestamp,
        _ commands: inout [SignallingCommand], _ failures: inout [CallInput]
    ) {
        guard rooms[offer.interaction] != nil else { return }
        guard let phone = self.seat(seat)?.phone, let target = target(of: phone, at: now) else {
            failures.append(.agentRefused(offer, .failed(.unreachable)))
            return
        }
        let handle = newHandle()
        let address = target.via?.address.description ?? settings.advertisedMediaAddress
        var leg = Leg(id: LegID(offer), handle: handle, signallingAddress: address)
        leg.probed = agent
        leg.probe = probe(of: phone, at: target)
        add(leg)
        beginProbing(leg.id, at: now)
        guard openMedia(LegID(offer), at: now) != nil, let opened = legs[LegID(offer)] else {
            remove(LegID(offer))
            failures.append(.agentRefused(offer, .failed(.unreachable)))
            return
        }
        let description = localAudio(opened).offer()
        legs[LegID(offer)]?.ours = description
        let caller = legs[.customer(offer.interaction)]?.invite
        commands.append(
            .invite(
                handle,
                InviteRequest(
                    target: target.uri, via: target.via,
                    fromUser: caller?.assertedUser ?? caller?.fromUser ?? "",
                    fromDisplay: caller?.fromDisplay ?? "", sdp: description.bytes,
                    headers: [IncomingInvite.Header("X-Interaction", offer.interaction.description)],
                    staysOnPath: target.via != nil)))
    }

    /// Where a seat's phone is: its fixed address, or the newest contact that it registered.
    func target(of phone: Phone, at now: Timestamp) -> (uri: String, via: SIPEndpoint?)? {
        switch phone {
        case .fixed(let uri, _): return (uri, nil)
        case .registered(let user, _):
            let alive = bindings[user]?.filter { $0.expiresAt > now }
            guard let newest = alive?.max(by: { $0.expiresAt < $1.expiresAt }) else { return nil }
            return (newest.uri, newest.source)
        }
    }

    // MARK: audio

    private func join(_ agentLeg: LegID) {
        bringBrowser(agentLeg)
        guard let room = rooms[agentLeg.interaction], let agent = legs[agentLeg]?.media,
            let customer = legs[.customer(agentLeg.interaction)]?.media
        else { return }
        rooms[agentLeg.interaction]?.joined = agentLeg
        rooms[agentLeg.interaction]?.play = 0
        media.stopPlaying(customer)
        media.connect(room.room, .pair(customer, agent))
    }

    private func part(_ agentLeg: LegID, _ effect: CallEffect) {
        guard let room = rooms[agentLeg.interaction] else { return }
        media.connect(room.room, TalkMatrix())
        if case .part = effect {
            rooms[agentLeg.interaction]?.joined = nil
        } else if let customer = legs[.customer(agentLeg.interaction)]?.media {
            media.play(customer, PlayID(0), [prompter.holdMusic], loop: true)
        }
    }

    /// A prompt is ready: plays it, unless something else was ordered for this caller meanwhile.
    func clipsReady(_ ready: Prompter.Ready) -> [CallInput] {
        guard let room = rooms[ready.interaction], room.play == ready.play,
            let customer = legs[.customer(ready.interaction)]?.media
        else { return [] }
        guard !ready.clips.isEmpty else {
            // Nothing could be spoken; the flow goes on, and a notice counts as not given (mission G01).
            return ready.isMusic ? [] : [.playFailed(ready.interaction, play: ready.play)]
        }
        media.play(customer, PlayID(UInt64(ready.play)), ready.clips, loop: ready.isMusic)
        if let agentLeg = ready.both, let agent = legs[agentLeg]?.media {
            media.play(agent, PlayID(UInt64(ready.play)), ready.clips, loop: false)
        }
        return []
    }

    private func startRecording(_ id: InteractionID, at now: Timestamp) {
        guard let room = rooms[id] else { return }
        var tracks: [MediaLegID: String] = [:]
        for legID in room.legs {
            guard let mediaLeg = legs[legID]?.media else { continue }
            tracks[mediaLeg] = legID.isCustomer ? "customer" : "agent-\(legID.number)"
        }
        let recording = RecordingPath.name(of: id, startedAt: now)
        recordings[recording] = (id, now)
        let folder = settings.dataDirectory + "/" + RecordingPath.folder(of: id)
        do {
            try media.startRecording(
                room.room, RecordingSpec(directory: folder, id: recording, tracks: tracks, started: now))
        } catch {
            logger.error("A recording could not be started", metadata: ["error": "\(error)"])
        }
    }
}
