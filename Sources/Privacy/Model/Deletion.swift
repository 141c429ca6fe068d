import Contracts
import Kernel

/// Names a `DeletionID`.
enum NamedDeletion {}
/// A deletion that was made.
typealias DeletionID = ID<NamedDeletion>
/// Names a `LegalHoldID`.
enum NamedLegalHold {}
/// A hold.
typealias LegalHoldID = ID<NamedLegalHold>

/// What was deleted, why and by whom: the proof that is kept when the data are gone. It holds no personal data.
struct Deletion: Sendable, Hashable {
    enum Basis: String, Codable, Sendable {
        /// A person asked for it.
        case erasure
        /// Its time had come.
        case retention
    }
    let id: DeletionID
    let at: Timestamp
    let actor: String
    let basis: Basis
    let reason: String
    /// By what an erased number is known: `hmac-sha256:…`; `nil` for retention.
    let subject: String?
    /// The class that expired; `nil` for an erasure.
    var dataClass: PersonalClass?
    /// Everything of the class that was older; `nil` for an erasure.
    var before: Timestamp?
    /// The contacts of an erasure; empty for retention.
    var contacts: [InteractionID]
    var interactions: Int
    var deleted: [Holding]
    /// Keys that were destroyed.
    var keys: Int
    var verifiedAt: Timestamp?
    /// What was found when it was looked for again; 0 proves the deletion.
    var left: Int?
}

/// What must not be deleted, whoever asks and however old it is (legal hold).
struct LegalHold: Sendable, Hashable {
    let id: LegalHoldID
    /// A customer's canonical number, or else one contact.
    let number: String?
    let interaction: InteractionID?
    let reason: String
    let madeAt: Timestamp
    let madeBy: String
    var liftedAt: Timestamp?
    var liftedBy: String?
    var liftReason: String?
}

/// How long data are kept, by class; `nil` for ever.
struct Retention: Codable, Sendable, Hashable {
    struct Days: Codable, Sendable, Hashable {
        var identity: Int?
        var recording: Int?
        var freeText: Int?

        subscript(_ dataClass: PersonalClass) -> Int? {
            switch dataClass {
            case .identity: identity
            case .recording: recording
            case .freeText: freeText
            }
        }
    }
    /// The longest: a hundred years.
    static let mostDays = 36_500

    var version = 0
    var days = Days()

    /// - Throws: `Problem(.invalid)` naming the field.
    func check() throws {
        for dataClass in PersonalClass.allCases {
            guard let days = days[dataClass] else { continue }
            guard (1...Self.mostDays).contains(days) else {
                throw Problem(
                    .invalid, "Days are from 1 to \(Self.mostDays); leave them out to keep for ever.",
                    details: ["field": "days.\(dataClass.rawValue)"])
            }
        }
    }
}
