import Kernel

/// The contacts of the phones (RFC 3261, 10.3), without messages.
struct Registrar: Sendable {
    /// What became of one contact.
    enum Change: Equatable, Sendable {
        case registered(Binding)
        case unregistered(Binding)
    }

    private(set) var bindings: [String: [Binding]] = [:]
    /// How many bindings came from an address.
    private var addresses: [IPAddress: Int] = [:]
    /// When the timer heap looks at a phone next.
    var scheduled: [String: Timestamp] = [:]

    /// Whether a live contact came from this address.
    func hasPhone(at address: IPAddress) -> Bool { addresses[address] != nil }

    /// Puts all of a phone's contacts in place.
    mutating func set(_ user: String, _ list: [Binding]) {
        for old in bindings[user] ?? [] { count(old.source.address, -1) }
        for new in list { count(new.source.address, 1) }
        bindings[user] = list.isEmpty ? nil : list
    }

    private mutating func count(_ address: IPAddress, _ change: Int) {
        let count = addresses[address, default: 0] + change
        addresses[address] = count > 0 ? count : nil
    }

    /// Takes out what has run out.
    mutating func expire(_ user: String, at now: Timestamp) -> [Binding] {
        let list = bindings[user] ?? []
        let gone = list.filter { $0.expiresAt <= now }
        if !gone.isEmpty { set(user, list.filter { $0.expiresAt > now }) }
        return gone
    }

    /// When the phone's next contact runs out.
    func nextExpiry(of user: String) -> Timestamp? { bindings[user]?.map(\.expiresAt).min() }

    /// Whether two contacts name the same place.
    static func isSame(_ a: String, _ b: String) -> Bool {
        if a == b { return true }
        guard let a = SIPURI(a), let b = SIPURI(b) else { return false }
        return a.isEquivalent(to: b)
    }

    /// Works a whole REGISTER in, or refuses it and leaves everything as it was.
    ///
    /// - Parameters:
    ///   - wanted: the contacts with their seconds; 0 removes one.
    ///   - template: source, Call-ID, CSeq and user agent of the REGISTER.
    mutating func apply(
        _ wanted: [(uri: String, seconds: Int)], for user: String, template: Binding,
        expiry: RegistrationExpiry, bounds: SignallingBounds, at now: Timestamp
    ) -> Result<[Change], Refusal> {
        var list = (bindings[user] ?? []).filter { $0.expiresAt > now }
        var changes: [Change] = []
        for contact in wanted {
            let index = list.firstIndex { Registrar.isSame($0.uri, contact.uri) }
            if let index, list[index].callID == template.callID, template.sequence <= list[index].sequence {
                return .failure(.outOfOrder)
            }
            guard contact.seconds > 0 else {
                if let index { changes.append(.unregistered(list.remove(at: index))) }
                continue
            }
            guard contact.seconds >= expiry.shortest else { return .failure(.tooBrief) }
            var binding = template
            binding.uri = contact.uri
            binding.expiresAt = now + .seconds(Int64(min(contact.seconds, expiry.longest)))
            if let index {
                list[index] = binding
            } else {
                guard list.count < bounds.contactsPerUser,
                    bindings[user] != nil || bindings.count < bounds.registeredUsers
                else { return .failure(.full) }
                list.append(binding)
            }
            changes.append(.registered(binding))
        }
        set(user, list)
        return .success(changes)
    }

    /// Takes every contact out.
    mutating func clear(_ user: String, template: Binding) -> Result<[Change], Refusal> {
        let list = bindings[user] ?? []
        for binding in list where binding.callID == template.callID && template.sequence <= binding.sequence {
            return .failure(.outOfOrder)
        }
        set(user, [])
        return .success(list.map { .unregistered($0) })
    }

    /// Why a REGISTER is refused.
    enum Refusal: Error, Equatable, Sendable {
        /// An older request of the same phone came late (10.3, step 7).
        case outOfOrder
        /// Less than the shortest validity.
        case tooBrief
        /// One contact more than there is room for.
        case full
    }
}
