import Contracts
import Kernel

/// Answers what the figures of a period are, and keeps how they are counted.
struct FigureService: Sendable {
    let terms: TermStore
    let settings: FigureSettingStore
    let centre: any CentreSource
    /// The clock changes of a zone by its IANA name.
    let zone: @Sendable (String) -> ZoneTransitions?
    let now: @Sendable () -> Timestamp

    // MARK: Settings

    func currentSettings() async throws -> FigureSettings {
        try await settings.document(.settings, as: FigureSettings.self) ?? FigureSettings()
    }

    func currentMarks() async throws -> FigureMarks {
        try await settings.document(.marks, as: FigureMarks.self) ?? FigureMarks()
    }

    /// Every figure in the order of columns, by the settings.
    func figures(_ settings: FigureSettings) throws -> [Figure] {
        let built = BuiltInFigures.all(
            variant: settings.serviceLevelVariant,
            seconds: (settings.serviceLevelSeconds, settings.connectSeconds),
            staffing: settings.staffing ?? .init(),
            repeatHours: settings.repeatHours ?? FigureSettings.usualRepeatHours)
        return built + (try settings.own.map { try $0.figure() })
    }

    /// Takes over settings that were made from the version that they carry.
    func change(_ new: FigureSettings, by deed: FigureSettingStore.Deed) async throws -> FigureSettings {
        let centre = try await centre.centre()
        try new.check(
            calendars: Set(centre.calendars.map(\.key)), queues: Set(centre.queues.map(\.key)))
        let former = try await currentSettings()
        var next = new
        next.version = try FigureSettings.next(new.version)
        let known = Dictionary(former.own.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        for index in next.own.indices {
            let old = known[next.own[index].key]
            let isSame = old?.formula == next.own[index].formula
            next.own[index].version = old.map { ($0.version ?? 1) + (isSame ? 0 : 1) } ?? 1
        }
        try await settings.keep(.settings, next, version: next.version, by: deed, at: now())
        return next
    }

    func change(_ new: FigureMarks, by deed: FigureSettingStore.Deed) async throws -> FigureMarks {
        let centre = try await centre.centre()
        try new.check(
            figures: Set(try figures(await currentSettings()).map(\.key)),
            queues: Set(centre.queues.map(\.key)))
        var next = new
        next.version = try FigureSettings.next(new.version)
        try await settings.keep(.marks, next, version: next.version, by: deed, at: now())
        return next
    }

    // MARK: Reports

    /// The centre's zone as a value.
    func clock(of centre: Centre) throws -> ZoneTransitions {
        guard let zone = zone(centre.zone) else {
            throw Problem(.internal, "The system does not know the centre's zone '\(centre.zone)'.")
        }
        return zone
    }

    /// The business day that it is now.
    func today(_ centre: Centre) throws -> CivilDate {
        try clock(of: centre).businessDay(of: now(), startingAt: centre.businessDayStarts ?? .midnight)
    }

    func report(_ query: FigureQuery) async throws -> FigureReport {
        let centre = try await centre.centre()
        let settings = try await currentSettings()
        let zone = try clock(of: centre)
        let dayStarts = centre.businessDayStarts ?? .midnight
        let asOf = now()
        let main = try await part(query, centre, settings, zone, asOf)
        var comparison: FigureReport.Part?
        if let other = query.compared {
            comparison = try await compared(
                other, centre, settings, zone, asOf, elapsed: asOf < main.end ? asOf - main.start : nil)
        }
        return FigureReport(
            by: query.by, interval: query.by == .interval ? query.interval : nil, zone: centre.zone,
            dayStarts: dayStarts, asOf: min(asOf, main.end), isComplete: main.end <= asOf && main.isCaughtUp,
            figures: try figures(settings), main: main.part, comparison: comparison,
            marks: try await currentMarks().items,
            annotations: try await self.settings.annotations(from: query.from, to: query.to))
    }

    /// The earlier period. While the present one is not over, the whole of the earlier one ends at the same time of day; its
    /// rows by time do not, since each is held against its own counterpart.
    private func compared(
        _ query: FigureQuery, _ centre: Centre, _ settings: FigureSettings, _ zone: ZoneTransitions,
        _ asOf: Timestamp, elapsed: TimeSpan?
    ) async throws -> FigureReport.Part {
        guard let elapsed else { return try await part(query, centre, settings, zone, asOf).part }
        let cut = try await part(query, centre, settings, zone, asOf, elapsed: elapsed)
        guard query.by.isTime else { return cut.part }
        var whole = try await part(query, centre, settings, zone, asOf).part
        whole.total = cut.part.total
        whole.until = cut.part.until
        return whole
    }

    /// The contacts or entries that a term counts in a period, or in a part of it.
    ///
    /// - Parameter position: where the page before ended: time, contact and ordinal with spaces between.
    func evidence(
        _ term: Term, _ query: FigureQuery, from: Timestamp?, until: Timestamp?, after position: String?,
        limit: Int
    ) async throws -> [FigureEvidence] {
        let centre = try await centre.centre()
        let zone = try clock(of: centre)
        let period = ReportPeriod(query, zone: zone, dayStarts: centre.businessDayStarts ?? .midnight)
        let counting = Self.counting(query, centre, try await currentSettings(), now(), period)
        let start = max(period.start, from ?? period.start)
        let end = max(start, min(period.end, until ?? period.end))
        var last: (at: Timestamp, interaction: InteractionID, ordinal: Int)?
        if let position {
            let parts = position.split(separator: " ")
            guard parts.count == 3, let at = Int64(parts[0]), let id = InteractionID(String(parts[1])),
                let ordinal = Int(parts[2])
            else { throw FigureSettings.fault("cursor", "'cursor' must be the 'next' of an earlier page.") }
            last = (Timestamp(milliseconds: at), id, ordinal)
        }
        return try await terms.evidence(term, start..<end, counting, after: last, limit: limit)
    }

    private func part(
        _ query: FigureQuery, _ centre: Centre, _ settings: FigureSettings, _ zone: ZoneTransitions,
        _ asOf: Timestamp, elapsed: TimeSpan? = nil
    ) async throws -> (
        part: FigureReport.Part, start: Timestamp, end: Timestamp, isCaughtUp: Bool
    ) {
        let period = ReportPeriod(
            query, zone: zone, dayStarts: centre.businessDayStarts ?? .midnight, elapsed: elapsed)
        let counting = Self.counting(query, centre, settings, asOf, period)
        let found = try await terms.terms(period, counting)
        let head = try await terms.head()
        let rows = ReportRows(centre: centre, period: period, by: query.by)
        let (total, parts) = rows.rows(found.groups, days: Int64(period.spans.count))
        return (
            FigureReport.Part(
                from: query.from, to: query.to, until: elapsed == nil ? nil : period.end, total: total,
                rows: parts), period.start, period.end, found.sequence >= head
        )
    }

    static func counting(
        _ query: FigureQuery, _ centre: Centre, _ settings: FigureSettings, _ asOf: Timestamp,
        _ period: ReportPeriod
    ) -> TermStore.Counting {
        let queues = Dictionary(
            centre.queues.map { ($0.key, $0.id) }, uniquingKeysWith: { first, _ in first })
        let window = settings.repeatWindow
        var counting = TermStore.Counting(
            filter: query.filter, by: query.by,
            levelMilliseconds: Int64(settings.serviceLevelSeconds) * 1_000,
            connectMilliseconds: Int64(settings.connectSeconds) * 1_000,
            satisfiedFrom: Int64(settings.satisfiedFrom), repeatMilliseconds: window.milliseconds,
            settledBefore: asOf - window, asOf: asOf)
        for (key, queue) in settings.queues {
            if let id = queues[key] { counting.levelByQueue[id] = Int64(queue.serviceLevelSeconds) * 1_000 }
        }
        counting.management = centre.managementReasons
        counting.partTime = centre.people.filter { $0.isPartTime == true }.map(\.id)
        let calendar = settings.serviceCalendar.flatMap { key in centre.calendars.first { $0.key == key } }
        counting.openHours = calendar?.calendar.openStretches(from: period.start, to: period.end)
        return counting
    }
}

extension BusinessCalendar {
    /// The stretches of a period in which the service is open, in order; `nil` where it always is.
    func openStretches(from start: Timestamp, to end: Timestamp) -> [Range<Timestamp>]? {
        if isAlwaysOpen { return nil }
        var stretches: [Range<Timestamp>] = []
        var place = start
        while place < end {
            let change = min(nextChange(after: place) ?? end, end)
            if isOpen(at: place) { stretches.append(place..<change) }
            place = change
        }
        return stretches
    }
}
