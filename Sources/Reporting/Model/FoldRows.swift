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
    var entries: [EntryRow] = []

    init(id: InteractionID, arrivedAt: Timestamp) {
        self.id = id
        self.arrivedAt = arrivedAt
    }

    var isTest: Bool { origin == "test" }
    /// Nothing more is expected but a wrap-up.
    var isDone: Bool { endedAt != nil }
    /// Whom a rating speaks of.
    var lastAnswered: EntryRow? { entries.last { $0.agent != nil } }

    /// Nothing follows the end of a call but wrap-up: an entry that is open still was released by the system.
    mutating func end(at end: Timestamp) {
        endedAt = end
        for place in entries.indices where entries[place].endedAt == nil {
            entries[place].endedAt = end
            entries[place].ending = "releasedBySystem"
            entries[place].waited = max(0, (end - entries[place].enteredAt).milliseconds)
        }
    }

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

/// Where a contact lies among those of its caller, as `interaction.traced` says it.
struct ContactTrace: Hashable, Sendable {
    let id: InteractionID
    /// The contact before this one, and milliseconds from its arrival to this one's.
    var previous: InteractionID?
    var after: Int64?
    /// The same from the last contact in which somebody spoke with the caller.
    var servedAfter: Int64?

    init(_ id: InteractionID, _ payload: FlatPayload) {
        self.id = id
        previous = payload.text("previous").flatMap { InteractionID($0) }
        after = payload.int("after")
        servedAfter = payload.int("servedAfter")
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
        case "break": return Self.breakMark + reason
        default: return "notReady"
        }
    }

    private static let breakMark = "break."

    /// What agents do who are on breaks for these reasons.
    static func breaks(_ reasons: [String]) -> [String] { reasons.map { breakMark + $0 } }

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
struct StaffKey: Hashable, Comparable, Sendable {
    /// What is counted beside time.
    enum Count: String, Sendable { case offers, missed, declined }

    let agent: AgentID
    let seat: SeatID
    let quarter: Timestamp
    /// An activity, `idle`, `notReady`, `break.` with a reason, or a word of `Count`.
    let what: String

    /// In the order of the rows, so that a batch writes them one after the other.
    static func < (a: StaffKey, b: StaffKey) -> Bool {
        (a.quarter, a.agent, a.seat, a.what) < (b.quarter, b.agent, b.seat, b.what)
    }
}

/// Reads particulars of a fact: a flat JSON object that this program wrote, with whole numbers and plain words.
///
/// A quote inside a text is always escaped, so the name with its quotes and colon stands only where it is a name.
struct FlatPayload {
    private let json: String
    init(_ json: String) { self.json = json }

    func int(_ name: StaticString) -> Int64? {
        value(name) { bytes in
            var place = bytes.first == 0x2D ? 1 : 0
            let start = place
            var number: Int64 = 0
            while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
                let (shifted, tooLong) = number.multipliedReportingOverflow(by: 10)
                let (next, tooLarge) = shifted.addingReportingOverflow(Int64(bytes[place]) - 0x30)
                guard !tooLong, !tooLarge else { return nil }
                number = next
                place += 1
            }
            guard place > start else { return nil }
            return start == 1 ? -number : number
        }
    }

    func text(_ name: StaticString) -> String? {
        value(name) { bytes in
            guard bytes.first == 0x22 else { return nil }
            return String(decoding: bytes.dropFirst().prefix { $0 != 0x22 }, as: UTF8.self)
        }
    }

    /// Reads what stands after the name, in place: a fold looks at every event of a day.
    private func value<Value>(
        _ name: StaticString, _ read: (Slice<UnsafeBufferPointer<UInt8>>) -> Value?
    ) -> Value? {
        var json = json
        return json.withUTF8 { bytes in
            let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            // The name with its quotes and colon, and at least one character of the value.
            var place = 0
            while place + wanted.count + 3 < bytes.count {
                let end = place + 1 + wanted.count
                if bytes[place] == 0x22, bytes[end] == 0x22, bytes[end + 1] == 0x3A,
                    bytes[(place + 1)..<end].elementsEqual(wanted)
                {
                    let value = bytes[(end + 2)...]
                    return read(Slice(base: UnsafeBufferPointer(rebasing: value), bounds: 0..<value.count))
                }
                place += 1
            }
            return nil
        }
    }
}
