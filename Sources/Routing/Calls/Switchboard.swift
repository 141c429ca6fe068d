import CallEngine
import Contracts
import FlowEngine
import Kernel
import Logging
import Media
import RoutingEngine
import SignallingEngine
import Storage
import Telephony

/// Translates between the desk's language (interactions, offers, effects) and the telephone's (SIP calls, RTP legs).
///
/// It decides nothing about calls: it knows which handle and which media leg belong to whom, builds session
/// descriptions, and turns late or unknown messages into nothing. It belongs to the desk and runs on it.
final class Switchboard {
    let signalling: any SignallingPort
    let media: MediaService
    let prompter: Prompter
    let ids: IDSource
    let logger: Logger
    let settings: SwitchboardSettings
    private(set) var centre: Centre
    private(set) var seats: [SeatID: CentreSeat] = [:]
    private(set) var people: [AgentID: CentreAgent] = [:]
    private(set) var queues: [QueueID: CentreQueue] = [:]

    /// New calls are told 503 while the store cannot be written or too much waits.
    var isWritable = true
    var isOverloaded = false
    /// What the room on the disk allows.
    var disk = DiskRoom()

    var legs: [LegID: Leg] = [:]
    var byHandle: [CallHandle: LegID] = [:]
    var byMedia: [MediaLegID: LegID] = [:]
    var rooms: [InteractionID: CallRoom] = [:]
    /// Recordings by id until they are on disk, which is after the call.
    var recordings: [String: (interaction: InteractionID, startedAt: Timestamp)] = [:]
    /// Phones that have registered.
    var bindings: [String: [Binding]] = [:]
    /// Legs whose phones are being asked, and the questions that are open; a question is forgotten when its
    /// transaction ends, so there are never more than 32 of them for a leg.
    var probedLegs: Set<LegID> = []
    var pings: [UInt64: LegID] = [:]
    /// Phones at fixed addresses that have answered a question.
    var answeringPhones: Set<String> = []
    var lastPing: UInt64 = 0
    /// The browsers of agents: see `ShiftLeg`.
    var shiftLegs: [AgentID: ShiftLeg] = [:]
    var shiftAgents: [MediaLegID: AgentID] = [:]
    /// The leg of the call that rings in or speaks with an agent's browser.
    var browserLegs: [AgentID: LegID] = [:]
    /// Agents whose browsers are not (yet) there; few, and looked at on every turn.
    var absentAgents: Set<AgentID> = []
    /// What agents chose to telephone with for this shift; a phone at the seat when nothing is here.
    var phoneKinds: [AgentID: PhoneKind] = [:]
    /// What is spoken into an agent's ear before a call that is taken by itself: the play -> the offer it is for.
    var announced: [PlayID: OfferID] = [:]
    var lastAnnouncement: UInt64 = 1 << 62
    /// Callers who came by a web page: see `WebCaller`.
    var webCallers: [MediaLegID: WebCaller] = [:]
    var webReplies: [InteractionID: WebCallReply] = [:]
    /// Calls in which somebody speaks a prompt, and the codes that open them: see `PromptCall`.
    var promptCalls: [CallHandle: PromptCall] = [:]
    var phoneCodes = PhoneCodes()
    /// Recordings of prompts by name until they are on disk, which may be after the call.
    var spokenRights: [String: PhoneCodeRight] = [:]
    let spoken: SpokenPrompts
    private var lastHandle: UInt64
    private var lastMedia: UInt64 = 0
    private var lastRoom: UInt64 = 0

    init(
        signalling: any SignallingPort, media: MediaService, prompter: Prompter, ids: IDSource,
        settings: SwitchboardSettings, centre: Centre, bindings: [(user: String, binding: Binding)],
        spoken: SpokenPrompts, logger: Logger
    ) {
        self.spoken = spoken
        self.signalling = signalling
        self.media = media
        self.prompter = prompter
        self.ids = ids
        self.settings = settings
        self.centre = centre
        self.logger = logger
        lastHandle = settings.firstHandle
        for (user, binding) in bindings { self.bindings[user, default: []].append(binding) }
        take(centre)
    }

    /// The centre has changed.
    func take(_ centre: Centre) {
        self.centre = centre
        seats = Dictionary(centre.seats.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        people = Dictionary(centre.agents.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        queues = Dictionary(centre.queues.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func seat(_ id: SeatID) -> CentreSeat? { seats[id] }

    func newHandle() -> CallHandle {
        lastHandle += 1
        return .outbound(lastHandle)
    }
    func newRoom() -> RoomID {
        lastRoom += 1
        return RoomID(lastRoom)
    }
    func newMediaLeg() -> MediaLegID {
        lastMedia += 1
        return MediaLegID(lastMedia)
    }

    // MARK: legs

    func add(_ leg: Leg) {
        legs[leg.id] = leg
        if let handle = leg.handle { byHandle[handle] = leg.id }
        rooms[leg.id.interaction]?.legs.append(leg.id)
    }

    /// Opens the leg's audio if it is not open. `nil` when no port is left.
    func openMedia(_ id: LegID, at now: Timestamp) -> UInt16? {
        guard let leg = legs[id], let room = rooms[id.interaction]?.room else { return nil }
        if leg.media != nil { return leg.port }
        let mediaLeg = newMediaLeg()
        do {
            let port = try media.open(mediaLeg, room: room, at: now)
            legs[id]?.media = mediaLeg
            legs[id]?.port = port
            byMedia[mediaLeg] = id
            return port
        } catch {
            logger.error("No audio could be opened for a call", metadata: ["error": "\(error)"])
            return nil
        }
    }

    func localAudio(_ leg: Leg) -> LocalAudio {
        localAudio(
            port: leg.port, session: leg.handle?.rawValue ?? leg.media?.number ?? 0,
            towards: leg.signallingAddress)
    }

    func localAudio(port: UInt16, session: UInt64, towards address: String) -> LocalAudio {
        LocalAudio(
            address: settings.mediaAddress(towards: address), port: port,
            session: session & 0x7FFF_FFFF_FFFF_FFFF)
    }

    /// Tells the media side where the other end of a leg is.
    func connectMedia(_ id: LegID, _ agreed: AgreedAudio) {
        guard let leg = legs[id], let mediaLeg = leg.media else { return }
        connectMedia(mediaLeg, agreed, signallingAddress: leg.signallingAddress)
    }

    func connectMedia(_ mediaLeg: MediaLegID, _ agreed: AgreedAudio, signallingAddress: String) {
        let latches = settings.latchesMedia && agreed.remoteAddress != signallingAddress
        do {
            try media.setRemote(
                mediaLeg,
                RemoteMedia(
                    address: agreed.remoteAddress, port: agreed.remotePort,
                    codec: agreed.codec == .pcma ? .pcma : .pcmu, payloadType: agreed.payload,
                    dtmfPayloadType: agreed.telephoneEventPayload,
                    direction: MediaDirection(rawValue: agreed.direction.rawValue) ?? .sendrecv,
                    source: latches ? .latchOnce(from: signallingAddress) : .sourceAddressFixed))
        } catch {
            logger.error("The far end of a leg cannot be used", metadata: ["error": "\(error)"])
        }
    }

    /// Forgets a leg and closes its audio. What still comes about it is unknown from now on, and ignored.
    func remove(_ id: LegID) {
        guard let leg = legs.removeValue(forKey: id) else { return }
        if let handle = leg.handle { byHandle[handle] = nil }
        if let agent = leg.browser, browserLegs[agent] == id { browserLegs[agent] = nil }
        probedLegs.remove(id)
        if let mediaLeg = leg.media {
            byMedia[mediaLeg] = nil
            if leg.browser == nil { close(mediaLeg) } else { sendHome(mediaLeg) }
        }
        rooms[id.interaction]?.legs.removeAll { $0 == id }
        if rooms[id.interaction]?.joined == id { rooms[id.interaction]?.joined = nil }
        if rooms[id.interaction]?.legs.isEmpty == true { rooms[id.interaction] = nil }
    }
}

/// What the switchboard is told once.
struct SwitchboardSettings: Sendable {
    /// The address that session descriptions name.
    var advertisedMediaAddress: String
    /// The addresses to choose from for each peer; empty when one was chosen for all.
    var ownMediaAddresses: [String] = []
    /// Takes audio from the signalling address when the description names another one (address translators).
    var latchesMedia = true
    /// Handles of calls that go out start here, so that those of a former run are never met again.
    var firstHandle: UInt64
    /// Recordings lie below it; absolute.
    var dataDirectory: String

    /// The address that a description names to a peer.
    func mediaAddress(towards peer: String) -> String {
        guard !ownMediaAddresses.isEmpty else { return advertisedMediaAddress }
        return OutwardAddress.towards(peer) ?? advertisedMediaAddress
    }

    /// The addresses that a browser tries.
    var browserAddresses: [String] {
        ownMediaAddresses.isEmpty ? [advertisedMediaAddress] : ownMediaAddresses
    }
}

/// The signalling as the switchboard uses it: commands go out in order, from any thread.
protocol SignallingPort: Sendable {
    func submit(_ commands: [SignallingCommand])
}

extension SignallingService: SignallingPort {}
