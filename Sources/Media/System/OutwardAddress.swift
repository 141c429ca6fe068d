import Glibc

/// Which of this machine's addresses the system uses towards another machine: a look into its routes.
package enum OutwardAddress {
    /// An address that no machine has (RFC 5737), so the way there is the usual way out.
    private static let nowhere = "203.0.113.1"
    /// Any port will do, since nothing is sent.
    private static let port: UInt16 = 9

    /// The address towards the network at large; `nil` on a machine without a way there.
    package static var usual: String? { towards(nowhere) }

    /// The IPv4 address that a packet to `peer` would carry; `nil` when `peer` is no IPv4 address or there is no way.
    package static func towards(_ peer: String) -> String? {
        var far = sockaddr_in()
        far.sin_family = sa_family_t(AF_INET)
        far.sin_port = port.bigEndian
        guard inet_pton(AF_INET, peer, &far.sin_addr) == 1 else { return nil }
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Connecting a datagram socket only chooses the route.
        let isConnected = withUnsafePointer(to: &far) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
        var near = sockaddr_in()
        let isNamed = withUnsafeMutablePointer(to: &near) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &size) == 0
            }
        }
        var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
        guard isConnected, isNamed,
            inet_ntop(AF_INET, &near.sin_addr, &text, socklen_t(text.count)) != nil
        else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
