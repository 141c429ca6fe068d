import NIOCore
import SignallingEngine

extension SIPEndpoint {
    /// The endpoint that a socket names; nil for a Unix domain socket.
    init?(_ transport: SIPTransport, _ socket: SocketAddress, connection: UInt64? = nil) {
        guard let port = socket.port.flatMap({ UInt16(exactly: $0) }) else { return nil }
        // By offsets, since the C types of the members belong to a module of NIO's own: `sockaddr_in` has the address
        // at 4, `sockaddr_in6` at 8, both in network order.
        let address = socket.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            if case .v4 = socket {
                return IPAddress(
                    v4: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            }
            return IPAddress(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        }
        self.init(transport: transport, address: address, port: port, connection: connection)
    }

    /// The address for a socket. A socket of the IPv6 family needs IPv4 addresses in their mapped form.
    func socketAddress(isIPv6Socket: Bool) -> SocketAddress? {
        var packed = ByteBuffer()
        if address.isIPv6 {
            packed.writeInteger(address.high)
            packed.writeInteger(address.low)
        } else if isIPv6Socket {
            packed.writeInteger(0, as: UInt64.self)
            packed.writeInteger(0xFFFF_0000_0000 | address.low)
        } else {
            packed.writeInteger(UInt32(truncatingIfNeeded: address.low))
        }
        return try? SocketAddress(packedIPAddress: packed, port: Int(port))
    }
}
