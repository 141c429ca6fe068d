import Kernel
import Testing

/// An instant in UTC, written as `2026-10-01 06:30`.
private func utc(_ text: String) -> Timestamp { wall(text, in: .utc) }

/// The first instant at which the wall of `zone` shows `text`.
private func wall(_ text: String, in zone: ZoneTransitions) -> Timestamp {
    let parts = text.split(separator: " ").map(String.init)
    guard parts.count == 2, let date = CivilDate(parts[0]), let time = LocalTime(parts[1]) else {
        Issue.record("'\(text)' is no date and time")
        return .distantFuture
    }
    return zone.instant(of: date, at: time)
}

private func shanghai(_ text: String) -> Timestamp { wall(text, in: .shanghai) }

private func interval(_ opens: String, _ closes: String) throws -> OpeningInterval {
    OpeningInterval(opens: try #require(LocalTime(opens)), closes: try #require(LocalTime(closes)))
}

private func date(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

/// Berlin in 2026: the clock jumps from 02:00 to 03:00 on 29 March and shows 02:00 to 03:00 twice on 25 October.
private func berlin() throws -> ZoneTransitions {
    try ZoneTransitions(
        name: "Europe/Berlin", initialOffset: 3_600,
        transitions: [
            .init(at: utc("2026-03-29 01:00"), offset: 7_200),
            .init(at: utc("2026-10-25 01:00"), offset: 3_600),
        ])
}

private let workweek: [Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday]

/// Office hours in Shanghai with the days off and the moved working days around the National Day of 2026: off from
/// Thursday 1 to Wednesday 7 October, with Sunday 20 September and Saturday 10 October worked instead.
private func office() throws -> BusinessCalendar {
    let morning = try interval("08:30", "12:00")
    let afternoon = try interval("13:30", "17:30")
    var exceptions = try (1...7).map { DayException(try date("2026-10-0\($0)"), .closed, name: "国庆节") }
    exceptions.append(DayException(try date("2026-10-10"), .hoursOf(.wednesday), name: "调休"))
    exceptions.append(DayException(try date("2026-09-20"), .hoursOf(.tuesday), name: "调休"))
    exceptions.append(
        DayException(try date("2026-12-31"), .special([try interval("08:30", "11:00")]), name: "盘点"))
    return try BusinessCalendar(
        zone: .shanghai, weekly: WeeklyHours([morning, afternoon], on: workweek), exceptions: exceptions,
        version: 3)
}

@Suite struct CivilDateTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday), ("1969-12-31", -1, .wednesday), ("2000-02-29", 11_016, .tuesday),
        ("2026-10-01", 20_727, .thursday), ("2026-11-22", 20_779, .sunday), ("0001-01-01", -719_162, .monday),
        ("9999-12-31", 2_932_896, .friday),
    ])
    func `dates and day numbers agree`(text: String, dayNumber: Int, weekday: Weekday) throws {
        let day = try date(text)
        #expect(day.dayNumber == dayNumber)
        #expect(day.weekday == weekday)
        #expect(CivilDate(dayNumber: dayNumber).description == text)
    }

    @Test(arguments: [
        "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01",
        "2026-01-01Z",
        "+026-01-01", "0000-01-01", "", "２０２６-01-01",
    ])
    func `days that do not exist are refused`(text: String) { #expect(CivilDate(text) == nil) }

    @Test func `every day of eight centuries follows the day before`() throws {
        var expected = (year: 1600, month: 1, day: 1)
        var day = try date("1600-01-01")
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        while expected.year < 2400 {
            #expect(day.components == expected)
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            let length = expected.month == 2 && isLeap ? 29 : lengths[expected.month - 1]
            expected.day += 1
            if expected.day > length { expected = (expected.year, expected.month + 1, 1) }
            if expected.month > 12 { expected = (expected.year + 1, 1, 1) }
            day = day.advanced(by: 1)
        }
    }

    @Test func `far away days stay within the calendar`() {
        #expect(CivilDate(dayNumber: .max).description == "9999-12-31")
        #expect(CivilDate(dayNumber: .min).description == "0001-01-01")
        #expect(CivilDate(dayNumber: 5).advanced(by: .max).description == "9999-12-31")
        #expect(ZoneTransitions.shanghai.reading(at: .distantFuture).date.description == "9999-12-31")
        #expect(
            ZoneTransitions.shanghai.reading(at: Timestamp(milliseconds: .min)).date.description
                == "0001-01-01")
    }

    @Test(arguments: ["24:01", "8:30", "08:60", "25:00", "0830", "", "-1:30", "08:3０"])
    func `times that no wall shows are refused`(text: String) { #expect(LocalTime(text) == nil) }
}

@Suite struct ZoneTransitionsTests {
    @Test func `Shanghai is eight hours ahead all year`() {
        #expect(shanghai("2026-10-01 08:00") == utc("2026-10-01 00:00"))
        let reading = ZoneTransitions.shanghai.reading(at: utc("2026-12-31 16:30"))
        #expect(reading.date.description == "2027-01-01")
        #expect(reading.milliseconds == 30 * 60_000)
    }

    @Test func `a time in the gap is the instant of the jump`() throws {
        let zone = try berlin()
        #expect(wall("2026-03-29 01:59", in: zone) == utc("2026-03-29 00:59"))
        #expect(wall("2026-03-29 02:00", in: zone) == utc("2026-03-29 01:00"))
        #expect(wall("2026-03-29 02:30", in: zone) == utc("2026-03-29 01:00"))
        #expect(wall("2026-03-29 03:00", in: zone) == utc("2026-03-29 01:00"))
        #expect(wall("2026-03-29 03:01", in: zone) == utc("2026-03-29 01:01"))
    }

    @Test func `a time that is shown twice is its first instant`() throws {
        let zone = try berlin()
        #expect(wall("2026-10-25 02:00", in: zone) == utc("2026-10-25 00:00"))
        #expect(wall("2026-10-25 02:59", in: zone) == utc("2026-10-25 00:59"))
        #expect(wall("2026-10-25 03:00", in: zone) == utc("2026-10-25 02:00"))
    }

    @Test func `wall times and instants agree wherever no clock is moved`() throws {
        let zone = try berlin()
        var dice = SeededGenerator(seed: 3)
        let start = utc("2025-01-01 00:00")
        var previous: (local: Int, instant: Timestamp)?
        for minute in (0..<3_000).map({ _ in dice.below(3 * 365 * 1_440) }).sorted() {
            let time = start + .minutes(Int64(minute))
            let reading = zone.reading(at: time)
            let text = try #require(
                LocalTime(hour: Int(reading.milliseconds / 3_600_000), minute: minute % 60))
            let back = zone.instant(of: reading.date, at: text)
            // The same instant, or the earlier of two that show the same.
            #expect(back == time || back == time - .hours(1))
            // Later readings are never earlier instants.
            let local = reading.date.dayNumber * 1_440 + text.minutes
            if let previous, local >= previous.local { #expect(back >= previous.instant) }
            previous = (local, back)
        }
    }

    @Test func `a zone with unordered transitions or a wild offset is refused`() {
        let later = ZoneTransitions.Transition(at: utc("2026-02-01 00:00"), offset: 0)
        let sooner = ZoneTransitions.Transition(at: utc("2026-01-01 00:00"), offset: 3_600)
        #expect(throws: Problem.self) {
            try ZoneTransitions(name: "x", initialOffset: 0, transitions: [later, sooner])
        }
        #expect(throws: Problem.self) { try ZoneTransitions(name: "x", initialOffset: 100_000) }
        #expect(throws: Problem.self) { try ZoneTransitions(name: "x", initialOffset: .min + 1) }
    }

    @Test func `P01 the business day starts at its configured hour and not at midnight`() throws {
        let six = try #require(LocalTime("06:00"))
        let zone = ZoneTransitions.shanghai
        #expect(
            zone.businessDay(of: shanghai("2026-10-01 23:30"), startingAt: six) == (try date("2026-10-01")))
        #expect(
            zone.businessDay(of: shanghai("2026-10-02 05:59"), startingAt: six) == (try date("2026-10-01")))
        #expect(
            zone.businessDay(of: shanghai("2026-10-02 06:00"), startingAt: six) == (try date("2026-10-02")))
        let span = zone.span(ofBusinessDay: try date("2026-10-01"), startingAt: six)
        #expect(span == shanghai("2026-10-01 06:00")..<shanghai("2026-10-02 06:00"))
    }

    @Test func `business days cover every instant exactly once, also when clocks are moved`() throws {
        let zone = try berlin()
        for start in ["00:00", "02:30", "06:00", "24:00"] {
            let startTime = try #require(LocalTime(start))
            for minute in stride(from: 0, to: 366 * 1_440, by: 37) {
                let time = utc("2026-01-01 00:00") + .minutes(Int64(minute))
                let day = zone.businessDay(of: time, startingAt: startTime)
                #expect(zone.span(ofBusinessDay: day, startingAt: startTime).contains(time))
            }
        }
    }
}

@Suite struct BusinessCalendarTests {
    @Test func `P01 the form without hours is open around the clock and never changes`() {
        let always = BusinessCalendar()
        #expect(always.isAlwaysOpen)
        #expect(always.isOpen(at: shanghai("2026-10-01 23:30")))
        #expect(always.isOpen(at: .distantFuture))
        #expect(always.nextChange(after: shanghai("2026-10-01 23:30")) == nil)
        #expect(BusinessCalendar.alwaysOpen(in: .shanghai).zone.name == "Asia/Shanghai")
    }

    @Test(arguments: [
        ("2026-09-30 08:29", false), ("2026-09-30 08:30", true), ("2026-09-30 12:00", false),
        ("2026-09-30 17:29", true), ("2026-10-01 10:00", false), ("2026-10-07 10:00", false),
        ("2026-10-08 10:00", true), ("2026-09-20 10:00", true), ("2026-09-27 10:00", false),
        ("2026-10-10 10:00", true), ("2026-10-10 12:30", false), ("2026-10-11 10:00", false),
        ("2026-12-31 10:59", true), ("2026-12-31 14:00", false),
    ])
    func `holidays close, moved working days open, special hours replace`(time: String, isOpen: Bool) throws {
        #expect(try office().isOpen(at: shanghai(time)) == isOpen)
    }

    @Test(arguments: [
        ("2026-09-30 09:00", "2026-09-30 12:00"), ("2026-09-30 12:00", "2026-09-30 13:30"),
        ("2026-09-30 17:30", "2026-10-08 08:30"), ("2026-09-30 17:29", "2026-09-30 17:30"),
        ("2026-10-09 17:30", "2026-10-10 08:30"), ("2026-10-10 17:30", "2026-10-12 08:30"),
        ("2026-12-31 11:00", "2027-01-01 08:30"),
    ])
    func `the next change is the next opening or closing`(time: String, change: String) throws {
        #expect(try office().nextChange(after: shanghai(time)) == shanghai(change))
    }

    @Test func `P01 a shift across midnight stays open and belongs to the day on which it began`() throws {
        let night = try interval("22:00", "06:00")
        let calendar = try BusinessCalendar(
            zone: .shanghai, weekly: WeeklyHours([night], on: [.friday]),
            exceptions: [DayException(try date("2026-10-03"), .closed)])
        // Friday 2 October into the holiday of the 3rd.
        #expect(!calendar.isOpen(at: shanghai("2026-10-02 21:59")))
        #expect(calendar.isOpen(at: shanghai("2026-10-03 05:59")))
        #expect(!calendar.isOpen(at: shanghai("2026-10-03 06:00")))
        #expect(calendar.nextChange(after: shanghai("2026-10-02 23:00")) == shanghai("2026-10-03 06:00"))
        // The night before has none.
        #expect(!calendar.isOpen(at: shanghai("2026-10-02 03:00")))
    }

    @Test func `stretches that touch at midnight are one`() throws {
        let days = try BusinessCalendar(
            zone: .shanghai, weekly: WeeklyHours([.wholeDay], on: [.friday, .saturday, .sunday]))
        #expect(days.nextChange(after: shanghai("2026-10-02 10:00")) == shanghai("2026-10-05 00:00"))
        let closedOnce = try BusinessCalendar(
            zone: .shanghai, weekly: .always, exceptions: [DayException(try date("2026-12-25"), .closed)])
        #expect(closedOnce.nextChange(after: shanghai("2026-10-02 10:00")) == shanghai("2026-12-25 00:00"))
        #expect(closedOnce.nextChange(after: shanghai("2026-12-25 10:00")) == shanghai("2026-12-26 00:00"))
        #expect(closedOnce.nextChange(after: shanghai("2026-12-26 00:00")) == nil)
    }

    @Test func `a calendar without hours never opens`() throws {
        let never = try BusinessCalendar(zone: .shanghai, weekly: .closed)
        #expect(!never.isOpen(at: shanghai("2026-10-02 10:00")))
        #expect(never.nextChange(after: shanghai("2026-10-02 10:00")) == nil)
        #expect(never.nextChange(after: .distantFuture) == nil)
        let once = try BusinessCalendar(
            zone: .shanghai, weekly: .closed,
            exceptions: [DayException(try date("2031-05-01"), .special([.wholeDay]))])
        #expect(once.nextChange(after: shanghai("2026-10-02 10:00")) == shanghai("2031-05-01 00:00"))
    }

    @Test func `a night shift is an hour shorter or longer when clocks are moved`() throws {
        let zone = try berlin()
        let night = try BusinessCalendar(zone: zone, weekly: WeeklyHours([try interval("22:00", "06:00")]))
        let spring = wall("2026-03-28 22:00", in: zone)
        #expect(night.nextChange(after: spring) == spring + .hours(7))
        let autumn = wall("2026-10-24 22:00", in: zone)
        #expect(night.nextChange(after: autumn) == autumn + .hours(9))
    }

    @Test func `an hour shown twice opens once, an hour jumped over not at all`() throws {
        let zone = try berlin()
        let short = try BusinessCalendar(zone: zone, weekly: WeeklyHours([try interval("02:15", "02:45")]))
        #expect(short.isOpen(at: utc("2026-10-25 00:30")))
        #expect(!short.isOpen(at: utc("2026-10-25 01:30")))
        #expect(short.nextChange(after: utc("2026-10-25 00:45")) == wall("2026-10-26 02:15", in: zone))
        #expect(short.nextChange(after: utc("2026-03-28 12:00")) == wall("2026-03-30 02:15", in: zone))
        let around = try BusinessCalendar(zone: zone, weekly: WeeklyHours([try interval("02:30", "04:00")]))
        #expect(around.nextChange(after: utc("2026-03-29 00:00")) == utc("2026-03-29 01:00"))
        #expect(around.nextChange(after: utc("2026-03-29 01:00")) == utc("2026-03-29 02:00"))
    }

    @Test func `doubled exceptions and impossible intervals are refused`() throws {
        let day = try date("2026-10-01")
        #expect(throws: Problem.self) {
            try BusinessCalendar(
                zone: .shanghai, weekly: .always,
                exceptions: [DayException(day, .closed), DayException(day, .hoursOf(.monday))])
        }
        let atEnd = OpeningInterval(opens: .endOfDay, closes: .endOfDay)
        #expect(throws: Problem.self) { try BusinessCalendar(zone: .shanghai, weekly: WeeklyHours([atEnd])) }
        #expect(throws: Problem.self) {
            try BusinessCalendar(zone: .shanghai, weekly: WeeklyHours(Array(repeating: .wholeDay, count: 25)))
        }
    }

    /// For seeded calendars: walking from change to change meets exactly the instants at which `isOpen` flips.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `the changes are where the answer flips`(seed: UInt64) throws {
        var dice = SeededGenerator(seed: seed)
        let zone = dice.chance(500) ? try berlin() : .shanghai
        func someIntervals() throws -> [OpeningInterval] {
            try (0..<dice.below(3)).map { _ in
                OpeningInterval(
                    opens: try #require(LocalTime(hour: dice.below(24), minute: dice.below(4) * 15)),
                    closes: try #require(LocalTime(hour: dice.below(24), minute: dice.below(4) * 15)))
            }
        }
        var weekly = WeeklyHours.closed
        for weekday in Weekday.allCases { weekly[weekday] = try someIntervals() }
        let first = try date(dice.chance(500) ? "2026-03-24" : "2026-10-20")
        var exceptions: [DayException] = []
        for shift in 0..<10 where dice.chance(300) {
            let rule: DayException.Rule =
                dice.chance(400)
                ? .closed : dice.chance(500) ? .hoursOf(.monday) : .special(try someIntervals())
            exceptions.append(DayException(first.advanced(by: shift), rule))
        }
        let calendar = try BusinessCalendar(zone: zone, weekly: weekly, exceptions: exceptions)

        let start = zone.instant(of: first, at: .midnight)
        let end = start + .hours(12 * 24)
        var flips: [Timestamp] = []
        var time = start
        var wasOpen = calendar.isOpen(at: start)
        while time < end {
            time = time + .minutes(15)
            let isOpen = calendar.isOpen(at: time)
            if isOpen != wasOpen { flips.append(time) }
            wasOpen = isOpen
        }
        var changes: [Timestamp] = []
        time = start
        while let change = calendar.nextChange(after: time), change <= end {
            #expect(change > time)
            changes.append(change)
            time = change
        }
        #expect(changes == flips)
    }
}
