import Kernel

/// What a dialled code gives: the right to speak one recording of a prompt.
struct PhoneCodeRight: Sendable {
    var key: String
    var language: String
    /// Who asked for the code, when and from where.
    var deed: FlowDeed
}

/// A code as it is shown to the person who dials it.
struct PhoneCode: Encodable, Hashable, Sendable {
    /// What is dialled: `*5` and six digits.
    var dial: String
    /// From this moment on it is unknown.
    var expiresAt: Timestamp
}

/// The one-time codes by which prompts are recorded from a telephone (mission G16).
///
/// | answer waited for | late | twice | never |
/// |---|---|---|---|
/// | somebody dials the code | after `validity` it is unknown | the first answered call has used it up, the second is told 404 | it is forgotten when the next one is issued or dialled |
///
/// Guessing: with `mostOpen` of a million codes open and `mostWrong` tries a minute, an address needs days for one hit,
/// and it has to be one that may call at all.
struct PhoneCodes: Sendable {
    /// What codes are dialled after.
    static let prefix = "*5"
    /// Digits of a code.
    static let digits = 6
    /// How long a code can be dialled.
    static let validity = TimeSpan.minutes(10)
    /// Codes that are open at the same time.
    static let mostOpen = 50
    /// Wrong tries of an address within `wrongSpan`; after them right codes are told 404 too.
    static let mostWrong = 5
    /// How long a wrong try counts.
    static let wrongSpan = TimeSpan.minutes(1)
    /// Addresses with wrong tries that are remembered; with more, every code is refused until some have grown old.
    static let mostAddresses = 1_000

    /// What is dialled -> what it gives.
    private var open: [String: (right: PhoneCodeRight, expiresAt: Timestamp)] = [:]
    /// Address -> when it tried wrong codes.
    private var wrong: [String: [Timestamp]] = [:]

    /// Opens a code; `nil` when too many are open. Who asks again for the same prompt and language gets a new code in
    /// place of the former one.
    mutating func issue(
        _ right: PhoneCodeRight, at now: Timestamp, using dice: inout some RandomNumberGenerator
    ) -> PhoneCode? {
        open = open.filter { _, entry in
            entry.expiresAt > now
                && (entry.right.key, entry.right.language, entry.right.deed.actor)
                    != (right.key, right.language, right.deed.actor)
        }
        guard open.count < Self.mostOpen else { return nil }
        var dial: String
        // Few of a million are taken, so this ends after one turn nearly always.
        repeat {
            dial = Self.prefix
            for _ in 0..<Self.digits { dial += String(Int.random(in: 0...9, using: &dice)) }
        } while open[dial] != nil
        let code = PhoneCode(dial: dial, expiresAt: now + Self.validity)
        open[dial] = (right, code.expiresAt)
        return code
    }

    /// What a dialled code gives to a caller at an address; `nil` for a code that is wrong, used up or too old, and for
    /// an address that has tried too often. The code stays open until `use`.
    mutating func right(dialling dial: String, from address: String, at now: Timestamp) -> PhoneCodeRight? {
        wrong = wrong.compactMapValues { tries in
            let recent = tries.filter { now - $0 < Self.wrongSpan }
            return recent.isEmpty ? nil : recent
        }
        let tries = wrong[address, default: []]
        guard tries.count < Self.mostWrong, wrong.count < Self.mostAddresses else { return nil }
        guard let entry = open[dial], entry.expiresAt > now else {
            open[dial] = nil
            wrong[address] = tries + [now]
            return nil
        }
        return entry.right
    }

    /// A call with this code has been answered: it is used up.
    mutating func use(_ dial: String) { open[dial] = nil }

    /// No code is open any more.
    mutating func closeAll() { open = [:] }
}
