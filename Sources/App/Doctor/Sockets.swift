import Foundation
import Glibc

/// What the doctor asks of the network: whether a port is free, whether a name is known, whether a peer answers.
enum Sockets {
    enum Transport: String {
        case udp = "UDP"
        case tcp = "TCP"
    }

    /// Why a port cannot be listened on; `nil` when it can.
    static func complaint(_ transport: Transport, _ place: HostPort) -> String? {
        guard place.port != 0 else { return nil }
        let addresses = resolve(place.host, place.port, transport)
        guard !addresses.isEmpty else { return "\(place.host) is no address of this machine" }
        for address in addresses {
            let descriptor = socket(Int32(address.family), address.kind, 0)
            guard descriptor >= 0 else { return String(cString: strerror(errno)) }
            defer { close(descriptor) }
            if transport == .tcp {
                // As a server would: a connection that has just been closed is no obstacle.
                var yes: Int32 = 1
                setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            }
            let isBound = address.succeeds { bind(descriptor, $0, $1) }
            guard isBound else {
                return errno == EADDRINUSE ? "another program has it" : String(cString: strerror(errno))
            }
        }
        return nil
    }

    /// Whether a name has an address. Blocks as long as the resolver does.
    static func isKnown(_ name: String) -> Bool { !resolve(name, 0, .udp).isEmpty }

    /// Sends a datagram and waits for the first that comes back.
    ///
    /// - Parameter text: is given the address and port that it is sent from.
    static func answer(
        from peer: HostPort, within patience: Duration, to text: (String, Int) -> String
    ) -> String? {
        guard let address = resolve(peer.host, peer.port, .udp).first else { return nil }
        let descriptor = socket(Int32(address.family), address.kind, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard address.succeeds({ connect(descriptor, $0, $1) }), let own = ownPlace(descriptor)
        else { return nil }
        let bytes = Array(text(own.host, own.port).utf8)
        guard send(descriptor, bytes, bytes.count, 0) == bytes.count else { return nil }
        var source = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(clamping: patience.components.seconds * 1_000)
        guard poll(&source, 1, milliseconds) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 65_535)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    private static func ownPlace(_ descriptor: Int32) -> HostPort? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var (host, port) = ([CChar](repeating: 0, count: 64), [CChar](repeating: 0, count: 8))
        let isNamed = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
                getsockname(descriptor, own, &size) == 0
                    && getnameinfo(
                        own, size, &host, socklen_t(host.count), &port, socklen_t(port.count),
                        NI_NUMERICHOST | NI_NUMERICSERV) == 0
            }
        }
        let text = { (characters: [CChar]) in
            String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        guard isNamed, let number = Int(text(port)) else { return nil }
        return HostPort(host: text(host), port: number)
    }

    private struct Address {
        var family: sa_family_t
        var kind: Int32
        var bytes: [UInt8]

        /// Hands the address to a call of the system; `false` when the call fails.
        func succeeds(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Bool {
            bytes.withUnsafeBytes { raw in
                // The bytes were a socket address when they were copied, and an array is aligned for it.
                guard let address = raw.assumingMemoryBound(to: sockaddr.self).baseAddress else {
                    return false
                }
                return call(address, socklen_t(bytes.count)) == 0
            }
        }
    }

    private static func resolve(_ host: String, _ port: Int, _ transport: Transport) -> [Address] {
        var hints = addrinfo()
        let kind = Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue)
        hints.ai_socktype = kind
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var addresses: [Address] = []
        var next = found
        while let one = next {
            let raw = UnsafeRawBufferPointer(start: one.pointee.ai_addr, count: Int(one.pointee.ai_addrlen))
            addresses.append(
                Address(family: sa_family_t(one.pointee.ai_family), kind: kind, bytes: Array(raw)))
            next = one.pointee.ai_next
        }
        return addresses
    }
}
