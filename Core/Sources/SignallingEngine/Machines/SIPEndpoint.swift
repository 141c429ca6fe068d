/// One end of the path of a message: where it came from or where it goes.
public struct SIPEndpoint: Codable, Hashable, Sendable {
    /// The transport of the path.
    public var transport: SIPTransport
    /// The numeric address; names are resolved outside.
    public var address: IPAddress
    /// The port.
    public var port: UInt16
    /// The open stream to use, for TCP; `nil` asks the transport to find or open one.
    public var connection: UInt64?

    public init(transport: SIPTransport = .udp, address: IPAddress, port: UInt16, connection: UInt64? = nil) {
        self.transport = transport
        self.address = address
        self.port = port
        self.connection = connection
    }

    /// Whether both name the same path; a connection that is not known fits every one.
    func isSamePath(as other: SIPEndpoint) -> Bool {
        guard transport == other.transport, address == other.address, port == other.port else { return false }
        guard let connection, let theirs = other.connection else { return true }
        return connection == theirs
    }

    /// The address with brackets around IPv6, as it stands in URIs and Via.
    public var host: String { address.isIPv6 ? "[\(address)]" : address.description }

    /// `address:port` with brackets around IPv6, as it stands in URIs and Via.
    public var hostPort: String { "\(host):\(port)" }
}

/// What the engine wants done, filled by its calls and emptied by the caller, who keeps the storage.
public struct SIPOutbox: Sendable {
    /// One message to send; for streams too.
    public struct Datagram: Sendable {
        /// The whole message.
        public var bytes: [UInt8]
        /// Where it goes.
        public var to: SIPEndpoint

        public init(bytes: [UInt8], to: SIPEndpoint) {
            self.bytes = bytes
            self.to = to
        }
    }

    /// Messages to send, in order.
    public var datagrams: [Datagram] = []
    /// What happened, in order.
    public var events: [SignallingEvent] = []

    public init() {}

    /// Forgets everything and keeps the storage.
    public mutating func removeAll() {
        datagrams.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }
}
