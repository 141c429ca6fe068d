import Contracts
import Kernel

extension FigureService {
    /// Compares a business day's terms with what the facts say.
    ///
    /// - Returns: how many numbers were compared, and those that differ.
    func verify(_ day: CivilDate, _ verification: FigureVerification) async throws -> (
        compared: Int, differences: [FigureVerification.Difference]
    ) {
        let centre = try await centre.centre()
        var settings = try await currentSettings()
        // The bounds of single queues are a matter of reading, not of counting.
        settings.queues = [:]
        settings.serviceCalendar = nil
        let zone = try clock(of: centre)
        let starts = centre.businessDayStarts ?? .midnight
        let span = zone.span(ofBusinessDay: day, startingAt: starts)
        let window = settings.repeatWindow
        let settled = now() - window
        let counted = try await verification.counts(
            from: span.lowerBound, to: span.upperBound, level: Int64(settings.serviceLevelSeconds) * 1_000,
            connect: Int64(settings.connectSeconds) * 1_000, satisfied: Int64(settings.satisfiedFrom),
            management: centre.managementReasons, window: window, settled: settled)
        let reported = try await reportedCounts(day, centre, settings, zone, settled)
        var differences: [FigureVerification.Difference] = []
        var compared = 0
        for place in Set(counted.keys).union(reported.keys).sorted() {
            let (ours, theirs) = (reported[place] ?? [:], counted[place] ?? [:])
            for term in Set(ours.keys).union(theirs.keys).sorted() {
                compared += 1
                if ours[term] ?? 0 != theirs[term] ?? 0 {
                    differences.append(
                        .init(
                            place: place, term: term, reported: ours[term] ?? 0, counted: theirs[term] ?? 0))
                }
            }
        }
        return (compared, differences)
    }

    /// The same places and terms out of the rows that reports are made of.
    private func reportedCounts(
        _ day: CivilDate, _ centre: Centre, _ settings: FigureSettings, _ zone: ZoneTransitions,
        _ settled: Timestamp
    ) async throws -> FigureVerification.Counts {
        var counts: FigureVerification.Counts = [:]
        let starts = centre.businessDayStarts ?? .midnight
        func groups(_ by: FigureQuery.Dimension, interval: Bool) async throws -> [TermStore.Group: Terms] {
            var query = FigureQuery(from: day, to: day, by: interval ? .interval : by)
            query.interval = 30
            let period = ReportPeriod(query, zone: zone, dayStarts: starts)
            query.by = by
            // As of the beginning of time: what goes on at this moment is in no fact yet.
            var counting = Self.counting(query, centre, settings, Timestamp(milliseconds: 0), period)
            counting.settledBefore = settled
            return try await terms.terms(period, counting).groups
        }
        func put(_ place: String, _ terms: Terms, _ wanted: (Term) -> Bool) {
            for (term, value) in terms.all where wanted(term) {
                counts[place, default: [:]][term.rawValue, default: 0] += value
            }
        }
        for (group, terms) in try await groups(.queue, interval: true) {
            put("queue \(group.key) \(group.step)", terms) { $0.isOfEntries }
        }
        for (group, terms) in try await groups(.agent, interval: false) where !group.key.isEmpty {
            put("agent \(group.key)", terms) { $0.isOfStaff }
        }
        for (_, terms) in try await groups(.total, interval: false) { put("day", terms) { $0.isOfContacts } }
        return counts
    }
}

extension Term {
    fileprivate var isOfEntries: Bool {
        switch self {
        case .offered, .answered, .abandoned, .shortAbandoned, .overflowed, .callback, .voicemail, .dissuaded,
            .released, .waiting, .answeredIn, .abandonedIn, .answeredInConnect, .waitAnswered, .ring, .talk,
            .hold, .wrapUp, .handled:
            true
        default: false
        }
    }
    fileprivate var isOfStaff: Bool {
        switch self {
        case .idle, .ringing, .talkTime, .holdTime, .wrapUpTime, .notReady, .onBreak, .management, .signedIn,
            .agentDays:
            true
        default: false
        }
    }
    fileprivate var isOfContacts: Bool {
        switch self {
        case .contacts, .selfServed, .rejected, .requests, .ratingsAsked, .ratings, .ratingSum, .satisfied,
            .issues, .resolvedFirst:
            true
        default: false
        }
    }
}
