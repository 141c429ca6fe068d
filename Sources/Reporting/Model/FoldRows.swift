import Kernel

/// A contact that is being followed, with its entries into queues.
struct ContactRow: Hashable, Sendable {
    let id: InteractionID
    /// Voice until other channels come.
    var channel = "voice"
    var origin = ""
    var number = ""
    let arrivedAt: Timestamp
    var answeredAt: Timestamp?
    var endedAt: Timestamp?
    var isRejected = false
    var isRatingAsked = false
    var rating: Int64?
    /// An agent has it at this moment.
    var isInConversation = false
    var entries: [EntryRow] = []

    init(id: InteractionID, arrivedAt: Timestamp) {
        self.id = id
        self.arrivedAt = arrivedAt
    }

    var isTest: Bool { origin == "test" }
    /// Nothing more is expected but a wrap-up.
    var isDone: Bool { endedAt != nil && !isInConversation && entries.allSatisfy { $0.endedAt != nil } }
    /// Whom a rating speaks of.
    var lastAnswered: EntryRow? { entries.last { $0.agent != nil } }

    mutating func changeLast(_ body: (inout EntryRow) -> Void) {
        guard !entries.isEmpty else { return }
        body(&entries[entries.count - 1])
    }
}

/// One entry into a queue, and the conversation that it led to.
struct EntryRow: Hashable, Sendable {
    /// From 1.
    let ordinal: Int
    let queue: QueueID
    let enteredAt: Timestamp
    var endedAt: Timestamp?
    /// A word of `QueueEnding`.
    var ending = ""
    var waited: Int64 = 0
    var agent: AgentID?
    var seat: SeatID?
    var rang: Int64 = 0
    var isHandled = false
    var talked: Int64 = 0
    var held: Int64 = 0
    var wrappedUp: Int64 = 0

    init(ordinal: Int, queue: QueueID, enteredAt: Timestamp) {
        self.ordinal = ordinal
        self.queue = queue
        self.enteredAt = enteredAt
    }
}

/// An agent who is signed in, and what the agent has been doing since when.
struct StayRow: Hashable, Sendable {
    let agent: AgentID
    let seat: SeatID
    var presence = "notReady"
    /// Of a break.
    var reason = ""
    var activity = "idle"
    var since: Timestamp

    init(agent: AgentID, seat: SeatID, since: Timestamp) {
        self.agent = agent
        self.seat = seat
        self.since = since
    }

    /// What the time counts as: the activity, or without one the presence; a break with its reason.
    var what: String {
        guard activity == "idle" else { return activity }
        switch presence {
        case "ready": return "idle"
        case "break": return "break." + reason
        default: return "notReady"
        }
    }

    /// Every zone's clock is whole quarters of an hour from UTC, and so are intervals of reports.
    static let quarterLength: Int64 = 900_000

    static func quarter(of time: Timestamp) -> Timestamp {
        let rest = time.milliseconds % quarterLength
        return Timestamp(milliseconds: time.milliseconds - (rest < 0 ? rest + quarterLength : rest))
    }

    /// A stretch of time cut at the quarters.
    static func quarters(from start: Timestamp, to end: Timestamp) -> [(quarter: Timestamp, spent: Int64)] {
        var parts: [(quarter: Timestamp, spent: Int64)] = []
        var place = start
        while place < end {
            let quarter = quarter(of: place)
            let next = min(Timestamp(milliseconds: quarter.milliseconds + quarterLength), end)
            parts.append((quarter, next.milliseconds - place.milliseconds))
            place = next
        }
        return parts
    }
}

/// Whose time it is, where, when, and what was done.
struct StaffKey: Hashable, Sendable {
    /// What is counted beside time.
    enum Count: String, Sendable { case offers, missed, declined }

    let agent: AgentID
    let seat: SeatID
    let quarter: Timestamp
    /// An activity, `idle`, `notReady`, `break.` with a reason, or a word of `Count`.
    let what: String
}

/// Reads particulars of a fact: a flat JSON object that this program wrote, with whole numbers and plain words.
///
/// A quote inside a text is always escaped, so the name with its quotes and colon stands only where it is a name.
struct FlatPayload {
    private let bytes: [UInt8]
    init(_ json: String) { bytes = Array(json.utf8) }

    func int(_ name: String) -> Int64? {
        guard let start = value(name) else { return nil }
        let digits = bytes[start...].prefix { (0x30...0x39).contains($0) || $0 == 0x2D }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    func text(_ name: String) -> String? {
        guard let start = value(name), bytes[start] == 0x22 else { return nil }
        return String(decoding: bytes[(start + 1)...].prefix { $0 != 0x22 }, as: UTF8.self)
    }

    private func value(_ name: String) -> Int? {
        let wanted = Array("\"\(name)\":".utf8)
        guard bytes.count > wanted.count else { return nil }
        var place = 0
        while place + wanted.count < bytes.count {
            if bytes[place] == 0x22, bytes[place..<place + wanted.count].elementsEqual(wanted) {
                return place + wanted.count
            }
            place += 1
        }
        return nil
    }
}
