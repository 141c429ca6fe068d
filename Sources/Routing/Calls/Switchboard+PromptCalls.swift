import Contracts
import Foundation
import Kernel
import Logging
import Media
import SignallingEngine
import Telephony

/// A call in which somebody speaks a prompt (mission G16). The routing engine never hears of it, and it holds no line
/// of the IVR.
struct PromptCall: Sendable {
    /// How far it has come.
    enum State: Sendable {
        /// Answered by us; the caller's ACK is awaited, and then the end of the tone.
        case answered
        case recording
        /// We have hung up; signalling has not told the end yet.
        case over
    }

    /// Calls of this kind at the same time.
    static let mostStanding = 4
    /// How long somebody may speak, which is how long a prompt may be.
    static let longest = TimeSpan.milliseconds(Int64(UploadedSound.mostMilliseconds))
    /// Less than this is nothing, in milliseconds: somebody has hung up.
    static let shortest = 500
    /// The key that ends the recording.
    static let lastKey: Character = "#"
    /// After it the caller speaks.
    static let tone = AudioClip.tone([880], milliseconds: 400)

    let right: PhoneCodeRight
    let media: MediaLegID
    let room: RoomID
    let port: UInt16
    let signallingAddress: String
    /// The last description that we sent.
    var ours: SessionDescription
    var state = State.answered
    /// When we hang up in any case.
    var endsAt: Timestamp
}

// The call of a code.
//
// | answer waited for | late | twice | never |
// |---|---|---|---|
// | the caller's ACK | the tone comes later | the second starts no second tone: the first recording goes on | signalling gives the call up and tells its end |
// | the end of the tone | the recording begins later | only the first begins one | `endsAt` ends the call without a recording |
// | `#` or the end of the call | `endsAt` ends it after five minutes | the call is over after the first | `endsAt`; a phone that fell silent is hung up on |
// | the recording on disk | the version appears later, the call may be over | told once; unknown afterwards | no version; the remains are removed at the next start |
extension Switchboard {
    /// Whether a called number is a code; a number of the centre goes before.
    func isPhoneCode(_ user: String) -> Bool {
        user.hasPrefix(PhoneCodes.prefix) && !centre.numbers.contains { $0.number == user }
    }

    /// Answers a call of a code, or refuses it: 404 without a reason for a code that gives nothing.
    func beginPromptCall(_ handle: CallHandle, _ invite: IncomingInvite, at now: Timestamp) {
        func reject(_ status: Int) {
            signalling.submit([.reject(handle, status: status, reason: "")])
        }
        let address = invite.endpoint.address.description
        guard let right = phoneCodes.right(dialling: invite.calledUser, from: address, at: now) else {
            return reject(404)
        }
        guard promptCalls.count < PromptCall.mostStanding else { return reject(486) }
        let (mediaLeg, room) = (newMediaLeg(), newRoom())
        let port: UInt16
        do { port = try media.open(mediaLeg, room: room, at: now) } catch {
            logger.error("No audio could be opened for a prompt", metadata: ["error": "\(error)"])
            return reject(503)
        }
        let local = localAudio(port: port, session: mediaLeg.number, towards: address)
        let ours: SessionDescription
        if invite.sdp.isEmpty {
            // The caller asks us to offer; its answer comes with the ACK.
            ours = local.offer()
        } else {
            guard let offer = SessionDescription(invite.sdp), let answer = local.answer(to: offer) else {
                media.close(mediaLeg)
                return reject(488)
            }
            ours = answer.description
            connectMedia(mediaLeg, answer.audio, signallingAddress: address)
        }
        phoneCodes.use(invite.calledUser)
        promptCalls[handle] = PromptCall(
            right: right, media: mediaLeg, room: room, port: port, signallingAddress: address, ours: ours,
            endsAt: now + PromptCall.longest)
        signalling.submit([.answer(handle, sdp: ours.bytes)])
    }

    /// Takes an event that is about such a call; `false` when it is about another one.
    func takePromptEvent(_ event: SignallingEvent) -> Bool {
        switch event {
        case .confirmed(let handle, let sdp):
            guard let call = promptCalls[handle] else { return false }
            confirmed(handle, call, sdp)
        case .reoffered(let handle, let sdp):
            guard let call = promptCalls[handle] else { return false }
            reoffered(handle, call, sdp)
        case .digit(let handle, let key, _):
            guard let call = promptCalls[handle] else { return false }
            media.injectDigit(call.media, key)
        case .cancelled(let handle):
            // `ended` follows.
            return promptCalls[handle] != nil
        case .ended(let handle, _):
            guard let call = promptCalls.removeValue(forKey: handle) else { return false }
            media.stopRecording(call.room)
            media.close(call.media)
        default: return false
        }
        return true
    }

    private func confirmed(_ handle: CallHandle, _ call: PromptCall, _ sdp: [UInt8]) {
        if !sdp.isEmpty {
            let local = localAudio(
                port: call.port, session: call.media.number, towards: call.signallingAddress)
            guard let answer = SessionDescription(sdp), let agreed = local.accept(answer, to: call.ours)
            else { return endPromptCall(handle) }
            connectMedia(call.media, agreed, signallingAddress: call.signallingAddress)
        }
        if call.state == .answered { media.play(call.media, PlayID(0), [PromptCall.tone]) }
    }

    /// The phone changes its address, its codec or the direction: it goes on where it is now.
    private func reoffered(_ handle: CallHandle, _ call: PromptCall, _ sdp: [UInt8]) {
        let local = localAudio(port: call.port, session: call.media.number, towards: call.signallingAddress)
        guard !sdp.isEmpty else {
            signalling.submit([.answerReoffer(handle, sdp: call.ours.bytes)])
            return
        }
        guard let offer = SessionDescription(sdp), let answer = local.answer(to: offer) else {
            signalling.submit([.answerReoffer(handle, sdp: nil)])
            return
        }
        let description = answer.description.following(call.ours)
        promptCalls[handle]?.ours = description
        connectMedia(call.media, answer.audio, signallingAddress: call.signallingAddress)
        signalling.submit([.answerReoffer(handle, sdp: description.bytes)])
    }

    // MARK: audio

    /// Takes an event of the audio of such a call; `false` when it is about another one.
    func takePromptEvent(_ event: MediaEvent, at now: Timestamp) -> Bool {
        switch event {
        case .digit(let leg, let key):
            guard let handle = promptCall(with: leg) else { return false }
            if key.key == PromptCall.lastKey { endPromptCall(handle) }
        case .playEnded(let leg, _, let end):
            guard let handle = promptCall(with: leg) else { return false }
            if end == .finished { record(handle, at: now) }
        case .silent(let leg, _):
            guard let handle = promptCall(with: leg) else { return false }
            endPromptCall(handle)
        case .recordingFailed(let room, let name, let reason):
            guard let right = spokenRights.removeValue(forKey: name) else { return false }
            logger.error(
                "A prompt could not be recorded",
                metadata: ["prompt.key": "\(right.key)", "recording.reason": "\(reason)"])
            for (handle, call) in promptCalls where call.room == room { endPromptCall(handle) }
            handOver(name, right, nil)
        case .recordingFinished(_, let name, let tracks):
            guard let right = spokenRights.removeValue(forKey: name) else { return false }
            handOver(name, right, tracks.first)
        default: return false
        }
        return true
    }

    /// There are few of them, and none most of the time.
    private func promptCall(with leg: MediaLegID) -> CallHandle? {
        promptCalls.first { $0.value.media == leg }?.key
    }

    private func record(_ handle: CallHandle, at now: Timestamp) {
        guard let call = promptCalls[handle], call.state == .answered else { return }
        // Numbers of legs begin anew with each run, the clock does not.
        let name = "\(now.milliseconds)-\(call.media.number)"
        do {
            try media.startRecording(
                call.room,
                RecordingSpec(
                    directory: spokenFolder(name), id: name, tracks: [call.media: "spoken"], started: now))
        } catch {
            logger.error("A prompt could not be recorded", metadata: ["error": "\(error)"])
            return endPromptCall(handle)
        }
        spokenRights[name] = call.right
        promptCalls[handle]?.state = .recording
        promptCalls[handle]?.endsAt = now + PromptCall.longest
    }

    private func spokenFolder(_ name: String) -> String {
        "\(settings.dataDirectory)/\(SpokenPrompts.folder)/\(name)"
    }

    /// Gives a recording that has ended to the library; what is too short goes there without a path, to be cleared away.
    private func handOver(_ name: String, _ right: PhoneCodeRight, _ track: TrackResult?) {
        let isLongEnough = (track?.milliseconds ?? 0) >= PromptCall.shortest
        let path = isLongEnough ? track?.path : nil
        if !spoken.send(SpokenPrompt(right: right, path: path, folder: spokenFolder(name))) {
            logger.error("Too many recordings of prompts wait", metadata: ["prompt.key": "\(right.key)"])
        }
    }

    // MARK: ends

    /// Ends a call that still stands; what has been said so far is kept.
    func endPromptCall(_ handle: CallHandle) {
        guard let call = promptCalls[handle], call.state != .over else { return }
        promptCalls[handle]?.state = .over
        media.stopRecording(call.room)
        signalling.submit([.hangUp(handle, HangUpReason(cause: 16, text: "Normal call clearing"))])
    }

    /// When `endLongPromptCalls` is next due.
    var nextPromptEnd: Timestamp? {
        promptCalls.values.filter { $0.state != .over }.map(\.endsAt).min()
    }

    /// Hangs up where somebody has spoken for as long as a prompt may be.
    func endLongPromptCalls(at now: Timestamp) {
        for (handle, call) in promptCalls where call.endsAt <= now { endPromptCall(handle) }
    }
}
