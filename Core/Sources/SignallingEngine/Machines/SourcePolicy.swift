import Kernel

/// Who may call: the addresses of the trunks. Everybody else must be a phone that proves who it is.
public struct SourcePolicy: Codable, Equatable, Sendable {
    /// A network whose requests belong to a trunk.
    public struct Rule: Codable, Equatable, Sendable {
        /// The trunk's name.
        public var trunk: String
        /// The network's address.
        public var network: IPAddress
        /// How many leading bits of the address count.
        public var bits: Int
        /// The only source port that counts, if any.
        public var port: UInt16?

        /// A network from `10.0.0.0/8`, `192.0.2.7` or IPv6 alike; `nil` if the text is neither.
        public init?(trunk: String, network: String, port: UInt16? = nil) {
            let parts = network.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
            let most = address.isIPv6 ? 128 : 32
            var bits = most
            if parts.count == 2 {
                guard let given = Int(parts[1]), (0...most).contains(given) else { return nil }
                bits = given
            }
            self.trunk = trunk
            self.network = address
            self.bits = bits
            self.port = port
        }
    }

    /// The rules; the first that fits decides.
    public var rules: [Rule]

    public init(rules: [Rule] = []) { self.rules = rules }

    /// The trunk that `endpoint` belongs to, if any.
    public func trunk(of endpoint: SIPEndpoint) -> String? {
        for rule in rules where endpoint.address.isInNetwork(rule.network, bits: rule.bits) {
            if let port = rule.port, port != endpoint.port { continue }
            return rule.trunk
        }
        return nil
    }
}

/// At most so many in each second; what is above is refused.
struct RateBound: Codable, Equatable, Sendable {
    let mostPerSecond: Int
    private var second: Int64 = .min
    private var count = 0

    init(mostPerSecond: Int) { self.mostPerSecond = mostPerSecond }

    /// Whether one more fits into the second that `now` is in.
    mutating func allows(at now: Timestamp) -> Bool {
        let current = now.milliseconds / 1_000
        if current != second {
            second = current
            count = 0
        }
        guard count < mostPerSecond else { return false }
        count += 1
        return true
    }
}
