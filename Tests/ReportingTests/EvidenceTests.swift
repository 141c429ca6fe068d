import Contracts
import Kernel
import Storage
import Testing

@testable import Reporting

/// The way from a number to its contacts, cross tables, and figures of people and places, on the day counted by hand.
@Suite struct EvidenceTests {
    private func onTheDay<R: Sendable>(
        _ store: StoreUnderTest, partTime: Set<String> = [], now: Timestamp = FactWriter.clock("48:00:00"),
        _ body: @escaping @Sendable (FigureService) async throws -> R
    ) async throws -> R {
        try await store.open { database in
            try await DayTests.day().write(to: database)
            let feature = ReportingFeature.over(database, centre: TestCentre(partTime: partTime), now: now)
            try await feature.catchUp()
            return try await body(feature.service)
        }
    }

    private static func query(_ by: FigureQuery.Dimension = .total) -> FigureQuery {
        FigureQuery(from: FactWriter.day, to: FactWriter.day, by: by)
    }

    /// Every page of a term's contacts.
    private static func all(
        _ term: Term, _ query: FigureQuery, of service: FigureService, from: Timestamp? = nil,
        until: Timestamp? = nil, page: Int = 500
    ) async throws -> [FigureEvidence] {
        var all: [FigureEvidence] = []
        var position: String?
        while true {
            let found = try await service.evidence(
                term, query, from: from, until: until, after: position, limit: page)
            all += found
            guard let last = found.last, found.count == page else { return all }
            position = "\(last.at.milliseconds) \(last.interaction) \(last.ordinal)"
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func
        `D29: behind every number stand as many contacts as it says, in the whole, in each interval, page by page`(
            store: StoreUnderTest
        ) async throws
    {
        try await onTheDay(store) { service in
            let report = try await service.report(Self.query(.interval))
            let counted: [Term] = [
                .offered, .answered, .abandoned, .shortAbandoned, .overflowed, .callback, .voicemail,
                .dissuaded,
                .released, .waiting, .answeredIn, .abandonedIn, .answeredInConnect, .inHoursOffered,
                .inHoursAnswered, .handled, .contacts, .selfServed, .rejected, .requests, .ratingsAsked,
                .ratings,
                .satisfied,
            ]
            for term in counted {
                let whole = try await Self.all(term, Self.query(), of: service)
                #expect(Int64(whole.count) == report.main.total.terms[term], "\(term)")
                #expect(try await Self.all(term, Self.query(), of: service, page: 4) == whole, "\(term)")
            }
            for row in report.main.rows where row.terms[.offered] > 0 {
                let found = try await Self.all(
                    .answered, Self.query(), of: service, from: row.startsAt, until: row.endsAt)
                #expect(Int64(found.count) == row.terms[.answered], "\(row.key)")
            }
            var ann = Self.query()
            ann.filter.agents = [TestCentre.ann]
            let hers = try await Self.all(.answered, ann, of: service)
            #expect(
                hers.count == 12 && hers.allSatisfy { $0.agent == TestCentre.ann && $0.ending == "answered" })
            #expect(hers.first?.waitedMs == 1_000 && hers.first?.rating == 5)
            #expect(try await Self.all(.idle, Self.query(), of: service).isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `Q28: contacts by source and type are one table whose cells are the whole`(
        store: StoreUnderTest
    ) async throws {
        try await onTheDay(store) { service in
            let report = try await service.report(Self.query(.originType))
            let cells = Dictionary(
                uniqueKeysWithValues: report.main.rows.map { ($0.key, $0.terms[.contacts]) })
            #expect(cells == ["external|": 30, "external|enquiry": 1, "internal|": 6])
            #expect(report.main.total.terms[.contacts] == 37)
            var enquiries = Self.query(.origin)
            enquiries.filter.requestType = "enquiry"
            let filtered = try await service.report(enquiries)
            #expect(filtered.main.total.terms[.contacts] == 1 && filtered.main.total.terms[.offered] == 0)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `F01 F02 F03 F04 N28: people, full-time equivalents, seats and cost of the day`(
        store: StoreUnderTest
    ) async throws {
        try await onTheDay(store, partTime: ["5002"]) { service in
            var settings = FigureSettings()
            settings.staffing = .init()
            settings.staffing?.hourCost = 6_000
            _ = try await service.change(settings, by: .init(actor: "test", address: ""))
            for by in [FigureQuery.Dimension.total, .interval, .day, .site] {
                let total = try await service.report(Self.query(by)).main.total.terms
                #expect(total[.agentDays] == 3 && total[.partTimeDays] == 1 && total[.days] == 1, "\(by)")
                #expect(total[.seatDays] == 3, "\(by)")
            }
            let report = try await service.report(Self.query(.total))
            let values = Dictionary(
                uniqueKeysWithValues: report.figures.map { ($0.key, $0.value(report.main.total.terms)) })
            #expect(values["headcount"] == 3)
            // Ann and Chen are whole, Bo counts 70 %.
            #expect(values["fteHeadcount"] == 2.7)
            // Eight, four and three hours of eight each.
            #expect(values["fteHours"] == 1.9)
            #expect(values["seatReuse"] == 1)
            // Of 15 hours 20 minutes of rest and ten of meeting.
            #expect(values["breakShare"] == 2.2 && values["managementShare"] == 1.1)
            // 22 conversations in 15 hours: 11.7 in eight; at 60.00 an hour each costs 40.91.
            #expect(report.main.total.terms[.handled] == 22)
            #expect(values["handledPerFTE"] == 11.7)
            #expect(values["costPerContact"] == 40.91)
            let shares = ["handlingShare", "idleShare", "breakShare", "managementShare", "notReadyShare"]
                .compactMap { values[$0] ?? nil }
            #expect(shares.count == 5 && (99.0...100.0).contains(shares.reduce(0, +)))
            // Two days of which one has nobody.
            let two = try await service.report(
                FigureQuery(from: FactWriter.day.advanced(by: 2), to: FactWriter.day.advanced(by: 3)))
            #expect(two.main.total.terms[.days] == 2 && two.main.total.terms[.agentDays] == 0)
        }
    }

    @Test func `D16: a day that is not over is compared with the earlier one up to the same time of day`()
        async throws
    {
        let database = try SQLiteDatabase.inMemory()
        try await database.migrate(StorageSchema.migrations + ReportingFeature.migrations)
        try await DayTests.day().write(to: database)
        let feature = ReportingFeature.over(database, now: FactWriter.clock("35:00:00"))
        try await feature.catchUp()
        let next = FactWriter.day.advanced(by: 1)
        var query = FigureQuery(from: next, to: next, by: .interval, comparison: .previous)
        let comparison = try #require(try await feature.service.report(query).comparison)
        #expect(comparison.until == FactWriter.clock("11:00:00"))
        let morning = comparison.rows.filter { $0.startsAt.map { $0 < FactWriter.clock("11:00:00") } == true }
        let offered = morning.reduce(0) { $0 + $1.terms[.offered] }
        #expect(offered > 17 && comparison.total.terms[.offered] == offered)
        #expect(comparison.rows.count == 48, "rows by time are not cut")
        query.by = .queue
        let queues = try #require(try await feature.service.report(query).comparison)
        #expect(queues.rows.reduce(0) { $0 + $1.terms[.offered] } == offered)
        // A day that is over is compared whole.
        let whole = try #require(
            try await ReportingFeature.over(database, now: FactWriter.clock("60:00:00")).service.report(query)
                .comparison)
        #expect(whole.until == nil && whole.total.terms[.offered] > offered)
    }

    @Test func `N28: who has been idle since the sign-in is there too`() async throws {
        try await StoreUnderTest.embedded.open { database in
            let day = FactWriter()
            day.signIn(TestCentre.ann, seat: 0, at: FactWriter.clock("09:00:00"))
            try await day.write(to: database)
            let feature = ReportingFeature.over(database, now: FactWriter.clock("09:10:00"))
            try await feature.catchUp()
            let total = try await feature.service.report(Self.query()).main.total.terms
            #expect(total[.agentDays] == 1 && total[.seatDays] == 1 && total[.idle] == 600_000)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `F02: a meeting that goes on counts as management already`(store: StoreUnderTest) async throws {
        try await store.open { database in
            let day = FactWriter()
            day.signIn(TestCentre.ann, seat: 0, at: FactWriter.clock("09:00:00"))
            day.presence(TestCentre.ann, "break", reason: "meeting", at: FactWriter.clock("09:10:00"))
            try await day.write(to: database)
            let feature = ReportingFeature.over(database, now: FactWriter.clock("09:30:00"))
            try await feature.catchUp()
            let total = try await feature.service.report(Self.query()).main.total.terms
            #expect(total[.onBreak] == 1_200_000 && total[.management] == 1_200_000)
        }
    }

    @Test func `what people count as is checked by field`() {
        for (field, change) in [
            ("staffing.fteHours", { $0.fteHours = 0 }),
            ("staffing.partTimePercent", { $0.partTimePercent = 101 }),
            ("staffing.hourCost", { $0.hourCost = -1 }), ("staffing.currency", { $0.currency = "yuan" }),
        ] as [(String, (inout FigureSettings.Staffing) -> Void)] {
            var settings = FigureSettings()
            var staffing = FigureSettings.Staffing()
            change(&staffing)
            settings.staffing = staffing
            let problem = #expect(throws: Problem.self) { try settings.check(calendars: [], queues: []) }
            #expect(problem?.details["field"] == field)
        }
    }
}
