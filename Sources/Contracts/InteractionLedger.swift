package import Kernel
package import Storage

/// What becomes of an interaction, as the routing desk tells whoever keeps the record of interactions.
package struct InteractionChange: Sendable {
    package enum Kind: Sendable, Hashable {
        /// A call came in. The caller's number is personal and travels here only, never in the event log.
        case arrived(number: String, origin: String, caller: PhoneNumber)
        case answered
        case queued(QueueID)
        case connected(AgentID)
        case conversationEnded(talked: TimeSpan, held: TimeSpan)
        case rated(score: Int)
        case ended(by: String)
        /// The platform died during the call (mission G12): the customer is owed a call back.
        case lostInCrash
    }
    package var interaction: InteractionID
    package var at: Timestamp
    package var kind: Kind

    package init(interaction: InteractionID, at: Timestamp, kind: Kind) {
        self.interaction = interaction
        self.at = at
        self.kind = kind
    }
}

/// A recording: where its files are, relative to the data directory, and what proves them unchanged.
package struct FinishedRecording: Codable, Hashable, Sendable {
    package struct Track: Codable, Hashable, Sendable {
        /// `customer`, `agent-1`, ...
        package var name: String
        package var path: String
        /// Named digest, `sha256:...`.
        package var digest: String
        package var milliseconds: Int64
        package init(name: String, path: String, digest: String, milliseconds: Int64) {
            self.name = name
            self.path = path
            self.digest = digest
            self.milliseconds = milliseconds
        }
    }
    package var interaction: InteractionID
    package var startedAt: Timestamp
    package var manifest: String
    /// Empty while it goes on.
    package var tracks: [Track]
    package init(interaction: InteractionID, startedAt: Timestamp, manifest: String, tracks: [Track]) {
        self.interaction = interaction
        self.startedAt = startedAt
        self.manifest = manifest
        self.tracks = tracks
    }
}

/// A caller whose number has been here before: recognised, which is not verified (decision 8).
package struct KnownCaller: Hashable, Sendable {
    /// Who spoke with this number last, and when that call ended.
    package var lastAgent: AgentID?
    package var lastEndedAt: Timestamp?
    /// What agents should know before they speak.
    package var care: CallerCare?
    package init(lastAgent: AgentID? = nil, lastEndedAt: Timestamp? = nil, care: CallerCare? = nil) {
        self.care = care
        self.lastAgent = lastAgent
        self.lastEndedAt = lastEndedAt
    }
}

/// What agents should know about a caller before they speak; personal.
package struct CallerCare: Codable, Hashable, Sendable {
    /// The flags there are, in the order in which they are shown.
    package static let known = ["vip", "elderly", "hearing", "complaint", "language"]

    package var flags: [String]
    package var note: String?
    package init(flags: [String], note: String? = nil) {
        self.flags = flags
        self.note = note
    }
    package var isEmpty: Bool { flags.isEmpty && note == nil }
}

/// Who knows whether an interaction exists.
package protocol InteractionLookup: Sendable {
    func exists(_ id: InteractionID) async throws -> Bool
}

/// Who keeps the record of every interaction. The routing desk writes through it in its own transaction, so that
/// journal, facts and records are committed together or not at all.
package protocol InteractionLedger: Sendable {
    func record(_ changes: [InteractionChange], in transaction: any Transaction) throws
    func record(_ recording: FinishedRecording, in transaction: any Transaction) throws
    /// Recordings that were begun and never finished: those of a program that died.
    func unfinishedRecordings(in transaction: any Transaction) throws -> [FinishedRecording]
    /// What the records say of a caller's canonical number; `nil` when it has not been here before this contact.
    func knownCaller(_ caller: String, before contact: InteractionID) async throws -> KnownCaller?
    /// Interactions that were going on when the platform stopped, oldest first.
    func unfinished(in transaction: any Transaction) throws -> [InteractionID]
}
