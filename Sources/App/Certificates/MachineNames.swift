import Foundation

/// By which names and addresses a browser on the network may call this machine.
enum MachineNames {
    /// Addresses listed; a machine with more has them named in the configuration.
    static let mostAddresses = 32

    /// The addresses of the network interfaces that are up, without loopback and link-local ones, sorted.
    static var addresses: [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: Set<String> = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard entry.ifa_flags & UInt32(IFF_UP) != 0,
                entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0, let address = entry.ifa_addr
            else { continue }
            let size: Int
            switch Int32(address.pointee.sa_family) {
            case AF_INET: size = MemoryLayout<sockaddr_in>.size
            case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
            default: continue
            }
            var text = [CChar](repeating: 0, count: 128)
            guard
                getnameinfo(
                    address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let name = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if !name.contains("%"), !name.hasPrefix("fe80:") { found.insert(name) }
        }
        return found.sorted().prefix(mostAddresses).map { $0 }
    }

    /// The machine's own name, in small letters; `nil` for one that no certificate may carry.
    static var hostName: String? {
        let name = ProcessInfo.processInfo.hostName.lowercased()
        let isPlain = name.utf8.allSatisfy {
            0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 64 && name != "localhost" ? name : nil
    }

    /// Whether a text is an address and no name.
    static func isAddress(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    }
}
