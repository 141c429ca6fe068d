import Kernel

/// Business days as stretches of time, cut into the parts that a report shows.
struct ReportPeriod: Sendable {
    /// One business day and the length of its parts.
    struct Span: Hashable, Sendable {
        var day: CivilDate
        var start: Timestamp
        var end: Timestamp
        /// Milliseconds of a part; the whole day where there are none.
        var step: Int64
    }
    /// A part of the period that gets a row.
    struct Part: Hashable, Sendable {
        var key: String
        var startsAt: Timestamp?
        var endsAt: Timestamp?
    }

    let spans: [Span]
    private let zone: ZoneTransitions
    private let by: FigureQuery.Dimension

    /// - Parameter elapsed: how much of it there is; `nil` for all. What is compared with a day that is not over ends at
    ///   the same time of day.
    init(
        _ query: FigureQuery, zone: ZoneTransitions, dayStarts: LocalTime, elapsed: TimeSpan? = nil
    ) {
        self.zone = zone
        by = query.by
        let whole = (0..<max(0, query.days)).map { offset in
            let day = query.from.advanced(by: offset)
            let span = zone.span(ofBusinessDay: day, startingAt: dayStarts)
            let whole = max(1, span.upperBound.milliseconds - span.lowerBound.milliseconds)
            let step: Int64 =
                switch query.by {
                case .interval: Int64(query.interval) * 60_000
                case .weekdayHour: 3_600_000
                default: whole
                }
            return Span(day: day, start: span.lowerBound, end: span.upperBound, step: step)
        }
        guard let elapsed, let start = whole.first?.start else {
            spans = whole
            return
        }
        let end = start + elapsed
        spans = whole.filter { $0.start < end }.map { span in
            var span = span
            span.end = min(span.end, end)
            return span
        }
    }

    var start: Timestamp { spans.first?.start ?? Timestamp(milliseconds: 0) }
    var end: Timestamp { spans.last?.end ?? Timestamp(milliseconds: 0) }

    /// The rows of a report by time, in order; several parts of the period can share one.
    var parts: [Part] {
        var parts: [Part] = []
        var seen: Set<String> = []
        for (index, span) in spans.enumerated() {
            let count = (span.end.milliseconds - span.start.milliseconds + span.step - 1) / span.step
            for step in 0..<count {
                let key = key(span: index, step: Int(step))
                guard seen.insert(key).inserted else { continue }
                let start = Timestamp(milliseconds: span.start.milliseconds + step * span.step)
                let end = min(Timestamp(milliseconds: start.milliseconds + span.step), span.end)
                parts.append(
                    by == .weekdayHour ? Part(key: key) : Part(key: key, startsAt: start, endsAt: end))
            }
        }
        return by == .weekdayHour ? parts.sorted { $0.key < $1.key } : parts
    }

    /// The row that a part belongs to: the wall clock of an interval (with its day when there are several), a day, or a
    /// weekday with an hour.
    func key(span: Int, step: Int) -> String {
        guard spans.indices.contains(span) else { return "" }
        let day = spans[span].day
        let start = Timestamp(milliseconds: spans[span].start.milliseconds + Int64(step) * spans[span].step)
        switch by {
        case .day: return day.description
        case .weekdayHour: return "\(day.weekday.rawValue)T\(clock(start).prefix(2))"
        case .interval:
            // An hour that the clock shows twice has two rows.
            let back = zone.offset(at: spans[span].start) - zone.offset(at: start)
            let earlier = Timestamp(milliseconds: start.milliseconds - Int64(back) * 1_000)
            let isAgain = back > 0 && zone.offset(at: earlier) == zone.offset(at: spans[span].start)
            let offset = isAgain ? "*" : ""
            return (spans.count > 1 ? day.description + "T" : "") + clock(start) + offset
        default: return ""
        }
    }

    private func clock(_ time: Timestamp) -> String {
        let minutes = zone.reading(at: time).milliseconds / 60_000
        func digits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(digits(minutes / 60)):\(digits(minutes % 60))"
    }

    /// Which part an instant lies in.
    func part(of time: Timestamp) -> (span: Int, step: Int)? {
        guard let index = spans.firstIndex(where: { $0.start <= time && time < $0.end }) else { return nil }
        return (
            index, Int((time.milliseconds - spans[index].start.milliseconds) / spans[index].step)
        )
    }
}
