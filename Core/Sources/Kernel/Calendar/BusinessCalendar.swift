/// When a service is open: a week of opening hours, dated exceptions, and a zone that comes in as values.
///
/// Each interval is one stretch of time from the first instant at which the wall shows its opening to the first
/// instant at which it shows its closing, so a night shift is an hour longer when clocks go back, and an hour that
/// the clock shows twice does not open a counter twice. A holiday closes what opens on its date; the night shift that
/// began the evening before runs to its end.
public struct BusinessCalendar: Hashable, Sendable {
    /// The most exceptions that one calendar may hold: thirty years of daily ones are not a calendar.
    public static let maximumExceptions = 2_000
    /// The most intervals on one day.
    public static let maximumIntervalsPerDay = 24

    /// The zone whose wall clock counts.
    public let zone: ZoneTransitions
    /// The ordinary week.
    public let weekly: WeeklyHours
    /// In ascending order of their dates, one for each.
    public let exceptions: [DayException]
    /// Grows with every published change; a deadline keeps the version that it was computed with.
    public let version: Int

    /// Open around the clock, for ever.
    public init() {
        zone = .utc
        weekly = .always
        exceptions = []
        version = 0
    }

    /// Throws `invalid` when a date has two exceptions, an interval opens at 24:00, or a bound is passed.
    /// Exceptions may come in any order.
    public init(
        zone: ZoneTransitions, weekly: WeeklyHours, exceptions: [DayException] = [], version: Int = 1
    ) throws(Problem) {
        let sorted = exceptions.sorted { $0.date < $1.date }
        guard sorted.count <= Self.maximumExceptions else {
            throw Problem(
                .invalid, "A calendar holds at most \(Self.maximumExceptions) exceptions",
                details: ["reason": "exceptions"])
        }
        for (earlier, later) in zip(sorted, sorted.dropFirst()) where earlier.date == later.date {
            throw Problem(
                .invalid, "\(later.date) has two exceptions; keep one", details: ["reason": "duplicate"])
        }
        let special = sorted.map {
            if case .special(let hours) = $0.rule { hours } else { [OpeningInterval]() }
        }
        for hours in Weekday.allCases.map({ weekly[$0] }) + special {
            guard hours.count <= Self.maximumIntervalsPerDay, hours.allSatisfy({ $0.opens < .endOfDay })
            else {
                throw Problem(
                    .invalid,
                    "A day has at most \(Self.maximumIntervalsPerDay) intervals, each opening before 24:00",
                    details: ["reason": "intervals"])
            }
        }
        self.zone = zone
        self.weekly = weekly
        self.exceptions = sorted
        self.version = version
    }

    /// A service that never closes, with a zone for its business days.
    public static func alwaysOpen(in zone: ZoneTransitions, version: Int = 0) -> BusinessCalendar {
        BusinessCalendar(alwaysOpenIn: zone, version: version)
    }

    private init(alwaysOpenIn zone: ZoneTransitions, version: Int) {
        self.zone = zone
        weekly = .always
        exceptions = []
        self.version = version
    }

    /// Whether the calendar can be told to be open for ever without looking at any day.
    public var isAlwaysOpen: Bool { exceptions.isEmpty && weekly == .always }

    /// The intervals that open on `date`.
    public func hours(on date: CivilDate) -> [OpeningInterval] {
        guard let exception = exception(on: date) else { return weekly[date.weekday] }
        switch exception.rule {
        case .closed: return []
        case .hoursOf(let weekday): return weekly[weekday]
        case .special(let hours): return hours
        }
    }

    /// Whether the service is open at `time`.
    public func isOpen(at time: Timestamp) -> Bool {
        isAlwaysOpen || endOfStretch(containing: time) != nil
    }

    /// The next instant after `time` at which the service opens or closes; `nil` when it never does again.
    public func nextChange(after time: Timestamp) -> Timestamp? {
        if isAlwaysOpen { return nil }
        let today = zone.reading(at: time).date
        // Behind the last exception every week is like the other, so a week and the reach of an interval suffice.
        let horizon = max(today, exceptions.last?.date ?? today).advanced(by: 10)
        guard var end = endOfStretch(containing: time) else {
            return nextOpening(after: time, from: today, to: horizon)
        }
        // Stretches that follow without a gap are one.
        let limit = zone.instant(of: horizon, at: .midnight)
        while let further = endOfStretch(containing: end) {
            if further > limit { return nil }
            end = further
        }
        return end
    }

    /// The business day that `time` counts in, when days start at `start` on the wall clock.
    public func businessDay(of time: Timestamp, startingAt start: LocalTime) -> CivilDate {
        zone.businessDay(of: time, startingAt: start)
    }

    private func nextOpening(after time: Timestamp, from today: CivilDate, to horizon: CivilDate)
        -> Timestamp?
    {
        var date = today.advanced(by: -1)
        while date <= horizon {
            let openings = stretches(openingOn: date).map(\.lowerBound).filter { $0 > time }
            if let first = openings.min() { return first }
            guard date.advanced(by: 1) > date else { return nil }
            date = date.advanced(by: 1)
        }
        return nil
    }

    /// The latest end among the stretches that contain `time`.
    private func endOfStretch(containing time: Timestamp) -> Timestamp? {
        let today = zone.reading(at: time).date
        var end: Timestamp?
        // An interval reaches into the day after its own; a clock set back at midnight shows the day before again.
        for shift in -2...1 {
            for stretch in stretches(openingOn: today.advanced(by: shift)) where stretch.contains(time) {
                end = max(end ?? stretch.upperBound, stretch.upperBound)
            }
        }
        return end
    }

    /// The instants of the intervals that open on `date`; those that a jump of the clock swallows are left out.
    private func stretches(openingOn date: CivilDate) -> [Range<Timestamp>] {
        hours(on: date).compactMap { interval in
            let opening = zone.instant(ofDay: date.dayNumber, minute: interval.opens.minutes)
            let closing = zone.instant(ofDay: date.dayNumber, minute: interval.closingMinute)
            return opening < closing ? opening..<closing : nil
        }
    }

    private func exception(on date: CivilDate) -> DayException? {
        var (low, high) = (0, exceptions.count)
        while low < high {
            let middle = (low + high) / 2
            if exceptions[middle].date < date { low = middle + 1 } else { high = middle }
        }
        return low < exceptions.count && exceptions[low].date == date ? exceptions[low] : nil
    }
}

extension BusinessCalendar: Codable {
    private enum CodingKeys: String, CodingKey { case zone, weekly, exceptions, version }

    /// Reads and checks; throws `dataCorrupted` with the reason.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let zone = try values.decode(ZoneTransitions.self, forKey: .zone)
        let weekly = try values.decode(WeeklyHours.self, forKey: .weekly)
        let exceptions = try values.decodeIfPresent([DayException].self, forKey: .exceptions) ?? []
        let version = try values.decodeIfPresent(Int.self, forKey: .version) ?? 0
        do {
            try self.init(zone: zone, weekly: weekly, exceptions: exceptions, version: version)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.message, underlyingError: error)
            )
        }
    }

    /// Writes all four parts.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(zone, forKey: .zone)
        try values.encode(weekly, forKey: .weekly)
        try values.encode(exceptions, forKey: .exceptions)
        try values.encode(version, forKey: .version)
    }
}
