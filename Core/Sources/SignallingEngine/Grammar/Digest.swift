import Kernel

/// The digest of RFC 7616 and 8760: how a response is computed from what both sides know.
public enum Digest {
    /// The algorithms, the better first.
    public enum Algorithm: String, Sendable, Hashable, Codable, CaseIterable {
        case sha256 = "SHA-256"
        case md5 = "MD5"

        /// The algorithm that a challenge names; MD5 when it names none (RFC 2617), nil when it is unknown.
        public init?(named name: String?) {
            guard let name else {
                self = .md5
                return
            }
            guard let algorithm = Algorithm.allCases.first(where: { SIPText.equal($0.rawValue, name) }) else {
                return nil
            }
            self = algorithm
        }

        func digest(_ bytes: [UInt8]) -> [UInt8] { self == .md5 ? MD5.digest(bytes) : SHA256.digest(bytes) }
    }

    /// What is known about a password.
    public enum Secret: Sendable, Hashable {
        case password(String)
        /// H(user:realm:password) in hexadecimal digits, for each algorithm that shall work.
        case hashes([Algorithm: String])

        func hash(_ algorithm: Algorithm, user: String, realm: String) -> String? {
            switch self {
            case .password(let password):
                return Digest.hash(algorithm, user: user, realm: realm, password: password)
            case .hashes(let hashes): return hashes[algorithm]
            }
        }
    }

    /// H(user:realm:password): what may be stored instead of the password.
    public static func hash(_ algorithm: Algorithm, user: String, realm: String, password: String) -> String {
        Hexadecimal.text(algorithm.digest(Array("\(user):\(realm):\(password)".utf8)))
    }

    /// The `response` parameter (RFC 7616, 3.4.1).
    ///
    /// - Parameters:
    ///   - hash: H(user:realm:password).
    ///   - count: `nc` as eight hexadecimal digits; nil together with `clientNonce` for RFC 2069.
    public static func response(
        _ algorithm: Algorithm, hash: String, nonce: String, count: String?, clientNonce: String?,
        method: String,
        uri: String
    ) -> String {
        let action = Hexadecimal.text(algorithm.digest(Array("\(method):\(uri)".utf8)))
        let middle =
            if let count, let clientNonce { "\(nonce):\(count):\(clientNonce):auth" } else { nonce }
        return Hexadecimal.text(algorithm.digest(Array("\(hash):\(middle):\(action)".utf8)))
    }
}

/// A challenge that a server sent us, and the answer to it.
public struct DigestChallenge: Sendable, Hashable {
    public let realm: String
    public let nonce: String
    public let opaque: String?
    public let algorithm: Digest.Algorithm
    /// Whether the server wants `qop=auth`; without, it speaks RFC 2069.
    public let hasQualityOfProtection: Bool
    /// The name of the algorithm is only sent back when the server sent it.
    private let namesAlgorithm: Bool
    /// The password was right and only the nonce too old.
    public let isStale: Bool

    /// Reads the value of WWW-Authenticate or Proxy-Authenticate; nil when it is malformed, of another scheme, or of
    /// an algorithm or quality of protection that we do not know.
    public init?(_ text: String) {
        guard let parameters = AuthParameters(text), SIPText.equal(parameters.scheme, "Digest"),
            let realm = parameters["realm"], let nonce = parameters["nonce"],
            let algorithm = Digest.Algorithm(named: parameters["algorithm"])
        else { return nil }
        self.realm = realm
        self.nonce = nonce
        opaque = parameters["opaque"]
        self.algorithm = algorithm
        namesAlgorithm = parameters["algorithm"] != nil
        isStale = SIPText.equal(parameters["stale"] ?? "", "true")
        if let offered = parameters["qop"] {
            let options = offered.split(separator: ",").map { $0.filter { $0 != " " } }
            guard options.contains(where: { SIPText.equal($0, "auth") }) else { return nil }
            hasQualityOfProtection = true
        } else {
            hasQualityOfProtection = false
        }
    }

    /// The best of the challenges in a 401 or 407: the one with the strongest algorithm (RFC 8760, 2.4).
    public static func best(in response: SIPMessage) -> DigestChallenge? {
        let name = response.status == 407 ? SIPHeaderName.proxyAuthenticate : .wwwAuthenticate
        let challenges = response.all(name).compactMap { DigestChallenge(response.text($0)) }
        return challenges.first { $0.algorithm == .sha256 } ?? challenges.first
    }

    /// The value of Authorization or Proxy-Authorization.
    ///
    /// - Parameters:
    ///   - uri: the Request-URI of the request, as it is written there.
    ///   - count: how many requests have used this nonce, this one included.
    ///   - clientNonce: random text without quotes; the same nonce may be used with the same one again.
    public func authorization(
        user: String, secret: Digest.Secret, method: String, uri: String, count: UInt32 = 1,
        clientNonce: String
    ) -> String? {
        guard let hash = secret.hash(algorithm, user: user, realm: realm) else { return nil }
        let digits = DigestChallenge.eightDigits(count)
        let response = Digest.response(
            algorithm, hash: hash, nonce: nonce, count: hasQualityOfProtection ? digits : nil,
            clientNonce: hasQualityOfProtection ? clientNonce : nil, method: method, uri: uri)
        var text = "Digest username=\(SIPText.quoted(user)), realm=\(SIPText.quoted(realm))"
        text += ", nonce=\(SIPText.quoted(nonce)), uri=\(SIPText.quoted(uri)), response=\"\(response)\""
        if namesAlgorithm { text += ", algorithm=" + algorithm.rawValue }
        if hasQualityOfProtection {
            text += ", qop=auth, nc=\(digits), cnonce=\(SIPText.quoted(clientNonce))"
        }
        if let opaque { text += ", opaque=" + SIPText.quoted(opaque) }
        return text
    }

    private static func eightDigits(_ count: UInt32) -> String {
        Hexadecimal.text((0..<4).map { UInt8(truncatingIfNeeded: count >> UInt32(24 - 8 * $0)) })
    }
}
