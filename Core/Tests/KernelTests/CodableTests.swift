import Foundation
import Kernel
import Testing

@Suite struct CodableTests {
    private func roundTrip<Value: Codable & Equatable>(_ value: Value) throws {
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(Value.self, from: data) == value)
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test func `values survive JSON`() throws {
        let rules = NumberingRules(
            plan: "branch", homeArea: "571", outsidePrefix: "9", shortCodes: ["5186"], dialFormat: .e164)
        try roundTrip(rules)
        let number = try #require(rules.number(from: "0571-12345678"))
        try roundTrip(number)
        let data = try JSONEncoder().encode(number)
        #expect(try JSONDecoder().decode(PhoneNumber.self, from: data).raw == "0571-12345678")
        try roundTrip(PhoneNumber.anonymous)
        try roundTrip(Money(minorUnits: -5, .renminbi))
        try roundTrip(try #require(DecimalRate("0.065")))
        try roundTrip(try #require(CivilDate("2026-10-01")))
        try roundTrip(try #require(LocalTime("24:00")))
        try roundTrip(Timestamp(milliseconds: 1))
        try roundTrip(TimeSpan.seconds(1))
        try roundTrip(SeededGenerator(seed: 9))
        try roundTrip(InteractionID(5))
        try roundTrip(BusinessCalendar())
        try roundTrip(
            try BusinessCalendar(
                zone: try ZoneTransitions(
                    name: "x", initialOffset: 0,
                    transitions: [.init(at: Timestamp(milliseconds: 5), offset: 60)]),
                weekly: WeeklyHours([.wholeDay], on: [.sunday]),
                exceptions: [
                    DayException(CivilDate(dayNumber: 1), .closed),
                    DayException(CivilDate(dayNumber: 2), .hoursOf(.friday), name: "调休"),
                    DayException(CivilDate(dayNumber: 3), .special([.wholeDay])),
                ], version: 7))
    }

    @Test func `the wire shapes are those of the documentation`() throws {
        let week = try decode(WeeklyHours.self, #"{"monday":[{"opens":"08:30","closes":"17:30"}]}"#)
        #expect(week[.monday].count == 1)
        #expect(week[.sunday].isEmpty)
        #expect(try decode(NumberingRules.self, #"{"homeArea":"571"}"#).homeCountry == "86")
        let number = try decode(PhoneNumber.self, #"{"canonical":"+8657112345678"}"#)
        #expect(number.raw == "+8657112345678")
        #expect(
            try decode(Money.self, #"{"minorUnits":5,"currency":"CNY"}"#) == Money(minorUnits: 5, .renminbi))
    }

    @Test func `what would break a rule is refused on the way in`() {
        #expect(throws: DecodingError.self) { try decode(PhoneNumber.self, #"{"canonical":"alice"}"#) }
        #expect(throws: DecodingError.self) { try decode(Currency.self, #""yuan""#) }
        #expect(throws: DecodingError.self) { try decode(DecimalRate.self, #""1e5""#) }
        #expect(throws: DecodingError.self) { try decode(CivilDate.self, #""2026-02-30""#) }
        #expect(throws: DecodingError.self) { try decode(LocalTime.self, #""24:30""#) }
        #expect(throws: DecodingError.self) { try decode(InteractionID.self, #""5186""#) }
        #expect(throws: DecodingError.self) {
            try decode(ZoneTransitions.self, #"{"name":"x","initialOffset":999999}"#)
        }
        #expect(throws: DecodingError.self) {
            try decode(
                BusinessCalendar.self,
                #"""
                {"zone":{"name":"x","initialOffset":0},"weekly":{},"exceptions":[
                {"date":"2026-01-01","rule":{"closed":{}},"name":""},
                {"date":"2026-01-01","rule":{"closed":{}},"name":""}]}
                """#)
        }
    }
}
