public import Kernel

/// The server side of digest authentication: makes challenges and checks what comes back.
///
/// Nonces carry their time and a code under a key, so nothing is kept about a challenge until it has been answered
/// rightly; then the highest count is kept, so that nobody can send the same request a second time. Phones whose
/// requests overtake each other are asked again with `stale=true`, which they answer without troubling anyone.
public struct DigestGuard: Sendable {
    /// How long a nonce may be used.
    public static let nonceLife = TimeSpan.minutes(5)
    /// The most nonces whose counts are kept; when there are more, the oldest may no longer be used.
    public static let mostNonces = 20_000

    /// What checking found.
    public enum Verdict: Sendable, Hashable {
        /// The request is from this user.
        case accepted(user: String)
        /// The password is right, but the nonce is old or its count was used: challenge again with `stale`.
        case stale
        /// Unknown user, wrong password, or a nonce that is not ours: challenge again.
        case rejected
        /// Not digest, or parameters are missing: challenge, or 400.
        case unreadable
    }

    public let realm: String
    /// What is offered, the preferred algorithm first; phones take the first that they know.
    public let algorithms: [Digest.Algorithm]
    private let key: [UInt8]
    private var issued: UInt32 = 0
    /// The highest count that was used with each nonce.
    private var counts: [String: UInt32] = [:]
    /// The nonces of `counts` in the order in which they were first used.
    private var order: [String] = []
    private var firstInOrder = 0
    /// Nonces made at or before this moment are only good when their count is still kept.
    private var floor = Timestamp(milliseconds: .min)

    /// - Parameter key: secret bytes, at least 16, from the operating system.
    public init(realm: String, key: [UInt8], algorithms: [Digest.Algorithm] = [.sha256, .md5]) {
        self.realm = realm
        self.key = key
        self.algorithms = algorithms
    }

    /// The values of WWW-Authenticate for a 401, one for each algorithm, to be sent in this order (RFC 8760, 2.4).
    public mutating func challenges(at now: Timestamp, isStale: Bool = false) -> [String] {
        issued &+= 1
        let nonce = nonce(at: now, number: issued)
        return algorithms.map { algorithm in
            "Digest realm=\(SIPText.quoted(realm)), nonce=\"\(nonce)\", algorithm=\(algorithm.rawValue), qop=\"auth\""
                + (isStale ? ", stale=true" : "")
        }
    }

    /// Checks the Authorization of a request.
    ///
    /// - Parameters:
    ///   - authorization: the value of the header field.
    ///   - method: the method's token.
    ///   - requestURI: the `uri` parameter must name the same user and host.
    ///   - secret: what is known about a user's password; nil for an unknown user.
    public mutating func verify(
        _ authorization: String, method: String, requestURI: String, at now: Timestamp,
        secret: (String) -> Digest.Secret?
    ) -> Verdict {
        guard let parameters = AuthParameters(authorization), SIPText.equal(parameters.scheme, "Digest"),
            let user = parameters["username"], let nonce = parameters["nonce"], let uri = parameters["uri"],
            let response = parameters["response"], let theirRealm = parameters["realm"],
            let algorithm = Digest.Algorithm(named: parameters["algorithm"]), algorithms.contains(algorithm),
            let quality = parameters["qop"], SIPText.equal(quality, "auth"),
            let digits = parameters["nc"], digits.utf8.count == 8, let count = UInt32(digits, radix: 16),
            let clientNonce = parameters["cnonce"]
        else { return .unreadable }
        guard theirRealm == realm, let made = made(nonce), DigestGuard.isSameResource(uri, requestURI),
            let hash = secret(user)?.hash(algorithm, user: user, realm: realm)
        else { return .rejected }
        let expected = Digest.response(
            algorithm, hash: hash, nonce: nonce, count: digits, clientNonce: clientNonce, method: method,
            uri: uri)
        guard DigestGuard.isEqual(expected, response) else { return .rejected }
        // A nonce from the future comes from before a jump of the clock.
        guard now - made <= DigestGuard.nonceLife, made <= now else { return .stale }
        return use(nonce, made: made, count: count) ? .accepted(user: user) : .stale
    }

    // MARK: nonces

    /// 12 digits of milliseconds, 8 digits of a number, 32 digits of a code over both and the realm.
    private func nonce(at time: Timestamp, number: UInt32) -> String {
        var head: [UInt8] = []
        for i in 0..<6 { head.append(UInt8(truncatingIfNeeded: time.milliseconds >> Int64(40 - 8 * i))) }
        for i in 0..<4 { head.append(UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * i))) }
        return Hexadecimal.text(head + code(head))
    }

    private func code(_ head: [UInt8]) -> [UInt8] {
        Array(HMACSHA256.code(head + Array(realm.utf8), key: key).prefix(16))
    }

    /// When a nonce was made; nil when it is not ours.
    private func made(_ nonce: String) -> Timestamp? {
        guard nonce.utf8.count == 52, let bytes = Hexadecimal.bytes(nonce) else { return nil }
        let head = Array(bytes[0..<10])
        guard DigestGuard.isEqual(Hexadecimal.text(head + code(head)), nonce) else { return nil }
        return Timestamp(milliseconds: head[0..<6].reduce(0) { $0 << 8 | Int64($1) })
    }

    /// Notes that a count was used; false when it, or a higher one, was used before.
    private mutating func use(_ nonce: String, made: Timestamp, count: UInt32) -> Bool {
        if let highest = counts[nonce] {
            guard count > highest else { return false }
            counts[nonce] = count
            return true
        }
        guard made > floor, count > 0 else { return false }
        if counts.count >= DigestGuard.mostNonces {
            let oldest = order[firstInOrder]
            firstInOrder += 1
            counts[oldest] = nil
            if let oldestMade = self.made(oldest) { floor = max(floor, oldestMade) }
            if firstInOrder > DigestGuard.mostNonces {
                order.removeFirst(firstInOrder)
                firstInOrder = 0
            }
        }
        counts[nonce] = count
        order.append(nonce)
        return made > floor
    }

    // MARK: comparing

    /// The same scheme, user and host: phones leave out ports and parameters as they like.
    private static func isSameResource(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard let a = SIPURI(a), let b = SIPURI(b) else { return false }
        return a.scheme == b.scheme && a.user == b.user && SIPText.equal(a.host, b.host)
    }

    /// Equality in a time that does not tell where the difference is.
    private static func isEqual(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | (Scan.lowered($1.0) ^ Scan.lowered($1.1)) } == 0
    }
}
