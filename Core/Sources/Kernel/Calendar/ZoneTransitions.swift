/// A time zone as values: which offset from UTC holds from when. Core reads no zone database; the platform looks the
/// zone up and passes the transitions in, so that a replay years later uses the offsets of the day.
public struct ZoneTransitions: Hashable, Sendable {
    /// The moment from which an offset holds.
    public struct Transition: Codable, Hashable, Sendable {
        /// The first instant of the new offset.
        public var at: Timestamp
        /// Seconds to add to UTC from then on.
        public var offset: Int

        /// From `at` on, local time is UTC plus `offset` seconds.
        public init(at: Timestamp, offset: Int) {
            self.at = at
            self.offset = offset
        }
    }

    /// The most transitions that a zone may carry: two a year for five centuries.
    public static let maximumTransitions = 1_000
    /// The largest distance from UTC, in seconds: a day and two hours, more than any zone has had.
    public static let maximumOffset = 26 * 3_600

    /// The IANA name, such as `Asia/Shanghai`. A label: nothing is looked up by it here.
    public let name: String
    /// Seconds to add to UTC before the first transition.
    public let initialOffset: Int
    /// In ascending order; the last one holds for ever.
    public let transitions: [Transition]

    /// Throws `invalid` when transitions are not ascending, too many, or an offset is beyond `maximumOffset`.
    public init(name: String, initialOffset: Int, transitions: [Transition] = []) throws(Problem) {
        let offsets = [initialOffset] + transitions.map(\.offset)
        guard offsets.allSatisfy({ abs($0) <= Self.maximumOffset }) else {
            throw Problem(
                .invalid, "Zone \(name): an offset is more than 26 hours", details: ["reason": "offset"])
        }
        let isAscending = zip(transitions, transitions.dropFirst()).allSatisfy { $0.at < $1.at }
        guard isAscending, transitions.count <= Self.maximumTransitions else {
            throw Problem(
                .invalid, "Zone \(name): transitions must ascend and be at most \(Self.maximumTransitions)",
                details: ["reason": "transitions"])
        }
        self.init(checkedName: name, initialOffset: initialOffset, transitions: transitions)
    }

    private init(checkedName name: String, initialOffset: Int, transitions: [Transition]) {
        self.name = name
        self.initialOffset = initialOffset
        self.transitions = transitions
    }

    /// Coordinated universal time.
    public static let utc = ZoneTransitions(checkedName: "UTC", initialOffset: 0, transitions: [])
    /// China's one zone, as it has been since 1991-09-15: eight hours ahead, no summer time.
    public static let shanghai = ZoneTransitions(
        checkedName: "Asia/Shanghai", initialOffset: 28_800, transitions: [])

    /// Seconds to add to UTC at `time`.
    public func offset(at time: Timestamp) -> Int {
        let index = firstTransition { time < $0.at }
        return index == 0 ? initialOffset : transitions[index - 1].offset
    }

    /// What the wall shows at `time`: the date, and milliseconds since its midnight.
    public func reading(at time: Timestamp) -> (date: CivilDate, milliseconds: Int64) {
        // Clamped to the years that dates know, so that no stamp can overflow.
        let possible = CivilDate.possibleDayNumbers
        let lowest = Int64(possible.lowerBound) * Self.millisecondsPerDay
        let highest = Int64(possible.upperBound + 1) * Self.millisecondsPerDay - 1
        let offset = Int64(offset(at: time)) * 1_000
        let local = min(max(time.milliseconds, lowest - offset), highest - offset) + offset
        var (days, rest) = local.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
        if rest < 0 { (days, rest) = (days - 1, rest + Self.millisecondsPerDay) }
        return (CivilDate(dayNumber: Int(days)), rest)
    }

    /// The first instant at which the wall shows `time` on `date`. Where the clock jumps over that time, the instant
    /// of the jump; where it shows it twice, the first of the two. 24:00 is 00:00 of the next day.
    public func instant(of date: CivilDate, at time: LocalTime) -> Timestamp {
        instant(ofDay: date.dayNumber, minute: time.minutes)
    }

    /// As `instant(of:at:)` for any count of minutes after midnight, also beyond the day.
    func instant(ofDay dayNumber: Int, minute: Int) -> Timestamp {
        let local = Int64(dayNumber) * Self.millisecondsPerDay + Int64(minute) * 60_000
        // No earlier segment than the one that holds this instant can show the time looked for.
        let earliest = Timestamp(milliseconds: local - Int64(Self.maximumOffset) * 1_000)
        var next = firstTransition { earliest < $0.at }
        while true {
            let isFirst = next == 0
            let offset = isFirst ? initialOffset : transitions[next - 1].offset
            let candidate = Timestamp(milliseconds: local - Int64(offset) * 1_000)
            if !isFirst, candidate < transitions[next - 1].at { return transitions[next - 1].at }
            if next == transitions.count || candidate < transitions[next].at { return candidate }
            next += 1
        }
    }

    /// The business day that `time` counts in, when days start at `start` on the wall clock: a call at 00:30 belongs
    /// to yesterday where the day starts at 06:00 (`docs/decisions/0002-time.md`).
    public func businessDay(of time: Timestamp, startingAt start: LocalTime) -> CivilDate {
        let date = reading(at: time).date
        for candidate in [date.advanced(by: 1), date] where instant(of: candidate, at: start) <= time {
            return candidate
        }
        return date.advanced(by: -1)
    }

    /// The instants of a business day, from its start to the start of the next; empty only if the clock skips a day.
    public func span(ofBusinessDay day: CivilDate, startingAt start: LocalTime) -> Range<Timestamp> {
        let begin = instant(of: day, at: start)
        return begin..<max(begin, instant(of: day.advanced(by: 1), at: start))
    }

    static let millisecondsPerDay: Int64 = 86_400_000

    /// The index of the first transition that satisfies `isAfter`, by bisection; their count when none does.
    private func firstTransition(where isAfter: (Transition) -> Bool) -> Int {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if isAfter(transitions[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension ZoneTransitions: Codable {
    private enum CodingKeys: String, CodingKey { case name, initialOffset, transitions }

    /// Reads and checks; throws `dataCorrupted` with the reason.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let name = try values.decode(String.self, forKey: .name)
        let initialOffset = try values.decode(Int.self, forKey: .initialOffset)
        let transitions = try values.decodeIfPresent([Transition].self, forKey: .transitions) ?? []
        do {
            try self.init(name: name, initialOffset: initialOffset, transitions: transitions)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.message, underlyingError: error)
            )
        }
    }

    /// Writes all three parts.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(initialOffset, forKey: .initialOffset)
        try values.encode(transitions, forKey: .transitions)
    }
}
