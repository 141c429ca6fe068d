import Kernel
import Testing

@Suite struct TimestampTests {
    @Test func `time arithmetic saturates instead of trapping`() {
        let late = Timestamp.distantFuture
        let early = Timestamp(milliseconds: .min)
        #expect(late + .seconds(1) == late)
        #expect(early - .seconds(1) == early)
        #expect(late - early == .milliseconds(.max))
        #expect(early - late == .milliseconds(.min))
        #expect(TimeSpan.hours(.max) == .milliseconds(.max))
        #expect(TimeSpan.minutes(.min) == .milliseconds(.min))
        #expect(TimeSpan.seconds(2) * .max == .milliseconds(.max))
        #expect(TimeSpan.milliseconds(.max) + .seconds(1) == .milliseconds(.max))
    }

    @Test func `spans and stamps agree`() {
        let start = Timestamp(milliseconds: 1_000)
        #expect(start + .minutes(2) - start == .seconds(120))
        #expect(start - .seconds(3) < start)
    }
}

@Suite struct IDTests {
    @Test func `ids are minted in the order of time and read back from their text`() throws {
        let first = InteractionID(milliseconds: 1_790_000_000_000, counter: 1, random: .max)
        let second = InteractionID(milliseconds: 1_790_000_000_000, counter: 2, random: 0)
        #expect(first < second)
        #expect(InteractionID(first.description) == first)
        #expect(InteractionID(first.description.uppercased()) == first)
        #expect(Array(first.description)[14] == "7")
        #expect(InteractionID(-1).description.hasSuffix("ffffffffffff"))
    }

    @Test(arguments: [
        "", "5186", "01a1d3c1-ce00-7001-bfff-fffffffffff", "01a1d3c1-ce00-7001-bfff-fffffffffffff",
        "01a1d3c1-ce00-7001-bfff-ffffffffff-f", "01a1d3c1xce00-7001-bfff-ffffffffffff",
    ])
    func `a text that is no UUID is refused`(text: String) { #expect(InteractionID(text) == nil) }
}
