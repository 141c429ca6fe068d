import Contracts
import Kernel
import Storage
import Testing

@testable import Reporting

/// A day of forty interactions on two queues, each written down by hand with what has to be counted for it.
///
/// Tea (20 s service level, 15 s connect): Ann (north, day) and Bo (south, day). Rail: Chen (south, night).
@Suite struct DayTests {
    private static func clock(_ text: String) -> Timestamp { FactWriter.clock(text) }

    /// The forty. Comments give the number of the interactions.
    static func day() -> FactWriter {
        let day = FactWriter()
        let (tea, rail) = (TestCentre.tea, TestCentre.rail)
        let (ann, bo, chen) = (TestCentre.ann, TestCentre.bo, TestCentre.chen)
        // Chen works through midnight from the day before to 01:00 and again from 22:00 to 02:00 of the next day.
        day.signIn(chen, seat: 2, at: clock("00:00:00") - .seconds(3_600))
        day.signOut(chen, at: clock("01:00:00"))
        day.signIn(chen, seat: 2, at: clock("22:00:00"))
        day.signOut(chen, at: clock("26:00:00"))
        // Ann from 09:00 to 17:00 with a break of half an hour at noon, the last ten minutes a meeting; Bo from 09:00 to 13:00, not ready at first.
        day.signIn(ann, seat: 0, at: clock("09:00:00"))
        day.presence(ann, "break", reason: "lunch", at: clock("12:00:00"))
        day.presence(ann, "break", reason: "meeting", at: clock("12:20:00"))
        day.presence(ann, "ready", at: clock("12:30:00"))
        day.signOut(ann, at: clock("17:00:00"))
        day.signIn(bo, seat: 1, at: clock("09:00:00"), ready: false)
        day.presence(bo, "ready", at: clock("09:15:00"))
        day.signOut(bo, at: clock("13:00:00"))

        // 1: entered the queue a second before midnight: yesterday's, answered today.
        let first = day.arrive(at: clock("00:00:00") - .seconds(20))
        day.answer(first, rail, by: chen, entered: clock("00:00:00") - .seconds(1), wait: 5, talk: 60)
        // 2: entered a second before the next midnight: today's, answered tomorrow.
        let last = day.arrive(at: clock("23:59:50"))
        day.answer(last, rail, by: chen, entered: clock("23:59:59"), wait: 6, talk: 100, wrapUp: 20)
        // 3-14: twelve of tea for Ann at every tenth minute from 09:00, waits 1, 5, 10, 15, 16, 20, 21, 30, 60, 2, 2, 2.
        let waits: [Int64] = [1, 5, 10, 15, 16, 20, 21, 30, 60, 2, 2, 2]
        for (index, wait) in waits.enumerated() {
            let entered = clock("09:00:00") + .seconds(Int64(index) * 600)
            let id = day.arrive(at: entered - .seconds(10))
            // Three are rated: 5, 4, 2; two more were asked.
            let rating = [5, 4, 2]
            day.answer(
                id, tea, by: ann, entered: entered, wait: wait, ring: 1, talk: 100, hold: index == 0 ? 30 : 0,
                rating: index < 3 ? rating[index] : nil, asksRating: index < 5)
        }
        // 15-20: six of tea for Bo at 10:05, 10:15, ..., from inside.
        for index in 0..<6 {
            let entered = clock("10:05:00") + .seconds(Int64(index) * 600)
            let id = day.arrive(at: entered, origin: "internal", number: "5187")
            day.answer(id, tea, by: bo, entered: entered, wait: 4, talk: 50, wrapUp: 5)
        }
        // 21-23: abandoned after 6, 20 and 45 s; 24-25: short, after 2 s.
        for (index, wait) in [Int64(6), 20, 45].enumerated() {
            let entered = clock("11:00:00") + .seconds(Int64(index) * 60)
            let id = day.arrive(at: entered)
            day.enter(id, tea, at: entered)
            day.leave(id, tea, "abandoned", waited: wait, entered: entered)
            day.end(id, at: entered + .seconds(wait))
        }
        for index in 0..<2 {
            let entered = clock("11:10:00") + .seconds(Int64(index) * 60)
            let id = day.arrive(at: entered)
            day.enter(id, tea, at: entered)
            day.leave(id, tea, "shortAbandoned", waited: 2, entered: entered)
            day.end(id, at: entered + .seconds(2))
        }
        others(day)
        return day
    }

    private static func others(_ day: FactWriter) {
        let (tea, rail) = (TestCentre.tea, TestCentre.rail)
        // 26: overflows from tea to rail after 30 s and is answered there by Chen at 22:10: two entries.
        let flowing = day.arrive(at: clock("22:09:00"))
        day.enter(flowing, tea, at: clock("22:09:00"))
        day.leave(flowing, tea, "overflowed", waited: 30, entered: clock("22:09:00"))
        day.answer(flowing, rail, by: TestCentre.chen, entered: clock("22:09:30"), wait: 30, talk: 40)
        // 27: loses its agent and waits again: two entries, both answered by Chen.
        let again = day.arrive(at: clock("22:30:00"))
        day.enter(again, rail, at: clock("22:30:00"))
        day.fact(
            "fact.queue.entryEnded", at: clock("22:30:08"), again, agent: TestCentre.chen, queue: rail,
            payload: "{\"ending\":\"answered\",\"waited\":8000}")
        day.fact(
            "fact.conversation.ended", at: clock("22:30:20"), again, agent: TestCentre.chen,
            payload: "{\"by\":\"system\",\"talked\":12000,\"held\":0}")
        day.answer(again, rail, by: TestCentre.chen, entered: clock("22:30:20"), wait: 10, talk: 30)
        // 28-31: dissuaded, callback, voicemail, released by the system.
        for (index, ending) in ["dissuaded", "callback", "voicemail", "releasedBySystem"].enumerated() {
            let entered = clock("14:00:00") + .seconds(Int64(index) * 60)
            let id = day.arrive(at: entered)
            day.enter(id, rail, at: entered)
            day.leave(id, rail, ending, waited: 12, entered: entered)
            day.end(id, at: entered + .seconds(12), by: "system")
        }
        // 32-34: served by the platform alone; 35-36: not let in.
        for index in 0..<3 {
            let id = day.arrive(at: clock("15:00:00") + .seconds(Int64(index)))
            day.end(id, at: clock("15:01:00"))
        }
        for index in 0..<2 {
            let id = day.arrive(at: clock("15:10:00") + .seconds(Int64(index)), answered: false)
            day.fact("fact.call.rejected", at: clock("15:10:01"), id, payload: "{\"reason\":\"linesFull\"}")
            day.end(id, at: clock("15:10:01"), by: "rejected")
        }
        // 37: waits to this hour. 38: a test of a flow, which is nobody's.
        let waiting = day.arrive(at: clock("23:00:00"))
        day.enter(waiting, rail, at: clock("23:00:00"))
        let test = day.arrive(at: clock("10:00:00"), origin: "test")
        day.answer(test, tea, by: TestCentre.bo, entered: clock("12:40:00"), wait: 2, talk: 5, wrapUp: 1)
        // 39: another day's. 40: with a request type, changed once after its end.
        let tomorrow = day.arrive(at: clock("24:00:00"))
        day.end(tomorrow, at: clock("24:00:30"))
        let typed = day.arrive(at: clock("16:00:00"))
        day.end(typed, at: clock("16:00:30"))
        for (minute, type) in ["complaint", "enquiry"].enumerated() {
            day.fact(
                "interaction.classified", at: clock("16:01:00") + .seconds(Int64(minute)), typed,
                payload: "{\"disposition\":null,\"requestType\":\"\(type)\"}")
        }
    }

    private func report(
        _ by: FigureQuery.Dimension, store: StoreUnderTest, change: (inout FigureQuery) -> Void = { _ in }
    ) async throws -> FigureReport {
        try await store.open { database in
            try await Self.day().write(to: database)
            let feature = ReportingFeature.over(database)
            try await feature.catchUp()
            var query = FigureQuery(from: FactWriter.day, to: FactWriter.day, by: by)
            change(&query)
            return try await feature.service.report(query)
        }
    }

    private func check(_ terms: Terms, _ wanted: [Term: Int64], _ place: String = "") {
        for (term, value) in wanted.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            #expect(terms[term] == value, "\(place) \(term)")
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `N26 the day counted by hand: every ending, midnight, overflow and waiting again`(
        store: StoreUnderTest
    )
        async throws
    {
        let report = try await report(.queue, store: store)

        // Tea: 12 of Ann, 6 of Bo, 3 + 2 abandoned, 1 overflowed. Waits up to 15 s: 1 5 10 15 2 2 2 and six 4; up to 20: 16, 20.
        let tea = try #require(report.main.rows.first { $0.key == "tea" }).terms
        check(
            tea,
            [
                .offered: 24, .answered: 18, .abandoned: 5, .shortAbandoned: 2, .overflowed: 1, .waiting: 0,
                .answeredIn: 15, .answeredInConnect: 13, .abandonedIn: 4, .waitAnswered: (184 + 24) * 1_000,
                .longestWait: 60_000, .ring: (12 + 12) * 1_000, .talk: (1_200 + 300) * 1_000, .hold: 30_000,
                .wrapUp: (120 + 30) * 1_000, .handled: 18, .idle: 0,
            ], "tea")
        // Rail: 2, the second entry of 26, both entries of 27, 28-31, 37. The first is yesterday's.
        let rail = try #require(report.main.rows.first { $0.key == "rail" }).terms
        check(
            rail,
            [
                .offered: 9, .answered: 4, .abandoned: 0, .dissuaded: 1, .callback: 1, .voicemail: 1,
                .released: 1, .waiting: 1, .answeredIn: 3, .waitAnswered: (6 + 30 + 8 + 10) * 1_000,
                .talk: (100 + 40 + 12 + 30) * 1_000, .wrapUp: (20 + 10 + 10) * 1_000, .handled: 4,
            ], "rail")
        // Contacts: forty without yesterday's, the test and tomorrow's.
        check(
            report.main.total.terms,
            [
                .contacts: 37, .selfServed: 4, .rejected: 2, .requests: 1, .ratingsAsked: 5, .ratings: 3,
                .ratingSum: 11, .satisfied: 2, .offered: 33,
            ], "day")
        #expect(report.isComplete)
    }

    @Test(arguments: StoreUnderTest.all)
    func `P01 the time of staff counts where it is spent, and a shift over midnight in both days`(
        store: StoreUnderTest
    ) async throws {
        let report = try await report(.agent, store: store)

        func terms(_ number: String) throws -> Terms {
            try #require(report.main.rows.first { $0.key == number }).terms
        }
        // Eight hours; 12 calls with 1 s of ringing, 100 s of talk, 10 s of wrap-up, 30 s of hold; half an hour of lunch.
        check(
            try terms("5001"),
            [
                .signedIn: 28_800_000, .onBreak: 1_800_000, .management: 600_000, .talkTime: 1_200_000,
                .holdTime: 30_000,
                .wrapUpTime: 120_000, .ringing: 12_000, .idle: 28_800_000 - 1_800_000 - 1_362_000,
                .notReady: 0, .answered: 12, .offers: 12,
            ], "Ann")
        // Four hours, of which a quarter not ready; the test's call took time of Bo too.
        check(
            try terms("5002"),
            [.signedIn: 14_400_000, .notReady: 900_000, .talkTime: 305_000, .answered: 6], "Bo")
        // Chen: an hour and two hours of this day. Call 1 talks from 00:00:04, call 2 ends tomorrow.
        check(try terms("5003"), [.signedIn: 10_800_000, .answered: 4], "Chen")
        // Who has nobody belongs to the whole alone.
        #expect(report.main.rows.map(\.key) == ["5001", "5002", "5003"])
    }

    @Test(arguments: StoreUnderTest.all)
    func `D29 in every interval as much is offered as ended or waits, and the intervals are the day`(
        store: StoreUnderTest
    ) async throws {
        let report = try await report(.interval, store: store) { $0.interval = 15 }

        #expect(report.main.rows.count == 96)
        #expect(report.main.rows.first?.key == "00:00" && report.main.rows.last?.key == "23:45")
        var sum = Terms()
        for row in report.main.rows {
            #expect(row.terms[.offered] == row.terms.ended + row.terms[.waiting], "\(row.key)")
            sum.add(row.terms)
        }
        // Days are not the sum of their parts.
        var whole = report.main.total.terms
        for term in [Term.agentDays, .partTimeDays, .seatDays, .days] { whole[term] = 0 }
        #expect(sum == whole)
        let late = try #require(report.main.rows.last).terms
        check(late, [.offered: 1, .answered: 1, .talk: 100_000], "23:45")
        // Ann's call of 09:00 waits a second, then talks 100 s, holds 30 s, wraps up 10 s.
        let nine = try #require(report.main.rows.first { $0.key == "09:00" }).terms
        check(
            nine, [.offered: 2, .answered: 2, .holdTime: 30_000, .signedIn: 1_800_000, .notReady: 900_000],
            "09:00")
    }

    @Test(arguments: StoreUnderTest.all)
    func `D29 the same day counted by SQL over the facts is equal in every number`(store: StoreUnderTest)
        async throws
    {
        try await store.open { database in
            try await Self.day().write(to: database)
            let feature = ReportingFeature.over(database)
            try await feature.catchUp()

            for day in [FactWriter.day.advanced(by: -1), FactWriter.day, FactWriter.day.advanced(by: 1)] {
                let (compared, differences) = try await feature.verify(day)
                #expect(differences.isEmpty, "\(day)")
                #expect(compared > 0, "\(day)")
            }
            // A row that somebody touched is found.
            try await database.write {
                try $0.execute("update figure_entry set waited_ms = 1 where ordinal = 2")
            }
            let (_, differences) = try await feature.verify(FactWriter.day)
            #expect(differences.contains { $0.contains("waitAnswered") })
            // The log is the truth: folded anew everything is equal again.
            try await feature.rebuild()
            #expect(try await feature.verify(FactWriter.day).differences.isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `Facts that come one by one, with a restart after each, give the same rows`(store: StoreUnderTest)
        async throws
    {
        try await store.open { database in
            let facts = Self.day().events.enumerated().sorted {
                ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
            }.map(\.element)
            for fact in facts {
                try await database.tenant(tenant).write { tx in
                    try EventLog.append([fact], tenant: tenant, in: tx)
                }
                try await ReportingFeature.over(database).catchUp()
            }
            let (compared, differences) = try await ReportingFeature.over(database).verify(FactWriter.day)
            #expect(differences.isEmpty)
            #expect(compared > 100)
        }
    }

    /// Every folded row as text.
    private func rows(of database: any Database) async throws -> [String] {
        try await database.read { tx in
            try ["figure_contact", "figure_entry", "figure_staff", "figure_stay"].flatMap { table in
                try tx.rows("select * from \(SQL.identifier(table))").map { "\(table) \($0.described)" }
                    .sorted()
            }
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `Batches of any size, with a restart after each or without, give the same rows`(
        store: StoreUnderTest
    ) async throws {
        var former: [String]?
        for size in [Int64(1), 7, 1_000] {
            for restarts in [false, true] {
                let found = try await store.open { database in
                    try await Self.day().write(to: database)
                    let folds = FoldStore(database.tenant(tenant))
                    var (sequence, fold) = try await folds.state()
                    while true {
                        let after = sequence
                        let events = try await database.read { tx in
                            try EventLog.read(tenant, after: after, limit: Int(size), in: tx)
                        }
                        guard let last = events.last?.sequence else { break }
                        let changes = fold.apply(events)
                        #expect(try await folds.commit(changes, fold, from: after, to: last))
                        sequence = last
                        if restarts { fold = try await folds.state().fold }
                    }
                    return try await rows(of: database)
                }
                #expect(found.count > 100)
                if let former { #expect(found == former, "\(size), restarts: \(restarts)") }
                former = found
            }
        }
        // The stretches of a start, which read nothing but what matters.
        let found = try await store.open { database in
            try await Self.day().write(to: database)
            try await ReportingFeature.over(database).catchUp()
            return try await rows(of: database)
        }
        #expect(found == former)
    }

    @Test(arguments: StoreUnderTest.all)
    func `A call that ends while its entry is open was released by the system, by both ways of counting`(
        store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            // An engine of another version began without the contact: nothing ended the entry, nor a conversation.
            let day = FactWriter()
            day.signIn(TestCentre.ann, seat: 0, at: Self.clock("09:00:00"))
            let id = day.arrive(at: Self.clock("10:00:00"))
            day.enter(id, TestCentre.tea, at: Self.clock("10:00:05"))
            day.enter(id, TestCentre.rail, at: Self.clock("10:00:20"))
            day.end(id, at: Self.clock("10:01:00"), by: "system")
            let talking = day.arrive(at: Self.clock("10:00:00"))
            day.enter(talking, TestCentre.tea, at: Self.clock("10:00:05"))
            day.fact(
                "fact.queue.entryEnded", at: Self.clock("10:00:10"), talking, agent: TestCentre.ann,
                queue: TestCentre.tea, payload: "{\"ending\":\"answered\",\"waited\":5000}")
            day.end(talking, at: Self.clock("10:02:00"), by: "system")
            // What comes after the end changes nothing.
            day.leave(id, TestCentre.rail, "abandoned", waited: 300, entered: Self.clock("10:00:20"))
            try await day.write(to: database)
            let feature = ReportingFeature.over(database)
            try await feature.catchUp()

            let report = try await feature.service.report(
                FigureQuery(from: FactWriter.day, to: FactWriter.day, by: .queue))
            check(
                try #require(report.main.rows.first { $0.key == "tea" }).terms,
                [
                    .offered: 2, .released: 1, .answered: 1, .waiting: 0, .handled: 0, .longestWait: 55_000,
                ], "tea")
            check(
                try #require(report.main.rows.first { $0.key == "rail" }).terms,
                [.offered: 1, .released: 1, .waiting: 0, .abandoned: 0, .longestWait: 40_000], "rail")
            #expect(try await feature.verify(FactWriter.day).differences.isEmpty)
            // Nothing of it is followed any more.
            #expect(try await FoldStore(database.tenant(tenant)).state().fold.contacts.isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `Two programs that fold the same log count nothing twice`(store: StoreUnderTest) async throws {
        try await store.open { database in
            try await Self.day().write(to: database)
            async let first: Void = ReportingFeature.over(database).catchUp()
            async let second: Void = ReportingFeature.over(database).catchUp()
            _ = try await (first, second)

            #expect(try await ReportingFeature.over(database).verify(FactWriter.day).differences.isEmpty)
        }
    }

    @Test(arguments: StoreUnderTest.all)
    func `Filters narrow contacts and people; sites and teams add up`(store: StoreUnderTest) async throws {
        let inside = try await report(.total, store: store) { $0.filter.origin = "internal" }
        check(inside.main.total.terms, [.offered: 6, .contacts: 6, .signedIn: 0])
        let site = try await report(.site, store: store)
        check(try #require(site.main.rows.first { $0.key == "north" }).terms, [.answered: 12])
        check(
            try #require(site.main.rows.first { $0.key == "south" }).terms,
            [.answered: 10, .signedIn: 25_200_000])
        let team = try await report(.team, store: store)
        check(try #require(team.main.rows.first { $0.key == "day" }).terms, [.answered: 18])
        let types = try await report(.requestType, store: store)
        #expect(types.main.rows.map(\.key) == ["enquiry"])
        let own = try await report(.agent, store: store) { $0.filter.agents = [TestCentre.bo] }
        #expect(own.main.rows.map(\.key) == ["5002"])
    }

    @Test(arguments: StoreUnderTest.all)
    func `D18 the connect rate in hours counts what came while the service calendar was open`(
        store: StoreUnderTest
    ) async throws {
        var centre = TestCentre()
        let morning = OpeningInterval(
            opens: try #require(LocalTime("09:00")), closes: try #require(LocalTime("11:00")))
        let calendar = try BusinessCalendar(
            zone: .shanghai, weekly: WeeklyHours([morning], on: [.tuesday]))
        centre.calendars = [CentreCalendar(id: CalendarID(41), key: "morning", calendar: calendar)]
        try await store.open { [centre] database in
            try await Self.day().write(to: database)
            let service = ReportingFeature.over(database, centre: centre).service
            try await ReportingFeature.over(database, centre: centre).catchUp()
            var settings = FigureSettings()
            settings.serviceCalendar = "morning"
            settings.queues = ["tea": .init(serviceLevelSeconds: 5)]
            _ = try await service.change(settings, by: .init(actor: "test", address: ""))

            let report = try await service.report(
                FigureQuery(from: FactWriter.day, to: FactWriter.day, by: .queue))
            // Ann's twelve from 09:00 to 10:50 and Bo's six from 10:05 to 10:55, all answered; the abandoned came from 11:00 on.
            let tea = try #require(report.main.rows.first { $0.key == "tea" }).terms
            check(tea, [.inHoursOffered: 18, .inHoursAnswered: 18, .answeredIn: 11], "tea")
            let rail = try #require(report.main.rows.first { $0.key == "rail" }).terms
            check(rail, [.inHoursOffered: 0, .answeredIn: 3], "rail")
            let rate = try #require(report.figures.first { $0.key == "inHoursConnectRate" })
            #expect(rate.value(report.main.total.terms) == 100)
            #expect(rate.value(rail) == nil)
        }
    }

    @Test func `D23 utilisation is the time of handling and waiting for work, of the time signed in`()
        async throws
    {
        let report = try await report(.agent, store: .embedded)
        let utilisation = try #require(report.figures.first { $0.key == "utilisation" })
        let ann = try #require(report.main.rows.first { $0.key == "5001" })
        // Half an hour of eight hours was lunch.
        #expect(utilisation.value(ann.terms) == 93.8)
    }

    @Test(arguments: StoreUnderTest.all)
    func `A wrap-up that ends while the customer waits in another queue stays with its agent`(
        store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            let day = FactWriter()
            let (ann, chen) = (TestCentre.ann, TestCentre.chen)
            day.signIn(ann, seat: 0, at: Self.clock("09:00:00"))
            day.signIn(chen, seat: 2, at: Self.clock("09:00:00"))
            let id = day.arrive(at: Self.clock("10:00:00"))
            for (queue, agent, start, wrapUp) in [
                (TestCentre.tea, ann, "10:00:00", Int64(20)), (TestCentre.rail, chen, "10:01:01", 7),
            ] {
                let entered = Self.clock(start)
                day.enter(id, queue, at: entered)
                day.fact(
                    "fact.queue.entryEnded", at: entered + .seconds(30), id, agent: agent, queue: queue,
                    payload: "{\"ending\":\"answered\",\"waited\":30000}")
                day.fact(
                    "fact.conversation.ended", at: entered + .seconds(60), id, agent: agent,
                    payload: "{\"by\":\"agent\",\"talked\":30000,\"held\":0}")
                // Ann's ends at 10:01:20, when the customer waits in the second queue.
                day.fact(
                    "fact.wrapUp.ended", at: entered + .seconds(60 + wrapUp), id, agent: agent,
                    payload: "{\"lasted\":\(wrapUp * 1_000)}")
            }
            day.end(id, at: Self.clock("10:03:00"))
            try await day.write(to: database)
            let feature = ReportingFeature.over(database)
            try await feature.catchUp()

            let report = try await feature.service.report(
                FigureQuery(from: FactWriter.day, to: FactWriter.day, by: .agent))
            check(try #require(report.main.rows.first { $0.key == "5001" }).terms, [.wrapUp: 20_000], "Ann")
            check(try #require(report.main.rows.first { $0.key == "5003" }).terms, [.wrapUp: 7_000], "Chen")
            #expect(try await feature.verify(FactWriter.day).differences.isEmpty)
        }
    }
}
