/// What a lite agent says to connectivity checks (RFC 8445, 2.5 and 7.3): it answers, and asks nothing itself.
///
/// A value: the same check has the same answer. Role conflicts do not arise, since a lite agent is always controlled.
struct ICEResponder {
    /// What becomes of one datagram.
    enum Outcome: Equatable {
        /// No check, or none that deserves an answer.
        case ignored
        /// A check that is refused; the answer says why.
        case refused([UInt8])
        /// A check by the one who has our description; `nominated` when media shall go where it came from.
        case passed([UInt8], nominated: Bool)
    }

    let credentials: ICECredentials
    /// The other side's user fragment, from its description; until it is known nobody passes.
    var remoteUfrag: String?

    init(credentials: ICECredentials) { self.credentials = credentials }

    func respond(to bytes: [UInt8], from source: MediaEndpoint) -> Outcome {
        guard let remoteUfrag, let message = STUNMessage(bytes), message.type == STUNMessage.bindingRequest
        else { return .ignored }
        func refusal(_ code: Int, _ reason: String, _ more: [STUNMessage.Attribute] = [], key: [UInt8]? = nil)
            -> Outcome
        {
            let value = [0, 0, UInt8(code / 100), UInt8(code % 100)] + Array(reason.utf8)
            return .refused(
                STUNMessage.write(
                    STUNMessage.bindingError, transaction: message.transaction,
                    [.init(type: STUNAttribute.errorCode, value: value)] + more, key: key))
        }
        guard message.hasIntegrity, let username = message.value(STUNAttribute.username) else {
            return refusal(400, "Bad Request")
        }
        let key = Array(credentials.password.utf8)
        guard username.elementsEqual("\(credentials.ufrag):\(remoteUfrag)".utf8),
            message.isAuthentic(key: key)
        else { return refusal(401, "Unauthenticated") }
        let strange = message.attributes.map(\.type).filter {
            $0 < 0x8000 && !STUNAttribute.understood.contains($0)
        }
        if !strange.isEmpty {
            let list = strange.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
            return refusal(
                420, "Unknown Attribute", [.init(type: STUNAttribute.unknownAttributes, value: list)],
                key: key)
        }
        let answer = STUNMessage.write(
            STUNMessage.bindingSuccess, transaction: message.transaction,
            [STUNMessage.xorMapped(source, transaction: message.transaction)], key: key)
        return .passed(answer, nominated: message.value(STUNAttribute.useCandidate) != nil)
    }
}

/// The name and the secret of one leg for connectivity checks (RFC 8445, 5.3).
struct ICECredentials: Sendable {
    /// 48 random bits; 24 are asked for.
    let ufrag: String
    /// 144 random bits; 128 are asked for.
    let password: String

    private static let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    /// From the system's source of randomness.
    static func random() -> ICECredentials {
        var source = SystemRandomNumberGenerator()
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in characters[Int.random(in: 0..<64, using: &source)] })
        }
        return ICECredentials(ufrag: text(8), password: text(24))
    }
}
