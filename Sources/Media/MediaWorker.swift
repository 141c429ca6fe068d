import Kernel
import Synchronization

/// One thread with its epoll set, its clock and the rooms that live on it.
///
/// Nothing on the packet path allocates, locks or waits: a packet is read into one buffer, counted, copied to the
/// recorded track and sent on from where it lies. Commands come through an inbox that wakes the thread only when it
/// was empty; what they mean is in `MediaWorker+Commands.swift`, the clock in `MediaWorker+Clock.swift`.
final class MediaWorker: @unchecked Sendable {
    /// Samples in one packet of 20 ms.
    static let frame = 160
    /// The 20 ms are divided into so many beats, among which the legs are spread.
    static let phases = 4
    /// A thread that was held up makes up for so many beats (100 ms) at once; the rest is skipped.
    static let catchUp: UInt64 = 20
    private static let wakeToken = UInt64.max
    private static let clockToken = UInt64.max - 1

    let settings: MediaSettings
    let sink: @Sendable (MediaEvent) -> Void
    let pool: PortPool
    let directory: LegDirectory
    let writer: RecordingWriter
    private let inbox = Mutex<[Command]>([])
    private let wake: KernelCounter
    private let clock: KernelCounter

    // From here on of the worker's thread alone.
    let poller: Poller
    let buffer = PacketBuffer()
    /// Where a secure leg's packets are sealed, and what is sent beside the audio is made.
    let sealed = PacketBuffer()
    let tables = G711Tables.shared
    private var source = MediaEndpoint.unset
    var path = NetworkPath.unset
    /// Legs by slot; a token is a slot with the number of legs that the slot has seen.
    private(set) var slots: [MediaLeg?] = []
    /// When the clock has to look at each slot, monotonic nanoseconds: most legs of calls rest on it seldom.
    var due: [Int64] = []
    private var generations: [UInt32] = []
    private var freeSlots: [Int] = []
    var legs: [MediaLegID: MediaLeg] = [:]
    var rooms: [RoomID: MediaRoom] = [:]
    /// What is asked of legs that are on their way here, in order.
    var arriving: [MediaLegID: [Command]] = [:]
    var recordingCount: UInt64 = 0
    var phase = 0
    var beats: UInt64 = 0
    var mixSum = [Int32](repeating: 0, count: MediaWorker.frame)
    /// Monotonic nanoseconds, read once per wake-up.
    var now = monotonicNanoseconds()
    var isRunning = true
    /// Told to stop, and perhaps waiting for a leg that is on its way.
    var isStopping = false

    init(
        settings: MediaSettings, pool: PortPool, directory: LegDirectory, writer: RecordingWriter,
        sink: @escaping @Sendable (MediaEvent) -> Void
    ) throws(SystemError) {
        self.settings = settings
        self.pool = pool
        self.directory = directory
        self.writer = writer
        self.sink = sink
        poller = try Poller()
        wake = try KernelCounter()
        clock = try KernelCounter(every: settings.tickNanoseconds / Int64(Self.phases))
        try wake.join(poller, token: Self.wakeToken)
        try clock.join(poller, token: Self.clockToken)
    }

    /// Gives the worker something to do; from any thread.
    func submit(_ command: Command) {
        let wasEmpty = inbox.withLock { inbox in
            inbox.append(command)
            return inbox.count == 1
        }
        if wasEmpty { wake.add() }
    }

    /// The thread's body; returns after `.stop`, and lets the writer end behind the last recording.
    func run() {
        defer { writer.submit(.end) }
        while isRunning {
            let count = poller.wait()
            now = monotonicNanoseconds()
            // Commands first: a packet that was sent after one was given meets its effect.
            for index in 0..<count where poller.token(index) == Self.wakeToken {
                _ = wake.take()
                drainInbox()
            }
            for index in 0..<count {
                switch poller.token(index) {
                case Self.wakeToken: break
                case Self.clockToken:
                    let ticks = clock.take()
                    if ticks > 0 { tick(beats: min(ticks, Self.catchUp)) }
                case let token: receive(token)
                }
            }
        }
    }
    private func drainInbox() {
        let commands = inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        for command in commands { perform(command) }
    }

    // MARK: Slots

    /// A token for a new leg.
    func takeSlot() -> UInt64 {
        if let slot = freeSlots.popLast() { return UInt64(generations[slot]) << 32 | UInt64(slot) }
        slots.append(nil)
        due.append(0)
        generations.append(0)
        return UInt64(slots.count - 1)
    }
    func fillSlot(_ leg: MediaLeg) {
        slots[Int(leg.token & 0xFFFF_FFFF)] = leg
        attend(leg)
    }
    /// Lets the clock look at a leg at its next beat, because something changed.
    func attend(_ leg: MediaLeg) { due[Int(leg.token & 0xFFFF_FFFF)] = 0 }
    /// Events that epoll still holds for the slot's last leg are known by their old number.
    func freeSlot(_ token: UInt64) {
        let slot = Int(token & 0xFFFF_FFFF)
        slots[slot] = nil
        generations[slot] = (generations[slot] + 1) & 0x7FFF_FFFF
        freeSlots.append(slot)
    }

    // MARK: Packets

    private func receive(_ token: UInt64) {
        let slot = Int(token & 0xFFFF_FFFF)
        guard slot < slots.count, let leg = slots[slot], leg.token == token else { return }
        if let secure = leg.secure {
            receiveSecure(leg, secure)
            return
        }
        guard let length = leg.socket.receive(into: buffer, from: &source) else { return }
        guard leg.accepts(source) else {
            leg.statistics.foreign += 1
            return
        }
        hear(leg, length: length)
    }
    /// A packet from the leg's far end lies in the buffer, in clear.
    func hear(_ leg: MediaLeg, length: Int) {
        guard let header = RTPHeader.read(buffer, length: length),
            let payload = leg.payload(header.payloadType),
            leg.remote?.direction.receives == true
        else {
            leg.statistics.unusable += 1
            return
        }
        count(header, on: leg)
        switch payload {
        case .audio(let codec):
            leg.reception.count(header, isAudio: true, at: now)
            if let track = leg.track { track.recording.put(track, buffer, header, codec: codec, at: now) }
            if leg.mixQueue != nil { queueForMix(header, codec: codec, from: leg) }
            if !leg.hearers.isEmpty { relay(header, codec: codec, from: leg) }
        case .event:
            leg.reception.count(header, isAudio: false, at: now)
            guard header.payloadCount >= TelephoneEventReceiver.payloadSize else { return }
            receiveEvent(header, on: leg)
            relayEvent(header, from: leg)
        }
    }
    private func count(_ header: RTPHeader, on leg: MediaLeg) {
        leg.statistics.packetsReceived += 1
        leg.statistics.bytesReceived += header.payloadCount
        leg.lastHeard = now
        leg.isSilent = false
        // The source of the first packet is the one; others are foreign from here on.
        if leg.remote?.latches == true { leg.latch() }
        if !leg.isHeard {
            leg.isHeard = true
            sink(.heard(leg.id))
        }
    }
    private func relay(_ header: RTPHeader, codec: AudioCodec, from leg: MediaLeg) {
        var lying = codec
        let talker = SendStream.Talker(token: leg.token, source: header.source)
        for hearer in leg.hearers where hearer.playback == nil {
            guard let remote = hearer.remote, remote.direction.sends else { continue }
            if remote.codec != lying {
                let table = lying == .pcma ? tables.muOfA : tables.aOfMu
                buffer.translate(at: header.payloadStart, count: header.payloadCount, by: table)
                lying = remote.codec
            }
            let stamp = hearer.stream.relayed(header, from: talker, samples: header.payloadCount, at: now)
            hearer.lastRelayed = now
            send(header, stamp, payloadType: remote.payloadType, to: remote.endpoint, of: hearer)
        }
    }
    private func receiveEvent(_ header: RTPHeader, on leg: MediaLeg) {
        let start = header.payloadStart
        let (first, second) = leg.keys.receive(
            event: buffer[start], isEnd: buffer[start + 1] & 0x80 != 0,
            duration: buffer.word16(at: start + 2),
            timestamp: header.timestamp, marker: header.marker, at: now)
        attend(leg)
        if let first { sink(.digit(leg.id, first)) }
        if let second { sink(.digit(leg.id, second)) }
    }
    private func relayEvent(_ header: RTPHeader, from leg: MediaLeg) {
        let talker = SendStream.Talker(token: leg.token, source: header.source)
        for hearer in leg.hearers where hearer.playback == nil {
            guard let remote = hearer.remote, remote.direction.sends else { continue }
            guard let payloadType = remote.dtmfPayloadType else {
                hearer.stream.skipped(header, from: talker)
                continue
            }
            let stamp = hearer.stream.relayed(header, from: talker, samples: Self.frame, at: now)
            hearer.lastRelayed = now
            send(header, stamp, payloadType: payloadType, to: remote.endpoint, of: hearer)
        }
    }

    /// Sends the payload that lies in the buffer under a new header.
    func send(
        _ header: RTPHeader, _ stamp: SendStream.Stamp, payloadType: UInt8, to endpoint: MediaEndpoint,
        of leg: MediaLeg
    ) {
        let own = RTPHeader(
            payloadType: payloadType, marker: stamp.marker, sequence: stamp.sequence,
            timestamp: stamp.timestamp,
            source: leg.stream.source, payloadStart: header.payloadStart, payloadCount: header.payloadCount)
        own.write(buffer)
        let start = header.payloadStart - RTPHeader.size
        if let secure = leg.secure {
            sendSecure(leg, secure, at: start, payload: header.payloadCount)
            return
        }
        if leg.socket.send(buffer, at: start, count: RTPHeader.size + header.payloadCount, to: endpoint) {
            leg.statistics.packetsSent += 1
            leg.statistics.bytesSent += header.payloadCount
        } else {
            leg.statistics.unsent += 1
        }
    }
}
