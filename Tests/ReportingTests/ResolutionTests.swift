import Contracts
import Kernel
import Sheets
import Testing

@testable import Reporting

/// Whether an issue was settled by its first contact (mission D13), by value and by the other path.
@Suite struct ResolutionTests {
    private static let hour: Int64 = 3_600
    /// Ten days after the day that the facts are of: every window of a week is over.
    private static let later = FactWriter.clock("240:00:00")

    /// What callers did; each line is one of them.
    private static func callers() -> FactWriter {
        let writer = FactWriter()
        writer.signIn(TestCentre.ann, seat: 0, at: FactWriter.clock("08:00:00"))
        func at(_ hours: Int64, _ minute: Int64) -> Timestamp {
            FactWriter.midnight + .seconds(hours * hour + minute * 60)
        }
        func served(_ hours: Int64, _ minute: Int64) -> InteractionID {
            let id = writer.arrive(at: at(hours, minute))
            writer.answer(
                id, TestCentre.tea, by: TestCentre.ann, entered: at(hours, minute) + .seconds(5), wait: 4,
                talk: 60)
            return id
        }
        func abandoned(_ hours: Int64, _ minute: Int64) -> InteractionID {
            let id = writer.arrive(at: at(hours, minute))
            writer.enter(id, TestCentre.tea, at: at(hours, minute) + .seconds(5))
            writer.leave(
                id, TestCentre.tea, "abandoned", waited: 30, entered: at(hours, minute) + .seconds(5))
            writer.end(id, at: at(hours, minute) + .seconds(35))
            return id
        }
        func trace(
            _ id: InteractionID, _ hours: Int64, _ minute: Int64, previous: InteractionID? = nil,
            after: Int64? = nil, servedAfter: Int64? = nil
        ) {
            writer.trace(
                id, at: at(hours, minute), previous: previous, after: after,
                servedAfter: servedAfter)
        }
        // Helped at once.
        trace(served(9, 0), 9, 0)
        // Gave up in the queue, came again and was helped: the issue begins where somebody spoke.
        let gaveUp = abandoned(9, 10)
        trace(gaveUp, 9, 10)
        trace(served(9, 20), 9, 20, previous: gaveUp, after: 600)
        // Not helped: came again two hours later and spoke again, which is no issue of its own.
        let first = served(9, 30)
        trace(first, 9, 30)
        trace(served(11, 30), 11, 30, previous: first, after: 2 * hour, servedAfter: 2 * hour)
        // Not helped: came again to the second after three days, and gave up.
        let second = served(9, 40)
        trace(second, 9, 40)
        trace(abandoned(81, 40), 81, 40, previous: second, after: 72 * hour, servedAfter: 72 * hour)
        // Helped twice: a second later is another issue.
        let third = served(9, 50)
        trace(third, 9, 50)
        trace(served(81, 50), 81, 50, previous: third, after: 72 * hour + 1, servedAfter: 72 * hour + 1)
        // Called twice before anybody spoke with them a day later; the call before is not the last that was served.
        let former = served(10, 0)
        trace(former, 10, 0)
        let between = abandoned(20, 0)
        trace(between, 20, 0, previous: former, after: 10 * hour, servedAfter: 10 * hour)
        trace(served(20, 10), 20, 10, previous: between, after: 600, servedAfter: 10 * hour + 600)
        // Withheld numbers, and a test of a flow.
        _ = served(10, 30)
        let test = writer.arrive(at: at(10, 40), origin: "test")
        writer.end(test, at: at(10, 41))
        trace(test, 10, 40)
        return writer
    }

    private static func resolution(
        _ feature: ReportingFeature, _ day: CivilDate = FactWriter.day, by: FigureQuery.Dimension = .total
    ) async throws -> (issues: Int64, resolved: Int64, value: Double?) {
        let report = try await feature.service.report(FigureQuery(from: day, to: day, by: by))
        let figure = try #require(report.figures.first { $0.key == "firstContactResolution" })
        let terms = report.main.total.terms
        return (terms[.issues], terms[.resolvedFirst], figure.value(terms))
    }

    @Test(arguments: StoreUnderTest.all)
    func `D13: an issue is settled by its first contact when the caller does not come again in the window`(
        store: StoreUnderTest
    ) async throws {
        try await store.open { database in
            try await Self.callers().write(to: database)
            let feature = ReportingFeature.over(database, now: Self.later)
            try await feature.catchUp()
            // Six issues on the day: at once, after giving up, and the third were settled.
            let day = try await Self.resolution(feature)
            #expect(day == (6, 3, 50))
            // Three days later the third began another issue; the second's repeat was not served.
            let after = try await Self.resolution(feature, FactWriter.day.advanced(by: 3))
            #expect(after == (1, 1, 100))
            #expect(try await Self.resolution(feature, by: .queue) == (6, 3, 50))
            #expect(try await Self.resolution(feature, by: .agent) == (6, 3, 50))

            for resolved in [FactWriter.day, FactWriter.day.advanced(by: 3)] {
                #expect(try await feature.verify(resolved).differences.isEmpty)
            }
            // The contacts behind the number are as many.
            let evidence = try await feature.service.evidence(
                .issues, FigureQuery(from: FactWriter.day, to: FactWriter.day), from: nil, until: nil,
                after: nil,
                limit: 50)
            #expect(evidence.count == 6 && evidence.allSatisfy { $0.agent == TestCentre.ann })

            // A window of one hour holds for past days too: who came again after two and ten hours was settled.
            var settings = FigureSettings()
            settings.repeatHours = 1
            _ = try await feature.service.change(settings, by: .init(actor: "test", address: ""))
            #expect(try await Self.resolution(feature) == (8, 8, 100))
            #expect(try await feature.verify(FactWriter.day).differences.isEmpty)
            let names = try await feature.service.figures(feature.service.currentSettings())
            #expect(
                names.first { $0.key == "firstContactResolution" }?.names["en"]
                    == "First-contact resolution (1 h)")
            try await feature.rebuild()
            #expect(try await Self.resolution(feature) == (8, 8, 100))
        }
    }

    @Test func `D13: an issue counts when its window is over, and not before`() async throws {
        try await StoreUnderTest.embedded.open { database in
            try await Self.callers().write(to: database)
            // Three days after 09:35: of the six those at 09:00, 09:20 and 09:30.
            let feature = ReportingFeature.over(database, now: FactWriter.clock("81:35:00"))
            try await feature.catchUp()
            #expect(try await Self.resolution(feature) == (3, 2, 66.7))
            #expect(try await feature.verify(FactWriter.day).differences.isEmpty)
            let early = ReportingFeature.over(database, now: FactWriter.clock("24:00:00"))
            #expect(try await Self.resolution(early) == (0, 0, nil))
        }
    }

    @Test(arguments: [(0, false), (721, false), (1, true), (720, true), (nil, true)] as [(Int?, Bool)])
    func `D13: a window has 1 to 720 hours`(hours: Int?, isAllowed: Bool) {
        var settings = FigureSettings()
        settings.repeatHours = hours
        let isTaken = (try? settings.check(calendars: [], queues: [])) != nil
        #expect(isTaken == isAllowed)
    }

    /// Issues of one day, of which some come again an hour later.
    private static func day(_ writer: FactWriter, _ midnight: Timestamp, issues: Int, resolved: Int) {
        writer.signIn(TestCentre.ann, seat: 0, at: midnight + .seconds(8 * hour))
        for number in 0..<issues {
            let at = midnight + .seconds(9 * hour + Int64(number) * 120)
            let id = writer.arrive(at: at)
            writer.answer(id, TestCentre.tea, by: TestCentre.ann, entered: at, wait: 4, talk: 60)
            writer.trace(id, at: at)
            guard number >= resolved else { continue }
            let again = writer.arrive(at: at + .seconds(hour))
            writer.end(again, at: at + .seconds(hour + 5))
            writer.trace(
                again, at: at + .seconds(hour), previous: id, after: hour, servedAfter: hour)
        }
        writer.signOut(TestCentre.ann, at: midnight + .seconds(17 * hour))
    }

    @Test(arguments: [
        ("connectRate", 59.5, 88.0, 28.5, 47.9), ("firstContactResolution", 44.9, 85.0, 40.1, 89.3),
        ("satisfaction", 98.2, 99.4, 1.2, 1.2),
    ])
    func `D16: each published pair in points and in per cent`(
        key: String, before: Double, after: Double, points: Double, percent: Double
    ) throws {
        let figure = try #require(
            BuiltInFigures.all(variant: 1, seconds: (20, 15)).first { $0.key == key })
        let change = FigureChange(of: figure, from: before, to: after)
        #expect(change.difference == points && change.percent == percent)
        #expect(FigureChange(of: figure, from: 0, to: after).percent == nil)
    }

    /// The published pairs: from 44.9 to 85 per cent (D16), and twelve per cent better than the year before (D13).
    @Test(arguments: [
        (before: (49, 22), after: (20, 17), values: (44.9, 85.0), points: 40.1, percent: 89.3),
        (before: (100, 75), after: (100, 84), values: (75.0, 84.0), points: 9.0, percent: 12.0),
        (before: (100, 73), after: (100, 85), values: (73.0, 85.0), points: 12.0, percent: 16.4),
    ])
    func `D13 D16: against the year before, points and per cent are both told`(
        example: (
            before: (Int, Int), after: (Int, Int), values: (Double, Double), points: Double, percent: Double
        )
    ) async throws {
        try await StoreUnderTest.embedded.open { database in
            let writer = FactWriter()
            Self.day(
                writer, FactWriter.midnight - .seconds(365 * 24 * Self.hour), issues: example.before.0,
                resolved: example.before.1)
            Self.day(writer, FactWriter.midnight, issues: example.after.0, resolved: example.after.1)
            try await writer.write(to: database)
            let feature = ReportingFeature.over(database, now: Self.later)
            try await feature.catchUp()
            let report = try await feature.service.report(
                FigureQuery(from: FactWriter.day, to: FactWriter.day, comparison: .year))
            let figure = try #require(report.figures.first { $0.key == "firstContactResolution" })
            #expect(figure.value(report.main.total.terms) == example.values.1)
            #expect(try figure.value(#require(report.comparison).total.terms) == example.values.0)
            let change = try #require(report.changes["firstContactResolution"])
            #expect(change.difference == example.points && change.percent == example.percent)

            // The file says both, each with its unit.
            let rows = ReportSheet(report, language: .english).sheet.rows
            let column = try #require(report.figures.firstIndex { $0.key == "firstContactResolution" }) + 2
            let (points, percent) = (rows[rows.count - 2], rows[rows.count - 1])
            #expect(
                points[0] == .text("Change (points for rates)")
                    && points[column] == .number(example.points, decimals: 1))
            #expect(
                percent[0] == .text("Change (%)") && percent[column] == .number(example.percent, decimals: 1))
        }
    }
}
