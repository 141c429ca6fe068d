import NIOCore
import SignallingEngine

/// The open streams, and those that are being opened.
struct StreamTable {
    /// One open stream.
    struct Stream {
        let channel: any Channel
        let peer: Peer
        let since: NIODeadline
        /// When it last carried a whole message.
        var lastMessage: NIODeadline?
        var needsFlush = false
    }

    /// The other end.
    struct Peer: Hashable {
        var address: IPAddress
        var port: UInt16
    }

    private(set) var streams: [UInt64: Stream] = [:]
    /// The newest stream to each peer.
    private var newest: [Peer: UInt64] = [:]
    private var perAddress: [IPAddress: Int] = [:]
    /// What waits for a stream to open.
    private var openings: [Peer: [SIPOutbox.Datagram]] = [:]
    private var lastNumber: UInt64 = 0

    /// Whether one more may be opened or accepted.
    func hasRoom(for address: IPAddress, bounds: SignallingService.Bounds) -> Bool {
        streams.count + openings.count < bounds.connections
            && perAddress[address, default: 0] < bounds.connectionsPerAddress
    }

    mutating func number() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    mutating func add(_ number: UInt64, _ channel: any Channel, _ peer: Peer, at now: NIODeadline) {
        streams[number] = Stream(channel: channel, peer: peer, since: now)
        newest[peer] = number
        perAddress[peer.address, default: 0] += 1
    }

    mutating func remove(_ number: UInt64) -> Stream? {
        guard let stream = streams.removeValue(forKey: number) else { return nil }
        if newest[stream.peer] == number { newest[stream.peer] = nil }
        let left = perAddress[stream.peer.address, default: 1] - 1
        perAddress[stream.peer.address] = left > 0 ? left : nil
        return stream
    }

    func number(to peer: Peer) -> UInt64? { newest[peer] }

    mutating func noteMessage(_ number: UInt64, at now: NIODeadline) { streams[number]?.lastMessage = now }

    /// Marks that something was written; true when it is the first since the last flush.
    mutating func noteWrite(_ number: UInt64) -> Bool {
        guard let stream = streams[number], !stream.needsFlush else { return false }
        streams[number]?.needsFlush = true
        return true
    }

    /// The channel that is to be flushed; it counts as flushed from here on.
    mutating func takeForFlush(_ number: UInt64) -> (any Channel)? {
        streams[number]?.needsFlush = false
        return streams[number]?.channel
    }

    /// Streams that have been silent or idle for too long.
    func stale(at now: NIODeadline, bounds: SignallingService.Bounds) -> [UInt64] {
        streams.filter { _, stream in
            guard let last = stream.lastMessage else { return now - stream.since > bounds.silence }
            return now - last > bounds.idleness
        }.map(\.key)
    }

    // MARK: opening

    enum Waiting { case begun, queued, full }

    /// Puts a message behind the opening of a stream.
    mutating func wait(_ datagram: SIPOutbox.Datagram, for peer: Peer, bounds: SignallingService.Bounds)
        -> Waiting
    {
        guard let waiting = openings[peer] else {
            guard hasRoom(for: peer.address, bounds: bounds) else { return .full }
            openings[peer] = [datagram]
            return .begun
        }
        guard waiting.count < bounds.messagesPerOpening else { return .full }
        openings[peer]?.append(datagram)
        return .queued
    }

    /// What waited for a stream that has been opened or could not be.
    mutating func opened(_ peer: Peer) -> [SIPOutbox.Datagram] { openings.removeValue(forKey: peer) ?? [] }
}
