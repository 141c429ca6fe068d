import Contracts
import Kernel
import Testing

@testable import Reporting

/// A whole year against the year before (missions F04, P15): more contacts, fewer people, happier customers.
@Suite struct YearTests {
    private static let year = 365
    private static let hour: Int64 = 3_600
    /// Business days of work in each of the two years, a month apart.
    private static let workdays = stride(from: 10, to: 340, by: 30)

    /// A working day, so many days before the last of the period: each agent takes so many contacts from 09:00 to 17:00,
    /// and the first `unhappy` ratings are a 2.
    private static func work(
        _ writer: FactWriter, daysBefore: Int, agents: [(AgentID, seat: Int)], each: Int, unhappy: Int
    ) {
        let morning = FactWriter.clock("09:00:00") - .seconds(Int64(daysBefore) * 24 * hour)
        var left = unhappy
        for (agent, seat) in agents {
            writer.signIn(agent, seat: seat, at: morning)
            for number in 0..<each {
                let entered = morning + .seconds(Int64(number) * 600 + 60)
                let id = writer.arrive(at: entered - .seconds(5))
                writer.answer(
                    id, TestCentre.tea, by: agent, entered: entered, wait: 4, talk: 100,
                    rating: left > 0 ? 2 : 5, asksRating: true)
                left -= 1
            }
            writer.signOut(agent, at: morning + .seconds(8 * hour))
        }
    }

    private static func twoYears() -> FactWriter {
        let writer = FactWriter()
        let (ann, bo, chen) = ((TestCentre.ann, 0), (TestCentre.bo, 1), (TestCentre.chen, 2))
        for day in workdays {
            // Eleven days: three people with four contacts each the year before, two with eighteen each this year.
            work(writer, daysBefore: day + year, agents: [ann, bo, chen], each: 4, unhappy: 1)
            work(writer, daysBefore: day, agents: [ann, bo], each: 18, unhappy: 0)
        }
        return writer
    }

    private static func query(_ by: FigureQuery.Dimension) -> FigureQuery {
        FigureQuery(
            from: FactWriter.day.advanced(by: 1 - year), to: FactWriter.day, by: by, comparison: .year)
    }

    @Test(arguments: StoreUnderTest.all)
    func `F04 P15: productivity, people and satisfaction of a year stand beside those of the year before`(
        store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            try await Self.twoYears().write(to: database)
            let feature = ReportingFeature.over(database)
            try await feature.catchUp()

            let report = try await feature.service.report(Self.query(.total))
            let before = try #require(report.comparison)
            func value(_ key: String, _ row: FigureReport.Row) throws -> Double? {
                try #require(report.figures.first { $0.key == key }).value(row.terms)
            }
            // Three times the contacts with a third fewer people.
            #expect(report.main.total.terms[.handled] == 396 && before.total.terms[.handled] == 132)
            #expect(report.main.total.terms[.agentDays] == 22 && before.total.terms[.agentDays] == 33)
            #expect(try value("handledPerFTE", report.main.total) == 18)
            #expect(try value("handledPerFTE", before.total) == 4)
            #expect(try value("satisfaction", report.main.total) == 100)
            // 121 of 132.
            #expect(try value("satisfaction", before.total) == 91.7)

            let days = try await feature.service.report(Self.query(.day))
            #expect(days.main.rows.count == 365)
            #expect(days.main.rows.count { $0.terms[.handled] == 36 } == 11)
            let sites = try await feature.service.report(Self.query(.site))
            let north = try #require(sites.main.rows.first { $0.key == "north" })
            let northBefore = try #require(sites.comparison?.rows.first { $0.key == "north" })
            #expect(try value("satisfaction", north) == 100)
            #expect(try value("satisfaction", northBefore) == 75)
            let agents = try await feature.service.report(Self.query(.agent))
            #expect(agents.comparison?.rows.count { $0.terms[.ratings] == 44 } == 3)
        }
    }
}
