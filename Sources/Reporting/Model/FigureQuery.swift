package import Kernel

/// What a report asks for: business days, a grouping, filters, and what to compare with.
package struct FigureQuery: Hashable, Sendable {
    package enum Dimension: String, CaseIterable, Sendable {
        case total, interval, day, weekdayHour, queue, agent, team, site, channel, origin, number, requestType
        /// Origin by request type (mission Q28); the key has both, with `FigureQuery.mark` between.
        case originType

        package var isTime: Bool { self == .interval || self == .day || self == .weekdayHour }
    }
    package enum Comparison: String, CaseIterable, Sendable { case none, previous, week, month, year }

    /// Narrows every row; keys of the centre.
    package struct Filter: Hashable, Sendable {
        package var queue: QueueID?
        package var agents: [AgentID]?
        package var seats: [SeatID]?
        package var channel: String?
        package var origin: String?
        package var number: String?
        package var requestType: String?
        package init() {}

        /// Whether it speaks of contacts only, so that time of staff cannot be told for it.
        var concernsContacts: Bool {
            queue != nil || channel != nil || origin != nil || number != nil || requestType != nil
        }
    }

    /// Between the two halves of a key of `originType`.
    package static let mark: Character = "|"
    /// The most business days of one report.
    package static let mostDays = 400
    package static let intervals = [15, 30, 60]

    package var from: CivilDate
    /// The last business day, included.
    package var to: CivilDate
    package var by: Dimension
    /// Minutes of an interval.
    package var interval: Int
    package var filter: Filter
    package var comparison: Comparison

    package init(
        from: CivilDate, to: CivilDate, by: Dimension = .total, interval: Int = 30, filter: Filter = Filter(),
        comparison: Comparison = .none
    ) {
        self.from = from
        self.to = to
        self.by = by
        self.interval = interval
        self.filter = filter
        self.comparison = comparison
    }

    package var days: Int { to.dayNumber - from.dayNumber + 1 }

    /// The same question about the period to compare with; `nil` for none.
    var compared: FigureQuery? {
        var other = self
        other.comparison = .none
        switch comparison {
        case .none: return nil
        case .previous:
            other.from = from.advanced(by: -days)
            other.to = to.advanced(by: -days)
        case .week:
            other.from = from.advanced(by: -7)
            other.to = to.advanced(by: -7)
        case .month:
            other.from = from.movedBack(months: 1)
            other.to = other.from.advanced(by: days - 1)
        case .year:
            other.from = from.movedBack(months: 12)
            other.to = other.from.advanced(by: days - 1)
        }
        return other
    }
}

extension CivilDate {
    /// The same day some months earlier, or that month's last day.
    func movedBack(months: Int) -> CivilDate {
        let (year, month, day) = components
        let index = year * 12 + month - 1 - months
        for day in stride(from: day, through: 1, by: -1) {
            if let date = CivilDate(year: index / 12, month: index % 12 + 1, day: day) { return date }
        }
        return self
    }
}
