public import Kernel

/// What the engine is told once: who we are, who may call, whose phones we know, and how much is too much.
public struct SignallingSettings: Sendable {
    /// Our address as others reach it, per transport; goes into Via and Contact.
    public var endpoints: [SIPEndpoint]
    /// The host of our From and of Call-IDs; `nil` takes the address of the first endpoint.
    public var domain: String?
    /// User-Agent and Server; empty leaves them out.
    public var product: String
    /// The trunks' addresses.
    public var policy: SourcePolicy
    /// The realm with which phones are challenged.
    public var realm: String
    /// What phones are challenged with. Some phones built on old libraries give up when an algorithm that they do not
    /// know stands beside the one that they do (baresip 1.0), although RFC 7616, 3.7 lets them choose.
    public var digestAlgorithms: [Digest.Algorithm]
    /// The phones that may register and call: user to secret.
    public var users: [String: Digest.Secret]
    /// Our names and passwords where others challenge us, by realm; the realm `*` stands for every other one.
    public var credentials: [String: Credential]
    /// Whether phones are called where their REGISTER came from, not at their Contact: for phones behind a NAT.
    public var callsPhonesAtSource: Bool
    /// The base timers.
    public var timing: SIPTiming
    /// The registrar's shortest, usual and longest validity in seconds.
    public var expiry: RegistrationExpiry
    /// How much is too much.
    public var bounds: SignallingBounds

    public init(
        endpoints: [SIPEndpoint], domain: String? = nil, product: String = "Hotline",
        policy: SourcePolicy = SourcePolicy(), realm: String = "hotline",
        digestAlgorithms: [Digest.Algorithm] = [.sha256, .md5], users: [String: Digest.Secret] = [:],
        credentials: [String: Credential] = [:], callsPhonesAtSource: Bool = true,
        timing: SIPTiming = SIPTiming(), expiry: RegistrationExpiry = RegistrationExpiry(),
        bounds: SignallingBounds = SignallingBounds()
    ) {
        self.endpoints = endpoints
        self.domain = domain
        self.product = product
        self.policy = policy
        self.realm = realm
        self.digestAlgorithms = digestAlgorithms
        self.users = users
        self.credentials = credentials
        self.callsPhonesAtSource = callsPhonesAtSource
        self.timing = timing
        self.expiry = expiry
        self.bounds = bounds
    }

    /// Our endpoint for a transport; the first one if there is none.
    func endpoint(for transport: SIPTransport) -> SIPEndpoint {
        endpoints.first { $0.transport == transport } ?? endpoints.first
            ?? SIPEndpoint(transport: transport, address: IPAddress(v4: 0x7F00_0001), port: 5060)
    }

    /// The host of our own addresses of record.
    var host: String { domain ?? endpoint(for: .udp).address.description }
}

/// Our name and password at somebody who challenges us.
public struct Credential: Codable, Hashable, Sendable {
    /// The name.
    public var user: String
    /// The password.
    public var password: String

    public init(user: String, password: String) {
        self.user = user
        self.password = password
    }
}

/// For how long registrations are valid, in seconds.
public struct RegistrationExpiry: Codable, Hashable, Sendable {
    /// Less is answered with 423.
    public var shortest: Int
    /// Given when the phone asks for nothing.
    public var usual: Int
    /// More is cut to this.
    public var longest: Int

    public init(shortest: Int = 60, usual: Int = 300, longest: Int = 3_600) {
        self.shortest = shortest
        self.usual = usual
        self.longest = longest
    }
}

/// Every bound of the engine, with a name.
public struct SignallingBounds: Codable, Hashable, Sendable {
    /// Legs at a time; more are answered with 503. Two for each of 20,000 conversations.
    public var calls = 40_000
    /// Transactions at a time; requests above are answered with 503 without one. Each lives 32 s at most over UDP.
    public var transactions = 200_000
    /// Branches of one forked INVITE that are ended one by one; later ones are left to time out.
    public var forksPerCall = 8
    /// Phones with at least one contact.
    public var registeredUsers = 50_000
    /// Contacts of one phone.
    public var contactsPerUser = 5
    /// Route entries of one dialog; a response with more is refused like one that cannot be read.
    public var routes = 16
    /// Bytes of one message; more is dropped unread.
    public var messageBytes = 65_535
    /// Answers to strangers in each second; silence above.
    public var strangerAnswersPerSecond = 20
    /// Challenges to phones in each second; silence above. Enough for all phones to come back within a minute.
    public var challengesPerSecond = 1_000
    /// Answers to a challenge in each transaction's chain; then the refusal stands.
    public var challengeAnswers = 2
    /// Changes of a session tried again after 491.
    public var glareRetries = 4
    /// The longest wait for an answer after a provisional response; then CANCEL.
    public var longestRinging = TimeSpan.minutes(3)
    /// After so long a provisional answer is sent again, so that proxies keep waiting (RFC 3261, 13.3.1.1).
    public var provisionalPause = TimeSpan.minutes(1)
    /// The longest wait for the answer to a change of a session; then the call ends as timed out.
    public var longestChange = TimeSpan.minutes(1)

    /// The usual bounds.
    public init() {}
}
