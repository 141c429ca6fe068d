import CallEngine
import Contracts
import Kernel
import Logging
import Media
import RoutingEngine
import SignallingEngine
import Storage
import Telephony

/// Events inwards. What is about a leg that is gone, or comes twice, becomes nothing.
extension Switchboard {
    /// - Parameter agentAt: who is signed in at a seat, as the desk's engine knows.
    func translate(
        _ report: SignallingReport, into batch: inout DeskBatch, agentAt: (SeatID) -> AgentID?
    ) -> [CallInput] {
        switch report {
        case .dialog(let handle, let snapshot):
            if let id = byHandle[handle] {
                batch.dialogs.append(DeskBatch.DialogChange(leg: id, snapshot: snapshot))
            }
            return []
        case .event(let event): return translate(event, into: &batch, agentAt: agentAt)
        }
    }

    /// Who is signed in at the seat of a phone.
    private func seated(_ user: String, _ agentAt: (SeatID) -> AgentID?) -> AgentID? {
        let seat = centre.seats.first { seat in
            if case .registered(user, _) = seat.phone { true } else { false }
        }
        return seat.flatMap { agentAt($0.id) }
    }

    private func translate(
        _ event: SignallingEvent, into batch: inout DeskBatch, agentAt: (SeatID) -> AgentID?
    ) -> [CallInput] {
        if takePromptEvent(event) { return [] }
        switch event {
        case .incoming(let handle, let invite): return incoming(handle, invite, into: &batch)
        case .trying(let handle):
            if let id = byHandle[handle] { heard(id, at: batch.at) }
            return []
        case .ringing(let handle, _, _):
            if let id = byHandle[handle] {
                legs[id]?.hasRung = true
                heard(id, at: batch.at)
            }
            return []
        case .answered(let handle, let sdp): return answered(handle, sdp)
        case .confirmed(let handle, let sdp): return confirmed(handle, sdp)
        case .failed(let handle, let status, _): return failed(handle, status)
        case .cancelled(let handle):
            guard let id = byHandle[handle] else { return [] }
            return [.callerLeft(id.interaction)]
        case .ended(let handle, let reason): return ended(handle, reason, into: &batch)
        case .reoffered(let handle, let sdp): return reoffered(handle, sdp)
        case .reanswered, .reofferRefused: return []
        case .digit(let handle, let key, _):
            guard let id = byHandle[handle], let mediaLeg = legs[id]?.media else { return [] }
            media.injectDigit(mediaLeg, key)
            return []
        case .registered(let user, let binding, let expires):
            bindings[user, default: []].removeAll { $0.uri == binding.uri }
            bindings[user, default: []].append(binding)
            batch.bindings.append(DeskBatch.BindingChange(user: user, binding: binding, expires: expires))
            return seated(user, agentAt).map { [.routing(.leaseRenewed($0))] } ?? []
        case .unregistered(let user, let binding):
            bindings[user]?.removeAll { $0.uri == binding.uri }
            if bindings[user]?.isEmpty == true { bindings[user] = nil }
            batch.bindings.append(DeskBatch.BindingChange(user: user, binding: binding, expires: nil))
            guard bindings[user] == nil, let agent = seated(user, agentAt) else { return [] }
            return [.routing(.agentVanished(agent))]
        case .pong(let id, let isReachable, _):
            ponged(id, isReachable: isReachable, at: batch.at)
            return []
        }
    }

    /// While the store cannot be written the desk waits for it, so new calls are told 503 before they wait with it.
    func turningAwayCalls(_ input: DeskInput) -> DeskInput {
        guard case .signalling(let reports) = input else { return input }
        return .signalling(
            reports.filter { report in
                guard case .event(.incoming(let handle, _)) = report else { return true }
                signalling.submit([.reject(handle, status: 503, reason: "")])
                return false
            })
    }

    // MARK: the customer's leg

    private func incoming(
        _ handle: CallHandle, _ invite: IncomingInvite, into batch: inout DeskBatch
    ) -> [CallInput] {
        guard takesCalls else {
            signalling.submit([.reject(handle, status: 503, reason: "")])
            return []
        }
        // An offer that shares no codec with us is told so before anything else is decided.
        if !invite.sdp.isEmpty {
            let probe = LocalAudio(address: settings.advertisedMediaAddress, port: 2, session: 0)
            guard let offer = SessionDescription(invite.sdp), probe.answer(to: offer) != nil else {
                signalling.submit([.reject(handle, status: 488, reason: "")])
                return []
            }
        }
        if isPhoneCode(invite.calledUser) {
            beginPromptCall(handle, invite, at: batch.at)
            return []
        }
        let trunk = trunk(of: invite)
        let rules = trunk?.rules ?? NumberingRules()
        let caller = rules.caller(from: invite.assertedUser ?? invite.fromUser)
        let number = calledNumber(invite.calledUser, rules)
        let origin = trunk?.origin ?? "internal"
        let id: InteractionID = ids.next()
        let arrival = DeskBatch.Arrival(number: number, origin: origin, caller: caller)
        rooms[id] = CallRoom(id: id, room: newRoom(), arrival: arrival, arrivedAt: batch.at)
        add(
            Leg(
                id: .customer(id), handle: handle, invite: invite,
                signallingAddress: invite.endpoint.address.description))
        batch.arrivals[id] = arrival
        return [.callArrived(ArrivedCall(interaction: id, number: number, origin: origin))]
    }

    /// The called number in the form of the centre's numbers; a name such as `support` stands for itself. What is
    /// neither cannot be one of ours, and the desk answers 404.
    private func calledNumber(_ user: String, _ rules: NumberingRules) -> String {
        if centre.numbers.contains(where: { $0.number == user }) { return user }
        return rules.number(from: user)?.canonical ?? ""
    }

    private func trunk(of invite: IncomingInvite) -> Trunk? {
        guard case .trunk(let name) = invite.source else { return nil }
        return centre.trunks.first { $0.name == name }
    }

    private func confirmed(_ handle: CallHandle, _ sdp: [UInt8]) -> [CallInput] {
        guard let id = byHandle[handle], let leg = legs[id] else { return [] }
        if !sdp.isEmpty {
            guard let ours = leg.ours, let answer = SessionDescription(sdp),
                let agreed = localAudio(leg).accept(answer, to: ours)
            else {
                signalling.submit([
                    .hangUp(handle, HangUpReason(cause: 488, isQ850: false, text: "No common codec"))
                ])
                return []
            }
            connectMedia(id, agreed)
        }
        return id.isCustomer ? [.callerConnected(id.interaction)] : []
    }

    // MARK: the agent's leg

    private func answered(_ handle: CallHandle, _ sdp: [UInt8]) -> [CallInput] {
        guard let id = byHandle[handle], let leg = legs[id], !id.isCustomer else { return [] }
        guard let ours = leg.ours, let answer = SessionDescription(sdp),
            let agreed = localAudio(leg).accept(answer, to: ours)
        else {
            signalling.submit([
                .hangUp(handle, HangUpReason(cause: 488, isQ850: false, text: "No common codec"))
            ])
            return [.agentRefused(id.offer, .failed(.rejected))]
        }
        endProbing(id)
        connectMedia(id, agreed)
        return [.agentAnswered(id.offer)]
    }

    private func failed(_ handle: CallHandle, _ status: Int) -> [CallInput] {
        guard let id = byHandle[handle], let leg = legs[id], !id.isCustomer else { return [] }
        return [.agentRefused(id.offer, Self.refusal(status, hasRung: leg.hasRung))]
    }

    /// A phone says 486 both when it is in use and when somebody presses decline; whether it rang before tells them
    /// apart.
    static func refusal(_ status: Int, hasRung: Bool) -> AgentRefusal {
        switch status {
        case 603: .declined
        case 486, 600: hasRung ? .declined : .failed(.busy)
        case 480: hasRung ? .declined : .failed(.unreachable)
        case 408, 503, 404, 410, 502, 504: .failed(.unreachable)
        default: .failed(.rejected)
        }
    }

    private func reoffered(_ handle: CallHandle, _ sdp: [UInt8]) -> [CallInput] {
        guard let id = byHandle[handle], let leg = legs[id] else {
            signalling.submit([.answerReoffer(handle, sdp: nil)])
            return []
        }
        let local = localAudio(leg)
        guard !sdp.isEmpty else {
            // Asked for an offer: ours stays as it is.
            signalling.submit([.answerReoffer(handle, sdp: (leg.ours ?? local.offer()).bytes)])
            return []
        }
        guard let offer = SessionDescription(sdp), let answer = local.answer(to: offer) else {
            signalling.submit([.answerReoffer(handle, sdp: nil)])
            return []
        }
        let description = leg.ours.map { answer.description.following($0) } ?? answer.description
        legs[id]?.ours = description
        connectMedia(id, answer.audio)
        signalling.submit([.answerReoffer(handle, sdp: description.bytes)])
        guard !id.isCustomer, leg.isHeld != answer.audio.isHeld else { return [] }
        legs[id]?.isHeld = answer.audio.isHeld
        return [answer.audio.isHeld ? .agentHeld(id.offer) : .agentResumed(id.offer)]
    }

    private func ended(
        _ handle: CallHandle, _ reason: EndReason, into batch: inout DeskBatch
    ) -> [CallInput] {
        guard let id = byHandle[handle] else { return [] }
        batch.dialogs.append(DeskBatch.DialogChange(leg: id, snapshot: nil))
        remove(id)
        return [id.isCustomer ? .callerLeft(id.interaction) : .agentLeft(id.offer)]
    }

    // MARK: audio

    func translate(_ event: MediaEvent, into batch: inout DeskBatch) -> [CallInput] {
        if takePromptEvent(event, at: batch.at) { return [] }
        switch event {
        case .digit(let mediaLeg, let key):
            guard let id = byMedia[mediaLeg], id.isCustomer else { return [] }
            return [.digitPressed(id.interaction, key: String(key.key))]
        case .playEnded(let mediaLeg, let play, let end):
            if end == .finished, let offer = announced.removeValue(forKey: play) {
                return [.agentAnswered(offer)]
            }
            guard end == .finished, let id = byMedia[mediaLeg], id.isCustomer else { return [] }
            return [.playEnded(id.interaction, play: Int(play.number))]
        case .silent(let mediaLeg, let milliseconds):
            if let id = byMedia[mediaLeg] {
                logger.info(
                    "No audio comes from a leg",
                    metadata: ["call.interaction": "\(id.interaction)", "media.silentMs": "\(milliseconds)"])
            }
            if let id = byMedia[mediaLeg], rooms[id.interaction]?.joined == id {
                beginProbing(id, at: batch.at)
            }
            return []
        case .recordingFailed(_, let recording, let reason):
            logger.error(
                "A recording has stopped early; the call goes on",
                metadata: ["recording.id": "\(recording)", "recording.reason": "\(reason)"])
            recordings[recording] = nil
            return []
        case .recordingFinished(_, let recording, let tracks):
            recorded(recording, tracks, into: &batch)
            return []
        case .transport(let mediaLeg, let event):
            switch event {
            case .up, .back: return browserIsThere(mediaLeg)
            case .lost(.silent): return browserIsAway(mediaLeg, isClosed: false, at: batch.at)
            case .lost(.closedByPeer), .failed: return browserIsAway(mediaLeg, isClosed: true, at: batch.at)
            }
        case .heard, .closed: return []
        }
    }

    private func recorded(
        _ recording: String, _ tracks: [TrackResult], into batch: inout DeskBatch
    ) {
        guard let (interaction, startedAt) = recordings.removeValue(forKey: recording) else { return }
        let root = settings.dataDirectory + "/"
        batch.recordings.append(
            FinishedRecording(
                interaction: interaction, startedAt: startedAt,
                manifest: RecordingPath.manifest(of: interaction, startedAt: startedAt),
                tracks: tracks.map {
                    FinishedRecording.Track(
                        name: $0.name,
                        path: $0.path.hasPrefix(root) ? String($0.path.dropFirst(root.count)) : $0.path,
                        digest: "sha256:" + $0.sha256, milliseconds: Int64($0.milliseconds))
                }))
    }
}
